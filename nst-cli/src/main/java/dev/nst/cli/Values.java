package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cli.timelapse.TimelapseRequest;
import dev.nst.model.InputConvention;
import dev.nst.model.Pooling;
import dev.nst.model.Vgg19;
import dev.nst.model.Vgg19Layer;
import dev.nst.recipe.Init;
import dev.nst.recipe.KeepColors;
import dev.nst.recipe.Names;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeJson;
import dev.nst.recipe.StyleForm;
import dev.nst.tensor.DType;
import dev.nst.transfer.StyleBlend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Understands the values of options, and says what is possible where one is not. */
final class Values {

  /** Pictures below this make no sense to a network that halves them four times. */
  static final int SMALLEST_SIZE = Vgg19.SMALLEST_EDGE;

  private Values() {}

  private static TypeConversionException refuse(String sentence) {
    return new TypeConversionException(sentence);
  }

  private static <T> T convert(String value, Function<String, T> from) {
    try {
      return from.apply(value);
    } catch (NstException e) {
      throw refuse(e.getMessage());
    }
  }

  private static int wholeNumber(String value, int smallest) {
    int number;
    try {
      number = Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw refuse("'" + value + "' is not a whole number that nst can count to.");
    }
    if (number < smallest) {
      throw refuse("it must be at least " + smallest + ", got " + number + ".");
    }
    return number;
  }

  private static int wholeNumber(String value, int smallest, int largest) {
    int number = wholeNumber(value, smallest);
    if (number > largest) {
      throw refuse("it must be at most " + largest + ", got " + number + ".");
    }
    return number;
  }

  private static double number(String value) {
    double number;
    try {
      number = Double.parseDouble(value.strip());
    } catch (NumberFormatException e) {
      throw refuse("'" + value + "' is not a number.");
    }
    if (!Double.isFinite(number)) {
      throw refuse("'" + value + "' is not a finite number.");
    }
    return number;
  }

  private static List<String> commaSeparated(String value) {
    return Arrays.stream(value.split(",", -1)).map(String::strip).toList();
  }

