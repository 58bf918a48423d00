package dev.nst.cli.paint;

import dev.nst.backend.BackendOptions;
import dev.nst.transfer.Recipe;
import java.nio.file.Path;

/**
 * One painting as the user asked for it.
 *
 * @param content the photograph
 * @param style the painting
 * @param output where the picture goes
 * @param recipe how it is painted with trained weights
 * @param builtinRecipe how it is painted with the built-in random features; of the same size and
 *     number of iterations
 * @param backend a backend's name or {@code auto}
 * @param backendOptions what to open it with
 * @param seed of the built-in network's random filters
 * @param weightsFile the file of weights that the user named and no result may replace, or null
 * @param watching how the user wants to follow the run
 */
public record PaintRequest(
    InputPicture content,
    InputPicture style,
    Path output,
    Recipe recipe,
    Recipe builtinRecipe,
    String backend,
    BackendOptions backendOptions,
    long seed,
    Path weightsFile,
    Watching watching) {}
