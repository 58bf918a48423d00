package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.CudnnFixture.NCHW;
import static dev.nst.cuda.emulation.CudnnFixture.NHWC;
import static dev.nst.cuda.emulation.CudnnFixture.check;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.cuda.emulation.DeviceFixture.Format;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The emulated cuDNN pools, activates and adds as the definitions say. */
@OnEmulatedCuda
class CudnnPoolingTest {

  private static final int MAX = 0;
  private static final int INCLUDE = 1;
  private static final int EXCLUDE = 2;
  private static final int BAD_PARAM = 2000;
  private static final int C = 3;
  private static final int N = 2;

  private CudnnFixture cudnn;

  @BeforeEach
  void open() {
    cudnn = new CudnnFixture();
  }

  @AfterEach
  void close() {
    cudnn.close();
  }

  private static int index(int layout, int n, int c, int h, int w, int height, int width) {
    return layout == NCHW
        ? ((n * C + c) * height + h) * width + w
        : ((n * height + h) * width + w) * C + c;
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void everyModeWindowPaddingAndStrideGivesTheDefinedValues(Format format) {
    for (int layout : new int[] {NCHW, NHWC}) {
      for (int mode : new int[] {MAX, INCLUDE, EXCLUDE}) {
        for (int[] p : new int[][] {{2, 0, 2}, {3, 1, 2}, {3, 2, 1}}) {
          checkPooling(format, layout, mode, p[0], p[1], p[2]);
        }
      }
    }
  }

  private void checkPooling(Format format, int layout, int mode, int window, int pad, int stride) {
    int height = 7;
    int width = 5;
    int outH = 1 + (height + 2 * pad - window) / stride;
    int outW = 1 + (width + 2 * pad - window) / stride;
    float[] x = DeviceFixture.random(format, N * C * height * width, 1);
    float[] dy = DeviceFixture.random(format, N * C * outH * outW, 2);
    double[] y = new double[dy.length];
    double[] dx = new double[x.length];
    for (int n = 0; n < N; n++) {
      for (int c = 0; c < C; c++) {
        for (int p = 0; p < outH; p++) {
          for (int q = 0; q < outW; q++) {
            int out = index(layout, n, c, p, q, outH, outW);
            int best = -1;
            int counted = 0;
            double sum = 0;
            for (int r = 0; r < window; r++) {
              for (int s = 0; s < window; s++) {
                int h = p * stride - pad + r;
                int w = q * stride - pad + s;
                if (h >= 0 && h < height && w >= 0 && w < width) {
                  int in = index(layout, n, c, h, w, height, width);
                  best = best < 0 || x[in] >= x[best] ? in : best;
                  sum += x[in];
                  counted++;
                }
              }
            }
            int area = mode == INCLUDE ? window * window : counted;
            y[out] = mode == MAX ? x[best] : sum / area;
            if (mode == MAX) {
              dx[best] += dy[out];
            }
            for (int r = 0; r < window && mode != MAX; r++) {
              for (int s = 0; s < window; s++) {
                int h = p * stride - pad + r;
                int w = q * stride - pad + s;
                if (h >= 0 && h < height && w >= 0 && w < width) {
                  dx[index(layout, n, c, h, w, height, width)] += (double) dy[out] / area;
                }
              }
            }
          }
        }
      }
    }
    cudnnPoolingDescriptor pooling = cudnn.pooling(mode, 0, window, pad, stride);
    cudnnTensorDescriptor xDesc = cudnn.tensor(format, layout, N, C, height, width);
    cudnnTensorDescriptor yDesc = cudnn.tensor(format, layout, N, C, outH, outW);
    int[][] out = new int[4][1];
    check(JCudnn.cudnnGetPooling2dForwardOutputDim(pooling, xDesc, out[0], out[1], out[2], out[3]));
    assertArrayEquals(
        new int[] {N, C, outH, outW}, new int[] {out[0][0], out[1][0], out[2][0], out[3][0]});
    CUdeviceptr memoryX = cudnn.device.upload(format, x);
    CUdeviceptr memoryY = cudnn.device.allocate((long) y.length * format.bytes);
    CUdeviceptr memoryDy = cudnn.device.upload(format, dy);
    CUdeviceptr memoryDx = cudnn.device.allocate((long) x.length * format.bytes);
    check(
        JCudnn.cudnnPoolingForward(
            cudnn.handle,
            pooling,
            DeviceFixture.scalar(1),
            xDesc,
            memoryX,
            DeviceFixture.scalar(0),
            yDesc,
            memoryY));
    check(
        JCudnn.cudnnPoolingBackward(
            cudnn.handle,
            pooling,
            DeviceFixture.scalar(1),
            yDesc,
            memoryY,
            yDesc,
            memoryDy,
            xDesc,
            memoryX,
            DeviceFixture.scalar(0),
            xDesc,
            memoryDx));
    String what = format + " layout " + layout + " mode " + mode + " window " + window;
    assertClose(format, y, cudnn.device.download(format, memoryY, y.length), what);
    assertClose(format, dx, cudnn.device.download(format, memoryDx, dx.length), what);
  }

  private static void assertClose(Format format, double[] expected, float[] actual, String what) {
    for (int i = 0; i < expected.length; i++) {
      double tolerance = 1.001 * format.roundoff * Math.abs(expected[i]) + 1e-7;
      assertEquals(expected[i], actual[i], tolerance, what);
    }
  }

  private float[] pooled(int nan, float... x) {
    cudnnTensorDescriptor xDesc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 1, 2, 2);
    cudnnTensorDescriptor yDesc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 1, 1, 1);
    cudnnPoolingDescriptor pooling = cudnn.pooling(MAX, nan, 2, 0, 2);
    CUdeviceptr memoryX = cudnn.device.upload(Format.FLOAT32, x);
    CUdeviceptr y = cudnn.device.allocate(Float.BYTES);
    CUdeviceptr dy = cudnn.device.upload(Format.FLOAT32, 5);
    CUdeviceptr dx = cudnn.device.allocate(4 * Float.BYTES);
    check(
        JCudnn.cudnnPoolingForward(
            cudnn.handle,
            pooling,
            DeviceFixture.scalar(1),
            xDesc,
            memoryX,
            DeviceFixture.scalar(0),
            yDesc,
            y));
    check(
        JCudnn.cudnnPoolingBackward(
            cudnn.handle,
            pooling,
            DeviceFixture.scalar(1),
            yDesc,
            y,
            yDesc,
            dy,
            xDesc,
            memoryX,
            DeviceFixture.scalar(0),
            xDesc,
            dx));
    float[] gradient = cudnn.device.download(Format.FLOAT32, dx, 4);
    return new float[] {
      cudnn.device.download(Format.FLOAT32, y, 1)[0],
      gradient[0],
      gradient[1],
      gradient[2],
      gradient[3]
    };
  }

  @Test
  void theLastOfEqualMaximaGetsTheGradient() {
    assertArrayEquals(new float[] {3, 0, 0, 5, 0}, pooled(0, 3, 3, 3, 1));
  }

  @Test
  void nanIsPassedOverOrKeptAsTheDescriptorSays() {
    assertArrayEquals(new float[] {2, 0, 0, 5, 0}, pooled(0, Float.NaN, 1, 2, Float.NaN));
    assertTrue(Float.isNaN(pooled(1, Float.NaN, 1, 2, 1)[0]));
  }

  @Test
  void aWrongOutputSizeTypeOrPlaceIsRefused() {
    cudnnPoolingDescriptor pooling = cudnn.pooling(MAX, 0, 2, 0, 2);
    cudnnTensorDescriptor xDesc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 1, 5, 4);
    CUdeviceptr x = cudnn.device.upload(Format.FLOAT32, new float[20]);
    CUdeviceptr y = cudnn.device.upload(Format.FLOAT32, new float[20]);
    cudnnTensorDescriptor tooHigh = cudnn.tensor(Format.FLOAT32, NCHW, 1, 1, 3, 2);
    cudnnTensorDescriptor half = cudnn.tensor(Format.FLOAT16, NCHW, 1, 1, 2, 2);
    cudnnTensorDescriptor right = cudnn.tensor(Format.FLOAT32, NCHW, 1, 1, 2, 2);
    assertEquals(BAD_PARAM, forward(pooling, xDesc, x, tooHigh, y));
    assertEquals(BAD_PARAM, forward(pooling, xDesc, x, half, y));
    assertEquals(BAD_PARAM, forward(pooling, xDesc, x, right, x));
    assertEquals(0, forward(pooling, xDesc, x, right, y));
    assertEquals(0, cudnn.device.synchronize());
    assertEquals(0, forward(pooling, xDesc, cudnn.device.allocate(80), right, y));
    assertNotEquals(0, cudnn.device.synchronize());
  }

  private int forward(
      cudnnPoolingDescriptor pooling,
      cudnnTensorDescriptor xDesc,
      CUdeviceptr x,
      cudnnTensorDescriptor yDesc,
      CUdeviceptr y) {
    return JCudnn.cudnnPoolingForward(
        cudnn.handle,
        pooling,
        DeviceFixture.scalar(1),
        xDesc,
        x,
        DeviceFixture.scalar(0),
        yDesc,
        y);
  }

  @Test
  void reluAndItsGradientAreDoneInPlaceToo() {
    cudnnTensorDescriptor desc = cudnn.tensor(Format.FLOAT16, NHWC, 1, 2, 1, 2);
    CUdeviceptr x = cudnn.device.upload(Format.FLOAT16, -1, 2, 0, 3);
    CUdeviceptr dy = cudnn.device.upload(Format.FLOAT16, 5, 6, 7, 8);
    check(
        JCudnn.cudnnActivationForward(
            cudnn.handle,
            cudnn.activation(1, 0),
            DeviceFixture.scalar(1),
            desc,
            x,
            DeviceFixture.scalar(0),
            desc,
            x));
    assertArrayEquals(new float[] {0, 2, 0, 3}, cudnn.device.download(Format.FLOAT16, x, 4));
    check(
        JCudnn.cudnnActivationBackward(
            cudnn.handle,
            cudnn.activation(1, 0),
            DeviceFixture.scalar(1),
            desc,
            x,
            desc,
            dy,
            desc,
            x,
            DeviceFixture.scalar(0),
            desc,
            dy));
    assertArrayEquals(new float[] {0, 6, 0, 8}, cudnn.device.download(Format.FLOAT16, dy, 4));
  }

  @Test
  void addTensorSpreadsABiasOverTheImage() {
    cudnnTensorDescriptor desc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 2, 1, 2);
    cudnnTensorDescriptor bias = cudnn.tensor(Format.FLOAT32, NCHW, 1, 2, 1, 1);
    CUdeviceptr a = cudnn.device.upload(Format.FLOAT32, 10, 20);
    CUdeviceptr c = cudnn.device.upload(Format.FLOAT32, 1, 2, 3, 4);
    check(
        JCudnn.cudnnAddTensor(
            cudnn.handle, DeviceFixture.scalar(2), bias, a, DeviceFixture.scalar(1), desc, c));
    assertArrayEquals(new float[] {21, 22, 43, 44}, cudnn.device.download(Format.FLOAT32, c, 4));
    cudnnTensorDescriptor wrong = cudnn.tensor(Format.FLOAT32, NCHW, 1, 3, 1, 1);
    assertEquals(
        BAD_PARAM,
        JCudnn.cudnnAddTensor(
            cudnn.handle, DeviceFixture.scalar(2), wrong, a, DeviceFixture.scalar(1), desc, c));
  }
}
