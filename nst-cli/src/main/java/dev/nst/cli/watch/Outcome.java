package dev.nst.cli.watch;

import dev.nst.image.Image;
import java.nio.file.Path;

/**
 * How a run ended that left a picture.
 *
 * @param picture the result
 * @param output where it was written
 * @param done iterations finished, at least 1
 * @param early whether the user stopped it before its last iteration
 */
public record Outcome(Image picture, Path output, int done, boolean early) {}
