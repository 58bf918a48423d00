package dev.nst.cpu.vector;

import dev.nst.backend.ConvFilter;

/** A convolution's weights in the form that its method needs. */
sealed interface VectorFilter extends ConvFilter permits PackedFilter, WinogradFilter {}
