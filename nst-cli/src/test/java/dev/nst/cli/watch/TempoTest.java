package dev.nst.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TempoTest {

  @Test
  void doesNotCountTheFirstIterationWhichPreparesTheOthers() {
    Tempo tempo = new Tempo();
    tempo.onStep(1, 10);
    assertThat(tempo.perSecond()).isNaN();
    assertThat(tempo.secondsLeft(5)).isNaN();
    tempo.onStep(3, 11);
    assertThat(tempo.firstSeconds()).isEqualTo(10);
    assertThat(tempo.perSecond()).isEqualTo(2);
    assertThat(tempo.secondsLeft(7)).isEqualTo(2);
  }
}
