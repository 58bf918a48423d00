/** One page about a run, to keep beside its picture. */
package dev.nst.cli.report;
