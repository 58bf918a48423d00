package dev.nst.cli.timelapse;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/**
 * An animated PNG (W3C, Portable Network Graphics, third edition 2025, section 11.3.6) that is
 * shown again and again, in 8-bit RGB. ImageIO encodes each frame as a PNG, whose data move into
 * the chunks of the film: {@code IDAT} for the first frame, which is all that old readers show, and
 * {@code fdAT} for the others.
 */
final class ApngFilm implements Film {

  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int LENGTH_AND_TYPE = 8;
  private static final int CRC = 4;

  /** The signature and the whole of {@code IHDR} come before {@code acTL}. */
  private static final long CONTROL_POSITION = 8 + LENGTH_AND_TYPE + 13 + CRC;

  private final FileChannel file;
  private final int rate;
  private int frames;
  private int sequence;

  ApngFilm(Path path, int rate) throws IOException {
    this.rate = rate;
    file =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  @Override
  public void add(BufferedImage frame, int shown) throws IOException {
    ByteBuffer png = encode(frame);
    ByteBuffer header = null;
    ByteArrayOutputStream data = new ByteArrayOutputStream(png.remaining());
    png.position(Long.BYTES);
    while (png.hasRemaining()) {
      int length = png.getInt();
      int type = png.getInt();
      if (type == type("IHDR")) {
        header = png.slice(png.position(), length);
      } else if (type == type("IDAT")) {
        data.write(png.array(), png.position(), length);
      }
      png.position(png.position() + length + CRC);
    }
    if (frames == 0) {
      write(ByteBuffer.allocate(Long.BYTES).putLong(SIGNATURE).flip());
      write(chunk("IHDR", header));
      // How many frames there are is known at the end.
      write(control(1));
    }
    write(frameControl(frame, shown));
    write(frames == 0 ? chunk("IDAT", ByteBuffer.wrap(data.toByteArray())) : frameData(data));
    frames++;
  }

  private static ByteBuffer encode(BufferedImage frame) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(frame, "png", bytes);
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** Number of frames, and how often to show them all, 0 for without end. */
  private static ByteBuffer control(int frames) {
    return chunk("acTL", ByteBuffer.allocate(8).putInt(frames).putInt(0).flip());
  }

  private ByteBuffer frameControl(BufferedImage frame, int shown) {
    ByteBuffer body = ByteBuffer.allocate(26);
    body.putInt(sequence++).putInt(frame.getWidth()).putInt(frame.getHeight());
    body.putInt(0).putInt(0);
    body.putShort((short) shown).putShort((short) rate);
    // Leave the frame for the next, which replaces it.
    body.put((byte) 0).put((byte) 0);
    return chunk("fcTL", body.flip());
  }

  private ByteBuffer frameData(ByteArrayOutputStream data) {
    ByteBuffer body = ByteBuffer.allocate(Integer.BYTES + data.size());
    return chunk("fdAT", body.putInt(sequence++).put(data.toByteArray()).flip());
  }

  private static ByteBuffer chunk(String type, ByteBuffer body) {
    ByteBuffer chunk = ByteBuffer.allocate(LENGTH_AND_TYPE + body.remaining() + CRC);
    chunk.putInt(body.remaining()).putInt(type(type)).put(body);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), Integer.BYTES, chunk.position() - Integer.BYTES);
    return chunk.putInt((int) crc.getValue()).flip();
  }

  private static int type(String name) {
    return ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII)).getInt();
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  @Override
  public void finish() throws IOException {
    write(chunk("IEND", ByteBuffer.allocate(0)));
    file.position(CONTROL_POSITION);
    write(control(frames));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
