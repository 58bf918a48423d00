/** The page in a browser that shows a picture as it grows. */
package dev.nst.cli.preview;
