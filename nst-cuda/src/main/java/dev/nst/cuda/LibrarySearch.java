package dev.nst.cuda;

import dev.nst.io.CacheDirectory;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Knows where NVIDIA's libraries may lie: first what the user names with {@code -Dnst.cuda.lib},
 * then CUDA's own variables, the loader's path, what {@code nst cuda fetch} brought, pip's {@code
 * nvidia/*}{@code /lib} folders and the systems' usual places.
 *
 * @param directories existing directories, in the order of search
 */
record LibrarySearch(List<Path> directories) {

  /** Name of the system property with directories to search first, separated as in a class path. */
  static final String PROPERTY = "nst.cuda.lib";

  private static final List<String> USUAL =
      List.of(
          "/usr/local/cuda/lib64",
          "/usr/local/cuda-12/lib64",
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/usr/lib/wsl/lib",
          "/usr/local/nvidia/lib64",
          "/opt/cuda/lib64");

  /** Where Python installations keep packages, below their prefix. */
  private static final List<String> PACKAGES =
      List.of(
          "lib/python3*/site-packages", "lib/python3*/dist-packages", "lib/python3/dist-packages");

  /** Searches as this process's settings say. */
  static LibrarySearch here() {
    return of(
        System.getProperty(PROPERTY, ""),
        System.getenv(),
        Path.of(System.getProperty("user.home")),
        CacheDirectory.of("cuda"));
  }

  /** Searches as another process would. */
  static LibrarySearch of(
      String property, Map<String, String> environment, Path home, Path fetched) {
    Set<Path> found = new LinkedHashSet<>();
    addAll(found, property);
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      String root = environment.getOrDefault(variable, "");
      if (!root.isBlank()) {
        add(found, Path.of(root, "lib64"));
        add(found, Path.of(root, "lib"));
        add(found, Path.of(root, "bin"));
      }
    }
    addAll(found, environment.getOrDefault("LD_LIBRARY_PATH", ""));
    matches(fetched, "*").forEach(directory -> add(found, directory));
    for (Path prefix : pythonPrefixes(environment, home)) {
      for (String packages : PACKAGES) {
        for (Path site : walk(prefix, packages)) {
          walk(site, "nvidia/*/lib").forEach(directory -> add(found, directory));
        }
      }
    }
    USUAL.forEach(directory -> add(found, Path.of(directory)));
    return new LibrarySearch(List.copyOf(found));
  }

  private static void addAll(Set<Path> found, String path) {
    for (String directory : path.split(File.pathSeparator)) {
      if (isPath(directory)) {
        add(found, Path.of(directory));
      }
    }
  }

  /** Variables may hold anything; Windows has characters that no path has. */
  private static boolean isPath(String text) {
    try {
      return !text.isBlank() && !Path.of(text).toString().isEmpty();
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static void add(Set<Path> found, Path directory) {
    if (Files.isDirectory(directory)) {
      found.add(directory.toAbsolutePath().normalize());
    }
  }

  /** The active environment, that of each python3 on the path, the user's own and the system's. */
  private static Set<Path> pythonPrefixes(Map<String, String> environment, Path home) {
    Set<Path> prefixes = new LinkedHashSet<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      String prefix = environment.getOrDefault(variable, "");
      if (!prefix.isBlank()) {
        prefixes.add(Path.of(prefix));
      }
    }
    for (String directory : environment.getOrDefault("PATH", "").split(File.pathSeparator)) {
      if (!isPath(directory)) {
        continue;
      }
      Path bin = Path.of(directory);
      if (bin.isAbsolute() && Files.exists(bin.resolve("python3")) && bin.getParent() != null) {
        prefixes.add(bin.getParent());
      }
    }
    prefixes.add(home.resolve(".local"));
    prefixes.add(Path.of("/usr/local"));
    prefixes.add(Path.of("/usr"));
    return prefixes;
  }

  /** Returns the directories below {@code root} that match a path of glob patterns. */
  private static List<Path> walk(Path root, String pattern) {
    List<Path> level = List.of(root);
    for (String part : pattern.split("/")) {
      List<Path> next = new ArrayList<>();
      level.forEach(directory -> next.addAll(matches(directory, part)));
      level = next;
    }
    return level;
  }

  private static List<Path> matches(Path directory, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, glob)) {
        entries.forEach(found::add);
      } catch (IOException e) {
        // A directory that cannot be read holds no libraries for us.
        return List.of();
      }
    }
    found.sort(null);
    return found;
  }

  /** Returns the first file that matches a glob pattern: {@code libnvrtc-builtins.so.12*}. */
  Optional<Path> find(String glob) {
    return findAll(glob).stream().findFirst();
  }

  /** Returns all files that match a glob pattern, in the order of search. */
  List<Path> findAll(String glob) {
    return directories.stream()
        .flatMap(directory -> matches(directory, glob).stream())
        .filter(Files::isRegularFile)
        .toList();
  }
}
