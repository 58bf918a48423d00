package dev.nst.backend;

import dev.nst.NstException;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds and opens backends. The choice: the name given, else {@code -Dnst.backend}, else the
 * available backend of the highest rank. A backend asked for by name that is unavailable is an
 * error; an automatic choice that had to pass over one, or met a {@link BackendFailure} when
 * opening it, logs why and takes the next.
 */
public final class Backends {

  /** Name of the system property that chooses a backend by name. */
  public static final String BACKEND_PROPERTY = "nst.backend";

  /** The name that means "choose for me". */
  public static final String AUTO = "auto";

  private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

  private Backends() {}

  /**
   * Returns every provider on the class path or module path, highest rank first. One that cannot be
   * loaded is logged and left out.
   */
  public static List<BackendProvider> providers() {
    List<BackendProvider> loaded = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class).stream()
        .forEach(
            provider -> {
              try {
                loaded.add(provider.get());
              } catch (ServiceConfigurationError | LinkageError e) {
                LOG.warn("The backend provider {} cannot be loaded.", provider.type().getName(), e);
              }
            });
    loaded.sort(Comparator.comparingInt(BackendProvider::rank).reversed());
    return List.copyOf(loaded);
  }

  /**
   * Opens the backend that {@code -Dnst.backend} names, else the best available, with default
   * options.
   */
  public static Backend open() {
    return open(AUTO, BackendOptions.defaults());
  }

  /**
   * Opens a backend.
   *
   * @param name a provider's name, or {@link #AUTO}
   * @throws NstException if there is no such backend or it is unavailable here
   */
  public static Backend open(String name, BackendOptions options) {
    return open(name, options, providers());
  }

  static Backend open(String name, BackendOptions options, List<BackendProvider> providers) {
    String asked = name.equals(AUTO) ? System.getProperty(BACKEND_PROPERTY, AUTO) : name;
    return asked.equals(AUTO) ? openBest(options, providers) : openNamed(asked, options, providers);
  }

  private static Backend openNamed(
      String name, BackendOptions options, List<BackendProvider> providers) {
    BackendProvider provider =
        providers.stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(() -> unknown(name, providers));
    if (provider.probe() instanceof Unavailable no) {
      throw new NstException(
          "Backend '" + name + "' is unavailable: " + no.reason() + "; " + no.remedy() + ".");
    }
    return provider.open(options);
  }

  private static NstException unknown(String name, List<BackendProvider> providers) {
    String known = providers.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    return new NstException(
        "There is no backend '"
            + name
            + "'; "
            + (known.isEmpty()
                ? "none is on the class path: add dev.nst:nst-cpu to it."
                : "choose one of auto, " + known + "."));
  }

  private static Backend openBest(BackendOptions options, List<BackendProvider> providers) {
    BackendFailure failure = null;
    for (BackendProvider provider : providers) {
      Availability answer = provider.probe();
      if (answer instanceof Available) {
        try {
          return provider.open(options);
        } catch (BackendFailure e) {
          LOG.warn("Backend {} could not be opened: {}", provider.name(), e.getMessage());
          failure = failure == null ? e : failure;
          continue;
        }
      }
      Unavailable no = (Unavailable) answer;
      String message = "Backend {} is unavailable: {}; {}.";
      if (no.expected()) {
        LOG.info(message, provider.name(), no.reason(), no.remedy());
      } else {
        LOG.warn(message, provider.name(), no.reason(), no.remedy());
      }
    }
    if (failure != null) {
      throw failure;
    }
    throw new NstException(
        "No backend is available; add dev.nst:nst-cpu to the class path, or run 'nst devices' to see why.");
  }
}
