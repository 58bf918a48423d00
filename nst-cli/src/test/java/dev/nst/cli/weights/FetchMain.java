package dev.nst.cli.weights;

import dev.nst.cli.TestShell;
import java.nio.file.Path;

/** A process that fetches weights and says where they are. */
final class FetchMain {

  private FetchMain() {}

  public static void main(String[] args) {
    TestShell shell = new TestShell(Path.of(args[0]));
    WeightsChoice choice = WeightsFinder.of(shell.shell(), args[1]).find("auto");
    System.err.print(shell.err());
    System.out.println("RESULT " + ((WeightsChoice.Trained) choice).file());
  }
}
