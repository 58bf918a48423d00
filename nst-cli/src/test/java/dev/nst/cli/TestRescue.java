package dev.nst.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.image.Dimensions;
import dev.nst.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks for a picture that a run could not write to its place. */
public final class TestRescue {

  private static final Pattern ELSEWHERE =
      Pattern.compile("The picture was written to (\\S+) instead\\.");

  private TestRescue() {}

  /** Finds what a run says that it wrote elsewhere, and deletes it. */
  public static void assertPictureIn(String said, Dimensions size) throws IOException {
    Matcher matcher = ELSEWHERE.matcher(said);
    assertThat(matcher.find()).as(said).isTrue();
    Path picture = Path.of(matcher.group(1));
    assertThat(Images.read(picture).dimensions()).isEqualTo(size);
    Files.delete(picture);
    Files.delete(picture.getParent());
  }
}
