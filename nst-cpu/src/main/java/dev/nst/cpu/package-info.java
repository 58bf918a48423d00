/** Heap memory, worker threads and the count of cores for the CPU backends. */
package dev.nst.cpu;
