/** Tensors, their shapes and element types, and the device memory they lie in. */
package dev.nst.tensor;
