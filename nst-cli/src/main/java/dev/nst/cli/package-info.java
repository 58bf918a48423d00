/** The command line: {@code nst} and its subcommands, and how failures are reported. */
package dev.nst.cli;
