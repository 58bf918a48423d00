/**
 * The network that judges pictures: the convolutions of {@link dev.nst.model.Vgg19} and the
 * normalisation that it expects of its input.
 */
package dev.nst.model;
