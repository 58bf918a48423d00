package dev.nst.cli.paint;

import dev.nst.backend.BackendOptions;
import dev.nst.image.OutputOptions;
import dev.nst.transfer.Recipe;
import java.nio.file.Path;

/**
 * One painting as the user asked for it.
 *
 * @param content the photograph
 * @param style the painting
 * @param output where the picture goes
 * @param outputOptions how it is written; if there is any text, it is completed with how the
 *     picture was made
 * @param recipe how it is painted with trained weights
 * @param builtinRecipe how it is painted with the built-in random features; of the same size and
 *     number of iterations
 * @param backend a backend's name or {@code auto}
 * @param backendOptions what to open it with
 * @param seed of the built-in network's random filters
 * @param weightsFile the file of weights that the user named and no result may replace, or null
 * @param trace where the losses go, one JSON object a line, or null
 * @param saveEvery number of iterations between saved pictures, or 0 for none
 */
public record PaintRequest(
    InputPicture content,
    InputPicture style,
    Path output,
    OutputOptions outputOptions,
    Recipe recipe,
    Recipe builtinRecipe,
    String backend,
    BackendOptions backendOptions,
    long seed,
    Path weightsFile,
    Path trace,
    int saveEvery) {}
