/**
 * What surrounds a command: the streams, variables and terminal of its {@link
 * dev.nst.cli.shell.Shell}, and how failures are worded.
 */
package dev.nst.cli.shell;
