/**
 * Where a command gets its weights from: a file, the cache, a checkpoint that is converted, or a
 * download.
 */
package dev.nst.cli.weights;
