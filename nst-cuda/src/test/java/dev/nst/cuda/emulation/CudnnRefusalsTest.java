package dev.nst.cuda.emulation;

import static dev.nst.cuda.emulation.CudnnFixture.NCHW;
import static dev.nst.cuda.emulation.CudnnFixture.NHWC;
import static dev.nst.cuda.emulation.CudnnFixture.check;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.nst.cuda.emulation.CudnnFixture.Convolution;
import dev.nst.cuda.emulation.CudnnFixture.Shape;
import dev.nst.cuda.emulation.DeviceFixture.Format;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emulated cuDNN refuses what the real one refuses, and what would go wrong on it. */
@OnEmulatedCuda
class CudnnRefusalsTest {

  private static final int NOT_INITIALIZED = 1001;
  private static final int BAD_PARAM = 2000;
  private static final int NOT_SUPPORTED = 3000;
  private static final Shape PLAIN = Shape.of(NCHW, 1, 2, 4, 4, 3, 3, 1);
  private static final Shape CHANNELS_LAST = Shape.of(NHWC, 1, 8, 4, 4, 16, 3, 1);

  private CudnnFixture cudnn;

  @BeforeEach
  void open() {
    cudnn = new CudnnFixture();
  }

  @AfterEach
  void close() {
    cudnn.close();
  }

  private Convolution plain() {
    return cudnn.new Convolution(Format.FLOAT32, PLAIN).filled().withForwardWorkspace(1);
  }

  private Convolution narrow() {
    return cudnn.new Convolution(Format.BFLOAT16, CHANNELS_LAST).filled().withForwardWorkspace(1);
  }

  private static void assertSays(String... words) {
    for (String word : words) {
      assertTrue(EmulatedDevice.lastMessage().contains(word), EmulatedDevice.lastMessage());
    }
  }

  @Test
  void correctCallsPass() {
    check(plain().forward(1));
    check(plain().fused(1));
    check(narrow().forward(1));
    check(plain().withBackwardWorkspace(1).backward(1));
    assertEquals(0, cudnn.device.synchronize());
  }

  @Test
  void descriptorsMustBeAliveSetAndOfTheirKind() {
    Convolution convolution = plain();
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(JCudnn.cudnnCreateTensorDescriptor(descriptor));
    convolution.xDesc = descriptor;
    assertEquals(BAD_PARAM, convolution.forward(1));
    assertSays("cudnnConvolutionForward", "xDesc", "never set");
    check(JCudnn.cudnnDestroyTensorDescriptor(descriptor));
    assertEquals(BAD_PARAM, convolution.forward(1));
    assertSays("destroyed");
    assertEquals(BAD_PARAM, JCudnn.cudnnDestroyTensorDescriptor(descriptor));
    assertEquals(BAD_PARAM, JCudnn.cudnnSetTensor4dDescriptor(descriptor, 0, 0, 1, 1, 1, 1));
  }

  @Test
  void aDestroyedHandleIsRefused() {
    cudnnHandle other = new cudnnHandle();
    check(JCudnn.cudnnCreate(other));
    check(JCudnn.cudnnDestroy(other));
    assertEquals(NOT_INITIALIZED, JCudnn.cudnnDestroy(other));
    assertEquals(NOT_INITIALIZED, JCudnn.cudnnSetStream(other, cudnn.device.libraryStream));
  }

  @Test
  void descriptorsLeftBehindAreNamedWhenTheLastHandleGoes() {
    assumeTrue(
        EmulatedLibraries.liveCudnnHandles() == 1, "another test of this JVM left its handle");
    plain();
    check(JCudnn.cudnnDestroy(cudnn.handle));
    assertSays("still alive", "tensor descriptor", "filter descriptor", "activation descriptor");
    check(JCudnn.cudnnCreate(cudnn.handle));
  }

  @Test
  void liveObjectsAreCounted() {
    int before = EmulatedLibraries.liveCudnnObjects();
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(JCudnn.cudnnCreateTensorDescriptor(descriptor));
    assertEquals(before + 1, EmulatedLibraries.liveCudnnObjects());
    check(JCudnn.cudnnDestroyTensorDescriptor(descriptor));
    assertEquals(before, EmulatedLibraries.liveCudnnObjects());
  }

  @Test
  void factorsInDeviceMemoryAreRefused() {
    Convolution convolution = plain();
    CUdeviceptr one = cudnn.device.upload(Format.FLOAT32, 1);
    int status =
        JCudnn.cudnnConvolutionForward(
            cudnn.handle,
            one,
            convolution.xDesc,
            convolution.x,
            convolution.wDesc,
            convolution.w,
            convolution.descriptor,
            1,
            convolution.workspace,
            convolution.workspaceSize,
            one,
            convolution.yDesc,
            convolution.y);
    assertEquals(BAD_PARAM, status);
  }

