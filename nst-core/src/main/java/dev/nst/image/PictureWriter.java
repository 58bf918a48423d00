package dev.nst.image;

import dev.nst.NstException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes picture files: beside their place first, then moved into it, so that none is ever half.
 */
final class PictureWriter {
  private static final float JPEG_QUALITY = 0.95f;

  private PictureWriter() {}

  static void checkWritable(Path file) {
    PictureFormat.ofExtension(file);
    if (Files.isDirectory(file)) {
      throw new NstException(
          "The output '%s' is a directory; name a file inside of it.".formatted(file));
    }
    if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isWritable(file))) {
      throw new NstException(
          String.format(
              "The output '%s' exists and may not be overwritten; change its permissions or"
                  + " choose another name.",
              file));
    }
    Path directory = directory(file);
    if (!Files.isDirectory(directory)) {
      throw new NstException(
          String.format(
              "The output '%s' needs the directory '%s', which does not exist; create it or choose"
                  + " another place.",
              file, directory));
    }
    if (!Files.isWritable(directory)) {
      throw new NstException(
          String.format(
              "The output '%s' cannot be written because the directory '%s' is read-only for this"
                  + " user; change its permissions or choose another place.",
              file, directory));
    }
  }

  static void write(Image image, Path file) {
    checkWritable(file);
    PictureFormat format = PictureFormat.ofExtension(file);
    try {
      // Moving onto a symbolic link would replace the link, not the file that it stands for.
      Path target = Files.exists(file) ? file.toRealPath() : file;
      Path temporary = directory(target).resolve(".nst-" + UUID.randomUUID() + ".tmp");
      try {
        encode(image.toBufferedImage(), format, temporary);
        moveInto(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException | RuntimeException e) {
      throw new NstException(
          String.format(
              "The output '%s' of %s pixels could not be written as %s (%s); choose another"
                  + " place or format.",
              file, image.dimensions(), format, PictureReader.detail(e)),
          e);
    }
  }

  private static Path directory(Path file) {
    return file.toAbsolutePath().getParent();
  }

  /**
   * The file is made with the permissions that the user's umask gives, unlike that of {@link
   * Files#createTempFile}, which nobody else may read.
   */
  private static void encode(BufferedImage picture, PictureFormat format, Path file)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format.imageIoName()).next();
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        ImageOutputStream buffer = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      if (format == PictureFormat.JPEG) {
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(JPEG_QUALITY);
      }
      writer.setOutput(buffer);
      writer.write(null, new IIOImage(picture, null, null), parameters);
    } finally {
      writer.dispose();
    }
  }

  private static void moveInto(Path temporary, Path target) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
