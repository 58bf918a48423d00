package dev.nst.image;

import dev.nst.NstException;
import dev.nst.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Encodes pictures into files, of which none is ever half: see {@link AtomicFile}. */
final class PictureWriter {
  private static final float JPEG_QUALITY = 0.95f;

  private PictureWriter() {}

  static void checkWritable(Path file) {
    PictureFormat.ofExtension(file);
    AtomicFile.checkWritable(file);
  }

  static void write(Image image, Path file) {
    PictureFormat format = PictureFormat.ofExtension(file);
    try (AtomicFile output = AtomicFile.open(file)) {
      encode(image.toBufferedImage(), format, output);
      output.commit();
    } catch (NstException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new NstException(
          String.format(
              "The output '%s' of %s pixels could not be written as %s (%s); choose another"
                  + " place or format.",
              file, image.dimensions(), format, PictureReader.detail(e)),
          e);
    }
  }

  private static void encode(BufferedImage picture, PictureFormat format, AtomicFile file)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format.imageIoName()).next();
    try (ImageOutputStream buffer = new MemoryCacheImageOutputStream(file.stream())) {
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
}
