package dev.nst.converter;

import dev.nst.converter.PickleValue.Storage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * The container that {@code torch.save} writes since PyTorch 1.6: a zip archive in which {@code
 * <name>/data.pkl} is the object, {@code <name>/data/<key>} the elements of a storage, and {@code
 * <name>/byteorder}, since PyTorch 2.1, {@code little} or {@code big}.
 */
final class ZipContainer {
  private static final String PICKLE = "/data.pkl";
  private static final int MAX_BYTE_ORDER_BYTES = 16;

  private ZipContainer() {}

  static CheckpointContents read(CheckpointFile file) {
    ZipDirectory zip = ZipDirectory.read(file);
    String root = findRoot(file, zip);
    if (zip.has(root + "/constants.pkl")) {
      throw file.damaged("it is a TorchScript archive, which holds a program and no state dict");
    }
    if (zip.has(root + "/byteorder") && !isLittle(file, zip.locate(root + "/byteorder"))) {
      throw file.damaged("it was not written on a little-endian machine");
    }
    ZipDirectory.Range pickle = zip.locate(root + PICKLE);
    PickleInput input = new PickleInput(file, pickle.position(), pickle.position() + pickle.size());
    TorchObjects torch = new TorchObjects(file);
    PickleValue object = PickleMachine.run(input, torch);

    Map<String, Long> positions = new HashMap<>();
    for (Storage storage : torch.storages().values()) {
      ZipDirectory.Range data = zip.locate(root + "/data/" + storage.key());
      if (data.size() != storage.elements() * storage.type().bytes()) {
        throw file.damaged(
            "a storage has "
                + data.size()
                + " bytes where "
                + storage.elements()
                + " elements were expected");
      }
      positions.put(storage.key(), data.position());
    }
    return new CheckpointContents(object, positions);
  }

  /** The folder in which everything lies: PyTorch names it after the file. */
  private static String findRoot(CheckpointFile file, ZipDirectory zip) {
    String root = null;
    for (String name : zip.names()) {
      if (name.endsWith(PICKLE)) {
        if (root != null) {
          throw file.damaged("it holds several objects named data.pkl");
        }
        root = name.substring(0, name.length() - PICKLE.length());
      }
    }
    if (root == null) {
      throw file.damaged("it is a zip archive without a data.pkl, so torch.save did not write it");
    }
    return root;
  }

  private static boolean isLittle(CheckpointFile file, ZipDirectory.Range order) {
    return order.size() <= MAX_BYTE_ORDER_BYTES
        && StandardCharsets.US_ASCII
            .decode(file.read(order.position(), (int) order.size()))
            .toString()
            .equals("little");
  }
}
