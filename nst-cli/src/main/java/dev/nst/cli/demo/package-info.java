/** The content and style pictures of {@code nst demo}, drawn by the program itself. */
package dev.nst.cli.demo;
