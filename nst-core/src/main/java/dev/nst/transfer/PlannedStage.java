package dev.nst.transfer;

import dev.nst.image.Dimensions;
import dev.nst.model.Vgg19;
import dev.nst.recipe.PictureSize;
import dev.nst.recipe.Recipe;
import dev.nst.recipe.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * One stage of a run, with the sizes that its pictures have.
 *
 * @param iterations steps
 * @param content size of the photograph and of what is painted
 * @param styles sizes of the paintings
 */
record PlannedStage(int iterations, Dimensions content, List<Dimensions> styles) {

  /**
   * Returns the stages of a run. In the last one the pictures have the sizes given; in the others
   * they are reduced, paintings that are small enough excepted. A stage that would be too small for
   * the network in either direction is left out.
   *
   * @param content size of the photograph
   * @param styles sizes of the paintings
   */
  static List<PlannedStage> of(Recipe recipe, Dimensions content, List<Dimensions> styles) {
    PictureSize.Edge edge = recipe.size().edge();
    List<Stage> stages = recipe.stages().upTo(edge.of(content));
    List<PlannedStage> planned = new ArrayList<>();
    for (Stage stage : stages.subList(0, stages.size() - 1)) {
      Dimensions reduced = edge.fit(content, stage.pixels());
      List<Dimensions> paintings =
          styles.stream()
              .map(style -> recipe.style().fitWithoutEnlarging(edge, stage.pixels(), style))
              .toList();
      if (suffices(reduced) && paintings.stream().allMatch(PlannedStage::suffices)) {
        planned.add(new PlannedStage(stage.iterations(), reduced, paintings));
      }
    }
    int last = stages.get(stages.size() - 1).iterations();
    planned.add(new PlannedStage(last, content, List.copyOf(styles)));
    return List.copyOf(planned);
  }

  private static boolean suffices(Dimensions size) {
    return size.shortEdge() >= Vgg19.SMALLEST_EDGE;
  }
}