  @Test
  void aHandleIsRefusedWithoutItsContext() {
    Convolution convolution = plain();
    CUcontext context = new CUcontext();
    JCudaDriver.cuCtxGetCurrent(context);
    JCudaDriver.cuCtxSetCurrent(new CUcontext());
    assertEquals(NOT_INITIALIZED, convolution.forward(1));
    assertEquals(NOT_INITIALIZED, JCudnn.cudnnCreate(new cudnnHandle()));
    JCudaDriver.cuCtxSetCurrent(context);
    check(convolution.forward(1));
  }

  @Test
  void impossibleTensorsAreRefused() {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(JCudnn.cudnnCreateTensorDescriptor(descriptor));
    assertEquals(BAD_PARAM, JCudnn.cudnnSetTensor4dDescriptor(descriptor, 0, 0, 1, 0, 1, 1));
    assertEquals(BAD_PARAM, JCudnn.cudnnSetTensor4dDescriptor(descriptor, 5, 0, 1, 1, 1, 1));
    assertEquals(
        NOT_SUPPORTED, JCudnn.cudnnSetTensor4dDescriptor(descriptor, 0, 0, 1, 64, 8192, 8192));
    assertSays("2 Gi elements");
    check(JCudnn.cudnnDestroyTensorDescriptor(descriptor));
  }

  @Test
  void anNhwcTensorWantsAnNhwcFilter() {
    Convolution convolution = plain();
    convolution.xDesc = cudnn.tensor(Format.FLOAT32, NHWC, 1, 2, 4, 4);
    assertEquals(NOT_SUPPORTED, convolution.forward(1));
    assertSays("NHWC");
    Convolution other = plain();
    other.wDesc = cudnn.filter(Format.FLOAT32, NHWC, 3, 2, 3, 3);
    assertEquals(NOT_SUPPORTED, other.forward(1));
  }

