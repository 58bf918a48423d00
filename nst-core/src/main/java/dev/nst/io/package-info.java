/**
 * Where files go and how: {@link dev.nst.io.AtomicFile} writes pictures and weights so that nobody
 * ever finds half of one, {@link dev.nst.io.CacheDirectory} says where is kept what can be made
 * again.
 */
package dev.nst.io;
