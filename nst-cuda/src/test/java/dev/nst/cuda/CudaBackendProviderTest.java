package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import org.junit.jupiter.api.Test;

class CudaBackendProviderTest {

  @Test
  void isFoundByTheServiceLoader() {
    assertThat(Backends.providers()).hasAtLeastOneElementOfType(CudaBackendProvider.class);
  }

  @Test
  void saysThatItIsUnavailableAndWhatToUseInstead() {
    BackendProvider provider = new CudaBackendProvider();

    assertThat(provider.name()).isEqualTo("cuda");
    assertThat(provider.probe())
        .isInstanceOfSatisfying(
            Unavailable.class,
            answer -> {
              assertThat(answer.reason()).contains("not part of this version");
              assertThat(answer.remedy()).contains("--backend cpu-vector");
            });
  }

  @Test
  void refusesToOpenWithItsReasonAndRemedy() {
    assertThatThrownBy(() -> Backends.open("cuda", BackendOptions.defaults()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("not part of this version")
        .hasMessageContaining("--backend cpu-vector");
    assertThatThrownBy(() -> new CudaBackendProvider().open(BackendOptions.defaults()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("--backend cpu-vector");
  }
}
