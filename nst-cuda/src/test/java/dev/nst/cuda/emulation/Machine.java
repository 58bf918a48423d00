package dev.nst.cuda.emulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import jcuda.CudaException;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** A context on the emulated device with the few operations that its tests need. */
final class Machine implements AutoCloseable {

  private static final int LARGEST_RESULT = 999;

  final CUcontext context = new CUcontext();
  final CUstream stream = new CUstream();

  private Machine() {}

  /** Resets the device, makes a context current on this thread and creates a stream. */
  static Machine open() {
    EmulatedCuda.load();
    EmulatedDevice.reset();
    EmulatedDevice.setQuiet(true);
    Machine machine = new Machine();
    good(() -> JCudaDriver.cuInit(0));
    CUdevice device = new CUdevice();
    good(() -> JCudaDriver.cuDeviceGet(device, 0));
    good(() -> JCudaDriver.cuDevicePrimaryCtxRetain(machine.context, device));
    good(() -> JCudaDriver.cuCtxSetCurrent(machine.context));
    good(() -> JCudaDriver.cuStreamCreate(machine.stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    return machine;
  }

  @Override
  public void close() {
    EmulatedDevice.reset();
  }

  /** The result of a call, whether or not JCuda's exceptions are on. */
  static int code(IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (CudaException e) {
      return IntStream.rangeClosed(1, LARGEST_RESULT)
          .filter(result -> CUresult.stringFor(result).equals(e.getMessage()))
          .findFirst()
          .orElseThrow(() -> e);
    }
  }

  static void good(IntSupplier call) {
    assertThat(code(call)).as(() -> EmulatedDevice.lastMessage()).isZero();
  }

  CUdeviceptr allocate(long bytes) {
    CUdeviceptr pointer = new CUdeviceptr();
    good(() -> JCudaDriver.cuMemAlloc(pointer, bytes));
    return pointer;
  }

  CUdeviceptr upload(float... values) {
    CUdeviceptr pointer = allocate(4L * values.length);
    good(() -> JCudaDriver.cuMemcpyHtoD(pointer, Pointer.to(values), 4L * values.length));
    return pointer;
  }

  /** What the device memory holds now, without waiting for any stream. */
  float[] peek(CUdeviceptr pointer, int count) {
    float[] values = new float[count];
    good(() -> JCudaDriver.cuMemcpyDtoH(Pointer.to(values), pointer, 4L * count));
    return values;
  }

  float[] download(CUdeviceptr pointer, int count) {
    synchronize();
    return peek(pointer, count);
  }

  void synchronize() {
    good(this::await);
  }

  /** The result of waiting for the stream. */
  int await() {
    return code(() -> JCudaDriver.cuStreamSynchronize(stream));
  }

  CUmodule module(String source, String... options) {
    CUmodule module = new CUmodule();
    good(() -> JCudaDriver.cuModuleLoadData(module, ptx(source, options)));
    return module;
  }

  static String ptx(String source, String... options) {
    nvrtcProgram program = new nvrtcProgram();
    JNvrtc.nvrtcCreateProgram(program, source, "test.cu", 0, null, null);
    try {
      int result = nvrtcCode(() -> JNvrtc.nvrtcCompileProgram(program, options.length, options));
      String[] log = {""};
      JNvrtc.nvrtcGetProgramLog(program, log);
      assertThat(result).as(log[0]).isZero();
      String[] ptx = {null};
      JNvrtc.nvrtcGetPTX(program, ptx);
      return ptx[0];
    } finally {
      JNvrtc.nvrtcDestroyProgram(program);
    }
  }

  static int nvrtcCode(IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (CudaException e) {
      return -1;
    }
  }

  /** A kernel of the name {@code k} from a source that holds it. */
  CUfunction kernel(String source) {
    return function(module(source), "k");
  }

  CUfunction function(CUmodule module, String name) {
    CUfunction function = new CUfunction();
    good(() -> JCudaDriver.cuModuleGetFunction(function, module, name));
    return function;
  }

  /** Launches on the stream; arguments are device pointers, Integer or Float. */
  void launch(CUfunction function, int blocks, int threads, Object... arguments) {
    good(() -> tryLaunch(function, blocks, threads, 0, arguments));
  }

  int tryLaunch(CUfunction function, int blocks, int threads, int shared, Object... arguments) {
    NativePointerObject[] pointers = new NativePointerObject[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      Object argument = arguments[i];
      if (argument instanceof Integer number) {
        pointers[i] = Pointer.to(new int[] {number});
      } else if (argument instanceof Float number) {
        pointers[i] = Pointer.to(new float[] {number});
      } else {
        pointers[i] = Pointer.to((CUdeviceptr) argument);
      }
    }
    return code(
        () ->
            JCudaDriver.cuLaunchKernel(
                function, blocks, 1, 1, threads, 1, 1, shared, stream, Pointer.to(pointers), null));
  }

  /** Compiles and runs a kernel of the name {@code k} and waits: the result of the wait. */
  int run(String source, int blocks, int threads, Object... arguments) {
    launch(kernel(source), blocks, threads, arguments);
    return await();
  }
}
