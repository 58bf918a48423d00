package dev.nst.bench.pytorch;

import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Recipe;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The contestant from libtorch: the same iterations as {@link NstSide}, as one would write them.
 */
final class TorchSide {

  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private final Recipe recipe = Recipe.gatys();
  private final Vgg19Layer contentLayer = recipe.content().layers().get(0);
  private final Set<Vgg19Layer> taps = EnumSet.copyOf(recipe.style().layers().keySet());
  private final TorchNetwork network;
  private final Tensor contentTarget;
  private final Map<Vgg19Layer, Tensor> styleTargets = new EnumMap<>(Vgg19Layer.class);
  private final Tensor picture;

  private TorchSide(int edge, ScalarType type, MemoryFormat layout) {
    taps.add(contentLayer);
    network = new TorchNetwork(type, layout);
    Tensor photograph = normalised(Scene.content(edge), edge).contiguous(layout);
    Tensor painting = normalised(Scene.style(edge), edge).contiguous(layout);
    NoGradGuard guard = new NoGradGuard();
    contentTarget = network.taps(photograph, taps).get(contentLayer).to(ScalarType.Float);
    Map<Vgg19Layer, Tensor> maps = network.taps(painting, taps);
    recipe.style().layers().keySet().forEach(layer -> styleTargets.put(layer, gram(maps.get(layer))));
    maps.values().forEach(Tensor::close);
    guard.close();
    picture = photograph.clone().requires_grad_(true);
  }

  /**
   * Takes the edge of the pictures, {@code Float} or {@code BFloat16}, {@code Contiguous} or {@code
   * ChannelsLast}, and the number of threads, 0 for libtorch's own choice.
   */
  public static void main(String[] args) {
    int edge = Integer.parseInt(args[0]);
    int threads = Integer.parseInt(args[3]);
    if (threads > 0) {
      torch.set_num_threads(threads);
    }
    System.err.printf(
        "%s, %d threads%n", torch.get_cpu_capability().getString(), torch.get_num_threads());
    Orders orders = new Orders();
    new TorchSide(edge, ScalarType.valueOf(args[1]), MemoryFormat.valueOf(args[2])).run(orders);
  }

  private static Tensor normalised(float[] values, int edge) {
    int area = edge * edge;
    for (int i = 0; i < values.length; i++) {
      values[i] = (values[i] - MEAN[i / area]) / DEVIATION[i / area];
    }
    return TorchNetwork.tensor(values, 1, 3, edge, edge);
  }

  @SuppressWarnings("try") // the scope is there to be closed, with all handles made since
  private void run(Orders orders) {
    // Betas and epsilon of libtorch are the recipe's: 0.9, 0.999 and 1e-8.
    AdamOptions options = new AdamOptions(recipe.optimizer().learningRate());
    try (Adam adam = new Adam(new TensorVector(picture), options)) {
      boolean more = orders.first();
      while (more) {
        try (PointerScope scope = new PointerScope()) {
          Tensor[] losses = iterate(adam);
          more = orders.finished(() -> read(losses));
        }
      }
    }
  }

  private static double[] read(Tensor[] losses) {
    double[] values = new double[losses.length];
    for (int i = 0; i < losses.length; i++) {
      values[i] = losses[i].item_float();
    }
    return values;
  }

  /** Takes a step and returns content, style and total variation as they were before it. */
  private Tensor[] iterate(Adam adam) {
    adam.zero_grad();
    Map<Vgg19Layer, Tensor> maps = network.taps(picture, taps);
    Tensor content = contentLoss(maps.get(contentLayer));
    Tensor style = styleLoss(maps);
    maps.values().forEach(Tensor::close);
    Tensor tv = variation(3).add(variation(2)).mul(new Scalar(recipe.tv().weight()));
    content.add(style).add(tv).backward();
    adam.step();
    return new Tensor[] {content, style, tv};
  }

  private Tensor contentLoss(Tensor map) {
    Tensor difference = map.to(ScalarType.Float).sub(contentTarget);
    return difference.square().mean().mul(new Scalar(recipe.content().weight()));
  }

  private Tensor styleLoss(Map<Vgg19Layer, Tensor> maps) {
    Tensor sum = null;
    for (Map.Entry<Vgg19Layer, Double> entry : recipe.style().layers().entrySet()) {
      Tensor map = maps.get(entry.getKey());
      double factor = recipe.style().weight() * entry.getValue() / map.numel();
      Tensor error = gram(map).sub(styleTargets.get(entry.getKey())).square().mean();
      Tensor term = error.mul(new Scalar(factor));
      sum = sum == null ? term : sum.add(term);
    }
    return sum;
  }

  /**
   * Returns F Ft in float32, multiplied in the map's type. F is a view of the map in either layout,
   * so that the gradient comes back in it; select() would spread it over a fresh map in between.
   */
  private static Tensor gram(Tensor map) {
    long channels = map.size(1);
    if (map.is_contiguous()) {
      Tensor rows = map.view(channels, -1);
      return rows.mm(rows.t()).to(ScalarType.Float);
    }
    Tensor columns = map.permute(0, 2, 3, 1).view(-1, channels);
    return columns.t().mm(columns).to(ScalarType.Float);
  }

  /** Returns the mean difference of neighbours along a dimension of the picture. */
  private Tensor variation(int dimension) {
    long length = picture.size(dimension) - 1;
    Tensor after = picture.narrow(dimension, 1, length);
    return after.sub(picture.narrow(dimension, 0, length)).abs().mean();
  }
}
