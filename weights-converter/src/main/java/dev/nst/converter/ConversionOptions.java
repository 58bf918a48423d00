package dev.nst.converter;

import dev.nst.model.InputConvention;
import dev.nst.tensor.DType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a checkpoint is converted.
 *
 * @param dtype the format to store elements in; narrowing rounds to nearest even
 * @param input what pictures the network expects, which its tensors do not tell; if empty, the
 *     checkpoint's checksum decides, and what is not known by it is taken for torchvision's
 */
public record ConversionOptions(DType dtype, Optional<InputConvention> input) {

  /**
   * How the SHA-256 begins of the checkpoints that Justin Johnson made of the Caffe models and
   * neural-style-pt downloads: {@code vgg19-d01eb7cb.pth} and {@code vgg16-00b39a1b.pth}.
   */
  private static final List<String> CAFFE_CHECKPOINTS = List.of("d01eb7cb", "00b39a1b");

  /** Refuses null. */
  public ConversionOptions {
    Objects.requireNonNull(dtype, "dtype");
    Objects.requireNonNull(input, "input");
  }

  /**
   * The options for an input convention that the checkpoint itself decides.
   *
   * @param dtype the format to store elements in
   * @return the options
   */
  public static ConversionOptions of(DType dtype) {
    return new ConversionOptions(dtype, Optional.empty());
  }

  /** The convention of a checkpoint with this checksum, 64 lower-case hexadecimal digits. */
  InputConvention input(String sha256) {
    return input.orElseGet(
        () ->
            CAFFE_CHECKPOINTS.stream().anyMatch(sha256::startsWith)
                ? InputConvention.CAFFE
                : InputConvention.TORCHVISION);
  }
}
