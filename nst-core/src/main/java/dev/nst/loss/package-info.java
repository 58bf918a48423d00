/**
 * What style transfer minimises: the content and style losses of Gatys et al. (CVPR 2016) and the
 * total variation of the picture.
 */
package dev.nst.loss;
