package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipContainerTest {
  @TempDir private Path directory;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  @BeforeEach
  void makeOneTensor() {
    PickleBytes object = PickleBytes.protocol2().raw("}").text("tensor");
    object.tensor("7", 2, 0, new long[] {2}, new long[] {1}).raw("s.");
    entries.put("any/data.pkl", object.toByteArray());
    entries.put("any/data/7", new byte[] {0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40});
  }

  @Test
  void readsAStoredArchive() throws IOException {
    assertReadable(zip(ZipEntry.STORED));
  }

  @Test
  void readsAnArchiveThatSaysLittleEndian() throws IOException {
    entries.put("any/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    assertReadable(zip(ZipEntry.STORED));
  }

  @Test
  void readsAZip64Archive() throws IOException {
    assertReadable(zip64());
  }

  @Test
  void readsAnArchiveWithACommentThatLooksLikeADirectory() throws IOException {
    byte[] plain = zip(ZipEntry.STORED);
    byte[] comment =
        "PK\5\6 and so on, so that it is long enough".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = littleEndian(plain.length + comment.length).put(plain).put(comment);
    bytes.putShort(plain.length - 2, (short) comment.length);
    assertReadable(bytes.array());
  }

  @Test
  void refusesABigEndianArchive() throws IOException {
    entries.put("any/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    assertRefused(zip(ZipEntry.STORED), "not written on a little-endian machine");
  }

  @Test
  void refusesCompressedEntries() throws IOException {
    assertRefused(zip(ZipEntry.DEFLATED), "its entry any/data.pkl is compressed");
  }

  @Test
  void refusesTorchScript() throws IOException {
    entries.put("any/constants.pkl", new byte[0]);
    assertRefused(zip(ZipEntry.STORED), "a TorchScript archive");
  }

  @Test
  void refusesAnArchiveWithoutOrWithSeveralObjects() throws IOException {
    entries.put("other/data.pkl", new byte[0]);
    assertRefused(zip(ZipEntry.STORED), "several objects named data.pkl");
    entries.clear();
    entries.put("a picture.png", new byte[3]);
    assertRefused(zip(ZipEntry.STORED), "without a data.pkl");
  }

  @Test
  void refusesAStorageThatIsMissingOrOfAnotherSize() throws IOException {
    entries.put("any/data/7", new byte[7]);
    assertRefused(zip(ZipEntry.STORED), "a storage has 7 bytes where 2 elements were expected");
    entries.remove("any/data/7");
    assertRefused(zip(ZipEntry.STORED), "its entry any/data/7 is missing");
  }

  @Test
  void refusesAnObjectThatRunsOutOfItsEntry() throws IOException {
    byte[] object = entries.get("any/data.pkl");
    entries.put("any/data.pkl", Arrays.copyOf(object, object.length - 1));
    assertRefused(zip(ZipEntry.STORED), "it ends early");
  }

  @Test
  void refusesADirectoryThatPointsOutOfTheFile() throws IOException {
    byte[] outside = zip(ZipEntry.STORED);
    littleEndian(outside).putInt(outside.length - 6, outside.length);
    assertRefused(outside, "its zip directory does not lie inside it");
    byte[] huge = zip(ZipEntry.STORED);
    littleEndian(huge).putInt(huge.length - 10, 0x7fff_ffff);
    assertRefused(huge, "its zip directory does not lie inside it");
    byte[] zip64 = zip(ZipEntry.STORED);
    littleEndian(zip64).putInt(zip64.length - 10, -1);
    assertRefused(zip64, "its zip64 directory is missing");
    byte[] far = zip64();
    littleEndian(far).putLong(far.length - 22 - 12, Long.MAX_VALUE);
    assertRefused(far, "it ends early");
  }

  private void assertReadable(byte[] file) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(write(file))) {
      CheckpointTensor tensor = checkpoint.tensors().get(0);
      assertThat(CheckpointTest.read(checkpoint, tensor)).containsExactly(1f, 2f);
    }
  }

  private void assertRefused(byte[] file, String expected) throws IOException {
    Path path = write(file);
    assertThatThrownBy(() -> Checkpoint.open(path).close())
        .isInstanceOf(NstException.class)
        .hasMessageContaining(expected)
        .hasMessageMatching("Weights file [^\\n\\r]*; [^\\n\\r]*\\.");
  }

  private Path write(byte[] file) throws IOException {
    return Files.write(directory.resolve("test.pth"), file);
  }

  private byte[] zip(int method) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(method);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        header.setCrc(crc.getValue());
        header.setSize(entry.getValue().length);
        zip.putNextEntry(header);
        zip.write(entry.getValue());
      }
    }
    return bytes.toByteArray();
  }

  /** As PyTorch writes files beyond 4 GiB: every size and place stands in a zip64 field. */
  private byte[] zip64() {
    ByteBuffer file = littleEndian(1 << 14);
    ByteBuffer directoryBytes = littleEndian(1 << 12);
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
      int local = file.position();
      file.putInt(0x0403_4b50).position(local + 26);
      file.putShort((short) name.length).putShort((short) 0).put(name).put(entry.getValue());
      int start = directoryBytes.position();
      directoryBytes.putInt(0x0201_4b50).position(start + 20);
      directoryBytes.putInt(-1).putInt(-1).putShort((short) name.length).putShort((short) 36);
      directoryBytes.position(start + 42);
      directoryBytes.putInt(-1).put(name);
      directoryBytes.putShort((short) 0x5455).putShort((short) 4).putInt(0);
      directoryBytes.putShort((short) 1).putShort((short) 24);
      directoryBytes.putLong(entry.getValue().length).putLong(entry.getValue().length);
      directoryBytes.putLong(local);
    }
    int start = file.position();
    file.put(directoryBytes.flip());
    int end64 = file.position();
    file.putInt(0x0606_4b50).position(end64 + 40);
    file.putLong(end64 - start).putLong(start);
    file.putInt(0x0706_4b50).putInt(0).putLong(end64).putInt(1);
    file.putInt(0x0605_4b50).putLong(0).putInt(-1).putInt(-1).putShort((short) 0);
    return Arrays.copyOf(file.array(), file.position());
  }

  private static ByteBuffer littleEndian(int bytes) {
    return littleEndian(new byte[bytes]);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
