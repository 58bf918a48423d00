package dev.nst.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.nst.NstException;
import dev.nst.backend.Availability;
import dev.nst.backend.Availability.Available;
import dev.nst.backend.Availability.Unavailable;
import dev.nst.backend.BackendProvider;
import dev.nst.backend.Backends;
import dev.nst.backend.Detail;
import dev.nst.cli.shell.Shell;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code nst devices}: what every backend says of this machine. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Lists the backends, best first, and why one is unavailable.",
    description = "With --verbose, also what each one found on this machine, and where.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n")
final class DevicesCommand implements Runnable {

  private final Shell shell;

  @ParentCommand private NstCommand nst;

  @Option(names = "--json", description = "Print a JSON array instead of a table.")
  private boolean json;

  DevicesCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public void run() {
    List<BackendProvider> providers = Backends.providers();
    if (json) {
      shell.out().println(toJson(providers));
    } else {
      printTable(providers);
    }
  }

  private void printTable(List<BackendProvider> providers) {
    String row = "%-11s %5s  %s%n";
    shell.out().printf(Locale.ROOT, row, "BACKEND", "RANK", "ON THIS MACHINE");
    for (BackendProvider provider : providers) {
      Availability answer = provider.probe();
      if (answer instanceof Available yes) {
        shell
            .out()
            .printf(
                Locale.ROOT,
                row,
                provider.name(),
                provider.rank(),
                "available: " + yes.description());
      } else if (answer instanceof Unavailable no) {
        shell
            .out()
            .printf(
                Locale.ROOT, row, provider.name(), provider.rank(), "Unavailable: " + no.reason());
        shell.out().printf(Locale.ROOT, row, "", "", "to use it: " + no.remedy());
      }
      for (Detail detail : details(provider)) {
        shell.out().printf(Locale.ROOT, row, "", "", detail.item() + ": " + detail.value());
      }
    }
    shell.out().println();
    shell.out().println("--backend auto takes the available one of the highest rank.");
  }

  /** Returns what there is to tell, which only {@code --verbose} asks for: it can take a while. */
  private List<Detail> details(BackendProvider provider) {
    return nst.verbose() ? provider.details() : List.of();
  }

  private String toJson(List<BackendProvider> providers) {
    StringWriter text = new StringWriter();
    try (JsonGenerator array = new JsonFactory().createGenerator(text)) {
      array.useDefaultPrettyPrinter();
      array.writeStartArray();
      for (BackendProvider provider : providers) {
        writeObject(array, provider);
      }
      array.writeEndArray();
    } catch (IOException e) {
      throw new NstException("Cannot write the list of backends as JSON.", e);
    }
    return text.toString();
  }

  private void writeObject(JsonGenerator object, BackendProvider provider) throws IOException {
    Availability answer = provider.probe();
    object.writeStartObject();
    object.writeStringField("name", provider.name());
    object.writeNumberField("rank", provider.rank());
    object.writeBooleanField("available", answer instanceof Available);
    if (answer instanceof Available yes) {
      object.writeStringField("description", yes.description());
    } else if (answer instanceof Unavailable no) {
      object.writeStringField("reason", no.reason());
      object.writeStringField("remedy", no.remedy());
    }
    if (nst.verbose()) {
      object.writeArrayFieldStart("details");
      for (Detail detail : details(provider)) {
        object.writeStartObject();
        object.writeStringField("item", detail.item());
        object.writeStringField("value", detail.value());
        object.writeEndObject();
      }
      object.writeEndArray();
    }
    object.writeEndObject();
  }
}
