/** What {@code nst bench} measures. */
package dev.nst.cli.bench;
