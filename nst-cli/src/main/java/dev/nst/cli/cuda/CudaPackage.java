package dev.nst.cli.cuda;

import dev.nst.NstException;
import dev.nst.cli.shell.Shell;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * A jar on Maven Central that holds NVIDIA's libraries, and which of them we want.
 *
 * @param uri where it is
 * @param sha256 hash of the jar, lower-case hexadecimal
 * @param bytes size of the jar
 * @param libraryBytes size of the wanted libraries once unpacked
 * @param version names the folder they are unpacked into: CUDA's version and cuDNN's
 */
record CudaPackage(URI uri, String sha256, long bytes, long libraryBytes, String version) {

  /** Environment variable that names another repository of Maven's layout. */
  static final String REPOSITORY_VARIABLE = "NST_MAVEN_URL";

  private static final String REPOSITORY = "https://repo.maven.apache.org/maven2";

  private static final String PATH =
      "org/bytedeco/cuda/12.6-9.5-1.5.11/cuda-12.6-9.5-1.5.11-linux-x86_64-redist.jar";

  /** The folder of the libraries, and those that a convolution, a product or a kernel needs. */
  private static final Pattern WANTED =
      Pattern.compile(
          "org/bytedeco/cuda/linux-x86_64/"
              + "(lib(cublas|cublasLt|nvrtc|nvrtc-builtins|cudnn(_[a-z_]+)?)\\.so\\.[0-9.]+)");

  /**
   * Returns the jar that fits our JCuda: CUDA 12.6 with cuDNN 9.5, from Maven Central or the
   * repository that {@code NST_MAVEN_URL} names.
   *
   * @throws NstException if that is no address
   */
  static CudaPackage standard(Shell shell) {
    String chosen = shell.variable(REPOSITORY_VARIABLE);
    String repository = chosen == null ? REPOSITORY : chosen.replaceFirst("/+$", "");
    return new CudaPackage(
        address(repository, PATH),
        "b9130f92e121c5ae39d93083b2db5305af3b53bab1ef232463e281593ebb74d0",
        2_026_748_503L,
        1_529_992_192L,
        "12.6-9.5");
  }

  private static URI address(String repository, String path) {
    try {
      URI uri = URI.create(repository + "/" + path);
      if (uri.getHost() != null && uri.getScheme().matches("https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // falls through to the one message that fits all cases
    }
    throw new NstException(
        REPOSITORY_VARIABLE
            + " must be the address of a Maven repository, such as "
            + REPOSITORY
            + "; '"
            + repository
            + "' is none.");
  }

  /**
   * Returns the file name that an entry of the jar is unpacked to, or null for one that is not
   * wanted.
   */
  static String libraryName(String entry) {
    var matcher = WANTED.matcher(entry);
    return matcher.matches() ? matcher.group(1) : null;
  }
}
