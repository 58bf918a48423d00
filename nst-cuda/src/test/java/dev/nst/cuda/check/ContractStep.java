package dev.nst.cuda.check;

import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassSelector;
import org.junit.platform.engine.discovery.DiscoverySelectors;
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

  /** Counts what ends and tells what fails. */
  private static final class Tally implements TestExecutionListener {

    private int passed;
    private int skipped;
    private int failed;
    private final CheckStep.Rows rows;
    private final String item;

    Tally(CheckStep.Rows rows, String item) {
      this.rows = rows;
      this.item = item;
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
        case FAILED -> {
          String reason = result.getThrowable().map(Throwable::toString).orElse("no reason given");
          failed++;
          if (failed <= FAILURES_SHOWN) {
            // At once, because the process may not live until the end.
            rows.add(
                Row.of("contracts", item + " failure", Status.FAILED, name(test) + ": " + reason));
          }
          result.getThrowable().ifPresent(Throwable::printStackTrace);
        }
      }
    }

    private static String name(TestIdentifier test) {
      String id = test.getUniqueId();
      return id.substring(id.lastIndexOf("class:") + "class:".length()).replaceAll("[\\[\\]]", " ");
    }
  }

  /** Returns the test classes that the options name for a precision, found on the class path. */
  private static List<ClassSelector> classes(CheckOptions options, Precision precision) {
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
    return ReflectionSupport.findAllClassesInPackage(
            "dev.nst", type -> true, name -> names.matcher(name).matches())
        .stream()
        .map(DiscoverySelectors::selectClass)
        .toList();
  }

  static void run(CheckOptions options, Precision precision, CheckStep.Rows rows) {
    List<ClassSelector> classes = classes(options, precision);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(classes)
            .configurationParameter("jqwik.reporting.onlyfailures", "true")
            .configurationParameter("jqwik.database", "")
            .build();
    String item = precision.label();
    Tally tally = new Tally(rows, item);
    LauncherFactory.create().execute(request, tally);
    int failed = tally.failed;
    if (tally.passed + failed == 0) {
      rows.add(
          Row.of(
              "contracts",
              item,
              Status.FAILED,
              "no test ran of " + classes.size() + " classes named " + options.get("tests")));
      return;
    }
    Map<String, Double> numbers =
        Map.of(
            "passed", (double) tally.passed,
            "failed", (double) failed,
            "skipped", (double) tally.skipped);
    rows.add(
        Row.judged(
            "contracts",
            item,
            failed == 0,
            tally.passed + " passed, " + failed + " failed, " + tally.skipped + " skipped",
            numbers));
  }
}
