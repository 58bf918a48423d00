package dev.nst.cuda.check;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import dev.nst.backend.Precision;
import dev.nst.cuda.check.Row.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the contracts that the CUDA backend's tests extend. They take the precision from the system
 * property {@code nst.precision}, which this process was started with.
 */
final class ContractStep {

  private static final int FAILURES_SHOWN = 12;

  private ContractStep() {}

  /** Counts what ends and keeps what fails. */
  private static final class Tally implements TestExecutionListener {

    private int passed;
    private int skipped;
    private final List<String> failures = new ArrayList<>();

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
          failures.add(name(test) + ": " + reason);
          result.getThrowable().ifPresent(Throwable::printStackTrace);
        }
      }
    }

    private static String name(TestIdentifier test) {
      String id = test.getUniqueId();
      return id.substring(id.lastIndexOf("class:") + 1).replaceAll("[\\[\\]]", " ");
    }
  }

  static void run(CheckOptions options, Precision precision, CheckStep.Rows rows) {
    LauncherDiscoveryRequestBuilder wanted =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage(options.get("test-package")))
            .configurationParameter("jqwik.reporting.onlyfailures", "true")
            .configurationParameter("jqwik.database", "");
    if (!options.get("test-tag").equals("-")) {
      wanted.filters(TagFilter.includeTags(options.get("test-tag")));
    }
    LauncherDiscoveryRequest request = wanted.build();
    Tally tally = new Tally();
    LauncherFactory.create().execute(request, tally);
    String item = precision.label();
    int failed = tally.failures.size();
    if (tally.passed + failed == 0) {
      rows.add(
          Row.of(
              "contracts",
              item,
              Status.FAILED,
              "no test ran from package "
                  + options.get("test-package")
                  + " with tag "
                  + options.get("test-tag")));
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
    for (String failure : tally.failures.subList(0, Math.min(failed, FAILURES_SHOWN))) {
      rows.add(Row.of("contracts", item + " failure", Status.FAILED, failure));
    }
  }
}
