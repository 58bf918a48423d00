package dev.nst.cli.watch;

import dev.nst.image.Image;
import dev.nst.image.Resize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures for a page: no larger than a screen shows, and small to send. */
public final class Jpeg {

  private static final float QUALITY = 0.92f;

  private Jpeg() {}

  /**
   * Encodes a picture.
   *
   * @param longest edge of the encoded picture in pixels; a larger picture is reduced to it
   */
  public static byte[] encode(Image picture, int longest) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      parameters.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(
          null, new IIOImage(reduced(picture, longest).toBufferedImage(), null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException("memory refused a picture", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static Image reduced(Image picture, int longest) {
    int edge = Math.max(picture.width(), picture.height());
    if (edge <= longest) {
      return picture;
    }
    double scale = longest / (double) edge;
    return Resize.bilinear(
        picture,
        Math.max(1, (int) Math.round(picture.width() * scale)),
        Math.max(1, (int) Math.round(picture.height() * scale)));
  }
}
