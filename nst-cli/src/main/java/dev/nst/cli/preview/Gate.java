package dev.nst.cli.preview;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Keeps other web sites, which the user's browser may have open as well, away from the preview.
 *
 * <p>A site can have its own name lead to this machine (DNS rebinding) and would then be of the
 * same origin as the preview; but its requests carry that name, so only names that are the
 * preview's are answered. A site can also send requests whose answers it may not read; stopping a
 * run therefore needs a secret that stands in the page.
 */
final class Gate {

  private static final int TOKEN_BYTES = 16;

  /** No name server has a say in where an address leads. */
  private static final Pattern ADDRESS =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+(%[^]]*)?]");

  private static final Pattern PORT = Pattern.compile(":\\d*$");

  private final String ownName;
  private final String token;

  /**
   * Chooses a secret.
   *
   * @param ownName the name that the user gave the preview
   */
  Gate(String ownName) {
    this.ownName = ownName.toLowerCase(Locale.ROOT);
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    token = HexFormat.of().formatHex(random);
  }

  /** Returns the secret of this run. */
  String token() {
    return token;
  }

  /** Returns whether a request names the preview as what it wants to reach. */
  boolean admits(Headers request) {
    String host = request.getFirst("Host");
    if (host == null) {
      return false;
    }
    String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
    return name.equals("localhost") || name.equals(ownName) || ADDRESS.matcher(name).matches();
  }

  /** Returns whether a request that was admitted comes from the page itself. */
  boolean trusts(Headers request) {
    String origin = request.getFirst("Origin");
    String given = request.getFirst("X-Nst-Token");
    return origin != null
        && origin.equalsIgnoreCase("http://" + request.getFirst("Host"))
        && given != null
        && MessageDigest.isEqual(bytes(given), bytes(token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