  /** Quality of a JPEG. */
  static final class Quality implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      int quality = wholeNumber(value, 1);
      if (quality > 100) {
        throw refuse("it must be at most 100, got " + quality + ".");
      }
      return quality;
    }
  }

  /** Bits of a channel. */
  static final class BitDepth implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return switch (value.strip()) {
        case "8" -> 8;
        case "16" -> 16;
        default -> throw refuse("it must be 8 or 16, got '" + value + "'.");
      };
    }
  }

  /** Whether something stays. Not a boolean, which picocli would take for a switch. */
  enum Stay {
    KEEP,
    NONE
  }

  /** Whether something stays: keep or none. */
  static final class KeepOrNone implements ITypeConverter<Stay> {
    @Override
    public Stay convert(String value) {
      return switch (value.strip().toLowerCase(Locale.ROOT)) {
        case "keep" -> Stay.KEEP;
        case "none" -> Stay.NONE;
        default -> throw refuse("it must be keep or none, got '" + value + "'.");
      };
    }
  }

  /** A shorter edge in pixels. */
  static final class Size implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      int size = wholeNumber(value, Integer.MIN_VALUE);
      if (size < SMALLEST_SIZE) {
        throw refuse(
            "sizes below "
                + SMALLEST_SIZE
                + " pixels are refused, because VGG-19 halves the picture four times, got "
                + size
                + ".");
      }
      return size;
    }
  }

  /** A number of iterations. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return wholeNumber(value, 1);
    }
  }

  /** A port of this machine, or 0. */
  static final class Port implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return wholeNumber(value, 0, 65535);
    }
  }

  /** A number of frames of a film. */
  static final class Frames implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return wholeNumber(value, 2);
    }
  }

  /** Frames of a film a second. */
  static final class FrameRate implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      return wholeNumber(value, 1, TimelapseRequest.FASTEST);
    }
  }

  /** Any whole number of 64 bits. */
  static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      try {
        return Long.valueOf(value.strip());
      } catch (NumberFormatException e) {
        throw refuse("'" + value + "' is not a whole number, as in --seed 7.");
      }
    }
  }

  /** A number above 0. */
  static final class Positive implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      double number = number(value);
      if (number <= 0) {
        throw refuse("it must be above 0, got " + value + ".");
      }
      return number;
    }
  }

  /** A weight of a loss: a number of at least 0. */
  static final class Weight implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
      double number = number(value);
      if (number < 0) {
        throw refuse("it must be at least 0, got " + value + ".");
      }
      return number;
    }
  }

  /** Weights of paintings, as in {@code 0.7,0.3}. */
  static final class Blend implements ITypeConverter<StyleBlend> {
    @Override
    public StyleBlend convert(String value) {
      List<Double> weights = commaSeparated(value).stream().map(Values::number).toList();
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
        throw refuse(
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
  static final class StyleFormName implements ITypeConverter<StyleForm> {
    @Override
    public StyleForm convert(String value) {
      return Values.convert(value, text -> Names.parse("style form", StyleForm.class, text));
    }
  }

  /** What is kept of colours, by name. */
  static final class KeepColorsName implements ITypeConverter<KeepColors> {
    @Override
    public KeepColors convert(String value) {
      return Values.convert(
          value, text -> Names.parse("way to keep colours", KeepColors.class, text));
    }
  }

  /** The optimisers by name. */
  enum OptimizerKind {
    ADAM,
    LBFGS
  }

  /** {@code adam} or {@code lbfgs}. */
  static final class OptimizerName implements ITypeConverter<OptimizerKind> {
    @Override
    public OptimizerKind convert(String value) {
      return Values.convert(value, text -> Names.parse("optimizer", OptimizerKind.class, text));
    }
  }

  /** {@code max}, {@code avg} or {@code l2}. */
  static final class PoolingName implements ITypeConverter<Pooling> {
    @Override
    public Pooling convert(String value) {
      return Values.convert(value, Pooling::of);
    }
  }

  /** The name of a backend, or {@code auto}. */
  static final class BackendName implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      List<String> known =
          Stream.concat(
                  Stream.of(Backends.AUTO),
                  Backends.providers().stream().map(BackendProvider::name))
              .toList();
      if (!known.contains(value)) {
        throw refuse(
            "there is no backend '" + value + "'; choose among " + String.join(", ", known) + ".");
      }
      return value;
    }
  }

  /** {@code fp32}, {@code tf32}, {@code bf16} or {@code fp16}, in capitals or not. */
  static final class PrecisionName implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String value) {
      return Values.convert(value, Precision::of);
    }
  }

  /** {@code f32}, {@code f16} or {@code bf16}. */
  static final class DTypeName implements ITypeConverter<DType> {
    @Override
    public DType convert(String value) {
      for (DType type : DType.values()) {
        if (type.name().toLowerCase(Locale.ROOT).equals(value)) {
          return type;
        }
      }
      String known =
          Arrays.stream(DType.values())
              .map(type -> type.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
      throw refuse("there is no number format '" + value + "'; choose among " + known + ".");
    }
  }

  /** {@code torchvision} or {@code caffe}. */
  static final class InputConventionName implements ITypeConverter<InputConvention> {
    @Override
    public InputConvention convert(String value) {
      return Values.convert(value, InputConvention::of);
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
          commaSeparated(value).stream().map(id -> Values.convert(id, Vgg19Layer::of)).toList();
      if (layers.stream().distinct().count() < layers.size()) {
        throw refuse("'" + value + "' names a layer twice.");
      }
      return new LayerList(layers);
    }
  }

  /** Layers with weights, as in {@code conv1_1=0.75,conv2_1=0.5}. */
  static final class WeightedLayers implements ITypeConverter<LayerWeights> {
    @Override
    public LayerWeights convert(String value) {
      Map<Vgg19Layer, Double> weights = new LinkedHashMap<>();
      for (String part : commaSeparated(value)) {
        int equals = part.indexOf('=');
        if (equals < 0) {
          throw refuse(
              "'" + part + "' should be a layer and its weight, as in conv1_1=0.75,conv2_1=0.5.");
        }
        Vgg19Layer layer = Values.convert(part.substring(0, equals).strip(), Vgg19Layer::of);
        if (weights.put(layer, new Weight().convert(part.substring(equals + 1))) != null) {
          throw refuse("'" + value + "' names " + layer + " twice.");
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
