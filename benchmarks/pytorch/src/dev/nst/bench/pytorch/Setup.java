package dev.nst.bench.pytorch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a contestant is run.
 *
 * @param key what {@code --only} calls it
 * @param label what tables call it
 * @param main its class
 * @param arguments those after the edge of the pictures
 * @param jvm options of its JVM
 * @param environment variables added to the environment
 * @param tolerance largest relative difference of its losses from cpu-vector's
 */
record Setup(
    String key,
    String label,
    Class<?> main,
    List<String> arguments,
    List<String> jvm,
    Map<String, String> environment,
    double tolerance) {

  /** Key of the contestant that all others are compared with. */
  static final String OURS = "cpu-vector";

  /** Key of libtorch without any setting. */
  static final String AS_IT_COMES = "default";

  /** Key of libtorch in bfloat16. */
  static final String BFLOAT16 = "bf16";

  private static final double EXACT = 1e-3;

  /**
   * The losses of bfloat16's eight bits of mantissa differ by a tenth of a percent; more says that
   * something else is computed.
   */
  private static final double ROUGH = 1e-2;

  /**
   * Returns the contestants, cpu-vector first.
   *
   * @param threads for each but {@code default}
   * @param bits of the vectors: 512 or 256, or 0 for what the machine has
   * @param options further options of cpu-vector's JVM
   */
  static List<Setup> all(int threads, int bits, List<String> options) {
    boolean narrow = bits == 256;
    List<String> jvm = new ArrayList<>(List.of("--add-modules", "jdk.incubator.vector"));
    // As the launcher starts it; the tuned contestants of libtorch have huge pages too.
    jvm.add("-XX:MaxRAMPercentage=75");
    jvm.addAll(List.of("-XX:G1HeapRegionSize=1m", "-XX:G1PeriodicGCInterval=1000"));
    jvm.add("-XX:+UseTransparentHugePages");
    jvm.add("-Dnst.threads=" + threads);
    if (bits > 0) {
      jvm.add("-Dnst.vector.bits=" + bits);
    }
    if (narrow) {
      // Without the 32 registers of AVX-512 too, as a machine with 256 bits is.
      jvm.add("-XX:UseAVX=2");
    }
    jvm.addAll(options);

    Map<String, String> plain = narrow ? narrow() : Map.of();
    Map<String, String> tuned = new LinkedHashMap<>(plain);
    tuned.putAll(tuned(threads));
    Map<String, String> oneBlasThread = new LinkedHashMap<>(tuned);
    oneBlasThread.put("OPENBLAS_NUM_THREADS", "1");
    oneBlasThread.remove("GOMP_SPINCOUNT");

    List<Setup> setups = new ArrayList<>();
    setups.add(new Setup(OURS, OURS, NstSide.class, List.of(), jvm, Map.of(), EXACT));
    setups.add(
        torch(AS_IT_COMES, "libtorch fp32 as it comes", "Float", "Contiguous", 0, plain, EXACT));
    setups.add(torch("nchw", "libtorch fp32, tuned", "Float", "Contiguous", threads, tuned, EXACT));
    setups.add(
        torch(
            "nhwc",
            "libtorch fp32, tuned, channels-last",
            "Float",
            "ChannelsLast",
            threads,
            tuned,
            EXACT));
    setups.add(
        torch(
            "nhwc-1",
            "libtorch fp32, tuned, channels-last, 1 BLAS thread",
            "Float",
            "ChannelsLast",
            threads,
            oneBlasThread,
            EXACT));
    if (!narrow) {
      // oneDNN has bfloat16 with AVX-512 only (or with AMX and such, which come with it).
      setups.add(
          torch(
              BFLOAT16,
              "libtorch bf16, tuned, channels-last",
              "BFloat16",
              "ChannelsLast",
              threads,
              tuned,
              ROUGH));
    }
    return setups;
  }

  private static Setup torch(
      String key,
      String label,
      String type,
      String layout,
      int threads,
      Map<String, String> environment,
      double tolerance) {
    List<String> arguments = List.of(type, layout, Integer.toString(threads));
    // What libtorch computes with is outside Java's heap.
    List<String> jvm = List.of("-Xmx1g", "-Djava.library.path=" + System.getProperty("natives"));
    return new Setup(key, label, TorchSide.class, arguments, jvm, environment, tolerance);
  }

  /** Holds libtorch, oneDNN and OpenBLAS to the instructions of AVX2. */
  private static Map<String, String> narrow() {
    return Map.of(
        "ONEDNN_MAX_CPU_ISA",
        "AVX2",
        "ATEN_CPU_CAPABILITY",
        "avx2",
        "OPENBLAS_CORETYPE",
        "Haswell");
  }

  private static Map<String, String> tuned(int threads) {
    Map<String, String> settings = new LinkedHashMap<>();
    // glibc otherwise returns every large map to the system and gets it back page by page, which
    // costs as much as the shallow convolutions. Its heap keeps them, as jemalloc would, and asks
    // for huge pages.
    settings.put("MALLOC_ARENA_MAX", "1");
    settings.put("MALLOC_MMAP_MAX_", "0");
    settings.put("MALLOC_TRIM_THRESHOLD_", "100000000000");
    settings.put("MALLOC_TOP_PAD_", "268435456");
    settings.put("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    settings.put("OMP_NUM_THREADS", Integer.toString(threads));
    // OpenBLAS, which multiplies the Gram matrices, has threads of its own beside OpenMP's. Either
    // go to sleep soon rather than spin for milliseconds on cores that the other needs.
    settings.put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
    settings.put("OPENBLAS_THREAD_TIMEOUT", "4");
    settings.put("GOMP_SPINCOUNT", "10000");
    return settings;
  }
}
