package dev.nst;

/**
 * A failure that the user can do something about: an unreadable picture, weights that lack a
 * tensor, a backend that this machine does not have.
 *
 * <p>The message is one sentence that says what was expected, what came and what to do. The command
 * line prints it as it is and exits with status 1. Mistakes of the calling code are {@link
 * IllegalArgumentException} and {@link IllegalStateException} instead.
 */
public class NstException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure that has no underlying exception.
   *
   * @param message one sentence for the user, with its remedy
   */
  public NstException(String message) {
    super(message);
  }

  /**
   * A failure that another exception brought about.
   *
   * @param message one sentence for the user, with its remedy
   * @param cause what went wrong underneath, shown only with {@code --verbose}
   */
  public NstException(String message, Throwable cause) {
    super(message, cause);
  }
}
