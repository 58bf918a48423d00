/** The reference backend in plain Java loops, on one thread: it runs on every machine. */
package dev.nst.cpu.scalar;
