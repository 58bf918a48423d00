package dev.nst.converter;

import dev.nst.converter.PickleValue.Bool;
import dev.nst.converter.PickleValue.Dict;
import dev.nst.converter.PickleValue.Int;
import dev.nst.converter.PickleValue.Sequence;
import dev.nst.converter.PickleValue.Storage;
import dev.nst.converter.PickleValue.Text;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * The container that {@code torch.save} wrote before PyTorch 1.6 and torchvision's older files use:
 * five pickles one after the other (a magic number, the protocol's version, facts about the
 * machine, the object, the list of its storages' keys), then for every storage the number of its
 * elements in eight bytes and the elements (see {@code _legacy_load} in {@code
 * torch/serialization.py}).
 */
final class LegacyContainer {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final BigInteger PROTOCOL_VERSION = BigInteger.valueOf(1001);

  private LegacyContainer() {}

  static CheckpointContents read(CheckpointFile file) {
    PickleInput input = new PickleInput(file, 0, file.size());
    TorchObjects torch = new TorchObjects(file);
    if (!isInt(PickleMachine.run(input, torch), MAGIC)) {
      throw file.damaged("it is a pickle, but not one that torch.save wrote");
    }
    if (!isInt(PickleMachine.run(input, torch), PROTOCOL_VERSION)) {
      throw file.damaged("its protocol version is not 1001");
    }
    boolean littleEndian =
        PickleMachine.run(input, torch) instanceof Dict machine
            && machine.entries().get("little_endian") instanceof Bool flag
            && flag.value();
    if (!littleEndian) {
      throw file.damaged("it was not written on a little-endian machine");
    }
    PickleValue root = PickleMachine.run(input, torch);
    PickleValue keys = PickleMachine.run(input, torch);
    if (!(keys instanceof Sequence list)) {
      throw file.damaged("its list of storages is " + keys.kind());
    }
    return new CheckpointContents(root, findStorages(file, input.position(), list, torch));
  }

  private static boolean isInt(PickleValue value, BigInteger expected) {
    return value instanceof Int integer && integer.value().equals(expected);
  }

  private static Map<String, Long> findStorages(
      CheckpointFile file, long start, Sequence keys, TorchObjects torch) {
    Map<String, Long> positions = new HashMap<>();
    long next = start;
    for (PickleValue key : keys.items()) {
      Storage storage = key instanceof Text text ? torch.storages().get(text.value()) : null;
      if (storage == null) {
        throw file.damaged("it lists a storage that no tensor uses");
      }
      long elements = file.read(next, Long.BYTES).getLong();
      long bytes = storage.elements() * storage.type().bytes();
      next += Long.BYTES;
      if (elements != storage.elements() || bytes > file.size() - next) {
        throw file.damaged(
            "it ends before its tensors do, or a storage does not have the "
                + storage.elements()
                + " elements it should");
      }
      if (positions.put(storage.key(), next) != null) {
        throw file.damaged("it lists a storage twice");
      }
      next += bytes;
    }
    if (positions.size() < torch.storages().size()) {
      throw file.damaged("it lacks the elements of some of its tensors");
    }
    return positions;
  }
}
