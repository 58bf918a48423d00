package dev.nst.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {

  @TempDir Path home;

  private Path library(String... place) throws IOException {
    Path file = home;
    for (String part : place) {
      file = file.resolve(part);
    }
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "a library");
  }

  private LibrarySearch search(String property, Map<String, String> environment) {
    return LibrarySearch.of(property, environment, home, home.resolve("fetched"));
  }

  @Test
  void whatTheUserNamesComesBeforeTheVariablesAndTheLoadersPath() throws IOException {
    Path named = library("named", "libthing.so.9");
    Path also = library("also", "libother.so.9");
    library("cuda", "lib64", "libthing.so.9");
    Path loader = library("loader", "libthird.so.9");
    library("loader", "libother.so.9");
    LibrarySearch search =
        search(
            named.getParent() + File.pathSeparator + also.getParent(),
            Map.of(
                "CUDA_HOME",
                home.resolve("cuda").toString(),
                "LD_LIBRARY_PATH",
                home.resolve("nowhere") + ":" + loader.getParent()));
    assertThat(search.find("libthing.so.9")).contains(named);
    assertThat(search.find("libother.so.9")).contains(also);
    assertThat(search.find("libthird.so.9")).contains(loader);
    assertThat(search.directories()).doesNotContain(home.resolve("nowhere"));
  }

  @Test
  void cudasOwnVariablesNameItsFolder() throws IOException {
    Path file = library("cuda", "lib64", "libthing.so.12");
    String root = home.resolve("cuda").toString();
    assertThat(search("", Map.of("CUDA_HOME", root)).find("libthing.so.12")).contains(file);
    assertThat(search("", Map.of("CUDA_PATH", root)).find("libthing.so.12")).contains(file);
  }

  @Test
  void pipsPackagesAreFoundInTheActiveEnvironmentAndBesidePython() throws IOException {
    Path site = Path.of("lib", "python3.12", "site-packages", "nvidia");
    Path active = library("venv", site.toString(), "cublas", "lib", "liba.so.12");
    Path beside = library("prefix", site.toString(), "cudnn", "lib", "libb.so.9");
    library("prefix", "bin", "python3");
    LibrarySearch search =
        search(
            "",
            Map.of(
                "VIRTUAL_ENV", home.resolve("venv").toString(),
                "PATH", home.resolve("prefix").resolve("bin").toString()));
    assertThat(search.find("liba.so.12")).contains(active);
    assertThat(search.find("libb.so.9")).contains(beside);
  }

  @Test
  void fetchedLibrariesAreFoundInEachVersionsFolder() throws IOException {
    Path fetched = library("fetched", "12.6-9.5", "libthing.so.12");
    assertThat(search("", Map.of()).find("libthing.so.1?")).contains(fetched);
  }

  @Test
  void whatIsNowhereIsNotFound() {
    assertThat(search("", Map.of()).find("libnst-does-not-exist.so")).isEmpty();
  }
}