  @Test
  void sizesMustFit() {
    Convolution channels = plain();
    channels.wDesc = cudnn.filter(Format.FLOAT32, NCHW, 3, 4, 3, 3);
    assertEquals(BAD_PARAM, channels.forward(1));
    Convolution outputs = plain();
    outputs.wDesc = cudnn.filter(Format.FLOAT32, NCHW, 5, 2, 3, 3);
    assertEquals(BAD_PARAM, outputs.forward(1));
    Convolution height = plain();
    height.yDesc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 3, 5, 4);
    assertEquals(BAD_PARAM, height.forward(1));
    assertSays("height");
    assertEquals(BAD_PARAM, height.backward(1));
  }

  @Test
  void typesMustAgreeAndSumsBeFloat() {
    Convolution convolution = plain();
    convolution.yDesc = cudnn.tensor(Format.FLOAT16, NCHW, 1, 3, 4, 4);
    assertEquals(BAD_PARAM, convolution.forward(1));
    Convolution half = narrow();
    check(
        JCudnn.cudnnSetConvolution2dDescriptor(
            half.descriptor, 1, 1, 1, 1, 1, 1, 1, Format.FLOAT16.cudnn));
    assertEquals(NOT_SUPPORTED, half.forward(1));
    Convolution bfloat = narrow();
    EmulatedDevice.setComputeCapability(7, 5);
    assertEquals(NOT_SUPPORTED, bfloat.forward(1));
    assertSays("8.0");
  }

  @Test
  void narrowChannelsLastWantsMultiplesOfEight() {
    Shape shape = Shape.of(NHWC, 1, 3, 4, 4, 8, 3, 1);
    Convolution convolution = cudnn.new Convolution(Format.FLOAT16, shape).filled();
    assertEquals(NOT_SUPPORTED, convolution.withWorkspace(1 << 20).forward(1));
    assertSays("multiples of 8");
  }

  @Test
  void algorithmsDoOnlyWhatIsDocumented() {
    Convolution last = narrow().withWorkspace(1 << 20);
    for (int algorithm : new int[] {0, 2, 3, 4, 5, 6, 7, 99}) {
      assertEquals(NOT_SUPPORTED, last.forward(algorithm), "forward " + algorithm);
    }
    for (int algorithm : new int[] {2, 3, 4, 5, 6}) {
      assertEquals(NOT_SUPPORTED, last.backward(algorithm), "backward " + algorithm);
    }
    Shape strided = new Shape(NCHW, 1, 2, 5, 5, 3, 3, 1, 2, 1, 1);
    Convolution winograd =
        cudnn.new Convolution(Format.FLOAT32, strided).filled().withWorkspace(1 << 20);
    assertEquals(NOT_SUPPORTED, winograd.forward(6));
    assertEquals(NOT_SUPPORTED, winograd.forward(4));
    check(winograd.forward(2));
    assertEquals(NOT_SUPPORTED, plain().forward(3));
  }

  @Test
  void theWorkspaceMustBeThereLargeEnoughAndApart() {
    Convolution convolution = plain();
    long needed = convolution.workspaceSize;
    assertTrue(needed > 0);
    convolution.workspaceSize = needed - 1;
    assertEquals(BAD_PARAM, convolution.forward(1));
    assertSays("needs a workspace of " + needed);
    convolution.withWorkspace(0);
    assertEquals(BAD_PARAM, convolution.forward(1));
    convolution.workspace = convolution.x;
    convolution.workspaceSize = needed;
    assertEquals(BAD_PARAM, convolution.forward(1));
    assertSays("overlaps");
    convolution.withWorkspace(needed / 2);
    convolution.workspaceSize = needed;
    check(convolution.forward(1));
    assertNotEquals(0, cudnn.device.synchronize());
  }

  @Test
  void buffersMustBeThereAlignedAndApart() {
    Convolution missing = plain();
    missing.x = new CUdeviceptr();
    assertEquals(BAD_PARAM, missing.forward(1));
    Convolution misaligned = narrow();
    misaligned.w = misaligned.w.withByteOffset(8);
    assertEquals(BAD_PARAM, misaligned.forward(1));
    assertSays("16 bytes");
    Convolution tf32 = plain();
    tf32.w = tf32.w.withByteOffset(4);
    check(JCudnn.cudnnSetConvolutionMathType(tf32.descriptor, 1));
    assertEquals(BAD_PARAM, tf32.withForwardWorkspace(1).forward(1));
    Convolution inPlace = plain();
    inPlace.y = inPlace.x;
    assertEquals(BAD_PARAM, inPlace.forward(1));
    assertSays("overlaps");
    assertEquals(BAD_PARAM, inPlace.backward(1));
  }

  @Test
  void theFusedCallHasRulesOfItsOwn() {
    Convolution bias = narrow();
    bias.biasDesc = cudnn.tensor(Format.FLOAT32, NHWC, 1, 16, 1, 1);
    assertEquals(BAD_PARAM, bias.fused(1));
    assertSays("bias");
    Convolution shape = plain();
    shape.biasDesc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 4, 1, 1);
    assertEquals(BAD_PARAM, shape.fused(1));
    Convolution activation = plain();
    activation.relu = cudnn.activation(2, 0);
    assertEquals(BAD_PARAM, activation.fused(1));
    activation.relu = cudnn.activation(1, 1);
    assertEquals(BAD_PARAM, activation.fused(1));
    assertSays("NaN");
    activation.relu = cudnn.activation(5, 0);
    assertEquals(NOT_SUPPORTED, activation.fused(0));
    check(activation.fused(1));
    activation.zDesc = cudnn.tensor(Format.FLOAT32, NCHW, 1, 1, 4, 4);
    assertEquals(BAD_PARAM, activation.fused(1));
  }

  @Test
  void whatIsReadMustBeInitialisedAndInside() {
    Convolution fresh = plain();
    fresh.x = cudnn.device.allocate((long) PLAIN.inputs() * Float.BYTES);
    check(fresh.forward(1));
    assertNotEquals(0, cudnn.device.synchronize());
    EmulatedDevice.clearError();
    Convolution small = plain();
    small.y = cudnn.device.allocate((long) PLAIN.outputs() * Float.BYTES - 4);
    check(small.forward(1));
    assertNotEquals(0, cudnn.device.synchronize());
    EmulatedDevice.clearError();
    Convolution added = plain();
    added.y = cudnn.device.allocate((long) PLAIN.outputs() * Float.BYTES);
    added.beta = 1;
    check(added.forward(1));
    assertNotEquals(0, cudnn.device.synchronize());
    EmulatedDevice.clearError();
    added.beta = 0;
    check(added.forward(1));
    assertEquals(0, cudnn.device.synchronize());
  }

  @Test
  void injectedFaultsComeBack() {
    Convolution convolution = plain();
    EmulatedDevice.failCall("cudnnConvolutionForward", 1, 5000);
    assertEquals(5000, convolution.forward(1));
    check(convolution.forward(1));
  }
}
