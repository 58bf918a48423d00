package dev.nst.image;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Pictures to test with: drawn here, or from the files that scripts/goldens made with PIL. */
final class TestPictures {
  private TestPictures() {}

  /** The pixels of {@code draw} in scripts/goldens/make_resize_goldens.py. */
  static Pixels draw(int width, int height) {
    byte[] samples = new byte[3 * width * height];
    int i = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          boolean noisy = (x / 8 + y / 8) % 2 == 0;
          samples[i++] = (byte) (noisy ? noise(x, y, c) : 3 * x + 5 * y + 40 * c);
        }
      }
    }
    return Pixels.rgb8(width, height, samples);
  }

  private static int noise(int x, int y, int c) {
    int bits = x * 73856093 ^ y * 19349663 ^ c * 83492791;
    bits ^= bits >>> 13;
    bits *= 0x5bd1e995;
    return bits ^ bits >>> 15;
  }

  /** A file of the test resources, by its path below this package. */
  static Path file(String name) {
    URL url = TestPictures.class.getResource(name);
    if (url == null) {
      throw new IllegalArgumentException("no test resource " + name);
    }
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** The largest difference of two pictures of one size, both opaque or not, in 255ths. */
  static int largestDifference(Image a, Image b) {
    if (!a.dimensions().equals(b.dimensions()) || a.hasAlpha() != b.hasAlpha()) {
      throw new AssertionError("sizes or alpha differ: " + a + " and " + b);
    }
    Pixels first = Pixels.of(a, 8);
    Pixels second = Pixels.of(b, 8);
    int samples = first.channels() * first.width() * first.height();
    int largest = 0;
    for (int i = 0; i < samples; i++) {
      largest = Math.max(largest, Math.abs(first.get(i) - second.get(i)));
    }
    return largest;
  }

  /** A picture of one colour, given in 255ths. */
  static Image plain(int width, int height, int red, int green, int blue) {
    byte[] samples = new byte[3 * width * height];
    for (int i = 0; i < samples.length; i += 3) {
      samples[i] = (byte) red;
      samples[i + 1] = (byte) green;
      samples[i + 2] = (byte) blue;
    }
    return Pixels.rgb8(width, height, samples).toImage();
  }

  /** {@link #draw} behind an alpha that goes from 0 to 1, all in 255ths. */
  static Image veiled(int width, int height) {
    float[] alpha = new float[width * height];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = Math.round(255f * i / Math.max(1, alpha.length - 1)) / 255f;
    }
    return draw(width, height).toImage().withAlpha(alpha);
  }
}
