/**
 * Where a model's weights come from: the {@link dev.nst.weights.WeightSource} a model is built on,
 * and {@link dev.nst.weights.Safetensors}, which reads one from a file.
 */
package dev.nst.weights;
