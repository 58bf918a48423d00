package dev.nst.cuda;

import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.Detail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jcuda.runtime.JCuda;

/**
 * Loads NVIDIA's libraries and JCuda's natives above them, once in a process: what is loaded stays
 * loaded.
 *
 * <p>NVIDIA's come first and by full path, in an order in which each finds those it needs already
 * there; JCuda's natives name them by their SONAMEs and get them. Those that are not found are left
 * to the system's loader, whose path we cannot see.
 */
final class NativeLibraries {

  /** The outcome of loading. */
  sealed interface Outcome {

    /** Everything is there. */
    record Loaded(List<Detail> details) implements Outcome {}

    /** Something is missing. */
    record Missing(Unavailable why, List<Detail> details) implements Outcome {}
  }

  /**
   * What a library opens by name when it needs it, and which is loaded before it from the same
   * folder: of another folder, which the loader's path may name first, it would be of another
   * version.
   */
  private static final Map<String, List<String>> PARTS =
      Map.of(
          "libnvrtc.so.12", List.of("libnvrtc-builtins.so.12*"),
          "libnvrtc.so.13", List.of("libnvrtc-builtins.so.13*"),
          "libcudnn.so.9",
              List.of(
                  "libcudnn_graph.so.9",
                  "libcudnn_ops.so.9",
                  "libcudnn_cnn.so.9",
                  "libcudnn_heuristic.so.9",
                  "libcudnn_engines*.so.9"));

  private static Outcome outcome;

  private NativeLibraries() {}

  /** Loads everything on the first call; says how that went on every call. */
  static synchronized Outcome load() {
    if (outcome == null) {
      outcome = load(LibrarySearch.here());
    }
    return outcome;
  }

  private static Outcome load(LibrarySearch search) {
    List<Detail> details = new ArrayList<>();
    details.add(
        new Detail(
            "library folders searched",
            search.directories().stream().map(Path::toString).collect(Collectors.joining(", "))));
    if (!isSupported()) {
      return new Outcome.Missing(
          new Unavailable(
              "there is no CUDA for "
                  + System.getProperty("os.name")
                  + " on "
                  + System.getProperty("os.arch"),
              "use Linux or Windows on x86-64, or --backend cpu-vector",
              true),
          details);
    }
    return loadNatives(search, details);
  }

