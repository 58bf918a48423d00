package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.CudnnFixture.NCHW;
import static dev.nst.cuda.emulation.CudnnFixture.NHWC;
import static dev.nst.cuda.emulation.CudnnFixture.check;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.cuda.emulation.CudnnFixture.Convolution;
import dev.nst.cuda.emulation.CudnnFixture.Shape;
import dev.nst.cuda.emulation.DeviceFixture.Format;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The emulated cuDNN convolves as the definition says, in both layouts and all three formats. */
@OnEmulatedCuda
class CudnnConvolutionTest {

  private CudnnFixture cudnn;

  @BeforeEach
  void open() {
    cudnn = new CudnnFixture();
  }

  @AfterEach
  void close() {
    cudnn.close();
  }

  private static List<Shape> shapes(Format format) {
    List<Shape> shapes = new ArrayList<>();
    shapes.add(Shape.of(NCHW, 1, 1, 1, 1, 1, 1, 0));
    shapes.add(Shape.of(NCHW, 2, 3, 7, 5, 5, 3, 1));
    shapes.add(Shape.of(NCHW, 1, 37, 6, 11, 41, 3, 1));
    shapes.add(new Shape(NCHW, 2, 4, 9, 8, 6, 3, 2, 2, 2, 2));
    shapes.add(Shape.of(NHWC, 2, 8, 7, 5, 16, 3, 1));
    shapes.add(Shape.of(NHWC, 1, 64, 5, 13, 40, 3, 1));
    shapes.add(Shape.of(NHWC, 1, 8, 6, 6, 8, 5, 0));
    if (format == Format.FLOAT32) {
      shapes.add(Shape.of(NHWC, 1, 3, 17, 9, 7, 3, 1));
    }
    return shapes;
  }

  /** The sums of products, and of their magnitudes, at every output. */
  private static double[][] forward(Shape s, float[] x, float[] w) {
    double[][] sums = new double[2][s.outputs()];
    visit(
        s,
        (in, weight, out) -> {
          double product = (double) x[in] * w[weight];
          sums[0][out] += product;
          sums[1][out] += Math.abs(product);
        });
    return sums;
  }

  private static double[][] backward(Shape s, float[] y, float[] w) {
    double[][] sums = new double[2][s.inputs()];
    visit(
        s,
        (in, weight, out) -> {
          double product = (double) y[out] * w[weight];
          sums[0][in] += product;
          sums[1][in] += Math.abs(product);
        });
    return sums;
  }

  private interface Visitor {
    void visit(int input, int weight, int output);
  }

