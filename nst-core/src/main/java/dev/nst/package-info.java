/** What all of nst shares: {@link dev.nst.NstException}, the failure that is meant for the user. */
package dev.nst;
