package dev.nst.cli.demo;

import dev.nst.image.Image;

/** The two pictures of the demo, drawn by arithmetic alone: no files, no licences. */
public final class DemoPictures {

  private static final int WIDTH = 768;
  private static final int HEIGHT = 512;

  private DemoPictures() {}

  /**
   * Returns the photograph: evening light on snow mountains over a lake, 768 x 512.
   *
   * @param seed chooses the mountains, the clouds and the trees
   */
  public static Image content(long seed) {
    return Image.fromBufferedImage(Landscape.draw(WIDTH, HEIGHT, seed));
  }

  /**
   * Returns the painting: a night of whirls in thick paint, 768 x 512.
   *
   * @param seed chooses the whirls and every stroke
   */
  public static Image style(long seed) {
    return Image.fromBufferedImage(Brushwork.draw(WIDTH, HEIGHT, seed));
  }
}
