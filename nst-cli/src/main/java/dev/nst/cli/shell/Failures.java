package dev.nst.cli.shell;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns what the file system throws into a sentence. */
public final class Failures {

  private Failures() {}

  /**
   * Returns the failure to report.
   *
   * @param verb what was tried: "read"
   */
  public static NstException of(String verb, Path file, IOException cause) {
    return new NstException("Cannot " + verb + " " + file + ": " + reason(cause) + ".", cause);
  }

  /** Returns why, in a few words. */
  public static String reason(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "it does not exist";
    }
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "a file is in the way";
    }
    if (cause instanceof FileSystemException system && system.getReason() != null) {
      return system.getReason();
    }
    String message = cause.getMessage();
    return message == null ? "the system gives no reason" : message;
  }
}
