/** NVIDIA's libraries for a machine that has only the driver. */
package dev.nst.cli.cuda;
