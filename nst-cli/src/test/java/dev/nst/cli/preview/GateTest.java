package dev.nst.cli.preview;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

  private final Gate gate = new Gate("Studio.local");

  private static Headers headers(String... namesAndValues) {
    Headers headers = new Headers();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.set(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8645",
        "LOCALHOST:1",
        "127.0.0.1:8645",
        "[::1]:8645",
        "[fe80::1%eth0]",
        "192.168.0.7",
        "studio.local:80"
      })
  void admitsAddressesAndItsOwnNames(String host) {
    assertThat(gate.admits(headers("Host", host))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8645",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8645",
        "evil.example#127.0.0.1",
        "127.0.0.1@evil.example",
        "",
        "[::1].evil.example",
        "xlocalhost"
      })
  void refusesNamesThatLeadHereByDnsRebinding(String host) {
    assertThat(gate.admits(headers("Host", host))).isFalse();
  }

  @Test
  void refusesRequestsWithoutAName() {
    assertThat(gate.admits(headers())).isFalse();
  }

  @Test
  void trustsOnlyItsOwnPageThatKnowsTheSecret() {
    String host = "localhost:8645";
    String origin = "http://" + host;
    String token = gate.token();
    assertThat(gate.trusts(headers("Host", host, "Origin", origin, "X-Nst-Token", token))).isTrue();
    assertThat(gate.trusts(headers("Host", host, "X-Nst-Token", token))).isFalse();
    assertThat(gate.trusts(headers("Host", host, "Origin", origin))).isFalse();
    assertThat(gate.trusts(headers("Host", host, "Origin", "null", "X-Nst-Token", token)))
        .isFalse();
    assertThat(
            gate.trusts(
                headers("Host", host, "Origin", "http://evil.example", "X-Nst-Token", token)))
        .isFalse();
  }

  @Property(tries = 100)
  void trustsNoOtherSecret(@ForAll String guess) {
    assertThat(
            gate.trusts(
                headers(
                    "Host",
                    "localhost",
                    "Origin",
                    "http://localhost",
                    "X-Nst-Token",
                    guess.replaceAll("[\\r\\n]", ""))))
        .isFalse();
  }

  @Test
  void choosesAnotherSecretEveryTime() {
    assertThat(gate.token()).hasSize(32).isNotEqualTo(new Gate("localhost").token());
  }
}
