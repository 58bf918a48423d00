package dev.nst.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.nst.cli.watch.LossHistory.Point;
import dev.nst.transfer.Losses;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LossChartTest {

  private static final Pattern POINT = Pattern.compile("[ML]([-\\d.]+) ([-\\d.]+)");

  private static Element parsed(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<String> texts(Element svg) {
    NodeList nodes = svg.getElementsByTagName("text");
    return IntStream.range(0, nodes.getLength())
        .mapToObj(i -> nodes.item(i).getTextContent())
        .toList();
  }

  private static String curve(Element svg, String name) {
    NodeList paths = svg.getElementsByTagName("path");
    return IntStream.range(0, paths.getLength())
        .mapToObj(i -> (Element) paths.item(i))
        .filter(path -> path.getAttribute("class").equals("curve " + name))
        .findFirst()
        .orElseThrow()
        .getAttribute("d");
  }

  @Property(tries = 200)
  void drawsAnyLossesInsideOfItsFrame(
      @ForAll @Size(max = 40) List<@DoubleRange(min = 0, max = 1e20) Double> values,
      @ForAll @IntRange(min = 0, max = 15) int decades)
      throws Exception {
    List<Point> points = new ArrayList<>();
    for (double value : values) {
      double small = value * Math.pow(10, -decades);
      points.add(new Point(points.size(), new Losses(value + 2 * small, small, value, small)));
    }
    Element svg = parsed(LossChart.svg(points));
    for (String name : List.of("total", "content", "style", "tv")) {
      Matcher matcher = POINT.matcher(curve(svg, name));
      while (matcher.find()) {
        assertThat(Double.parseDouble(matcher.group(1))).isBetween(68.0, 744.0);
        assertThat(Double.parseDouble(matcher.group(2))).isBetween(14.0, 302.0);
      }
    }
    assertThat(texts(svg)).hasSizeLessThan(25).doesNotContain("NaN", "Infinity");
  }

  @Test
  void leavesOutALossOfZeroWhichHasNoLogarithm() throws Exception {
    List<Point> points =
        IntStream.range(0, 10).mapToObj(i -> new Point(i, TestRun.losses(i))).toList();
    Element svg = parsed(LossChart.svg(points));
    assertThat(POINT.matcher(curve(svg, "total")).results()).hasSize(10);
    assertThat(POINT.matcher(curve(svg, "content")).results()).hasSize(9);
  }

  @Test
  void labelsAxesWithRoundNumbers() throws Exception {
    List<Point> points =
        List.of(
            new Point(0, new Losses(2000, 10, 1980, 10)), new Point(4999, new Losses(11, 4, 5, 2)));
    assertThat(texts(parsed(LossChart.svg(points))))
        .containsExactly("10", "100", "1000", "0", "1000", "2000", "3000", "4000");
  }

  @Test
  void labelsLossesThatHardlyChange() throws Exception {
    List<Point> points =
        List.of(
            new Point(0, new Losses(1.31, 0, 0, 1.31)), new Point(2, new Losses(1.2, 0, 0, 1.2)));
    assertThat(texts(parsed(LossChart.svg(points)))).contains("1.2", "1.25", "1.3", "0", "1", "2");
  }

  @Test
  void writesVeryLargeAndSmallLossesShortly() {
    LogScale scale = new LogScale(1e-9, 1e9);
    assertThat(scale.label(1e7)).isEqualTo("1e7");
    assertThat(scale.label(1.5e-4)).isEqualTo("1.5e-4");
    assertThat(scale.label(20000)).isEqualTo("20000");
    assertThat(scale.label(.05)).isEqualTo("0.05");
  }
}
