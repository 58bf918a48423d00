package dev.nst.cuda;

import dev.nst.backend.Availability.Unavailable;

/** Probes in a process of its own: what a process has loaded stays loaded. */
final class PrintProbe {

  private PrintProbe() {}

  /** Prints what a user would be told. */
  public static void main(String[] arguments) {
    CudaBackendProvider provider = new CudaBackendProvider();
    if (provider.probe() instanceof Unavailable no) {
      System.out.println("reason: " + no.reason());
      System.out.println("remedy: " + no.remedy());
      System.out.println("expected: " + no.expected());
    } else {
      System.out.println("available");
    }
    provider.details().forEach(detail -> System.out.println(detail.item() + ": " + detail.value()));
  }
}
