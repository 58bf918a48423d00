/**
 * The painting job: {@link dev.nst.transfer.StyleTransfer} runs the stages of a {@link
 * dev.nst.recipe.Recipe} and says beforehand how much memory that takes.
 */
package dev.nst.transfer;
