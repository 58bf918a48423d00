package dev.nst.cuda.emulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nst.cuda.emulation.DeviceFixture.Format;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** A cuDNN handle on the emulated device, and one convolution with everything it needs. */
final class CudnnFixture implements AutoCloseable {

  static final int NCHW = 0;
  static final int NHWC = 1;
  static final int FMA_MATH = 3;

  final DeviceFixture device = new DeviceFixture();
  final cudnnHandle handle = new cudnnHandle();
  private final List<Runnable> destructions = new ArrayList<>();

  CudnnFixture() {
    JCudnn.setExceptionsEnabled(false);
    check(JCudnn.cudnnCreate(handle));
    check(JCudnn.cudnnSetStream(handle, device.libraryStream));
  }

  @Override
  public void close() {
    destructions.forEach(Runnable::run);
    JCudnn.cudnnDestroy(handle);
    device.close();
  }

  static void check(int status) {
    assertEquals(0, status, EmulatedDevice::lastMessage);
  }

  cudnnTensorDescriptor tensor(Format format, int layout, int n, int c, int h, int w) {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(JCudnn.cudnnCreateTensorDescriptor(descriptor));
    destructions.add(() -> JCudnn.cudnnDestroyTensorDescriptor(descriptor));
    check(JCudnn.cudnnSetTensor4dDescriptor(descriptor, layout, format.cudnn, n, c, h, w));
    return descriptor;
  }

  cudnnFilterDescriptor filter(Format format, int layout, int k, int c, int h, int w) {
    cudnnFilterDescriptor descriptor = new cudnnFilterDescriptor();
    check(JCudnn.cudnnCreateFilterDescriptor(descriptor));
    destructions.add(() -> JCudnn.cudnnDestroyFilterDescriptor(descriptor));
    check(JCudnn.cudnnSetFilter4dDescriptor(descriptor, format.cudnn, layout, k, c, h, w));
    return descriptor;
  }

  cudnnActivationDescriptor activation(int mode, int nan) {
    cudnnActivationDescriptor descriptor = new cudnnActivationDescriptor();
    check(JCudnn.cudnnCreateActivationDescriptor(descriptor));
    destructions.add(() -> JCudnn.cudnnDestroyActivationDescriptor(descriptor));
    check(JCudnn.cudnnSetActivationDescriptor(descriptor, mode, nan, 0));
    return descriptor;
  }

  cudnnPoolingDescriptor pooling(int mode, int nan, int window, int pad, int stride) {
    cudnnPoolingDescriptor descriptor = new cudnnPoolingDescriptor();
    check(JCudnn.cudnnCreatePoolingDescriptor(descriptor));
    destructions.add(() -> JCudnn.cudnnDestroyPoolingDescriptor(descriptor));
    check(
        JCudnn.cudnnSetPooling2dDescriptor(
            descriptor, mode, nan, window, window, pad, pad, stride, stride));
    return descriptor;
  }

  /** Sizes of a convolution; input and output in one layout. */
  record Shape(
      int layout,
      int n,
      int c,
      int h,
      int w,
      int k,
      int window,
      int pad,
      int stride,
      int dilation,
      int groups) {

    static Shape of(int layout, int n, int c, int h, int w, int k, int window, int pad) {
      return new Shape(layout, n, c, h, w, k, window, pad, 1, 1, 1);
    }

    int outH() {
      return 1 + (h + 2 * pad - (window - 1) * dilation - 1) / stride;
    }

    int outW() {
      return 1 + (w + 2 * pad - (window - 1) * dilation - 1) / stride;
    }

    int inputs() {
      return n * c * h * w;
    }

    int outputs() {
      return n * k * outH() * outW();
    }

    int weights() {
      return k * (c / groups) * window * window;
    }

    int input(int image, int channel, int row, int column) {
      return layout == NCHW
          ? ((image * c + channel) * h + row) * w + column
          : ((image * h + row) * w + column) * c + channel;
    }

    int output(int image, int channel, int row, int column) {
      return layout == NCHW
          ? ((image * k + channel) * outH() + row) * outW() + column
          : ((image * outH() + row) * outW() + column) * k + channel;
    }

    int weight(int to, int from, int row, int column) {
      int perGroup = c / groups;
      return layout == NCHW
          ? ((to * perGroup + from) * window + row) * window + column
          : ((to * window + row) * window + column) * perGroup + from;
    }
  }

