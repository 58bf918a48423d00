package dev.nst.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import dev.nst.weights.WeightSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VggArchitectureTest {

  @Test
  void namesTensorsAsTorchvisionDoes() {
    assertThat(indices(VggArchitecture.VGG19))
        .containsExactly(0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34);
    assertThat(indices(VggArchitecture.VGG16))
        .containsExactly(0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28);
    assertThat(VggArchitecture.VGG16.weightName(Vgg19Layer.CONV4_1))
        .isEqualTo("features.17.weight");
    assertThat(VggArchitecture.VGG16.biasName(Vgg19Layer.CONV5_3)).isEqualTo("features.28.bias");
  }

  private static List<Integer> indices(VggArchitecture network) {
    return network.layers().stream()
        .map(layer -> Integer.parseInt(network.weightName(layer).split("\\.")[1]))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(VggArchitecture.class)
  void isToldByTheTensorsThatThereAre(VggArchitecture network) {
    assertThat(VggArchitecture.of(new Shapes(network.tensors(), Map.of()))).isEqualTo(network);
  }

  @Test
  void refusesTheTensorsOfTwoNetworksAtOnce() {
    Map<String, List<Integer>> mixed = new HashMap<>(VggArchitecture.VGG19.tensors());
    mixed.putAll(VggArchitecture.VGG16.tensors());
    assertThatThrownBy(() -> VggArchitecture.of(new Shapes(mixed, Map.of())))
        .isInstanceOf(NstException.class)
        .hasMessage(
            "mine mixes tensors of VGG-19 ('features.16.weight') and VGG-16 ('features.17.weight');"
                + " give the weights of one network.");
  }

  @Test
  void namesWhatAVgg16Lacks() {
    Map<String, List<Integer>> some = new HashMap<>(VggArchitecture.VGG16.tensors());
    some.remove("features.5.bias");
    assertThatThrownBy(() -> VggArchitecture.of(new Shapes(some, Map.of())))
        .isInstanceOf(NstException.class)
        .hasMessage(
            "mine has no tensor 'features.5.bias'; VGG-16 needs the features.* tensors of"
                + " torchvision's vgg16 checkpoint.");
  }

  @ParameterizedTest
  @EnumSource(InputConvention.class)
  void weightsDeclareTheirInput(InputConvention input) {
    Map<String, String> metadata = Map.of(InputConvention.KEY, input.id());
    assertThat(InputConvention.of(new Shapes(Map.of(), metadata))).isEqualTo(input);
  }

  @Test
  void weightsThatDeclareNothingAreTorchvisions() {
    assertThat(InputConvention.of(new Shapes(Map.of(), Map.of())))
        .isEqualTo(InputConvention.TORCHVISION);
  }

  @Test
  void refusesAnInputThatItDoesNotKnow() {
    Map<String, String> metadata = Map.of(InputConvention.KEY, "tensorflow");
    assertThatThrownBy(() -> InputConvention.of(new Shapes(Map.of(), metadata)))
        .isInstanceOf(NstException.class)
        .hasMessage(
            "mine: There is no input convention 'tensorflow'; choose among torchvision, caffe."
                + " Convert the checkpoint anew.");
  }

  @Test
  void onlyCaffesKernelsAreTurnedToRedFirst() {
    float[] kernels = new float[2 * 3 * 9];
    IntStream.range(0, kernels.length).forEach(i -> kernels[i] = i);
    assertThat(InputConvention.TORCHVISION.redFirst(kernels)).containsExactly(kernels);
    float[] turned = InputConvention.CAFFE.redFirst(kernels);
    assertThat(turned[0]).isEqualTo(18);
    assertThat(turned[9 + 4]).isEqualTo(9 + 4);
    assertThat(turned[18 + 8]).isEqualTo(8);
    assertThat(turned[27 + 1]).isEqualTo(27 + 18 + 1);
    assertThat(InputConvention.CAFFE.redFirst(turned)).containsExactly(kernels);
  }

  private record Shapes(Map<String, List<Integer>> tensors, Map<String, String> metadata)
      implements WeightSource {

    @Override
    public boolean has(String name) {
      return tensors.containsKey(name);
    }

    @Override
    public int[] shape(String name) {
      return tensors.get(name).stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public float[] read(String name) {
      throw new AssertionError("only names and shapes are asked for, not " + name);
    }

    @Override
    public String description() {
      return "mine";
    }
  }
}
