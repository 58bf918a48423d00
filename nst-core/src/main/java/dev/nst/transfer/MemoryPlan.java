package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.model.Vgg19;
import dev.nst.recipe.PictureSize;
import dev.nst.recipe.Recipe;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the peak memory of a run by rehearsing it: the real sessions and two iterations of every
 * stage run on a {@link CountingBackend}, so the answer follows the code by itself. Tensors,
 * filters and the {@linkplain Backend#workspaceBytes workspaces} that the backend announces are
 * counted; copies on the host are not. A rehearsal needs no picture, only sizes, and takes well
 * under a millisecond.
 */
final class MemoryPlan {

  /** Sizes that a refusal proposes are multiples of it. */
  private static final int SIZE_STEP = 8;

  private final Backend backend;
  private final WeightsOutline weights;
  private final Recipe recipe;
  private final PictureSize.Edge edge;
  private final Dimensions content;
  private final List<Dimensions> styles;
  private final int regions;

  /**
   * A plan for pictures of these sizes.
   *
   * @param weights of the network
   * @param content size of the photograph as the run sees it
   * @param styles sizes of the paintings as the run sees them
   * @param regions that masks divide them into, or 0 without masks
   */
  MemoryPlan(
      Backend backend,
      WeightsOutline weights,
      Recipe recipe,
      Dimensions content,
      List<Dimensions> styles,
      int regions) {
    this.backend = backend;
    this.weights = weights;
    this.recipe = recipe;
    this.edge = recipe.size().edge();
    this.content = content;
    this.styles = List.copyOf(styles);
    this.regions = regions;
  }

  /**
   * Returns the peak bytes of tensors, filters and workspaces.
   *
   * @throws NstException if a tensor would be larger than the backend can make one
   */
  long peakBytes() {
    return peak(content, styles).orElseThrow(() -> tooLarge(0, backend.availableBytes()));
  }

  /**
   * Checks that the run fits into the backend's memory.
   *
   * @param held bytes of {@link #peakBytes} that the backend holds already
   * @throws NstException if it does not, naming the largest size that would
   */
  void requireMemory(long held) {
    long available = backend.availableBytes();
    if (!fits(content, styles, held, available)) {
      throw tooLarge(held, available);
    }
  }

  private boolean fits(
      Dimensions photograph, List<Dimensions> paintings, long held, long available) {
    OptionalLong peak = peak(photograph, paintings);
    return peak.isPresent() && withMargin(peak.getAsLong() - held) <= available;
  }

  /** Adds a sixteenth, for what no rehearsal knows: fragments, and copies of the picture. */
  private static double withMargin(long bytes) {
    return bytes * 17.0 / 16;
  }

  /** Returns the peak bytes, or nothing if a tensor would be larger than there can be one. */
  private OptionalLong peak(Dimensions photograph, List<Dimensions> paintings) {
    if (Stream.concat(Stream.of(photograph), paintings.stream())
        .anyMatch(size -> size.pixels() > Integer.MAX_VALUE)) {
      return OptionalLong.empty();
    }
    CountingBackend counting = new CountingBackend(backend);
    try (Vgg19 vgg = Vgg19.of(counting.backend(), weights)) {
      for (PlannedStage stage : PlannedStage.of(recipe, photograph, paintings)) {
        rehearse(vgg, stage);
      }
    } catch (NstException e) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(counting.peakBytes() + backend.workspaceBytes());
  }

  private void rehearse(Vgg19 vgg, PlannedStage stage) {
    PictureSource content = PictureSource.ofSize(stage.content());
    List<Scene.WeightedStyle> paintings =
        stage.styles().stream()
            .map(size -> new Scene.WeightedStyle(PictureSource.ofSize(size), regionsOf(size), 1))
            .toList();
    Scene scene = new Scene(content, regionsOf(stage.content()), paintings);
    try (Session session = new Session(vgg, recipe, scene, content)) {
      session.iterate();
      session.iterate();
    }
  }

  private List<RegionSource> regionsOf(Dimensions size) {
    return regions == 0
        ? List.of(RegionSource.WHOLE)
        : Collections.nCopies(regions, RegionSource.ofSize(size));
  }

  private NstException tooLarge(long held, long available) {
    OptionalLong peak = peak(content, styles);
    String needs =
        peak.isPresent()
            ? "about "
                + Math.round(withMargin(peak.getAsLong() - held) / (1 << 20))
                + " MiB on backend "
                + backend.name()
                + ", which has "
                + (available >> 20)
                + " MiB; "
            : "larger tensors than backend " + backend.name() + " can make; ";
    String hint = backend.memoryHint();
    return new NstException(
        "Painting "
            + content
            + " pixels in the style of "
            + styles.stream().map(Dimensions::toString).collect(Collectors.joining(", "))
            + " pixels needs "
            + needs
            + largestThatFits(held, available)
                .map(
                    size ->
                        "the largest that fits is about "
                            + size
                            + " pixels (--size "
                            + edge.of(size)
                            + ")"
                            + (hint.isEmpty() ? "" : ", or " + hint))
                .orElseGet(
                    () ->
                        "not even "
                            + Vgg19.SMALLEST_EDGE
                            + " pixels fit"
                            + (hint.isEmpty() ? ", so use another backend" : ", so " + hint))
            + ".");
  }

  /** Returns the largest photograph of this one's shape that fits, by bisection over its size. */
  private Optional<Dimensions> largestThatFits(long held, long available) {
    int low = 0;
    int high = (edge.of(content) - Vgg19.SMALLEST_EDGE + SIZE_STEP - 1) / SIZE_STEP;
    if (high < 1 || !fitsResized(Vgg19.SMALLEST_EDGE, held, available)) {
      return Optional.empty();
    }
    // The step low fits, the step high does not.
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (fitsResized(Vgg19.SMALLEST_EDGE + middle * SIZE_STEP, held, available)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Optional.of(edge.fit(content, Vgg19.SMALLEST_EDGE + low * SIZE_STEP));
  }

  private boolean fitsResized(int size, long held, long available) {
    List<Dimensions> paintings =
        styles.stream()
            .map(style -> edge.of(style) <= size ? style : edge.fit(style, size))
            .toList();
    return fits(edge.fit(content, size), paintings, held, available);
  }
}
