/**
 * {@code gpu-check}: runs the contracts on a device, compares it with the CPU and PyTorch, and
 * measures it. {@link dev.nst.cuda.check.GpuCheck} starts one process for each step, so that a
 * crash or a hang costs one row of the report and no more.
 */
package dev.nst.cuda.check;
