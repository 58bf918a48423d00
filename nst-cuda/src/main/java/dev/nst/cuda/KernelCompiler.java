package dev.nst.cuda;

import dev.nst.NstException;
import dev.nst.backend.BackendFailure;
import dev.nst.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiles CUDA C for the device at hand with NVRTC and keeps the result on disk, under a hash of
 * source, options, architecture and compiler.
 */
final class KernelCompiler {

  private static final Logger LOG = LoggerFactory.getLogger(KernelCompiler.class);

  private static final String ARCHITECTURE = "--gpu-architecture=";

  private final Path cache;

  /**
   * Creates a compiler.
   *
   * @param cache directory of compiled kernels, created when something is written
   */
  KernelCompiler(Path cache) {
    this.cache = cache;
  }

  /** Returns the version of NVRTC, as in "12.6". */
  static String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    Checked.nvrtc("nvrtcVersion", () -> JNvrtc.nvrtcVersion(major, minor));
    return major[0] + "." + minor[0];
  }

  /**
   * Returns machine code for a device, compiled now or before.
   *
   * @param capability compute capability: 90 for 9.0
   * @param defines macros, as {@code NAME=VALUE}
   */
  byte[] compile(String source, int capability, List<String> defines) {
    String[] options = options(capability, defines);
    byte[] cached = read(file(source, options));
    return cached == null ? compileAnew(source, capability, defines) : cached;
  }

  /** The same, compiled now, for where what was kept turned out to be of no use. */
  byte[] compileAnew(String source, int capability, List<String> defines) {
    String[] options = options(capability, defines);
    long start = System.nanoTime();
    byte[] code = compile(source, options);
    LOG.debug(
        "compiled kernels ({}) in {} ms", options[0], (System.nanoTime() - start) / 1_000_000);
    write(file(source, options), code);
    return code;
  }

  private Path file(String source, String[] options) {
    return cache.resolve(hash(source, String.join(" ", options)) + ".cubin");
  }

  private static String[] options(int capability, List<String> defines) {
    String[] options = new String[defines.size() + 2];
    options[0] = ARCHITECTURE + architecture(capability);
    options[1] = "--std=c++17";
    for (int i = 0; i < defines.size(); i++) {
      options[i + 2] = "-D" + defines.get(i);
    }
    return options;
  }

  /**
   * The device's own architecture, whose machine code needs nothing more; for a device newer than
   * this NVRTC the newest that it knows, as PTX, which the driver translates.
   */
  private static String architecture(int capability) {
    int[] count = new int[1];
    Checked.nvrtc("nvrtcGetNumSupportedArchs", () -> JNvrtc.nvrtcGetNumSupportedArchs(count));
    int[] known = new int[count[0]];
    Checked.nvrtc("nvrtcGetSupportedArchs", () -> JNvrtc.nvrtcGetSupportedArchs(known));
    if (Arrays.stream(known).anyMatch(one -> one == capability)) {
      return "sm_" + capability;
    }
    int nearest =
        Arrays.stream(known)
            .filter(one -> one < capability)
            .max()
            .orElseThrow(
                () ->
                    new BackendFailure(
                        "NVRTC "
                            + version()
                            + " compiles for compute capability "
                            + Arrays.stream(known).min().orElse(0) / 10.0
                            + " and newer, this GPU has "
                            + capability / 10.0
                            + "; use --backend cpu-vector, or the libraries of an older CUDA 12."));
    return "compute_" + nearest;
  }

  private static byte[] compile(String source, String[] options) {
    nvrtcProgram program = new nvrtcProgram();
    Checked.nvrtc(
        "nvrtcCreateProgram",
        () -> JNvrtc.nvrtcCreateProgram(program, source, "nst.cu", 0, null, null));
    try {
      try {
        Checked.nvrtc(
            "nvrtcCompileProgram",
            () -> JNvrtc.nvrtcCompileProgram(program, options.length, options));
      } catch (CudaFailure e) {
        String[] log = new String[1];
        Checked.nvrtc("nvrtcGetProgramLog", () -> JNvrtc.nvrtcGetProgramLog(program, log));
        throw new BackendFailure(
            "NVRTC "
                + version()
                + " cannot compile nst's kernels; please report it with this log: "
                + log[0].strip(),
            e);
      }
      return options[0].startsWith(ARCHITECTURE + "sm_") ? cubin(program) : ptx(program);
    } finally {
      Checked.nvrtc("nvrtcDestroyProgram", () -> JNvrtc.nvrtcDestroyProgram(program));
    }
  }

  private static byte[] cubin(nvrtcProgram program) {
    long[] size = new long[1];
    Checked.nvrtc("nvrtcGetCUBINSize", () -> JNvrtc.nvrtcGetCUBINSize(program, size));
    byte[] code = new byte[Math.toIntExact(size[0])];
    Checked.nvrtc("nvrtcGetCUBIN", () -> JNvrtc.nvrtcGetCUBIN(program, code));
    return code;
  }

  private static byte[] ptx(nvrtcProgram program) {
    String[] text = new String[1];
    Checked.nvrtc("nvrtcGetPTX", () -> JNvrtc.nvrtcGetPTX(program, text));
    // The driver reads it as a C string.
    return (text[0] + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  private static String hash(String source, String options) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : List.of(source, options, version())) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readAllBytes(file) : null;
    } catch (IOException e) {
      LOG.warn("The compiled kernels in {} cannot be read and are made anew.", file, e);
      return null;
    }
  }

  private void write(Path file, byte[] code) {
    try {
      Files.createDirectories(cache);
      try (AtomicFile atomic = AtomicFile.open(file)) {
        atomic.write(ByteBuffer.wrap(code));
        atomic.commit();
      }
    } catch (IOException | NstException e) {
      LOG.warn(
          "Compiled kernels cannot be kept in {}, so every start compiles them: {}",
          cache,
          e.getMessage());
    }
  }
}