  /** Every pair of an input and a weight that meet, and the output they count towards. */
  private static void visit(Shape s, Visitor visitor) {
    int inputsPerGroup = s.c() / s.groups();
    int outputsPerGroup = s.k() / s.groups();
    for (int n = 0; n < s.n(); n++) {
      for (int k = 0; k < s.k(); k++) {
        for (int p = 0; p < s.outH(); p++) {
          for (int q = 0; q < s.outW(); q++) {
            for (int c = 0; c < inputsPerGroup; c++) {
              for (int r = 0; r < s.window(); r++) {
                for (int t = 0; t < s.window(); t++) {
                  int h = p * s.stride() - s.pad() + r * s.dilation();
                  int w = q * s.stride() - s.pad() + t * s.dilation();
                  if (h >= 0 && h < s.h() && w >= 0 && w < s.w()) {
                    int channel = k / outputsPerGroup * inputsPerGroup + c;
                    visitor.visit(
                        s.input(n, channel, h, w), s.weight(k, c, r, t), s.output(n, k, p, q));
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static void assertClose(
      Format format, double expected, double magnitude, float actual, String what) {
    double tolerance = 4e-7 * magnitude + 1.001 * format.roundoff * Math.abs(expected) + 1e-7;
    assertEquals(expected, actual, tolerance, what);
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void forwardIsTheSumOverTheWindow(Format format) {
    for (Shape shape : shapes(format)) {
      Convolution convolution = cudnn.new Convolution(format, shape).filled();
      convolution.alpha = 0.5f;
      convolution.beta = -2;
      float[] before = DeviceFixture.random(format, shape.outputs(), 3);
      check(convolution.withForwardWorkspace(1).forward(1));
      double[][] sums =
          forward(
              shape,
              DeviceFixture.random(format, shape.inputs(), 1),
              DeviceFixture.random(format, shape.weights(), 2));
      float[] actual = cudnn.device.download(format, (CUdeviceptr) convolution.y, before.length);
      for (int i = 0; i < before.length; i++) {
        double expected = 0.5 * sums[0][i] - 2 * before[i];
        assertClose(format, expected, sums[1][i], actual[i], format + " " + shape);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void backwardDataIsItsTranspose(Format format) {
    for (Shape shape : shapes(format)) {
      Convolution convolution = cudnn.new Convolution(format, shape).filled();
      check(convolution.withBackwardWorkspace(1).backward(1));
      double[][] sums =
          backward(
              shape,
              DeviceFixture.random(format, shape.outputs(), 3),
              DeviceFixture.random(format, shape.weights(), 2));
      float[] actual = cudnn.device.download(format, (CUdeviceptr) convolution.x, shape.inputs());
      for (int i = 0; i < actual.length; i++) {
        assertClose(format, sums[0][i], sums[1][i], actual[i], format + " " + shape);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void theFusedCallAddsTheBiasAndCutsAtZero(Format format) {
    for (Shape shape : shapes(format)) {
      Convolution convolution = cudnn.new Convolution(format, shape).filled();
      check(convolution.withForwardWorkspace(1).fused(1));
      double[][] sums =
          forward(
              shape,
              DeviceFixture.random(format, shape.inputs(), 1),
              DeviceFixture.random(format, shape.weights(), 2));
      float[] bias = DeviceFixture.random(format, shape.k(), 4);
      float[] actual = cudnn.device.download(format, (CUdeviceptr) convolution.y, shape.outputs());
      for (int k = 0; k < shape.k(); k++) {
        for (int p = 0; p < shape.outH(); p++) {
          int i = shape.output(shape.n() - 1, k, p, shape.outW() - 1);
          double expected = Math.max(0, sums[0][i] + bias[k]);
          assertClose(format, expected, sums[1][i] + 1, actual[i], format + " " + shape);
        }
      }
    }
  }

  @Test
  void everyAlgorithmGivesTheSameAndUsesItsWorkspace() {
    Shape shape = Shape.of(NCHW, 1, 5, 9, 7, 6, 3, 1);
    float[] expected = null;
    for (int algorithm : new int[] {0, 1, 2, 4, 5, 6, 7}) {
      Convolution convolution = cudnn.new Convolution(Format.FLOAT32, shape).filled();
      convolution.withForwardWorkspace(algorithm);
      assertEquals(algorithm == 0, convolution.workspaceSize == 0, "algorithm " + algorithm);
      check(convolution.forward(algorithm));
      float[] actual =
          cudnn.device.download(Format.FLOAT32, (CUdeviceptr) convolution.y, shape.outputs());
      if (expected == null) {
        expected = actual;
      }
      assertArrayEquals(expected, actual);
      if (convolution.workspaceSize > 0) {
        int count = (int) (convolution.workspaceSize / Float.BYTES);
        float[] left =
            cudnn.device.download(Format.FLOAT32, (CUdeviceptr) convolution.workspace, count);
        assertTrue(Float.isNaN(left[0]) && Float.isNaN(left[count - 1]), "workspace is written");
      }
    }
  }

  @Test
  void tensorsWithGapsAreReadAndWrittenOnlyWhereTheirElementsAre() {
    Shape shape = Shape.of(NCHW, 1, 2, 3, 3, 2, 1, 0);
    Convolution convolution = cudnn.new Convolution(Format.FLOAT32, shape).filled();
    check(JCudnn.cudnnSetTensor4dDescriptorEx(convolution.yDesc, 0, 1, 2, 3, 3, 24, 12, 4, 1));
    float[] before = new float[24];
    Arrays.fill(before, 7);
    CUdeviceptr y = cudnn.device.upload(Format.FLOAT32, before);
    convolution.y = y;
    check(convolution.forward(0));
    double[][] sums =
        forward(
            shape,
            DeviceFixture.random(Format.FLOAT32, shape.inputs(), 1),
            DeviceFixture.random(Format.FLOAT32, shape.weights(), 2));
    float[] actual = cudnn.device.download(Format.FLOAT32, y, 24);
    for (int k = 0; k < 2; k++) {
      for (int p = 0; p < 3; p++) {
        assertEquals(7, actual[k * 12 + p * 4 + 3]);
        for (int q = 0; q < 3; q++) {
          assertEquals(sums[0][shape.output(0, k, p, q)], actual[k * 12 + p * 4 + q], 1e-6);
        }
      }
    }
  }

  @Test
  void everyMathTypeButFmaRoundsFloat32FactorsToTf32() {
    Shape shape = Shape.of(NCHW, 1, 1, 1, 1, 1, 1, 0);
    float fine = 1 + 0x1p-12f;
    for (int math = 0; math <= 3; math++) {
      Convolution convolution = cudnn.new Convolution(Format.FLOAT32, shape).filled();
      cudnn.device.write(Format.FLOAT32, (CUdeviceptr) convolution.x, fine);
      cudnn.device.write(Format.FLOAT32, (CUdeviceptr) convolution.w, 1);
      check(JCudnn.cudnnSetConvolutionMathType(convolution.descriptor, math));
      check(convolution.forward(0));
      float[] y = cudnn.device.download(Format.FLOAT32, (CUdeviceptr) convolution.y, 1);
      assertEquals(math == 3 ? fine : 1, y[0], "math type " + math);
    }
    EmulatedDevice.setComputeCapability(7, 5);
    Convolution old = cudnn.new Convolution(Format.FLOAT32, shape).filled();
    cudnn.device.write(Format.FLOAT32, (CUdeviceptr) old.x, fine);
    cudnn.device.write(Format.FLOAT32, (CUdeviceptr) old.w, 1);
    check(JCudnn.cudnnSetConvolutionMathType(old.descriptor, 0));
    check(old.forward(0));
    assertEquals(fine, cudnn.device.download(Format.FLOAT32, (CUdeviceptr) old.y, 1)[0]);
  }

  @Test
  void aCapturedConvolutionRunsWithTheDescriptorsItWasCalledWith() {
    Shape shape = Shape.of(NCHW, 1, 1, 1, 2, 1, 1, 0);
    Convolution convolution = cudnn.new Convolution(Format.FLOAT32, shape).filled();
    cudnn.device.write(Format.FLOAT32, (CUdeviceptr) convolution.w, 10);
    JCudaDriver.cuStreamBeginCapture(cudnn.device.stream, 1);
    check(convolution.forward(0));
    check(JCudnn.cudnnSetTensor4dDescriptor(convolution.xDesc, NHWC, 0, 9, 9, 9, 9));
    CUgraph graph = new CUgraph();
    JCudaDriver.cuStreamEndCapture(cudnn.device.stream, graph);
    CUgraphExec exec = new CUgraphExec();
    JCudaDriver.cuGraphInstantiate(exec, graph, 0L);
    for (float value = 1; value < 3; value++) {
      cudnn.device.write(Format.FLOAT32, (CUdeviceptr) convolution.x, value, -value);
      JCudaDriver.cuGraphLaunch(exec, cudnn.device.stream);
      float[] y = cudnn.device.download(Format.FLOAT32, (CUdeviceptr) convolution.y, 2);
      assertEquals(10 * value, y[0]);
      assertEquals(-10 * value, y[1]);
    }
  }
}
