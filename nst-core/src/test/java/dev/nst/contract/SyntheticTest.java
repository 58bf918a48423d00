package dev.nst.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The Java mirror of scripts/goldens/synthetic.py gives the same bits as the original. */
class SyntheticTest {
  private static final int ENDS = 4;

  @Test
  void weightsEqualThoseOfTheGoldensBitForBit() throws IOException {
    Goldens golden = Goldens.read("synthetic.safetensors");
    Map<String, float[]> tensors = SyntheticWeights.all();

    assertEquals(32, tensors.size());
    tensors.forEach((name, values) -> assertArrayEquals(golden.values(name), ends(values), name));
  }

  @Test
  void imagesEqualThoseOfTheGoldensBitForBit() throws IOException {
    Goldens golden = Goldens.read("synthetic.safetensors");

    assertArrayEquals(golden.values("image.1.32x32"), SyntheticImages.image(1, 32, 32));
    assertArrayEquals(golden.values("image.2.40x35"), SyntheticImages.image(2, 40, 35));
    assertArrayEquals(golden.values("image.3.33x47"), SyntheticImages.image(3, 33, 47));
  }

  @Test
  void goldenFilesGiveShapesAndMetadata() throws IOException {
    Goldens golden = Goldens.read("gatys-33x47-avg.safetensors");

    assertArrayEquals(new int[] {3, 33, 47}, golden.shape("start.content.gradient"));
    assertEquals(3 * 33 * 47, golden.values("start.content.gradient").length);
    assertEquals("avg", golden.metadata("pooling"));
  }

  @Test
  void anUnknownTensorIsRefusedByName() {
    assertThrows(
        IllegalArgumentException.class, () -> SyntheticWeights.values("features.1.weight"));
  }

  private static float[] ends(float[] values) {
    float[] ends = Arrays.copyOf(values, 2 * ENDS);
    System.arraycopy(values, values.length - ENDS, ends, ENDS, ENDS);
    return ends;
  }
}
