/**
 * Reads PyTorch checkpoints without running what is in them, and writes safetensors.
 *
 * <p>{@link dev.nst.converter.CheckpointConverter} does the whole of it; {@link
 * dev.nst.converter.Checkpoint} lists what a checkpoint holds; {@link
 * dev.nst.converter.WeightsInfo} describes any file of weights.
 *
 * <p>A checkpoint is a pickle, a program for a small stack machine, with the numbers beside it. The
 * machine here ({@code PickleMachine}) knows only the instructions and the Python names that a
 * state dict needs, and refuses all others by name.
 */
package dev.nst.converter;