  private static String operatingSystem() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT);
  }

  private static boolean isLinux() {
    return operatingSystem().contains("linux");
  }

  private static boolean isSupported() {
    String processor = System.getProperty("os.arch");
    return (isLinux() || operatingSystem().contains("windows"))
        && (processor.equals("amd64") || processor.equals("x86_64"));
  }

  /** Loads one of NVIDIA's libraries if it is found, and says how that went. */
  private static String preload(LibrarySearch search, String name) {
    boolean isOfCuda13 = name.contains(".so.13");
    if (isOfCuda13 && search.find("libcublasLt.so.12").isPresent()) {
      return "not needed beside CUDA 12";
    }
    Optional<Path> file = search.find(name);
    if (file.isEmpty()) {
      return "in none of these folders" + (isOfCuda13 ? "" : ", left to the system's loader");
    }
    LibrarySearch beside = new LibrarySearch(List.of(file.get().getParent()));
    for (String part : PARTS.getOrDefault(name, List.of())) {
      for (Path library : beside.findAll(part)) {
        String refusal = load(library);
        if (!refusal.isEmpty()) {
          return file.get() + ", whose part " + library + " does not load: " + refusal;
        }
      }
    }
    String refusal = load(file.get());
    return refusal.isEmpty()
        ? file.get().toString()
        : file.get() + ", which does not load: " + refusal;
  }

  /** Returns why a library does not load; empty if it does. */
  private static String load(Path library) {
    try {
      System.load(library.toString());
      return "";
    } catch (UnsatisfiedLinkError e) {
      return firstLine(e);
    }
  }

  private static final String LIBRARIES_REMEDY =
      "install CUDA 12 and cuDNN 9, name their folder with -Dnst.cuda.lib, or run 'nst cuda fetch'";

  /**
   * One of JCuda's natives.
   *
   * @param needs the library that it asks for
   * @param libraries those to load before it, in order; CUDA 13's are what forwarding libraries
   *     with CUDA 12's names want
   * @param remedy what to do without it
   * @param load a first harmless call, which loads it
   */
  private record Native(String needs, List<String> libraries, String remedy, Runnable load) {}

  /** In the order of loading: without a driver nothing else is worth loading. */
  private static final List<Native> NATIVES =
      List.of(
          new Native(
              "libcuda.so.1 (the NVIDIA driver)",
              List.of("libcuda.so.1"),
              "install NVIDIA's driver if this machine has such a GPU",
              CudaDevice::readDriverVersion),
          new Native(
              "the CUDA runtime",
              List.of(),
              LIBRARIES_REMEDY,
              () -> JCuda.cudaRuntimeGetVersion(new int[1])),
          new Native(
              "libnvrtc.so.12",
              List.of("libnvrtc.so.13", "libnvrtc.so.12"),
              LIBRARIES_REMEDY,
              KernelCompiler::version),
          new Native(
              "libcublas.so.12",
              List.of(
                  "libcublasLt.so.12", "libcublasLt.so.13", "libcublas.so.13", "libcublas.so.12"),
              LIBRARIES_REMEDY,
              MatrixProducts::version),
          new Native("libcudnn.so.9", List.of("libcudnn.so.9"), LIBRARIES_REMEDY, Cudnn::version));

  private static Outcome loadNatives(LibrarySearch search, List<Detail> details) {
    Path directory;
    try {
      directory = Files.createTempDirectory("nst-cuda-natives");
    } catch (IOException e) {
      return new Outcome.Missing(
          new Unavailable(
              "JCuda's native libraries cannot be extracted: " + e.getMessage(),
              "make room in, or choose with -Djava.io.tmpdir, a folder for temporary files",
              false),
          details);
    }
    // JCuda extracts its natives to java.io.tmpdir and takes what lies there already, whoever put
    // it there; this is a directory of our own for as long as it does so.
    String property = "java.io.tmpdir";
    String before = System.getProperty(property);
    System.setProperty(property, directory.toString());
    try {
      Unavailable missing = null;
      for (Native one : NATIVES) {
        for (String library : isLinux() ? one.libraries() : List.<String>of()) {
          String place = missing == null ? preload(search, library) : place(search, library);
          details.add(new Detail(library, place));
        }
        if (missing == null) {
          missing = load(search, one);
        }
      }
      if (missing != null) {
        return new Outcome.Missing(missing, List.copyOf(details));
      }
    } finally {
      System.setProperty(property, before);
      delete(directory);
    }
    return new Outcome.Loaded(List.copyOf(details));
  }

  /** Loads one of JCuda's natives and returns what is missing, or null. */
  private static Unavailable load(LibrarySearch search, Native one) {
    try {
      one.load().run();
      return null;
    } catch (LinkageError e) {
      return missing(search, one, e);
    }
  }

  /** Says where a library lies that is not worth loading any more. */
  private static String place(LibrarySearch search, String name) {
    return search.find(name).map(file -> file + ", not loaded").orElse("in none of these folders");
  }

  private static Unavailable missing(LibrarySearch search, Native one, LinkageError error) {
    boolean isDriver = one.needs().startsWith("libcuda.so.1");
    String reason = one.needs() + " is not found";
    if (search.find(one.needs().split(" ")[0]).isPresent()) {
      reason = one.needs() + " does not load: " + lastCause(error);
    } else if (!isDriver) {
      reason += ", neither by the system's loader nor in " + search.directories();
      Optional<Path> other = search.find(one.needs().replaceFirst("\\d+$", "*"));
      if (other.isPresent()) {
        reason += "; " + other.get() + " is of another version";
      }
    }
    boolean onlyThirteen =
        search.find("libcublas.so.13").isPresent() && search.find("libcublas.so.12").isEmpty();
    String remedy =
        onlyThirteen && !isDriver
            ? "this machine has CUDA 13 only: run scripts/cuda13-forwarding.sh and name its folder"
                + " with -Dnst.cuda.lib"
            : one.remedy();
    return new Unavailable(reason, remedy, isDriver);
  }

  /** JCuda reports the loader's own sentence somewhere inside a long text. */
  private static String lastCause(LinkageError error) {
    return String.valueOf(error.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> line.contains("UnsatisfiedLinkError:"))
        .reduce((first, second) -> second)
        .map(line -> line.substring(line.indexOf("UnsatisfiedLinkError:") + 22))
        .orElseGet(() -> firstLine(error));
  }

  private static String firstLine(LinkageError error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("no reason given");
  }

  /** On Linux a loaded file may be removed; Windows keeps it until the process ends. */
  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.toFile().delete()) {
          file.toFile().deleteOnExit();
        }
      }
    } catch (IOException e) {
      directory.toFile().deleteOnExit();
    }
  }
}
