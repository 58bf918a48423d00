package dev.nst.cli.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Collects how long every kernel took in each iteration. */
final class KernelTimes {

  /**
   * A kernel's part of an iteration.
   *
   * @param name what it does and in which layer
   * @param work of all its calls in an iteration
   * @param seconds of all its calls in an iteration, median over the iterations
   */
  record Kernel(String name, Work work, double seconds) {}

  private static final class Calls {
    private Work work = Work.NONE;
    private double seconds;
    private final List<Double> iterations = new ArrayList<>();
  }

  private final LongSupplier clock;
  private final Runnable synchronize;
  private final Map<String, Calls> kernels = new LinkedHashMap<>();
  private final List<Double> iterations = new ArrayList<>();
  private boolean inIteration;

  /**
   * Starts without any.
   *
   * @param clock in nanoseconds
   * @param synchronize waits until what was begun has ended
   */
  KernelTimes(LongSupplier clock, Runnable synchronize) {
    this.clock = clock;
    this.synchronize = synchronize;
  }

  /** Runs an iteration, whose kernels are timed; those of a job's set-up are not. */
  void iteration(Runnable step) {
    for (Calls calls : kernels.values()) {
      calls.work = Work.NONE;
      calls.seconds = 0;
    }
    inIteration = true;
    double seconds = seconds(step);
    inIteration = false;
    iterations.add(seconds);
    kernels.values().forEach(calls -> calls.iterations.add(calls.seconds));
  }

  /** Runs a kernel. */
  void kernel(String name, Work work, Runnable call) {
    if (!inIteration) {
      call.run();
      return;
    }
    Calls calls = kernels.computeIfAbsent(name, key -> new Calls());
    calls.seconds += seconds(call);
    calls.work = calls.work.plus(work);
  }

  private double seconds(Runnable work) {
    synchronize.run();
    long start = clock.getAsLong();
    work.run();
    synchronize.run();
    return (clock.getAsLong() - start) / 1e9;
  }

  /** Returns the kernels in the order of their first calls, over the latest {@code count}. */
  List<Kernel> kernels(int count) {
    List<Kernel> list = new ArrayList<>();
    kernels.forEach(
        (name, calls) -> list.add(new Kernel(name, calls.work, median(calls.iterations, count))));
    return list;
  }

  /** Returns the median of whole iterations, over the latest {@code count}. */
  double iterationSeconds(int count) {
    return median(iterations, count);
  }

  private static double median(List<Double> values, int count) {
    return Timing.median(values.subList(values.size() - count, values.size()));
  }
}
