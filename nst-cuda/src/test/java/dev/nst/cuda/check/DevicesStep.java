package dev.nst.cuda.check;

import dev.nst.backend.Availability;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.backend.Detail;
import dev.nst.cuda.check.Row.Status;

/** What every backend says of this machine, as {@code nst devices --verbose}. */
final class DevicesStep {

  private DevicesStep() {}

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
