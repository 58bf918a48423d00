/**
 * Pictures: reading and writing files, and the antialiased resize that makes a run comparable with
 * PyTorch's.
 *
 * <p>{@link dev.nst.image.Image} is what the rest of the library works on; {@link
 * dev.nst.image.Images} reads and writes files; {@link dev.nst.image.Resize} changes sizes.
 *
 * <p>Shape letters: H rows, W columns, C = 3 channels in the order red, green, blue.
 */
package dev.nst.image;
