package dev.nst.cli.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointUrlTest {

  @Test
  void readsTheChecksumInTheNameOfTorchvisionsFile() {
    CheckpointUrl url = CheckpointUrl.parse(CheckpointUrl.TORCHVISION);
    assertThat(url.fileName()).isEqualTo("vgg19-dcbb9e9d.pth");
    assertThat(url.sha256Start()).isEqualTo("dcbb9e9d");
    assertThat(url.convertedName()).isEqualTo("vgg19-dcbb9e9d.safetensors");
  }

  @Test
  void takesTheDigitsAfterTheLastHyphenAndIgnoresAQuery() {
    CheckpointUrl url =
        CheckpointUrl.parse("http://localhost:80/a-b/my-net-0123456789ABCDEF.pt?download=true");
    assertThat(url.fileName()).isEqualTo("my-net-0123456789ABCDEF.pt");
    assertThat(url.sha256Start()).isEqualTo("0123456789abcdef");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "vgg19-dcbb9e9d.pth",
        "ftp://example.org/vgg19-dcbb9e9d.pth",
        "file:///tmp/vgg19-dcbb9e9d.pth",
        "https://example.org/vgg19.pth",
        "https://example.org/vgg19-dcbb9e.pth",
        "https://example.org/vgg19-dcbb9e9d.zip",
        "https://exa mple.org/vgg19-dcbb9e9d.pth",
        "https:///vgg19-dcbb9e9d.pth",
      })
  void refusesWhatCannotBeDownloadedOrChecked(String address) {
    assertThatThrownBy(() -> CheckpointUrl.parse(address))
        .isInstanceOf(NstException.class)
        .hasMessageEndingWith(".");
  }
}
