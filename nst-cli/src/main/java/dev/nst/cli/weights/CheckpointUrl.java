package dev.nst.cli.weights;

import dev.nst.NstException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a checkpoint can be downloaded. As torchvision's files do, its name carries the first
 * digits of its own SHA-256 after the last hyphen, by which a download is checked.
 *
 * @param uri http or https
 * @param fileName the last part of the path: {@code vgg19-dcbb9e9d.pth}
 * @param sha256Start the first eight or more hexadecimal digits of the file's SHA-256, in lower
 *     case
 */
public record CheckpointUrl(URI uri, String fileName, String sha256Start) {

  /** Where torchvision publishes its VGG-19. */
  public static final String TORCHVISION = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth";

  private static final Pattern NAME = Pattern.compile("[\\w.+-]*-([0-9a-fA-F]{8,64})\\.(pth|pt)");

  /**
   * Understands an address.
   *
   * @throws NstException if it is no http or https address or its file name has no digits to check
   *     by
   */
  public static CheckpointUrl parse(String address) {
    URI uri;
    try {
      uri = new URI(address.strip());
    } catch (URISyntaxException e) {
      throw new NstException("'" + address + "' is no web address: " + e.getReason() + ".", e);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw new NstException(
          "'"
              + address
              + "' is no web address to download weights from; it should begin with https://.");
    }
    String path = uri.getPath() == null ? "" : uri.getPath();
    String fileName = path.substring(path.lastIndexOf('/') + 1);
    Matcher matcher = NAME.matcher(fileName);
    if (!matcher.matches()) {
      throw new NstException(
          "The file name in '"
              + address
              + "' should end in a hyphen, the first eight digits of the file's SHA-256 and .pth, as in"
              + " vgg19-dcbb9e9d.pth, so that the download can be checked.");
    }
    return new CheckpointUrl(uri, fileName, matcher.group(1).toLowerCase(Locale.ROOT));
  }

  /** Returns the name of the converted file: {@code vgg19-dcbb9e9d.safetensors}. */
  String convertedName() {
    return stem() + ".safetensors";
  }

  /** Returns the file name without its extension. */
  String stem() {
    return fileName.substring(0, fileName.lastIndexOf('.'));
  }
}
