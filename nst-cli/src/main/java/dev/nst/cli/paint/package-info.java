/**
 * Runs a style transfer for a command: its files, progress, snapshots and trace, and what an
 * interruption does.
 */
package dev.nst.cli.paint;
