package dev.nst.cuda;

import dev.nst.NstException;
import dev.nst.backend.Availability;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Detail;
import dev.nst.backend.Precision;
import dev.nst.cuda.NativeLibraries.Outcome;
import dev.nst.io.CacheDirectory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Offers the NVIDIA backend, {@code cuda}, on the first device that {@code CUDA_VISIBLE_DEVICES}
 * lets through.
 */
public final class CudaBackendProvider implements BackendProvider {

  static final String NAME = "cuda";

  /** Name of the system property that turns recording iterations as CUDA graphs off. */
  static final String GRAPH_PROPERTY = "nst.cuda.graph";

  /** The oldest driver that runs CUDA 12 libraries, as {@code cuDriverGetVersion} counts. */
  private static final int OLDEST_DRIVER = 12000;

  /** The oldest compute capability that CUDA 12 compiles for. */
  private static final int OLDEST_CAPABILITY = 50;

  private static final int AMPERE = 80;
  private static final int VOLTA = 70;
  private static final int HALF_ARITHMETIC = 53;

  /** For {@link java.util.ServiceLoader}. */
  public CudaBackendProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 100;
  }

  /** Loads NVIDIA's libraries, where they are, and asks the driver for a device. */
  @Override
  public Availability probe() {
    try {
      if (NativeLibraries.load() instanceof Outcome.Missing missing) {
        return missing.why();
      }
      return probeDevice();
    } catch (RuntimeException e) {
      // A CudaFailure most of all, but whatever it is, a probe does not throw.
      return new Unavailable(
          "the driver does not answer: " + e.getMessage(), "check it with nvidia-smi", false);
    } catch (LinkageError e) {
      return new Unavailable(
          "the libraries do not fit together: " + e.getMessage(),
          "see 'nst devices --verbose' for which were loaded",
          false);
    }
  }

  private static Availability probeDevice() {
    int driver = CudaDevice.readDriverVersion();
    if (driver < OLDEST_DRIVER) {
      return new Unavailable(
          "the driver supports CUDA "
              + CudaDevice.version(driver)
              + ", and "
              + CudaDevice.version(OLDEST_DRIVER)
              + " is needed",
          "install NVIDIA's driver 525 or newer",
          false);
    }
    int cublas = MatrixProducts.majorVersion();
    int cudnn = Cudnn.cudaVersion() / 1000;
    if (cublas != cudnn || cudnn > driver / 1000) {
      return new Unavailable(
          "cuBLAS is of CUDA "
              + cublas
              + ", cuDNN is for CUDA "
              + cudnn
              + " and the driver for CUDA "
              + CudaDevice.version(driver),
          "name a folder with libraries of one CUDA version, not newer than the driver, with"
              + " -Dnst.cuda.lib",
          false);
    }
    try {
      if (CudaDevice.count() == 0) {
        return noDevice();
      }
    } catch (CudaFailure e) {
      if (e.status().contains("NO_DEVICE")) {
        return noDevice();
      }
      throw e;
    }
    CudaDevice device = CudaDevice.describe(0);
    if (!device.isAtLeast(OLDEST_CAPABILITY)) {
      return new Unavailable(
          device.name()
              + " has compute capability "
              + device.major()
              + "."
              + device.minor()
              + ", and CUDA 12 needs 5.0",
          "use --backend cpu-vector",
          false);
    }
    return new Available(device.toString());
  }

  private static Unavailable noDevice() {
    return new Unavailable(
        "the driver is there, but no device",
        "check nvidia-smi and the variable CUDA_VISIBLE_DEVICES",
        true);
  }

  /** Opens the device's memory, stream and libraries. */
  @Override
  public Backend open(BackendOptions options) {
    if (probe() instanceof Unavailable no) {
      throw new NstException(
          "Backend 'cuda' is unavailable: " + no.reason() + "; " + no.remedy() + ".");
    }
    CudaDevice device = CudaDevice.describe(0);
    Set<Precision> possible = precisions(device);
    Precision precision = options.precision().orElseGet(() -> preferred(device));
    if (!possible.contains(precision)) {
      throw new NstException(
          device.name()
              + " does not compute in "
              + lowerCase(precision)
              + "; choose one of "
              + possible.stream()
                  .map(CudaBackendProvider::lowerCase)
                  .collect(Collectors.joining(", "))
              + ".");
    }
    KernelCompiler compiler = new KernelCompiler(CacheDirectory.of("cuda-kernels"));
    return new CudaBackend(device, precision, compiler, graphs());
  }

  private static boolean graphs() {
    String asked = System.getProperty(GRAPH_PROPERTY, "true");
    return switch (asked) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new NstException(
              "-D" + GRAPH_PROPERTY + " must be true or false, got '" + asked + "'.");
    };
  }

  /** What a device computes in; in an order for reading. */
  static Set<Precision> precisions(CudaDevice device) {
    Set<Precision> possible = EnumSet.of(Precision.FP32);
    if (device.isAtLeast(HALF_ARITHMETIC)) {
      possible.add(Precision.FP16);
    }
    if (device.isAtLeast(AMPERE)) {
      possible.add(Precision.TF32);
      possible.add(Precision.BF16);
    }
    return possible;
  }

  /** bf16 where there is some, fp16 where there are tensor cores for it, else fp32. */
  static Precision preferred(CudaDevice device) {
    if (device.isAtLeast(AMPERE)) {
      return Precision.BF16;
    }
    return device.isAtLeast(VOLTA) ? Precision.FP16 : Precision.FP32;
  }

  private static String lowerCase(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Detail> details() {
    List<Detail> details = new ArrayList<>();
    try {
      Outcome outcome = NativeLibraries.load();
      if (outcome instanceof Outcome.Missing missing) {
        return missing.details();
      }
      details.addAll(((Outcome.Loaded) outcome).details());
      details.add(
          new Detail("driver", "for CUDA " + CudaDevice.version(CudaDevice.readDriverVersion())));
      details.add(new Detail("NVRTC", KernelCompiler.version()));
      details.add(new Detail("cuBLAS", MatrixProducts.version()));
      details.add(new Detail("cuDNN", Cudnn.version()));
      for (int ordinal = 0; ordinal < CudaDevice.count(); ordinal++) {
        CudaDevice device = CudaDevice.describe(ordinal);
        details.add(new Detail("device " + ordinal, device.toString()));
      }
    } catch (RuntimeException | LinkageError e) {
      details.add(new Detail("failed", e.getMessage()));
    }
    return details;
  }
}
