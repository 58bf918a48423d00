package dev.nst.cli.timelapse;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.FileImageOutputStream;

/**
 * An animated GIF (CompuServe 1990, version 89a) that is shown again and again. Every frame has 256
 * colours of its own. The file is ImageIO's; its own choice of colours has no dithering.
 */
final class GifFilm implements Film {

  /** Netscape's extension: sub-block 1, and how often to show the film, 0 for without end. */
  private static final byte[] FOREVER = {1, 0, 0};

  private final ImageWriter writer;
  private final FileImageOutputStream out;
  private final int hundredths;
  private boolean started;

  GifFilm(Path file, int rate) throws IOException {
    hundredths = Math.round(100f / rate);
    out = new FileImageOutputStream(file.toFile());
    writer = ImageIO.getImageWritersByFormatName("gif").next();
    writer.setOutput(out);
    writer.prepareWriteSequence(null);
  }

  @Override
  public void add(BufferedImage frame, int shown) throws IOException {
    BufferedImage indexed = indexed(frame);
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(
            new ImageTypeSpecifier(indexed), writer.getDefaultWriteParam());
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    child(root, "GraphicControlExtension")
        .setAttribute("delayTime", Integer.toString(hundredths * shown));
    if (!started) {
      started = true;
      IIOMetadataNode loop = child(child(root, "ApplicationExtensions"), "ApplicationExtension");
      loop.setAttribute("applicationID", "NETSCAPE");
      loop.setAttribute("authenticationCode", "2.0");
      loop.setUserObject(FOREVER);
    }
    metadata.setFromTree(format, root);
    writer.writeToSequence(new IIOImage(indexed, null, metadata), null);
  }

  private static BufferedImage indexed(BufferedImage frame) {
    int width = frame.getWidth();
    int height = frame.getHeight();
    int[] rgb = new int[width * height];
    frame.getRaster().getDataElements(0, 0, width, height, rgb);
    Palette palette = Palette.of(rgb);
    BufferedImage result =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, palette.model());
    byte[] target = ((DataBufferByte) result.getRaster().getDataBuffer()).getData();
    System.arraycopy(palette.dither(rgb, width), 0, target, 0, target.length);
    return result;
  }

  /** Returns the child of that name, which is made if it is not there. */
  private static IIOMetadataNode child(IIOMetadataNode parent, String name) {
    if (parent.getElementsByTagName(name).item(0) instanceof IIOMetadataNode there) {
      return there;
    }
    IIOMetadataNode made = new IIOMetadataNode(name);
    parent.appendChild(made);
    return made;
  }

  @Override
  public void finish() throws IOException {
    writer.endWriteSequence();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    writer.dispose();
    out.close();
  }
}
