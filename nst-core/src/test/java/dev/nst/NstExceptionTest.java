package dev.nst;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class NstExceptionTest {
  @Test
  void keepsTheSentenceForTheUserApartFromItsCause() {
    IOException cause = new IOException("disk on fire");

    NstException failure = new NstException("Cannot write out.png: choose another disk.", cause);

    assertThat(failure).hasMessage("Cannot write out.png: choose another disk.").hasCause(cause);
  }
}
