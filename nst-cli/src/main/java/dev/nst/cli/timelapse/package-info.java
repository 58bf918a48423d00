/** Films of how a picture came to be. */
package dev.nst.cli.timelapse;
