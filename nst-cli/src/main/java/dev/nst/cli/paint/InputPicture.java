package dev.nst.cli.paint;

import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.image.Images;
import dev.nst.image.Resize;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A picture that a run starts from. */
public sealed interface InputPicture {

  /** Returns where it lies, or will lie when the run is over. */
  Path path();

  /** Returns its own size. */
  Dimensions dimensions();

  /** Returns it in the size that is wanted for its own. */
  Image resized(UnaryOperator<Dimensions> target);

  /** A file of the user's, which the run reads and must never replace. */
  record Stored(Path path) implements InputPicture {
    @Override
    public Dimensions dimensions() {
      return Images.dimensions(path);
    }

    @Override
    public Image resized(UnaryOperator<Dimensions> target) {
      return Images.read(path, target);
    }
  }

  /** A picture in memory, which is written to {@code path} together with the result. */
  record Drawn(Image image, Path path) implements InputPicture {
    @Override
    public Dimensions dimensions() {
      return image.dimensions();
    }

    @Override
    public Image resized(UnaryOperator<Dimensions> target) {
      Dimensions size = target.apply(image.dimensions());
      return Resize.bilinear(image, size.width(), size.height());
    }
  }
}
