package dev.nst.cpu.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.tensor.Shape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LayoutTest {

  @Property(tries = 200)
  void bringsBackEveryNumber(
      @ForAll @IntRange(min = 1, max = 3) int n,
      @ForAll @IntRange(min = 1, max = 40) int c,
      @ForAll @IntRange(min = 1, max = 7) int h,
      @ForAll @IntRange(min = 1, max = 9) int w) {
    Shape shape = new Shape(n, c, h, w);
    float[] numbers = new float[(int) shape.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i + 1;
    }
    float[] data = new float[(int) Layout.arrayLength(shape)];
    float[] back = new float[numbers.length];
    for (int plane = 0; plane < n * Layout.planes(shape); plane++) {
      Layout.planeFromNchw(data, numbers, shape, plane);
    }
    for (int plane = 0; plane < n * Layout.planes(shape); plane++) {
      Layout.planeToNchw(back, data, shape, plane);
    }
    assertThat(back).isEqualTo(numbers);
  }

  @Property(tries = 100)
  void fillsWholeVectors(
      @ForAll @IntRange(min = 1, max = 40) int c, @ForAll @IntRange(min = 1, max = 9) int w) {
    Shape shape = new Shape(1, c, 3, w);
    assertThat(Layout.span(shape) % Layout.BLOCK).isZero();
    assertThat(Layout.span(shape)).isGreaterThanOrEqualTo(Layout.pictureSize(shape));
  }

  @Property(tries = 100)
  void columnsOfNeighbourhoodsAreNumberedOnce(@ForAll @IntRange(min = 5, max = 50) int channels) {
    for (int column = 0; column < 9 * channels; column++) {
      int channel = ConvRows.channel(channels, column);
      int tap = ConvRows.tap(channels, column);
      assertThat(channel).isBetween(0, channels - 1);
      assertThat(tap).isBetween(0, 8);
      assertThat(ConvRows.column(channels, channel, tap)).isEqualTo(column);
    }
  }

  @Property(tries = 200)
  void chunksCoverEveryNumberOnceUpToTheLongestArray(
      @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int count,
      @ForAll @IntRange(min = 1, max = 1 << 16) int size) {
    int last = (Layout.chunks(count, size) - 1) * size;
    assertThat(last).isBetween(0, count - 1);
    assertThat(Layout.chunkEnd(last, size, count)).isEqualTo(count);
    assertThat(count - last).isLessThanOrEqualTo(size);
    if (last > 0) {
      assertThat(Layout.chunkEnd(last - size, size, count)).isEqualTo(last);
    }
  }
}
