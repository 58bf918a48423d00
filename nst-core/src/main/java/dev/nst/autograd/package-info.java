/**
 * Reverse-mode differentiation: a {@link dev.nst.autograd.Tape} records the operations of a forward
 * pass and runs their gradients backwards.
 */
package dev.nst.autograd;
