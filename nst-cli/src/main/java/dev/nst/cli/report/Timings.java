package dev.nst.cli.report;

/**
 * Where the time went, in seconds.
 *
 * @param setUp from the call to the first iteration
 * @param first what the first iteration took, which prepares what the others use
 * @param perSecond iterations a second after that, or not a number
 * @param painting all iterations
 * @param total from the call until the picture was written
 */
record Timings(double setUp, double first, double perSecond, double painting, double total) {}
