package dev.nst.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.IFD;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFEntry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFWriter;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * What stands in a written file beside its pixels: that they are sRGB, and the text of the options.
 *
 * <p>PNG: chunk sRGB, one iTXt chunk for each text. TIFF: a profile, and two tags for text:
 * Software, and ImageDescription for all the rest, a line each. JPEG: an EXIF block with these tags
 * and ColorSpace 1. BMP: nothing.
 */
final class OutputMetadata {
  private static final int EXIF_MARKER = 0xe1;
  private static final byte[] EXIF_PREFIX = {'E', 'x', 'i', 'f', 0, 0};
  private static final int COLOR_SPACE_TAG = 0xa001;
  private static final int COLOR_SPACE_SRGB = 1;

  private OutputMetadata() {}

  /** Metadata for a writer, or null where the format has none. */
  static IIOMetadata of(
      PictureFormat format,
      Map<String, String> text,
      ImageWriter writer,
      ImageTypeSpecifier type,
      ImageWriteParam parameters)
      throws IOException {
    return switch (format) {
      case PNG -> png(text, writer.getDefaultImageMetadata(type, parameters));
      case JPEG -> jpeg(text, writer.getDefaultImageMetadata(type, parameters));
      case TIFF -> tiff(text, writer.getDefaultImageMetadata(type, parameters));
      case BMP, GIF, WEBP -> null;
    };
  }

  private static IIOMetadata png(Map<String, String> text, IIOMetadata metadata)
      throws IOException {
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = new IIOMetadataNode(format);
    IIOMetadataNode srgb = new IIOMetadataNode("sRGB");
    srgb.setAttribute("renderingIntent", "Perceptual");
    root.appendChild(srgb);
    if (!text.isEmpty()) {
      IIOMetadataNode entries = new IIOMetadataNode("iTXt");
      text.forEach((keyword, value) -> entries.appendChild(pngText(keyword, value)));
      root.appendChild(entries);
    }
    metadata.mergeTree(format, root);
    return metadata;
  }

  private static IIOMetadataNode pngText(String keyword, String value) {
    IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
    entry.setAttribute("keyword", keyword);
    entry.setAttribute("compressionFlag", "FALSE");
    entry.setAttribute("compressionMethod", "0");
    entry.setAttribute("languageTag", "");
    entry.setAttribute("translatedKeyword", "");
    entry.setAttribute("text", value);
    return entry;
  }

  private static IIOMetadata jpeg(Map<String, String> text, IIOMetadata metadata)
      throws IOException {
    List<Entry> tags = tags(text);
    TIFFEntry srgb = new TIFFEntry(COLOR_SPACE_TAG, TIFF.TYPE_SHORT, COLOR_SPACE_SRGB);
    tags.add(new TIFFEntry(TIFF.TAG_EXIF_IFD, TIFF.TYPE_LONG, new IFD(List.of(srgb))));
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(EXIF_PREFIX);
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(block)) {
      new TIFFWriter().write(tags, out);
    }
    IIOMetadataNode exif = new IIOMetadataNode("unknown");
    exif.setAttribute("MarkerTag", Integer.toString(EXIF_MARKER));
    exif.setUserObject(block.toByteArray());
    String format = metadata.getNativeMetadataFormatName();
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
    root.getElementsByTagName("markerSequence").item(0).appendChild(exif);
    metadata.setFromTree(format, root);
    return metadata;
  }

  private static List<Entry> tags(Map<String, String> text) {
    List<Entry> tags = new ArrayList<>();
    texts(text).forEach((tag, value) -> tags.add(new TIFFEntry(tag, value)));
    return tags;
  }

  private static IIOMetadata tiff(Map<String, String> text, IIOMetadata metadata)
      throws IOException {
    TIFFDirectory directory = TIFFDirectory.createFromMetadata(metadata);
    BaselineTIFFTagSet tags = BaselineTIFFTagSet.getInstance();
    texts(text)
        .forEach(
            (tag, value) -> {
              // The JDK writes the low byte of each character; readers expect UTF-8.
              String[] bytes = {new String(value.getBytes(UTF_8), ISO_8859_1)};
              directory.addTIFFField(
                  new TIFFField(tags.getTag(tag), TIFFTag.TIFF_ASCII, bytes.length, bytes));
            });
    byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData();
    TIFFTag profileTag = tags.getTag(BaselineTIFFTagSet.TAG_ICC_PROFILE);
    directory.addTIFFField(
        new TIFFField(profileTag, TIFFTag.TIFF_UNDEFINED, profile.length, profile));
    return directory.getAsMetadata();
  }

  /** The text by TIFF tag. */
  private static Map<Integer, String> texts(Map<String, String> text) {
    Map<String, String> rest = new LinkedHashMap<>(text);
    String software = rest.remove(OutputOptions.SOFTWARE);
    Map<Integer, String> tags = new TreeMap<>();
    if (!rest.isEmpty()) {
      String description =
          rest.entrySet().stream()
              .map(entry -> entry.getKey() + ": " + entry.getValue())
              .collect(Collectors.joining("\n"));
      tags.put(TIFF.TAG_IMAGE_DESCRIPTION, description);
    }
    if (software != null) {
      tags.put(TIFF.TAG_SOFTWARE, software);
    }
    return tags;
  }
}
