package dev.nst.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir private Path directory;

  @Test
  void appearsOnlyWhenCommitted() throws IOException {
    Path target = Files.writeString(directory.resolve("file"), "old");
    try (AtomicFile file = AtomicFile.open(target)) {
      file.write(ByteBuffer.wrap(new byte[] {'n', 'e'}));
      file.stream().write('w');
      assertThat(target).hasContent("old");
      file.commit();
      assertThat(target).hasContent("new");
    }
    assertOnlyFile(target);
  }

  @Test
  void leavesEverythingAsItWasWithoutACommit() throws IOException {
    Path target = Files.writeString(directory.resolve("file"), "old");
    try (AtomicFile file = AtomicFile.open(target)) {
      file.write(ByteBuffer.wrap(new byte[] {'n'}));
    }
    assertThat(target).hasContent("old");
    assertOnlyFile(target);
  }

  @Test
  void movesAFinishedFileOverAnother() throws IOException {
    Path target = Files.writeString(directory.resolve("file"), "old");
    AtomicFile.move(Files.writeString(directory.resolve("finished"), "new"), target);
    assertThat(target).hasContent("new");
    assertOnlyFile(target);
  }

  @Test
  void saysInASentenceThatThereIsNothingToMove() {
    Path target = directory.resolve("file");
    assertThatThrownBy(() -> AtomicFile.move(directory.resolve("absent"), target))
        .isInstanceOf(NstException.class)
        .hasMessage(
            "The output '%s' cannot be written (it or its directory is gone); check its permissions"
                + " and the space on the disk.",
            target);
  }

  @Test
  void refusesWhatIsNoRegularFile() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "this system has no /dev/null");
    assertThatThrownBy(() -> AtomicFile.open(device))
        .isInstanceOf(NstException.class)
        .hasMessage("The output '%s' exists and is no regular file; choose another name.", device);
  }

  @Test
  void refusesMoreThanTheDiskHolds() throws IOException {
    assertThatThrownBy(() -> AtomicFile.open(directory.resolve("file"), Long.MAX_VALUE))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("needs 9223372036854775807 bytes where ")
        .hasMessageEndingWith(" are free; make room or choose another disk.");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  private void assertOnlyFile(Path file) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }
}