  /** Descriptors and buffers of one convolution; its calls return cuDNN's status. */
  final class Convolution {

    final Shape shape;
    final Format format;
    cudnnTensorDescriptor xDesc;
    cudnnTensorDescriptor yDesc;
    cudnnTensorDescriptor zDesc;
    cudnnTensorDescriptor biasDesc;
    cudnnFilterDescriptor wDesc;
    final cudnnConvolutionDescriptor descriptor = new cudnnConvolutionDescriptor();
    cudnnActivationDescriptor relu = activation(1, 0);
    Pointer x;
    Pointer w;
    Pointer y;
    Pointer bias;
    Pointer workspace = new CUdeviceptr();
    long workspaceSize;
    float alpha = 1;
    float beta;

    Convolution(Format format, Shape shape) {
      this.format = format;
      this.shape = shape;
      int layout = shape.layout();
      xDesc = tensor(format, layout, shape.n(), shape.c(), shape.h(), shape.w());
      yDesc = tensor(format, layout, shape.n(), shape.k(), shape.outH(), shape.outW());
      zDesc = yDesc;
      biasDesc = tensor(format, layout, 1, shape.k(), 1, 1);
      wDesc =
          filter(
              format,
              layout,
              shape.k(),
              shape.c() / shape.groups(),
              shape.window(),
              shape.window());
      check(JCudnn.cudnnCreateConvolutionDescriptor(descriptor));
      destructions.add(() -> JCudnn.cudnnDestroyConvolutionDescriptor(descriptor));
      check(
          JCudnn.cudnnSetConvolution2dDescriptor(
              descriptor,
              shape.pad(),
              shape.pad(),
              shape.stride(),
              shape.stride(),
              shape.dilation(),
              shape.dilation(),
              1,
              Format.FLOAT32.cudnn));
      check(JCudnn.cudnnSetConvolutionMathType(descriptor, FMA_MATH));
      check(JCudnn.cudnnSetConvolutionGroupCount(descriptor, shape.groups()));
    }

    /** Fills every buffer with numbers that repeat. */
    Convolution filled() {
      x = device.upload(format, DeviceFixture.random(format, shape.inputs(), 1));
      w = device.upload(format, DeviceFixture.random(format, shape.weights(), 2));
      y = device.upload(format, DeviceFixture.random(format, shape.outputs(), 3));
      bias = device.upload(format, DeviceFixture.random(format, shape.k(), 4));
      return this;
    }

    Convolution withWorkspace(long bytes) {
      workspaceSize = bytes;
      workspace = bytes == 0 ? new CUdeviceptr() : device.allocate(bytes);
      return this;
    }

    Convolution withForwardWorkspace(int algorithm) {
      return withWorkspace(forwardWorkspace(algorithm));
    }

    Convolution withBackwardWorkspace(int algorithm) {
      return withWorkspace(backwardWorkspace(algorithm));
    }

    long forwardWorkspace(int algorithm) {
      long[] bytes = new long[1];
      check(
          JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
              handle, xDesc, wDesc, descriptor, yDesc, algorithm, bytes));
      return bytes[0];
    }

    long backwardWorkspace(int algorithm) {
      long[] bytes = new long[1];
      check(
          JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
              handle, wDesc, yDesc, descriptor, xDesc, algorithm, bytes));
      return bytes[0];
    }

    int forward(int algorithm) {
      return JCudnn.cudnnConvolutionForward(
          handle,
          DeviceFixture.scalar(alpha),
          xDesc,
          x,
          wDesc,
          w,
          descriptor,
          algorithm,
          workspace,
          workspaceSize,
          DeviceFixture.scalar(beta),
          yDesc,
          y);
    }

    int backward(int algorithm) {
      return JCudnn.cudnnConvolutionBackwardData(
          handle,
          DeviceFixture.scalar(alpha),
          wDesc,
          w,
          yDesc,
          y,
          descriptor,
          algorithm,
          workspace,
          workspaceSize,
          DeviceFixture.scalar(beta),
          xDesc,
          x);
    }

    int fused(int algorithm) {
      return JCudnn.cudnnConvolutionBiasActivationForward(
          handle,
          DeviceFixture.scalar(alpha),
          xDesc,
          x,
          wDesc,
          w,
          descriptor,
          algorithm,
          workspace,
          workspaceSize,
          DeviceFixture.scalar(beta),
          zDesc,
          y,
          biasDesc,
          bias,
          relu,
          yDesc,
          y);
    }
  }
}
