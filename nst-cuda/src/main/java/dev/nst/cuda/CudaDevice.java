package dev.nst.cuda;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * What is known of a device before anything runs on it.
 *
 * @param ordinal its number, from 0, among those that {@code CUDA_VISIBLE_DEVICES} lets through
 * @param name the maker's name for it
 * @param major first number of its compute capability
 * @param minor second number
 * @param multiprocessors how many multiprocessors it has
 * @param totalBytes its memory
 * @param driverVersion the CUDA version that the driver supports: 1000 * major + 10 * minor
 */
record CudaDevice(
    int ordinal,
    String name,
    int major,
    int minor,
    int multiprocessors,
    long totalBytes,
    int driverVersion) {

  /** Returns the number of devices. */
  static int count() {
    Checked.driver("cuInit", () -> JCudaDriver.cuInit(0));
    int[] count = new int[1];
    Checked.driver("cuDeviceGetCount", () -> JCudaDriver.cuDeviceGetCount(count));
    return count[0];
  }

  /** Returns the CUDA version that the driver supports; works before any device is there. */
  static int readDriverVersion() {
    int[] version = new int[1];
    Checked.driver("cuDriverGetVersion", () -> JCudaDriver.cuDriverGetVersion(version));
    return version[0];
  }

  /** Describes a device; {@link #count} was called before. */
  static CudaDevice describe(int ordinal) {
    CUdevice device = handle(ordinal);
    byte[] name = new byte[256];
    Checked.driver("cuDeviceGetName", () -> JCudaDriver.cuDeviceGetName(name, name.length, device));
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    long[] bytes = new long[1];
    Checked.driver("cuDeviceTotalMem", () -> JCudaDriver.cuDeviceTotalMem(bytes, device));
    return new CudaDevice(
        ordinal,
        new String(name, 0, length, StandardCharsets.UTF_8),
        attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        attribute(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        bytes[0],
        readDriverVersion());
  }

  static CUdevice handle(int ordinal) {
    CUdevice device = new CUdevice();
    Checked.driver(
        "cuDeviceGet", () -> JCudaDriver.cuDeviceGet(device, ordinal), () -> "device " + ordinal);
    return device;
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    Checked.driver(
        "cuDeviceGetAttribute",
        () -> JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
        () -> "attribute " + attribute);
    return value[0];
  }

  /** Returns the compute capability as one number: 90 for 9.0. */
  int capability() {
    return 10 * major + minor;
  }

  /** Returns whether the compute capability is at least so much: 80 for 8.0. */
  boolean isAtLeast(int capability) {
    return capability() >= capability;
  }

  /** Formats a version number as CUDA counts them: 12060 is 12.6. */
  static String version(int number) {
    return number / 1000 + "." + number % 1000 / 10;
  }

  @Override
  public String toString() {
    return name
        + ", compute capability "
        + major
        + "."
        + minor
        + ", "
        + (totalBytes >> 20)
        + " MiB, driver for CUDA "
        + version(driverVersion);
  }
}
