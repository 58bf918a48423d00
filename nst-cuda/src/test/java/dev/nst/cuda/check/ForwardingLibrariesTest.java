package dev.nst.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** scripts/cuda13-forwarding.sh, with stand-ins for the libraries of CUDA 13. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class ForwardingLibrariesTest {

  private static final Path SCRIPT = Path.of("../scripts/cuda13-forwarding.sh");

  /** Has one of cuBLAS's functions, with the most arguments of those we call. */
  private static final String CUBLAS_13 =
      """
      #include <stdio.h>
      int cublasGemmEx(void *h, int ta, int tb, int m, int n, int k, const float *alpha,
          const void *a, int at, int lda, const void *b, int bt, int ldb, const float *beta,
          void *c, int ct, int ldc, int compute, int algorithm) {
        printf("%p %d %d %d %d %d %g %p %d %d %p %d %d %g %p %d %d %d %d\\n", h, ta, tb, m, n, k,
            *alpha, a, at, lda, b, bt, ldb, *beta, c, ct, ldc, compute, algorithm);
        return 42;
      }
      """;

  /** Calls that function, one that is missing, and one that names a status. */
  private static final String CALLER =
      """
      #include <stdio.h>
      int cublasGemmEx(void *, int, int, int, int, int, const float *, const void *, int, int,
          const void *, int, int, const float *, void *, int, int, int, int);
      int cublasSgemm_v2(void);
      const char *cublasGetStatusString(int);
      int main(void) {
        float alpha = 1.5, beta = 2.5;
        int status = cublasGemmEx((void *)1, 2, 3, 4, 5, 6, &alpha, (void *)8, 9, 10, (void *)11,
            12, 13, &beta, (void *)15, 16, 17, 18, 19);
        printf("%d %d\\n%s\\n", status, cublasSgemm_v2(), cublasGetStatusString(1));
        return 0;
      }
      """;

  @TempDir Path directory;
  private Path libraries;
  private Path caller;

  private record Output(int status, String text) {}

  private Output run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path log = directory.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Output(process.exitValue(), Files.readString(log));
  }

  private void compile(String source, Path to, String... options)
      throws IOException, InterruptedException {
    Path file = directory.resolve(to.getFileName() + ".c");
    Files.writeString(file, source, StandardCharsets.UTF_8);
    List<String> command = new ArrayList<>(List.of("gcc", "-o", to.toString(), file.toString()));
    command.addAll(List.of(options));
    Output output = run(Map.of(), command.toArray(String[]::new));
    assertThat(output.status()).as(output.text()).isZero();
  }

  @BeforeEach
  void build() throws IOException, InterruptedException {
    assumeTrue(hasGcc(), "gcc is not installed");
    libraries = directory.resolve("forwarding");
    Output built = run(Map.of(), "sh", SCRIPT.toString(), libraries.toString());
    assertThat(built.status()).as(built.text()).isZero();
    caller = directory.resolve("caller");
    compile(CALLER, caller, libraries.resolve("libcublas.so.12").toString());
  }

  private boolean hasGcc() throws InterruptedException {
    try {
      return run(Map.of(), "gcc", "--version").status() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Output call(String cuda13) throws IOException, InterruptedException {
    Map<String, String> environment =
        Map.of("LD_LIBRARY_PATH", libraries.toString(), "NST_CUDA13_LIB", cuda13);
    return run(environment, caller.toString());
  }

  @Test
  void handEveryArgumentAndTheStatusThrough() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(directory.resolve("cuda 13"));
    compile(CUBLAS_13, folder.resolve("libcublas.so.13"), "-shared", "-fPIC");
    Output output = call("/nowhere:" + folder);
    assertThat(output.text())
        .contains("0x1 2 3 4 5 6 1.5 0x8 9 10 0xb 12 13 2.5 0xf 16 17 18 19")
        .contains("\n42 15\n");
  }

  @Test
  void nameTheFunctionThatTheNewLibraryLacks() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(directory.resolve("cuda 13"));
    compile(CUBLAS_13, folder.resolve("libcublas.so.13"), "-shared", "-fPIC");
    assertThat(call(folder.toString()).text())
        .contains("libcublas.so.12 (forwarding to libcublas.so.13)")
        .contains("call of a missing function: cublasSgemm_v2")
        .doesNotContain("call of a missing function: cublasGemmEx");
  }

  @Test
  void failEveryCallWithoutTheNewLibrary() throws IOException, InterruptedException {
    Output output = call("/nowhere");
    assertThat(output.status()).isZero();
    assertThat(output.text()).contains("cannot be opened").contains("\n15 15\n").contains("status");
  }
}
