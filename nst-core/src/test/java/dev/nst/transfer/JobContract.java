package dev.nst.transfer;

import dev.nst.backend.Backend;
import dev.nst.contract.RecordingBackend;
import dev.nst.contract.SyntheticImages;
import dev.nst.image.Image;
import dev.nst.model.Vgg19;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A network of synthetic weights on a backend that keeps records, opened for every test. */
abstract class JobContract {

  Backend backend;
  RecordingBackend recording;
  Vgg19 vgg;

  /** Opens the backend under test; the suite closes it. */
  protected abstract Backend openBackend();

  @BeforeEach
  void open() {
    backend = openBackend();
    recording = new RecordingBackend(backend);
    vgg = Vgg19.of(recording.backend(), GoldenContract.WEIGHTS);
  }

  @AfterEach
  void close() {
    vgg.close();
    backend.close();
  }

  static Image picture(int number, int width, int height) {
    return Image.of(width, height, SyntheticImages.image(number, height, width));
  }
}
