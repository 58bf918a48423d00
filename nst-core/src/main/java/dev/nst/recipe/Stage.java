package dev.nst.recipe;

/**
 * One size that a picture passes on its way.
 *
 * @param pixels length of the {@linkplain PictureSize#edge measured edge}
 * @param iterations steps at that size, at least 1
 */
public record Stage(int pixels, int iterations) {}
