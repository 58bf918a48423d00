import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Draws a mask for {@code nst stylize}: flat polygons on a flat ground. Runs without a build:
 *
 * <pre>
 * java scripts/DrawMask.java OUT.png WIDTHxHEIGHT GROUND [COLOUR X,Y X,Y X,Y ...]...
 * </pre>
 *
 * Colours are as in {@code #ff0000}; corners are in percent of the width and the height.
 */
final class DrawMask {

  private DrawMask() {}

  public static void main(String[] arguments) throws IOException {
    String[] size = arguments[1].split("x");
    BufferedImage mask =
        new BufferedImage(
            Integer.parseInt(size[0]), Integer.parseInt(size[1]), BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = mask.createGraphics();
    pen.setColor(Color.decode(arguments[2]));
    pen.fillRect(0, 0, mask.getWidth(), mask.getHeight());
    for (int i = 3; i < arguments.length; ) {
      pen.setColor(Color.decode(arguments[i++]));
      Polygon polygon = new Polygon();
      for (; i < arguments.length && arguments[i].charAt(0) != '#'; i++) {
        String[] corner = arguments[i].split(",");
        polygon.addPoint(
            (int) (Double.parseDouble(corner[0]) * mask.getWidth() / 100),
            (int) (Double.parseDouble(corner[1]) * mask.getHeight() / 100));
      }
      pen.fillPolygon(polygon);
    }
    pen.dispose();
    ImageIO.write(mask, "png", new File(arguments[0]));
  }
}
