package dev.nst.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.nst.NstException;
import dev.nst.backend.Backend;
import dev.nst.backend.Precision;
import dev.nst.image.Dimensions;
import dev.nst.image.Resize;
import dev.nst.model.InputConvention;
import dev.nst.model.VggArchitecture;
import dev.nst.recipe.Recipe;
import dev.nst.tensor.DType;
import dev.nst.tensor.Shape;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class MemoryPlanTest {

  private static final long GIB = 1L << 30;
  private static final Dimensions CONTENT = new Dimensions(4096, 3072);
  private static final Dimensions STYLE = new Dimensions(3072, 3900);

  /** A backend that only answers questions of size: bfloat16 features without any padding. */
  private static Backend device(long available, long workspace, String hint) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (self, method, arguments) -> answer(method, arguments, available, workspace, hint));
  }

  private static Object answer(
      Method method, Object[] arguments, long available, long workspace, String hint) {
    return switch (method.getName()) {
      case "name" -> "device";
      case "precision" -> Precision.BF16;
      case "featureType" -> DType.BF16;
      case "availableBytes" -> available;
      case "workspaceBytes" -> workspace;
      case "memoryHint" -> hint;
      case "bytesFor" -> ((Shape) arguments[0]).size() * ((DType) arguments[1]).bytes();
      case "fusesMaxPool" -> false;
      case "filterBytes" -> 9L * (int) arguments[0] * (int) arguments[1] * 2;
      default -> throw new AssertionError("a plan needs no " + method);
    };
  }

  private static MemoryPlan plan(Backend backend, Dimensions content, Dimensions style) {
    return new MemoryPlan(
        backend,
        new WeightsOutline(VggArchitecture.VGG19, InputConvention.TORCHVISION),
        Recipe.gatys(),
        content,
        List.of(style),
        0);
  }

  private static MemoryPlan plan(Backend backend, int size) {
    return plan(
        backend,
        Resize.shortEdgeDimensions(CONTENT.width(), CONTENT.height(), size),
        Resize.shortEdgeDimensions(STYLE.width(), STYLE.height(), size));
  }

  private static String refusal(MemoryPlan plan) {
    return catchThrowableOfType(NstException.class, () -> plan.requireMemory(0)).getMessage();
  }

  @Test
  void aRefusalNamesTheLargestSizeThatFits() {
    Backend backend = device(4 * GIB, 0, "");
    String message = refusal(plan(backend, CONTENT, STYLE));
    assertThat(message)
        .startsWith("Painting 4096x3072 pixels in the style of 3072x3900 pixels needs about ")
        .contains(" MiB on backend device, which has 4096 MiB; the largest that fits is about ")
        .doesNotContain("Xmx")
        .endsWith(").");
    Matcher named =
        Pattern.compile("about (\\d+)x(\\d+) pixels \\(--size (\\d+)\\)").matcher(message);
    assertThat(named.find()).isTrue();
    int size = Integer.parseInt(named.group(3));
    assertThat(named.group(2)).isEqualTo(named.group(3));
    assertThat(Integer.parseInt(named.group(1))).isEqualTo(size * 4096 / 3072);
    assertThatCode(() -> plan(backend, size).requireMemory(0)).doesNotThrowAnyException();
    assertThatThrownBy(() -> plan(backend, size + 8).requireMemory(0))
        .isInstanceOf(NstException.class);
  }

  @Test
  void aRefusalEndsWithTheBackendsHint() {
    assertThat(refusal(plan(device(GIB, 0, "give the JVM more memory (-Xmx)"), CONTENT, STYLE)))
        .containsPattern("\\(--size \\d+\\), or give the JVM more memory \\(-Xmx\\)\\.$");
  }

  @Test
  void aRefusalSaysThatNotEvenTheSmallestPictureFits() {
    assertThat(refusal(plan(device(1000, 0, ""), CONTENT, STYLE)))
        .endsWith("which has 0 MiB; not even 32 pixels fit, so use another backend.");
    assertThat(refusal(plan(device(1000, 0, "free some memory"), 32)))
        .endsWith("not even 32 pixels fit, so free some memory.");
  }

  @Test
  void picturesTooLargeForAnyTensorAreRefusedWithASizeToo() {
    MemoryPlan plan = plan(device(4 * GIB, 0, ""), new Dimensions(60000, 50000), STYLE);
    assertThat(refusal(plan))
        .contains("needs larger tensors than backend device can make; the largest that fits is");
    assertThatThrownBy(plan::peakBytes)
        .isInstanceOf(NstException.class)
        .hasMessageContaining("larger tensors");
  }

  @Test
  void onlyTheLargerPictureOfTheTwoIsMadeSmaller() {
    Dimensions small = new Dimensions(64, 64);
    assertThat(refusal(plan(device(GIB, 0, ""), CONTENT, small)))
        .contains("in the style of 64x64 pixels")
        .contains("(--size ");
  }

  @Test
  void workspacesCountAndWhatTheNetworkHoldsDoesNotCountTwice() {
    long without = plan(device(GIB, 0, ""), 512).peakBytes();
    MemoryPlan with = plan(device(GIB, 12345, ""), 512);
    assertThat(with.peakBytes()).isEqualTo(without + 12345);
    long enough = without / 16 * 17 + 17;
    plan(device(enough, 0, ""), 512).requireMemory(0);
    MemoryPlan tight = plan(device(enough - (1 << 20), 0, ""), 512);
    assertThatThrownBy(() -> tight.requireMemory(0)).isInstanceOf(NstException.class);
    tight.requireMemory(1 << 20);
  }

  @Test
  void halfAGigabyteHoldsFiveHundredTwelvePixelsInBfloat16() {
    // The project promises 1 GB with workspaces and the library's own overhead.
    assertThat(
            plan(device(GIB, 0, ""), new Dimensions(512, 512), new Dimensions(512, 512))
                .peakBytes())
        .isLessThan(GIB / 2);
  }
}
