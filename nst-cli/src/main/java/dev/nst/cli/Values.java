package dev.nst.cli;

import dev.nst.NstException;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.backend.Precision;
import dev.nst.cli.timelapse.TimelapseRequest;
import dev.nst.model.InputConvention;
import dev.nst.model.Vgg19;
import dev.nst.recipe.Names;
import dev.nst.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Understands the values of options, and says what is possible where one is not. What says how to
 * paint is in {@link RecipeValues}.
 */
final class Values {

  /** Pictures below this make no sense to a network that halves them four times. */
  static final int SMALLEST_SIZE = Vgg19.SMALLEST_EDGE;

  private Values() {}

  static TypeConversionException refuse(String sentence) {
    return new TypeConversionException(sentence);
  }

  static <T> T convert(String value, Function<String, T> from) {
    try {
      return from.apply(value);
    } catch (NstException e) {
      throw refuse(e.getMessage());
    }
  }

  /** A value of a closed set by its name. */
  abstract static class ByName<E extends Enum<E>> implements ITypeConverter<E> {

    private final String what;
    private final Class<E> set;

    ByName(String what, Class<E> set) {
      this.what = what;
      this.set = set;
    }

    @Override
    public final E convert(String value) {
      return Values.convert(value, text -> Names.parse(what, set, text));
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

  static double number(String value) {
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

  static List<String> commaSeparated(String value) {
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
  static final class DTypeName extends ByName<DType> {
    DTypeName() {
      super("number format", DType.class);
    }
  }

  /** {@code torchvision} or {@code caffe}. */
  static final class InputConventionName implements ITypeConverter<InputConvention> {
    @Override
    public InputConvention convert(String value) {
      return Values.convert(value, InputConvention::of);
    }
  }
}
