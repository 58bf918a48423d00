package dev.nst.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.spi.ImageReaderWriterSpi;
import javax.imageio.spi.ImageWriterSpi;

/**
 * The decoders and encoders in use: TwelveMonkeys' to read JPEG (CMYK, odd colour spaces), TIFF and
 * WebP, the JDK's for all the rest.
 *
 * <p>They are named, not looked up: which one ImageIO finds first depends on what else a program
 * has, and whether it finds any on which class loader asked it first.
 */
final class Codecs {
  private Codecs() {}

  static ImageReader reader(PictureFormat format) throws IOException {
    return switch (format) {
      case JPEG -> jpegProvider().createReaderInstance();
      case TIFF -> new TIFFImageReaderSpi().createReaderInstance();
      case WEBP -> new WebPImageReaderSpi().createReaderInstance();
      case PNG, BMP, GIF -> ofTheJdk(ImageReaderSpi.class, format).createReaderInstance();
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
    return ofTheJdk(ImageWriterSpi.class, format).createWriterInstance();
  }

  private static <T extends ImageReaderWriterSpi> T ofTheJdk(Class<T> kind, PictureFormat format) {
    Iterator<T> providers = IIORegistry.getDefaultInstance().getServiceProviders(kind, false);
    while (providers.hasNext()) {
      T provider = providers.next();
      boolean jdk = provider.getClass().getModule() == ImageIO.class.getModule();
      if (jdk && List.of(provider.getFormatNames()).contains(format.name())) {
        return provider;
      }
    }
    throw new IllegalStateException("the JDK has no codec for " + format);
  }
}
