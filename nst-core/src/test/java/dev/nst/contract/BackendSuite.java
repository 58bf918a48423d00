package dev.nst.contract;

import dev.nst.backend.Backend;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeProperty;

/**
 * What every contract shares: one backend for the whole test class, opened by its first property
 * and closed after its last.
 */
public abstract class BackendSuite {

  // jqwik makes an instance for every property and calls container hooks statically, so what lives
  // as
  // long as the class has no other place. jqwik runs one class after the other.
  private static Workbench current;

  private static String title;

  /** Opens the backend to be tested. */
  protected abstract Backend openBackend();

  /** Returns what the backend is held to; one that overrides this says why. */
  protected Tolerances tolerances(Backend backend) {
    return Tolerances.of(backend.precision());
  }

  /** Returns the backend under test and what belongs to it. */
  public final Workbench bench() {
    return current;
  }

  @BeforeProperty
  final void openOnce() {
    if (current == null) {
      Backend backend = openBackend();
      current = new Workbench(backend, tolerances(backend));
      title = getClass().getSimpleName();
    }
  }

  @AfterTry
  final void clear() {
    current.clear();
  }

  @AfterProperty
  final void renew() {
    current.renew();
  }

  @AfterContainer
  static void close() {
    if (current != null) {
      System.out.print(current.report(title));
      current.close();
      current = null;
    }
  }
}
