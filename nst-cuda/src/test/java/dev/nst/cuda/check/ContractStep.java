package dev.nst.cuda.check;

import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the contracts that the CUDA backend's tests extend, a class for each contract and precision.
 * They open the machine's device and not the emulated one where {@code -Dnst.cuda.device=real} says
 * so, which this process was started with.
 */
final class ContractStep {

  private static final int FAILURES_SHOWN = 12;

  private ContractStep() {}

  /** Counts what ends, class by class, and tells what fails. */
  private static final class Tally implements TestExecutionListener {

    private int passed;
    private int failed;
    private int skipped;
    private int shown;
    private final CheckStep.Rows rows;

    Tally(CheckStep.Rows rows) {
      this.rows = rows;
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      skipped++;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      switch (result.getStatus()) {
        case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
        case ABORTED -> skipped++;
        case FAILED -> fail(test, result.getThrowable().orElse(null));
      }
    }

    /** Tells of it at once, because the process may not live until the end. */
    private void fail(TestIdentifier test, Throwable reason) {
      failed++;
      if (++shown <= FAILURES_SHOWN) {
        String id = test.getUniqueId();
        String name = id.substring(id.lastIndexOf("class:") + "class:".length());
        rows.add(
            Row.of(
                "contracts",
                name.replaceAll("[\\[\\]]", " "),
                Status.FAILED,
                String.valueOf(reason)));
      }
      if (reason != null) {
        reason.printStackTrace();
      }
    }

    /** Returns what was counted since the last call. */
    Row row(String item) {
      Row row =
          new Row(
              "contracts",
              item,
              failed > 0 ? Status.FAILED : passed > 0 ? Status.OK : Status.SKIPPED,
              passed + " passed, " + failed + " failed, " + skipped + " skipped",
              0,
              Map.of(
                  "passed", (double) passed,
                  "failed", (double) failed,
                  "skipped", (double) skipped));
      passed = 0;
      failed = 0;
      skipped = 0;
      return row;
    }
  }

  /** Returns the test classes that the options name for a precision, found on the class path. */
  private static List<Class<?>> classes(CheckOptions options, Precision precision) {
    String label = precision.label();
    String prefix = label.substring(0, 1).toUpperCase(Locale.ROOT) + label.substring(1);
    Pattern names =
        Pattern.compile(
            options
                .get("tests")
                .replace("%p", prefix)
                .replace(".", "\\.")
                .replace("*", "[^.]*")
                .replace(",", "|"));
    List<Class<?>> found =
        ReflectionSupport.findAllClassesInPackage(
            "dev.nst", type -> true, name -> names.matcher(name).matches());
    // The longest, all kernels at many shapes, comes last: time may end before it does.
    return found.stream()
        .sorted(
            Comparator.comparing((Class<?> type) -> type.getName().contains("BackendContract"))
                .thenComparing(Class::getName))
        .toList();
  }

  static void run(CheckOptions options, Precision precision, CheckStep.Rows rows) {
    List<Class<?>> classes = classes(options, precision);
    if (classes.isEmpty()) {
      String reason = "there is no class named " + options.get("tests");
      rows.add(Row.of("contracts", precision.label(), Status.FAILED, reason));
    }
    Launcher launcher = LauncherFactory.create();
    Tally tally = new Tally(rows);
    for (Class<?> type : classes) {
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(DiscoverySelectors.selectClass(type))
              .configurationParameter("jqwik.reporting.onlyfailures", "true")
              .configurationParameter("jqwik.database", "")
              .build();
      launcher.execute(request, tally);
      rows.add(tally.row(type.getSimpleName()));
    }
  }
}
