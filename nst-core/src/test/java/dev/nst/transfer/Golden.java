package dev.nst.transfer;

import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.PixelSpace;
import dev.nst.model.Pooling;
import dev.nst.recipe.Recipe;
import dev.nst.weights.Safetensors;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A reference file that PyTorch wrote (scripts/goldens), and what it was made from.
 *
 * @param other another picture of the photograph's size
 */
record Golden(Safetensors file, Recipe recipe, Image content, Image style, Image other)
    implements AutoCloseable {

  static Golden open(int height, int width, String pooling, int styleHeight, int styleWidth) {
    return open(Recipe.gatys(), height, width, pooling, styleHeight, styleWidth);
  }

  static Golden open(
      Recipe recipe, int height, int width, String pooling, int styleHeight, int styleWidth) {
    String name = recipe.name() + "-" + height + "x" + width + "-" + pooling + ".safetensors";
    Safetensors file = Safetensors.open(resource(name));
    return new Golden(
        file,
        recipe.withPooling(Pooling.of(pooling)),
        picture(1, height, width),
        picture(2, styleHeight, styleWidth),
        picture(Integer.parseInt(file.metadata().get("other")), height, width));
  }

  Scene scene() {
    return Scene.of(
        PictureSource.of(content, PixelSpace.NORMALIZED),
        PictureSource.of(style, PixelSpace.NORMALIZED));
  }

  private static Image picture(int number, int height, int width) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }

  float[] read(String tensor) {
    return file.read(tensor);
  }

  @Override
  public void close() {
    file.close();
  }

  /** Returns a golden file as one that can be mapped. */
  static Path resource(String name) {
    try {
      URL url = SyntheticWeights.class.getResource("goldens/" + name);
      if (url.getProtocol().equals("file")) {
        return Path.of(url.toURI());
      }
      // Inside the test jar: a memory-mapped reader needs a real file.
      Path copy = Files.createTempFile("golden", "-" + name);
      copy.toFile().deleteOnExit();
      try (InputStream in = url.openStream()) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      return copy;
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("cannot reach the golden file " + name, e);
    }
  }
}
