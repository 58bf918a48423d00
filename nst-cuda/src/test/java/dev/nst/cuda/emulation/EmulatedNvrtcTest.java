package dev.nst.cuda.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulated run-time compiler takes the options and refuses what NVRTC would refuse. */
@OnEmulatedCuda
class EmulatedNvrtcTest {

  private static final String KERNEL = "extern \"C\" __global__ void k(float* x) { x[0] = 1; }";

  private Machine machine;

  @BeforeEach
  void open() {
    machine = Machine.open();
  }

  @AfterEach
  void close() {
    machine.close();
  }

  /** What a compilation gave: its result, as JCuda names it, and its log. */
  private record Outcome(String result, String log) {}

  private static Outcome compile(String source, String... options) {
    return compile(source, new String[0], new String[0], options);
  }

  private static Outcome compile(
      String source, String[] headers, String[] headerNames, String... options) {
    nvrtcProgram program = new nvrtcProgram();
    JNvrtc.nvrtcCreateProgram(program, source, "name.cu", headers.length, headers, headerNames);
    String result;
    try {
      result = nvrtcResult.stringFor(JNvrtc.nvrtcCompileProgram(program, options.length, options));
    } catch (jcuda.CudaException e) {
      result = e.getMessage();
    }
    String[] log = {""};
    JNvrtc.nvrtcGetProgramLog(program, log);
    JNvrtc.nvrtcDestroyProgram(program);
    return new Outcome(result, log[0]);
  }

  @Test
  void isVersion12Point6() {
    int[] major = {0};
    int[] minor = {0};
    JNvrtc.nvrtcVersion(major, minor);
    assertThat(major[0] * 100 + minor[0]).isEqualTo(1206);
  }

  @Test
  void takesTheUsualOptions() {
    Outcome outcome =
        compile(
            KERNEL
                + "\n#if WIDTH != 4 || !defined(NST_PLAIN) || __CUDA_ARCH__ != 860\n#error\n#endif",
            "--gpu-architecture=sm_86",
            "--std=c++17",
            "-default-device",
            "--use_fast_math",
            "--fmad=false",
            "-DWIDTH=4",
            "--extra-device-vectorization");
    assertThat(outcome.result()).as(outcome.log()).isEqualTo("NVRTC_SUCCESS");
  }

  @Test
  void refusesUnknownOptionsAndArchitectures() {
    assertThat(compile(KERNEL, "--no-such-option").result())
        .isEqualTo("NVRTC_ERROR_INVALID_OPTION");
    assertThat(compile(KERNEL, "--gpu-architecture=sm_85").result())
        .isEqualTo("NVRTC_ERROR_INVALID_OPTION");
  }

  @Test
  void saysWhatDoesNotCompile() {
    Outcome outcome = compile("\nextern \"C\" __global__ void k(float* x) {\n  x[0] = missing;\n}");
    assertThat(outcome.result()).isEqualTo("NVRTC_ERROR_COMPILATION");
    assertThat(outcome.log()).contains("name.cu:3").contains("missing");
  }

  @Test
  void hasNoHeadersButTheProgramsOwn() {
    assertThat(compile("#include <cuda_fp16.h>\n" + KERNEL).log()).contains("cuda_fp16.h");
    assertThat(compile("#include <stdint.h>\n" + KERNEL).result())
        .isEqualTo("NVRTC_ERROR_COMPILATION");
    Outcome outcome =
        compile(
            "#include \"own.h\"\nextern \"C\" __global__ void k(float* x) { x[0] = OWN; }",
            new String[] {"#define OWN 3"},
            new String[] {"own.h"});
    assertThat(outcome.result()).as(outcome.log()).isEqualTo("NVRTC_SUCCESS");
  }

  @Test
  void givesMachineCodeForARealArchitectureOnly() {
    assertThat(cubin("--gpu-architecture=compute_86")).isEmpty();
    assertThat(new String(cubin("--gpu-architecture=sm_86"), StandardCharsets.UTF_8))
        .startsWith("// cuemu cubin 86");
  }

  private static byte[] cubin(String option) {
    nvrtcProgram program = new nvrtcProgram();
    JNvrtc.nvrtcCreateProgram(program, KERNEL, "name.cu", 0, null, null);
    JNvrtc.nvrtcCompileProgram(program, 1, new String[] {option});
    long[] bytes = {0};
    JNvrtc.nvrtcGetCUBINSize(program, bytes);
    byte[] code = new byte[(int) bytes[0]];
    if (code.length > 0) {
      JNvrtc.nvrtcGetCUBIN(program, code);
    }
    JNvrtc.nvrtcDestroyProgram(program);
    return code;
  }
}
