/**
 * The whole of a style transfer: {@link dev.nst.transfer.StyleTransfer} paints a picture as a
 * {@link dev.nst.transfer.Recipe} says.
 */
package dev.nst.transfer;
