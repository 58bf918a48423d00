package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.image.Dimensions;
import dev.nst.tensor.Tensor;

/**
 * What one stage leaves to the next, on the host.
 *
 * @param size of the stage that it comes from
 * @param picture planes of the tensor that is painted, in the network's pixel space
 * @param moments of Adam, or null where another optimiser ran, which starts afresh
 */
record Handover(Dimensions size, float[] picture, Moments moments) {

  /**
   * Adam's state.
   *
   * @param first moment
   * @param second moment
   * @param count steps taken, in an array of one
   */
  record Moments(float[] first, float[] second, float[] count) {}

  /**
   * Returns the same at another size: picture and first moment by cubic convolution; the second
   * moment, which must not be negative, by linear interpolation; the step count as it is.
   */
  Handover resized(Dimensions to) {
    Moments resizedMoments =
        moments == null
            ? null
            : new Moments(
                Resample.bicubic(moments.first, size, to),
                Resample.bilinear(moments.second, size, to),
                moments.count);
    return new Handover(to, Resample.bicubic(picture, size, to), resizedMoments);
  }

  /** Fetches all values of a tensor. */
  static float[] download(Backend backend, Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    backend.download(values, tensor);
    return values;
  }
}
