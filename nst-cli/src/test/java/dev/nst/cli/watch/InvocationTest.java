package dev.nst.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class InvocationTest {

  @Test
  void quotesWhatAShellWouldTakeApart() {
    Invocation invocation =
        new Invocation(
            "1", List.of("stylize", "--content=a/b-1.jpg", "--style", "it's $HOME.png", ""));
    assertThat(invocation.command())
        .isEqualTo("nst stylize --content=a/b-1.jpg --style 'it'\\''s $HOME.png' ''");
  }
}
