package dev.nst.cuda.check;

import dev.nst.backend.Availability;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.backend.Detail;
import dev.nst.cuda.check.Row.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;

/** What every backend says of this machine, as {@code nst devices --verbose}. */
final class DevicesStep {

  private DevicesStep() {}

  /** What NVIDIA's own tool says, which does not depend on anything of ours. */
  private static Optional<Row> driver() {
    ProcessBuilder command =
        new ProcessBuilder(
            "nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader");
    try (BufferedReader answer = command.redirectErrorStream(true).start().inputReader()) {
      String text = answer.lines().collect(Collectors.joining("; "));
      return Optional.of(Row.of("devices", "nvidia-smi", Status.OK, text));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static void run(CheckOptions options, CheckStep.Rows rows) {
    rows.add(
        Row.of(
            "devices",
            "Java",
            Status.OK,
            Runtime.version()
                + ", "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + ", "
                + Runtime.getRuntime().availableProcessors()
                + " processors"));
    driver().ifPresent(rows::add);
    boolean known = false;
    for (BackendProvider provider : Backends.providers()) {
      boolean wanted = provider.name().equals(options.get("backend"));
      known |= wanted;
      Availability answer = provider.probe();
      if (answer instanceof Available yes) {
        rows.add(Row.of("devices", provider.name(), Status.OK, yes.description()));
      } else if (answer instanceof Unavailable no) {
        rows.add(
            Row.of(
                "devices",
                provider.name(),
                wanted ? Status.FAILED : Status.SKIPPED,
                no.reason() + "; " + no.remedy()));
      }
      for (Detail detail : provider.details()) {
        rows.add(
            Row.of("devices", provider.name() + ": " + detail.item(), Status.OK, detail.value()));
      }
    }
    if (!known) {
      rows.add(
          Row.of("devices", options.get("backend"), Status.FAILED, "no backend has that name"));
    }
  }
}
