/**
 * Watching a run: what a {@link dev.nst.cli.watch.Watcher} is told, and what those that show a run
 * share. Nothing here or in the packages {@code preview}, {@code report} and {@code timelapse}
 * needs a terminal.
 */
package dev.nst.cli.watch;
