package dev.nst.transfer;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.image.Image;
import dev.nst.model.InputConvention;
import dev.nst.model.Vgg19;
import dev.nst.model.VggArchitecture;
import dev.nst.recipe.Recipe;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One painting job: optimises a copy of the photograph until its VGG-19 features match the
 * photograph's content and the painting's style (Gatys, Ecker, Bethge 2015, section "Methods").
 *
 * <pre>{@code
 * try (StyleTransfer job = StyleTransfer.on(vgg).content(photo).style(painting).build()) {
 *   Images.write(job.run(), output);
 * }
 * }</pre>
 *
 * <p>A job runs once. All methods but {@link #cancel} belong to one thread.
 */
public final class StyleTransfer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StyleTransfer.class);

  private final Vgg19 vgg;
  private final Recipe recipe;
  private final Pictures pictures;
  private final List<PlannedStage> stages;
  private final MemoryPlan plan;
  private final long peakBytes;
  private volatile boolean cancelled;
  private boolean started;

  private StyleTransfer(Builder builder) {
    vgg = builder.vgg;
    recipe = builder.recipe;
    vgg.architecture().requireLayers(recipe.taps());
    pictures = pictures(builder);
    Dimensions content = pictures.content().dimensions();
    List<Dimensions> styles = pictures.styles().stream().map(Image::dimensions).toList();
    pictures.masks().ifPresent(masks -> masks.requireFor(recipe, content, styles));
    stages = PlannedStage.of(recipe, content, styles);
    WeightsOutline weights = new WeightsOutline(vgg.architecture(), vgg.input());
    int regions = pictures.masks().map(masks -> masks.regions().size()).orElse(0);
    plan = new MemoryPlan(vgg.backend(), weights, recipe, content, styles, regions);
    peakBytes = plan.peakBytes();
  }

  private static Pictures pictures(Builder builder) {
    requirePicture("content", builder.content);
    if (builder.styles.isEmpty()) {
      requirePicture("style", null);
    }
    builder.styles.forEach(style -> requirePicture("style", style));
    int count = builder.styles.size();
    StyleBlend blend =
        builder.blend == null ? StyleBlend.equal(count) : builder.blend.requireFor(count);
    return new Pictures(builder.content, builder.styles, blend, Optional.ofNullable(builder.masks))
        .keepingColors(builder.recipe.keepColors());
  }

  private static void requirePicture(String role, Image image) {
    if (image == null) {
      throw new IllegalStateException(
          "a style transfer needs a " + role + " picture before build()");
    }
    if (Math.min(image.width(), image.height()) < Vgg19.SMALLEST_EDGE) {
      throw new NstException(
          "The "
              + role
              + " picture is "
              + image.dimensions()
              + " pixels, but VGG-19 needs at least "
              + Vgg19.SMALLEST_EDGE
              + " in each direction; choose a larger size.");
    }
  }

  /**
   * Starts describing a job that uses {@code vgg} and its backend; the caller closes both
   * afterwards.
   */
  public static Builder on(Vgg19 vgg) {
    return new Builder(vgg);
  }

  /** Describes a job. */
  public static final class Builder {
    private final Vgg19 vgg;
    private Recipe recipe = Recipe.multiscale();
    private Image content;
    private List<Image> styles = List.of();
    private StyleBlend blend;
    private Masks masks;

    private Builder(Vgg19 vgg) {
      this.vgg = Objects.requireNonNull(vgg, "vgg");
    }

    /**
     * Sets the photograph, whose size the result has. It is taken as it is in the last stage, and
     * reduced in smaller ones; {@code Images.read(path, recipe::fitContent)} brings it to the
     * recipe's size. Where it is transparent, white is painted, and the result has its alpha.
     */
    public Builder content(Image picture) {
      content = picture;
      return this;
    }

    /**
     * Sets the painting, taken at the size it has in the last stage, and reduced in smaller ones.
     * {@link Recipe#fitStyle} says what size the recipe means; white where it is transparent.
     */
    public Builder style(Image picture) {
      return styles(List.of(picture));
    }

    /**
     * Sets several paintings, whose statistics are averaged layer by layer, each taken as {@link
     * #style} does.
     */
    public Builder styles(List<Image> pictures) {
      styles = List.copyOf(pictures);
      return this;
    }

    /** Sets the shares that the paintings have in the average; equal unless called. */
    public Builder styleBlend(StyleBlend shares) {
      blend = shares;
      return this;
    }

    /** Sets which regions of the photograph are painted in the style of which of the paintings'. */
    public Builder masks(Masks regions) {
      masks = Objects.requireNonNull(regions, "regions");
      return this;
    }

    /** Sets the recipe; {@link Recipe#multiscale} unless called. */
    public Builder recipe(Recipe newRecipe) {
      recipe = Objects.requireNonNull(newRecipe, "recipe");
      return this;
    }

    /**
     * Returns the job, not yet started.
     *
     * @throws IllegalStateException if a picture is missing
     * @throws NstException if a picture is too small, or larger than the backend can work on, or
     *     the blend or the masks do not fit the pictures, or the network lacks a layer of the
     *     recipe
     */
    public StyleTransfer build() {
      return new StyleTransfer(this);
    }
  }

  /** Returns the number of steps that all stages have together. */
  public int iterations() {
    return stages.stream().mapToInt(PlannedStage::iterations).sum();
  }

  /**
   * Returns the bytes of tensors, filters and workspaces that the run takes at its peak, computed
   * beforehand.
   */
  public long peakBytes() {
    return peakBytes;
  }

  /**
   * Paints without telling anyone.
   *
   * @return the picture, of the photograph's size, clamped to [0, 1]
   * @throws NstException if memory does not suffice, or a loss or the picture is no longer made of
   *     numbers
   */
  public Image run() {
    return paint(null);
  }

  /**
   * Paints and tells {@code listener} of every iteration. The device is waited for only when the
   * listener asks for losses or the picture, and about ten times a second.
   *
   * @return the picture reached when the recipe's iterations are done or {@link #cancel} was
   *     called, of the photograph's size, clamped to [0, 1]; one that was cancelled in a smaller
   *     stage is enlarged, which the log says and {@link Step#size} tells
   * @throws NstException if memory does not suffice, or a loss or the picture is no longer made of
   *     numbers
   */
  public Image run(StepListener listener) {
    return paint(Objects.requireNonNull(listener, "listener"));
  }

  private Image paint(StepListener listener) {
    if (started) {
      throw new IllegalStateException(
          "a style transfer runs once; build another for another picture");
    }
    started = true;
    requireMemory();
    return runner().run(listener);
  }

  private StageRunner runner() {
    return new StageRunner(vgg, recipe, pictures, stages, () -> cancelled);
  }

  /**
   * Returns the losses of any picture by this job's recipe at its full size, so that pictures of
   * different recipes can be compared. May be called before, after and without a run.
   *
   * @param picture of the photograph's size
   * @throws NstException if it has another size, or memory does not suffice
   */
  public Losses evaluate(Image picture) {
    Dimensions size = pictures.content().dimensions();
    if (!picture.dimensions().equals(size)) {
      throw new NstException(
          "The picture to evaluate has "
              + picture.dimensions()
              + " pixels and the photograph "
              + size
              + "; resize one of them.");
    }
    requireMemory();
    return runner().evaluate(picture);
  }

  private void requireMemory() {
    LOG.info(
        "{} pixels on {} ({}): {} MiB at the peak",
        pictures.content().dimensions(),
        vgg.backend().name(),
        vgg.backend().precision().label(),
        peakBytes >> 20);
    // What the network has prepared already, for an earlier job, is not needed again.
    plan.requireMemory(vgg.preparedBytes());
  }

  /**
   * Checks that a run fits into the backend's memory, before a picture is read or a network is
   * there: with VGG-19, the largest one.
   *
   * @param content size of the photograph as the run will see it
   * @param styles sizes of the paintings as the run will see them
   * @throws NstException if memory does not suffice, naming the largest size for which it would
   */
  public static void requireMemory(
      Backend backend, Recipe recipe, Dimensions content, List<Dimensions> styles) {
    requireMemory(backend, recipe, content, styles, 0);
  }

  /**
   * Checks the same of a run with masks.
   *
   * @param regions that they divide the pictures into, or 0 without masks
   * @throws NstException as there
   */
  public static void requireMemory(
      Backend backend, Recipe recipe, Dimensions content, List<Dimensions> styles, int regions) {
    WeightsOutline weights = new WeightsOutline(VggArchitecture.VGG19, InputConvention.TORCHVISION);
    new MemoryPlan(backend, weights, recipe, content, styles, regions).requireMemory(0);
  }

  /**
   * Asks a running job to stop after the current iteration; safe from any thread, and before the
   * run.
   */
  public void cancel() {
    cancelled = true;
  }

  /** Cancels; a job holds no memory outside {@link #run}. */
  @Override
  public void close() {
    cancel();
  }
}
