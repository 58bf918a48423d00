package dev.nst.cuda;

import dev.nst.contract.BackendContract;
import net.jqwik.api.Example;
import net.jqwik.api.Tag;

/**
 * Leaves every size to the slow tests. Where tiles and rows end does not depend on the type of the
 * numbers: fp32 and fp16 stand for the others.
 */
abstract class SlowSizesContract extends BackendContract {

  @Override
  @Tag("slow")
  @Example
  public void everySizeUpToATileIsRight() {
    super.everySizeUpToATileIsRight();
  }

  @Override
  @Tag("slow")
  @Example
  public void thinPicturesAreRight() {
    super.thinPicturesAreRight();
  }
}
