package dev.nst.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.contract.FakeAllocator;
import dev.nst.tensor.Arena;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;
import org.junit.jupiter.api.Test;

class WorkTest {

  private final Arena arena = new Arena("test", new FakeAllocator());
  private final Tensor three = arena.allocate(Shape.features(3, 5, 6));
  private final Tensor eight = arena.allocate(Shape.features(8, 5, 6));

  @Test
  void countsAConvolutionDirectlyAndByWinograd() {
    Work work = Work.convolution(three.shape(), 8, Float.BYTES, three, eight);
    // 30 pixels, 24 pairs of channels, 9 taps, a multiply-add as two.
    assertThat(work.directOperations()).isEqualTo(2 * 9 * 30 * 24);
    // Two by two tiles of 4x4 pixels cover 5x6; each has 36 points.
    assertThat(work.winogradOperations()).isEqualTo(2 * 36 * 4 * 24);
    // 90 numbers in, 240 out, and a filter of 36 numbers for each pair of channels.
    assertThat(work.bytes()).isEqualTo(4 * (90 + 240 + 36 * 24));
  }

  @Test
  void countsAQuarterOfTheMultiplicationsWhereFourDividesTheEdges() {
    Work work = Work.convolution(Shape.features(64, 512, 512), 64, Float.BYTES);
    assertThat(work.winogradOperations()).isEqualTo(work.directOperations() / 4);
    assertThat(work.directOperations()).isEqualTo(2.0 * 9 * 512 * 512 * 64 * 64);
  }

  @Test
  void countsEveryPictureOfABatch() {
    Work one = Work.convolution(new Shape(1, 3, 5, 6), 8, 0);
    Work two = Work.convolution(new Shape(2, 3, 5, 6), 8, 0);
    assertThat(two.directOperations()).isEqualTo(2 * one.directOperations());
    assertThat(two.winogradOperations()).isEqualTo(2 * one.winogradOperations());
  }

  @Test
  void countsHalfOfAGramMatrixAndItsDiagonal() {
    Tensor gram = arena.allocate(Shape.matrix(3, 3));
    Work work = Work.gram(gram, three);
    // 6 of 9 entries, each a sum over 30 pixels.
    assertThat(work.directOperations()).isEqualTo(2 * 6 * 30);
    assertThat(work.winogradOperations()).isEqualTo(work.directOperations());
    assertThat(work.bytes()).isEqualTo(4 * (9 + 90));
  }

  @Test
  void countsAProductAndWhatItAddsTo() {
    Tensor gram = arena.allocate(Shape.matrix(3, 3));
    Work work = Work.product(3, 3, 30, three, gram, three);
    assertThat(work.directOperations()).isEqualTo(2 * 3 * 3 * 30);
    assertThat(work.bytes()).isEqualTo(4 * (90 + 9 + 90));
    assertThat(work.plusIf(true, three).bytes()).isEqualTo(4 * (90 + 9 + 90 + 90));
    assertThat(work.plusIf(false, three)).isEqualTo(work);
  }

  @Test
  void countsBytesByTheTypeOfTheNumbers() {
    Tensor half = arena.allocate(Shape.features(3, 5, 6), DType.F16);
    assertThat(Work.pass(three, half).bytes()).isEqualTo(90 * 4 + 90 * 2);
    assertThat(Work.pass(three, half).directOperations()).isZero();
  }

  @Test
  void theFloorIsTheLongerOfMultiplicationsAndMemory() {
    Roofline machine = new Roofline(100, 10);
    Work multiplies = new Work(800, 200, 10);
    assertThat(machine.directSeconds(multiplies)).isEqualTo(8);
    assertThat(machine.winogradSeconds(multiplies)).isEqualTo(2);
    assertThat(machine.memorySeconds(multiplies)).isEqualTo(1);
    assertThat(machine.floorSeconds(multiplies)).isEqualTo(2);
    assertThat(machine.binds(multiplies)).isEqualTo("multiply");
    Work moves = new Work(800, 200, 30);
    assertThat(machine.floorSeconds(moves)).isEqualTo(3);
    assertThat(machine.binds(moves)).isEqualTo("memory");
  }

  @Test
  void thereIsNoFloorWithoutACeiling() {
    Roofline machine = new Roofline(100, Double.NaN);
    assertThat(machine.floorSeconds(Work.pass(three))).isNaN();
    assertThat(machine.binds(Work.pass(three))).isEmpty();
  }
}
