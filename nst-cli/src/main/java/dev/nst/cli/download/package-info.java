/** Brings one large file from a server, in as many pieces as the network makes necessary. */
package dev.nst.cli.download;
