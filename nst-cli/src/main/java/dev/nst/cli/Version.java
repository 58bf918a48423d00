package dev.nst.cli;

import dev.nst.NstException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Knows the version that the build gave the command line. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      name(), "Java %s (%s)".formatted(Runtime.version(), System.getProperty("java.vendor"))
    };
  }

  /** Returns the program's name and version, as {@code nst 1.0}. */
  static String name() {
    return "nst " + number();
  }

  /** Returns the version alone. */
  static String number() {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new NstException("Cannot read the version of nst; build it anew.", e);
    }
    return properties.getProperty("version");
  }
}
