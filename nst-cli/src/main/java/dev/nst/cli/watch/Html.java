package dev.nst.cli.watch;

import dev.nst.cli.watch.Scene.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What pages are made of. */
public final class Html {

  private Html() {}

  /** Returns text that shows as it is between tags and in quoted attributes. */
  public static String escape(String text) {
    StringBuilder html = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        default -> html.append(c);
      }
    }
    return html.toString();
  }

  /** Returns settings as a list of terms and their descriptions. */
  public static String list(List<Setting> settings) {
    StringBuilder html = new StringBuilder("<dl>\n");
    for (Setting setting : settings) {
      html.append("<div><dt>")
          .append(escape(setting.name()))
          .append("</dt><dd>")
          .append(escape(setting.value()))
          .append("</dd></div>\n");
    }
    return html.append("</dl>").toString();
  }

  /** Returns the style sheet that all pages share. */
  public static String styleSheet() {
    return resource(Html.class, "pages.css");
  }

  /**
   * Returns a text file that lies beside a class.
   *
   * @throws UncheckedIOException if the build lacks it
   */
  public static String resource(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the build of nst lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
