package dev.nst.cli.paint;

import dev.nst.backend.BackendOptions;
import dev.nst.image.OutputOptions;
import dev.nst.recipe.Init;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.RecipeForms;
import dev.nst.transfer.StyleBlend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One painting as the user asked for it.
 *
 * @param content the photograph
 * @param styles the paintings; one at least
 * @param styleBlend their shares
 * @param masks which regions of the photograph take their style from which of the paintings', if
 *     the user divides them
 * @param output where the picture goes
 * @param outputOptions how it is written; if there is any text, it is completed with how the
 *     picture was made
 * @param recipes how it is painted with which weights
 * @param backend a backend's name or {@code auto}
 * @param backendOptions what to open it with
 * @param weightsFile the file of weights that the user named and no result may replace, or null
 * @param watching how the user wants to follow the run
 */
public record PaintRequest(
    InputPicture content,
    List<InputPicture> styles,
    StyleBlend styleBlend,
    Optional<MaskFiles> masks,
    Path output,
    OutputOptions outputOptions,
    RecipeForms recipes,
    String backend,
    BackendOptions backendOptions,
    Path weightsFile,
    Watching watching) {

  /** Returns the recipe for what all its forms share: name, size, start, seed. */
  Recipe recipe() {
    return recipes.caffe();
  }

  /** Returns every picture that the run reads: masks and a start that is a file, too. */
  List<InputPicture> pictures() {
    List<InputPicture> pictures = new ArrayList<>();
    pictures.add(content);
    pictures.addAll(styles);
    masks.ifPresent(
        files -> files.all().forEach(file -> pictures.add(new InputPicture.Stored(file))));
    if (recipe().init() instanceof Init.Picture start) {
      pictures.add(new InputPicture.Stored(start.file()));
    }
    return pictures;
  }
}
