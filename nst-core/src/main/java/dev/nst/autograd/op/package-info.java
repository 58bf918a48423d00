/**
 * The differentiable operations that the network and its losses are made of, each with its forward
 * pass and its gradient in terms of a {@link dev.nst.backend.Backend}.
 */
package dev.nst.autograd.op;
