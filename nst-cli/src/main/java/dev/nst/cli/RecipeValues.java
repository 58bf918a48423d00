package dev.nst.cli;

import dev.nst.model.Pooling;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Init;
import dev.nst.recipe.KeepColors;
import dev.nst.recipe.Names;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeJson;
import dev.nst.recipe.StyleForm;
import dev.nst.transfer.StyleBlend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;

/** Understands the values of options that say how to paint, as {@link Values} does the others. */
final class RecipeValues {

  private RecipeValues() {}

  /** Weights of paintings, as in {@code 0.7,0.3}. */
  static final class Blend implements ITypeConverter<StyleBlend> {
    @Override
    public StyleBlend convert(String value) {
      List<Double> weights = Values.commaSeparated(value).stream().map(Values::number).toList();
      return Values.convert(value, text -> new StyleBlend(weights));
    }
  }

  /** The name of a recipe, or a file of one. */
  static final class RecipeName implements ITypeConverter<Recipe> {
    @Override
    public Recipe convert(String value) {
      boolean named = Recipe.all().stream().anyMatch(recipe -> recipe.name().equals(value));
      boolean file = value.endsWith(".json") || value.contains("/") || value.contains("\\");
      return Values.convert(
          value, text -> !named && file ? RecipeJson.read(Path.of(text)) : Recipe.named(text));
    }
  }

  /** A start by its name, or a picture file. */
  static final class InitName implements ITypeConverter<Init> {
    @Override
    public Init convert(String value) {
      Init init = Init.of(value);
      if (init instanceof Init.Picture picture && !Files.exists(picture.file())) {
        throw Values.refuse(
            "'"
                + value
                + "' is no file and none of "
                + Names.all(Init.Drawn.class)
                + "; choose one of them or name a picture.");
      }
      return init;
    }
  }

  /** A form of the style term by its name. */
  static final class StyleFormName extends Values.ByName<StyleForm> {
    StyleFormName() {
      super("style form", StyleForm.class);
    }
  }

  /** What is kept of colours, by name. */
  static final class KeepColorsName extends Values.ByName<KeepColors> {
    KeepColorsName() {
      super("way to keep colours", KeepColors.class);
    }
  }

  /** The optimisers by name. */
  enum OptimizerKind {
    ADAM,
    LBFGS
  }

  /** {@code adam} or {@code lbfgs}. */
  static final class OptimizerName extends Values.ByName<OptimizerKind> {
    OptimizerName() {
      super("optimizer", OptimizerKind.class);
    }
  }

  /** {@code max}, {@code avg} or {@code l2}. */
  static final class PoolingName implements ITypeConverter<Pooling> {
    @Override
    public Pooling convert(String value) {
      return Values.convert(value, Pooling::of);
    }
  }

  /** A layer, as in {@code conv4_2}. */
  static final class Layer implements ITypeConverter<Vgg19Layer> {
    @Override
    public Vgg19Layer convert(String value) {
      return Values.convert(value.strip(), Vgg19Layer::of);
    }
  }

  /** Layers, as in {@code conv4_2,conv5_2}. */
  static final class Layers implements ITypeConverter<LayerList> {
    @Override
    public LayerList convert(String value) {
      List<Vgg19Layer> layers =
          Values.commaSeparated(value).stream()
              .map(id -> Values.convert(id, Vgg19Layer::of))
              .toList();
      if (layers.stream().distinct().count() < layers.size()) {
        throw Values.refuse("'" + value + "' names a layer twice.");
      }
      return new LayerList(layers);
    }
  }

  /** Layers with weights, as in {@code conv1_1=0.75,conv2_1=0.5}. */
  static final class WeightedLayers implements ITypeConverter<LayerWeights> {
    @Override
    public LayerWeights convert(String value) {
      Map<Vgg19Layer, Double> weights = new LinkedHashMap<>();
      for (String part : Values.commaSeparated(value)) {
        int equals = part.indexOf('=');
        if (equals < 0) {
          throw Values.refuse(
              "'" + part + "' should be a layer and its weight, as in conv1_1=0.75,conv2_1=0.5.");
        }
        Vgg19Layer layer = Values.convert(part.substring(0, equals).strip(), Vgg19Layer::of);
        if (weights.put(layer, new Values.Weight().convert(part.substring(equals + 1))) != null) {
          throw Values.refuse("'" + value + "' names " + layer + " twice.");
        }
      }
      return new LayerWeights(weights);
    }
  }

  /** Layers in the order given; a type of its own, which picocli does not try to split. */
  record LayerList(List<Vgg19Layer> layers) {}

  /** Layers and their weights in the order given. */
  record LayerWeights(Map<Vgg19Layer, Double> weights) {}
}
