package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.backend.Availability;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.Backend;
import dev.nst.backend.BackendFailure;
import dev.nst.backend.BackendOptions;
import dev.nst.backend.Backends;
import dev.nst.backend.Detail;
import dev.nst.backend.Precision;
import dev.nst.cuda.emulation.EmulatedCuda;
import dev.nst.cuda.emulation.EmulatedDevice;
import dev.nst.cuda.emulation.OnEmulatedCuda;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnEmulatedCuda
class CudaBackendProviderTest {

  private final CudaBackendProvider provider = new CudaBackendProvider();

  @BeforeEach
  void load() {
    TestDevices.prepare();
    EmulatedCuda.load();
    EmulatedDevice.reset();
  }

  @AfterEach
  void reset() {
    EmulatedDevice.reset();
  }

  private static Availability probe(CudaBackendProvider provider) {
    return provider.probe();
  }

  @Test
  void isFoundByTheServiceLoaderAndPreferred() {
    assertThat(Backends.providers().get(0)).isInstanceOf(CudaBackendProvider.class);
  }

  @Test
  void namesTheDeviceThatItWouldUse() {
    assertThat(probe(provider))
        .isInstanceOfSatisfying(
            Available.class,
            answer ->
                assertThat(answer.description())
                    .contains("Emulated CUDA device 0")
                    .contains("compute capability 8.6"));
  }

  @Test
  void isUnavailableWithoutADevice() {
    EmulatedDevice.setDevices(0);
    assertThat(probe(provider))
        .isInstanceOfSatisfying(
            Unavailable.class,
            answer -> {
              assertThat(answer.reason()).contains("no device");
              assertThat(answer.remedy()).contains("nvidia-smi");
              assertThat(answer.expected()).isTrue();
            });
    assertThatThrownBy(() -> provider.open(BackendOptions.defaults()))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("no device");
  }

  @Test
  void isUnavailableWithADriverThatIsTooOld() {
    EmulatedDevice.setDriverVersion(11040);
    assertThat(probe(provider))
        .isInstanceOfSatisfying(
            Unavailable.class,
            answer -> {
              assertThat(answer.reason()).contains("CUDA 11.4").contains("12.0");
              assertThat(answer.remedy()).contains("525");
              assertThat(answer.expected()).isFalse();
            });
  }

  @Test
  void isUnavailableOnADeviceThatIsTooOld() {
    EmulatedDevice.setComputeCapability(3, 7);
    assertThat(probe(provider))
        .isInstanceOfSatisfying(
            Unavailable.class,
            answer ->
                assertThat(answer.reason()).contains("compute capability 3.7").contains("5.0"));
  }

  @Test
  void isUnavailableWhereTheDriverDoesNotAnswer() {
    EmulatedDevice.failCall("cuInit", 1, 999);
    assertThat(probe(provider))
        .isInstanceOfSatisfying(
            Unavailable.class,
            answer -> assertThat(answer.reason()).contains("cuInit").contains("UNKNOWN"));
  }

  @ParameterizedTest
  @CsvSource({"9, 0, BF16", "8, 0, BF16", "7, 5, FP16", "7, 0, FP16", "6, 1, FP32", "5, 0, FP32"})
  void choosesThePrecisionThatTheDeviceDoesBest(int major, int minor, Precision best) {
    EmulatedDevice.setComputeCapability(major, minor);
    try (Backend backend = provider.open(BackendOptions.defaults())) {
      assertThat(backend.precision()).isEqualTo(best);
    }
  }

  @Test
  void refusesAPrecisionThatTheDeviceLacksAndListsWhatItHas() {
    EmulatedDevice.setComputeCapability(7, 5);
    assertThatThrownBy(() -> provider.open(new BackendOptions(Optional.of(Precision.BF16), 0)))
        .isInstanceOf(NstException.class)
        .hasMessageContaining("bf16")
        .hasMessageContaining("fp32, fp16");
    DeviceUseTest.assertNothingIsHeld();
  }

  @Test
  void tellsWhatWasFoundWhere() {
    assertThat(provider.details())
        .extracting(Detail::item)
        .contains("libcudnn.so.9", "driver", "NVRTC", "cuBLAS", "cuDNN", "device 0");
  }

  @Test
  void aDeviceThatCannotBeOpenedIsAFailureThatAnAutomaticChoicePassesOver() {
    EmulatedDevice.failCall("cuMemAlloc", 1, 2);
    assertThatThrownBy(() -> provider.open(BackendOptions.defaults()))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("cuMemAlloc");
    DeviceUseTest.assertNothingIsHeld();
  }
}
