package dev.nst.image;

import dev.nst.NstException;
import dev.nst.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodes pictures into files, of which none is ever half: see {@link AtomicFile}. */
final class PictureWriter {
  private static final Logger LOG = LoggerFactory.getLogger(PictureWriter.class);

  private PictureWriter() {}

  static PictureFormat checkWritable(Path file, OutputOptions options) {
    PictureFormat format = PictureFormat.ofExtension(file);
    if (options.bitDepth() > format.mostBits()) {
      throw new NstException(
          String.format(
              "The output '%s' cannot have %d bits a channel because %s holds %d; choose .png or"
                  + " .tif, or %d bits.",
              file, options.bitDepth(), format, format.mostBits(), format.mostBits()));
    }
    AtomicFile.checkWritable(file);
    return format;
  }

  static void write(Image image, Path file, OutputOptions options) {
    PictureFormat format = checkWritable(file, options);
    boolean alpha = options.alpha() && format.holdsAlpha();
    if (image.hasAlpha() && options.alpha() && !alpha) {
      LOG.warn("'{}' shows the picture on white because {} has no transparency.", file, format);
    }
    Pixels pixels = Pixels.of(alpha ? image : image.onWhite(), options.bitDepth());
    try (AtomicFile output = AtomicFile.open(file)) {
      encode(BufferedImages.of(pixels), format, options, output);
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

  private static void encode(
      BufferedImage picture, PictureFormat format, OutputOptions options, AtomicFile file)
      throws IOException {
    ImageWriter writer = Codecs.writer(format);
    try (ImageOutputStream buffer = new MemoryCacheImageOutputStream(file.stream())) {
      ImageWriteParam parameters = writer.getDefaultWriteParam();
      if (format == PictureFormat.JPEG) {
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(options.quality() / 100f);
      }
      ImageTypeSpecifier type = ImageTypeSpecifier.createFromRenderedImage(picture);
      IIOMetadata metadata = OutputMetadata.of(format, options.text(), writer, type, parameters);
      writer.setOutput(buffer);
      writer.write(null, new IIOImage(picture, null, metadata), parameters);
    } finally {
      writer.dispose();
    }
  }
}
