package dev.nst.cli.shell;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Turns what the file system throws into a sentence. */
public final class Failures {

  private Failures() {}

  /**
   * Returns the failure to report.
   *
   * @param verb what was tried: "read"
   */
  public static NstException of(String verb, Path file, IOException cause) {
    return new NstException(
        "Cannot " + verb + " " + file + ": " + reason(cause) + "; " + remedy(cause) + ".", cause);
  }

  private static String remedy(IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return "check the name";
    }
    if (cause instanceof AccessDeniedException) {
      return "change its permissions or choose another place";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "move that away or choose another name";
    }
    String reason = reason(cause).toLowerCase(Locale.ROOT);
    if (reason.contains("no space") || reason.contains("not enough space")) {
      return "free some space on that disk or choose another place";
    }
    return "check the disk and the file, or choose another place";
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
