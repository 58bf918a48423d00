package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.contract.RecordingBackend;
import dev.nst.contract.SyntheticImages;
import dev.nst.contract.SyntheticWeights;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * A network of synthetic weights on a backend that keeps records, opened once for all tests of a
 * class: to prepare the filters of a deep layer costs more than most tests do.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JobContract {

  Backend backend;
  RecordingBackend recording;
  Vgg19 vgg;

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  @BeforeAll
  void open() {
    backend = openBackend();
    openNetwork();
  }

  private void openNetwork() {
    recording = new RecordingBackend(backend);
    vgg = Vgg19.of(recording.backend(), SyntheticWeights.source());
  }

  /** Goes on with a network of which nothing is prepared and records that begin with it. */
  void startAfresh() {
    vgg.close();
    openNetwork();
  }

  @AfterAll
  void close() {
    vgg.close();
    backend.close();
  }

  static Image picture(int number, int width, int height) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }
}
