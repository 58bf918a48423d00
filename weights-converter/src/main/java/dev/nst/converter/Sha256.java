package dev.nst.converter;

import dev.nst.weights.WeightFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4), the checksum by which files of weights are known. */
public final class Sha256 {
  private static final int PIECE_BYTES = 1 << 20;

  private Sha256() {}

  /**
   * Computes the SHA-256 of a file without telling anybody how far it is.
   *
   * @param file its path
   * @return 64 lower-case hexadecimal digits
   * @throws dev.nst.NstException if the file is missing, empty or unreadable
   */
  public static String of(Path file) {
    return of(file, ProgressListener.none());
  }

  /**
   * Computes the SHA-256 of a file.
   *
   * @param file its path
   * @param listener told after every mebibyte; its total is the file's size
   * @return 64 lower-case hexadecimal digits
   * @throws dev.nst.NstException if the file is missing, empty or unreadable
   */
  public static String of(Path file, ProgressListener listener) {
    try (FileChannel channel = WeightFiles.open(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
      long total = channel.size();
      long done = 0;
      while (channel.read(piece.clear()) >= 0) {
        done += piece.flip().remaining();
        digest.update(piece);
        listener.progress(Math.min(done, total), total);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw WeightFiles.unreadable(file, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
