/**
 * The seam between the mathematics and the hardware: {@link dev.nst.backend.Backend} is what a
 * device must compute, and {@link dev.nst.backend.Backends} finds those that are on the module path
 * or class path.
 */
package dev.nst.backend;
