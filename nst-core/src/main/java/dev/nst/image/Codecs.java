package dev.nst.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageWriterSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;

/**
 * The decoders and encoders in use: the JDK's for PNG, BMP and GIF and to write JPEG,
 * TwelveMonkeys' to read JPEG (CMYK, odd colour spaces) and WebP and for TIFF.
 *
 * <p>TwelveMonkeys' are named, not looked up: which decoder ImageIO finds first depends on what
 * else a program has, and whether it finds any on which class loader asked it first.
 */
final class Codecs {
  private Codecs() {}

  static ImageReader reader(PictureFormat format) throws IOException {
    return switch (format) {
      case JPEG -> jpegProvider().createReaderInstance();
      case TIFF -> new TIFFImageReaderSpi().createReaderInstance();
      case WEBP -> new WebPImageReaderSpi().createReaderInstance();
      case PNG, BMP, GIF -> ImageIO.getImageReadersByFormatName(format.name()).next();
    };
  }

  /** This one works on top of the JDK's, which it finds only when it is registered. */
  private static JPEGImageReaderSpi jpegProvider() {
    IIORegistry registry = IIORegistry.getDefaultInstance();
    JPEGImageReaderSpi registered = registry.getServiceProviderByClass(JPEGImageReaderSpi.class);
    if (registered != null) {
      return registered;
    }
    JPEGImageReaderSpi provider = new JPEGImageReaderSpi();
    registry.registerServiceProvider(provider);
    return provider;
  }

  static ImageWriter writer(PictureFormat format) throws IOException {
    return format == PictureFormat.TIFF
        ? new TIFFImageWriterSpi().createWriterInstance()
        : ImageIO.getImageWritersByFormatName(format.name()).next();
  }
}
