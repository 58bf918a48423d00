package dev.nst.cuda.emulation;

import java.util.Random;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.cudaStream_t;

/** A context and a stream on the emulated device, and numbers carried there and back. */
final class DeviceFixture implements AutoCloseable {

  /** The formats of numbers the libraries compute on, with cuDNN's and cuBLAS's names for them. */
  enum Format {
    FLOAT32(4, 0, 0, 0x1p-24),
    FLOAT16(2, 2, 2, 0x1p-11),
    BFLOAT16(2, 9, 14, 0x1p-8);

    final int bytes;
    final int cudnn;
    final int cublas;

    /** The largest relative error of rounding once to nearest. */
    final double roundoff;

    Format(int bytes, int cudnn, int cublas, double roundoff) {
      this.bytes = bytes;
      this.cudnn = cudnn;
      this.cublas = cublas;
      this.roundoff = roundoff;
    }

    /** The number nearest to value in this format. */
    float round(double value) {
      if (this == FLOAT32) {
        return (float) value;
      }
      return decode(encode(value));
    }

    private short encode(double value) {
      int mantissa = this == FLOAT16 ? 10 : 7;
      int bias = this == FLOAT16 ? 15 : 127;
      int sign = Math.copySign(1, value) < 0 ? 0x8000 : 0;
      double magnitude = Math.abs(value);
      if (Double.isNaN(value)) {
        return 0x7fff;
      }
      int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
      double quanta = Math.rint(Math.scalb(magnitude, mantissa - exponent));
      if (magnitude == 0) {
        return (short) sign;
      }
      int biased = exponent + bias - 1;
      long bits = ((long) biased << mantissa) + (long) quanta;
      long infinity = (2L * bias + 1) << mantissa;
      return (short) (sign | Math.min(bits, infinity));
    }

    private float decode(short bits) {
      int mantissa = this == FLOAT16 ? 10 : 7;
      int bias = this == FLOAT16 ? 15 : 127;
      int exponent = (bits & 0x7fff) >> mantissa;
      int fraction = bits & ((1 << mantissa) - 1);
      float sign = bits < 0 ? -1 : 1;
      if (exponent == 2 * bias + 1) {
        return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
      }
      double quanta = exponent == 0 ? fraction : fraction + (1 << mantissa);
      return sign * (float) Math.scalb(quanta, Math.max(exponent, 1) - bias - mantissa);
    }
  }

  private final CUdevice device = new CUdevice();
  final CUstream stream = new CUstream();

  /** The stream as cuBLAS and cuDNN take it. */
  final cudaStream_t libraryStream;

  DeviceFixture() {
    EmulatedCuda.load();
    EmulatedDevice.reset();
    JCudaDriver.setExceptionsEnabled(true);
    JCudaDriver.cuInit(0);
    JCudaDriver.cuDeviceGet(device, 0);
    CUcontext context = new CUcontext();
    JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    JCudaDriver.cuCtxSetCurrent(context);
    JCudaDriver.cuStreamCreate(stream, 1);
    libraryStream = new cudaStream_t(stream);
  }

  @Override
  public void close() {
    JCudaDriver.setExceptionsEnabled(false);
    EmulatedDevice.reset();
  }

  CUdeviceptr allocate(long bytes) {
    CUdeviceptr memory = new CUdeviceptr();
    JCudaDriver.cuMemAlloc(memory, bytes);
    return memory;
  }

  CUdeviceptr upload(Format format, float... values) {
    CUdeviceptr memory = allocate((long) values.length * format.bytes);
    write(format, memory, values);
    return memory;
  }

  void write(Format format, CUdeviceptr memory, float... values) {
    long bytes = (long) values.length * format.bytes;
    if (format == Format.FLOAT32) {
      JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(values), bytes);
      return;
    }
    short[] encoded = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      encoded[i] = format.encode(values[i]);
    }
    JCudaDriver.cuMemcpyHtoD(memory, Pointer.to(encoded), bytes);
  }

  float[] download(Format format, CUdeviceptr memory, int count) {
    JCudaDriver.cuStreamSynchronize(stream);
    float[] values = new float[count];
    if (format == Format.FLOAT32) {
      JCudaDriver.cuMemcpyDtoH(Pointer.to(values), memory, (long) count * Sizeof.FLOAT);
      return values;
    }
    short[] encoded = new short[count];
    JCudaDriver.cuMemcpyDtoH(Pointer.to(encoded), memory, (long) count * format.bytes);
    for (int i = 0; i < count; i++) {
      values[i] = format.decode(encoded[i]);
    }
    return values;
  }

  /** Waits for the stream and gives the driver's code, without an exception. */
  int synchronize() {
    JCudaDriver.setExceptionsEnabled(false);
    int code = JCudaDriver.cuStreamSynchronize(stream);
    JCudaDriver.setExceptionsEnabled(true);
    return code;
  }

  /** Numbers between -1 and 1 that the format holds exactly. */
  static float[] random(Format format, int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = format.round(random.nextDouble() * 2 - 1);
    }
    return values;
  }

  static Pointer scalar(float value) {
    return Pointer.to(new float[] {value});
  }
}
