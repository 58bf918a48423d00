package dev.nst.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.nst.NstException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostilePickleTest {
  private static final String[] NO_KEYS = {};

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "nt, system",
    "subprocess, Popen",
    "builtins, eval",
    "builtins, exec",
    "builtins, getattr",
    "__builtin__, eval",
    "importlib, import_module",
    "torch, load",
    "torch.hub, load",
    "torch.storage, _load_from_bytes",
    "torch._utils, _import_dotted_name",
    "torch.nn.modules.conv, Conv2d",
    "collections, OrderedDict.fromkeys",
    "collections, Counter",
    "numpy.core.multiarray, _reconstruct",
    "evil, FloatStorage",
    "torch.cuda, is_available"
  })
  void refusesFunctionsByName(String module, String name) throws IOException {
    String expected = "refuses to unpickle " + module + "." + name + ", because";
    PickleBytes called = new PickleBytes().global(module, name).raw("(").text("true").raw("tR");
    assertRefused(called, expected);
    PickleBytes onlyNamed = new PickleBytes().global(module, name);
    assertRefused(onlyNamed, expected);
    PickleBytes onStack =
        new PickleBytes().text(module).text(name).raw(0x93).raw("(").text("true").raw("tR");
    assertRefused(onStack, expected);
    PickleBytes instance = new PickleBytes().raw("(").text("true");
    assertRefused(instance.raw("i" + module + "\n" + name + "\n"), expected);
    PickleBytes object = new PickleBytes().raw("(").global(module, name).text("true").raw("o");
    assertRefused(object, expected);
    PickleBytes made = new PickleBytes().global(module, name).raw(")").raw(0x81);
    assertRefused(made, expected);
    PickleBytes nested =
        new PickleBytes().raw("}").text("state_dict").raw("}").text("features.0.weight");
    assertRefused(nested.global(module, name).text("x").raw(0x85).raw("Rss"), expected);
  }

  @Test
  void refusesThemInEveryPickleOfTheFile() throws IOException {
    byte[] evil =
        PickleBytes.protocol2().global("os", "system").text("x").raw(0x85).raw("R.").toByteArray();
    assertRefused(evil, "refuses to unpickle os.system");
    byte[] asKeys = PickleBytes.legacyStart().raw("}.").global("os", "system").toByteArray();
    assertRefused(asKeys, "refuses to unpickle os.system");
  }

  @Test
  void refusesAllowedClassesWhereTheyAreNoFunctions() throws IOException {
    PickleBytes instance = new PickleBytes().raw("(icollections\nOrderedDict\n");
    assertRefused(instance, "refuses the pickle instruction INST");
    PickleBytes object = new PickleBytes().raw("(").global("collections", "OrderedDict").raw("o");
    assertRefused(object, "refuses the pickle instruction OBJ");
    PickleBytes storage = new PickleBytes().global("torch", "FloatStorage").raw(")R");
    assertRefused(storage, "its pickle calls a storage class with a tuple");
    assertRefused(new PickleBytes().raw("})R"), "its pickle calls a dict with a tuple");
  }

  @ParameterizedTest
  @ValueSource(strings = {"I1\n", "L1L\n", "S'x'\n", "Vx\n", "F1\n", "0", "2", "g0\n", "P1\n"})
  void refusesInstructionsOfOldProtocolsByName(String instruction) throws IOException {
    assertRefused(new PickleBytes().raw(instruction), "refuses the pickle instruction ");
  }

  @Test
  void refusesExtensionsSetsAndBytes() throws IOException {
    assertRefused(new PickleBytes().raw(0x82, 1), "instruction EXT1,");
    assertRefused(new PickleBytes().raw(0x8f), "instruction EMPTY_SET,");
    assertRefused(new PickleBytes().raw(0x96), "instruction BYTEARRAY8,");
    assertRefused(new PickleBytes().raw(0x92), "instruction NEWOBJ_EX,");
    assertRefused(new PickleBytes().raw(0xff), "0xff is no instruction of a pickle");
    assertRefused(new PickleBytes().raw(0x80, 6), "pickle protocol 6 where 2 to 5");
  }

  @Test
  void refusesLengthsThatDoNotFitTheFile() throws IOException {
    assertRefused(new PickleBytes().raw("X").littleEndian(-1, 4), "a text of 4294967295 bytes");
    assertRefused(new PickleBytes().raw(0x8d).littleEndian(-1, 8), "18446744073709551615 bytes");
    assertRefused(new PickleBytes().raw(0x8d).littleEndian(1L << 62, 8), "does not fit");
    assertRefused(new PickleBytes().raw("T").littleEndian(-5, 4), "does not fit");
    assertRefused(new PickleBytes().raw("c" + "a".repeat(2000)), "longer than 1024 bytes");
    assertRefused(
        new PickleBytes().text("a".repeat((1 << 20) + 1)), "longer than a state dict needs");
    assertRefused(new PickleBytes().raw("X").littleEndian(1, 4).raw(0xff), "is not UTF-8");
  }

  @Test
  void refusesPicklesThatTakeMoreThanTheyMake() throws IOException {
    assertRefused(new PickleBytes().raw(0x85), "values that it has not made");
    assertRefused(new PickleBytes().raw("N(").raw(0x85), "values that it has not made");
    assertRefused(new PickleBytes().raw("t"), "a mark that it has not set");
    assertRefused(new PickleBytes().raw("h").raw(7), "recalls memo 7");
    assertRefused(new PickleBytes().raw("q").raw(7), "values that it has not made");
    assertRefused(new PickleBytes().raw("NN"), "ends with 2 values");
    assertRefused(new PickleBytes(), "ends with 0 values");
    assertRefused(new PickleBytes().raw("NNa"), "appends to None");
    assertRefused(new PickleBytes().raw("NNNs"), "sets items of None");
    assertRefused(new PickleBytes().raw("}(Nu"), "sets items of a dict");
    assertRefused(new PickleBytes().raw("NNb"), "sets the state of None to None");
    assertRefused(new PickleBytes().raw("NN").raw(0x93), "something other than text");
  }

  @Test
  void boundsTheNumberOfInstructions() throws IOException {
    assertRefused(new PickleBytes().raw("(".repeat(2_000_000)), "larger than the 1000000");
    assertRefused(new PickleBytes().raw("]".repeat(2_000_000)), "larger than the 1000000");
  }

  @Test
  void boundsWhatCallsCopy() throws IOException {
    PickleBytes pairs = new PickleBytes().global("collections", "OrderedDict").raw("q").raw(0);
    pairs.raw("](");
    for (int i = 0; i < 1000; i++) {
      pairs.raw("](").text("key" + i).raw("Ne");
    }
    pairs.raw("e").raw(0x85).raw("q").raw(1).raw("h\0h\1R".repeat(300_000));
    assertRefused(pairs, "larger than the 1000000");

    PickleBytes tensors = new PickleBytes().global("torch._utils", "_rebuild_tensor").raw("q");
    tensors.raw(0).raw("(").storage("FloatStorage", "k", 0).integer(0).tuple(new long[64]);
    tensors.tuple(new long[64]).raw("tq").raw(1).raw("h\0h\1R".repeat(300_000));
    assertRefused(tensors, "larger than the 1000000");
  }

  @Test
  void boundsTheTextOfAPickle() throws IOException {
    PickleBytes texts = new PickleBytes();
    for (int i = 0; i < 40; i++) {
      texts.text("a".repeat(1 << 20));
    }
    assertRefused(texts, "33554432 bytes that a state dict may take");
  }

  @Test
  void copesWithDeepNestingCyclesAndDoubling() throws IOException {
    PickleBytes deep = new PickleBytes().raw(")" + "\u0085".repeat(300_000));
    assertRefused(deep, "it holds a tuple where a state dict was expected");

    PickleBytes cyclic = new PickleBytes().raw("]q").raw(0).raw("h").raw(0).raw("a");
    assertRefused(cyclic, "it holds a list where a state dict was expected");

    PickleBytes doubling = new PickleBytes().raw(")q").raw(0);
    for (int i = 0; i < 200; i++) {
      doubling.raw("h").raw(0).raw(0x86).raw("q").raw(0);
    }
    assertRefused(doubling, "it holds a tuple where a state dict was expected");

    PickleBytes asKey = new PickleBytes().raw("}").raw(")" + "\u0085".repeat(300_000)).raw("Ns");
    assertThat(open(PickleBytes.legacy(asKey, NO_KEYS))).isZero();
  }

  @Test
  void keepsControlCharactersOfAFileOutOfMessages() throws IOException {
    PickleBytes named = new PickleBytes().text("os\u001b[2J\n").text("sys\rtem").raw(0x93);
    assertRefused(named, "refuses to unpickle os?[2J?.sys?tem,");
  }

  @Test
  void refusesTensorsThatReachBeyondTheirStorage() throws IOException {
    long huge = Long.MAX_VALUE;
    assertTensorRefused(4, 1, new long[] {4}, new long[] {1}, "reaches beyond its storage");
    assertTensorRefused(4, 5, new long[] {0}, new long[] {1}, "reaches beyond its storage");
    assertTensorRefused(4, 4, new long[] {}, new long[] {}, "reaches beyond its storage");
    assertTensorRefused(4, 0, new long[] {2}, new long[] {4}, "reaches beyond its storage");
    assertTensorRefused(4, huge, new long[] {2}, new long[] {huge}, "reaches beyond its storage");
    assertTensorRefused(4, 0, new long[] {3}, new long[] {huge}, "reaches beyond its storage");
    assertTensorRefused(
        4,
        0,
        new long[] {1 << 30, 1 << 30, 1 << 30},
        new long[] {0, 0, 0},
        "reaches beyond its storage");
    assertTensorRefused(4, 0, new long[] {1L << 31}, new long[] {0}, "too large");
    assertTensorRefused(4, 0, new long[] {-1}, new long[] {1}, "where a natural number");
    assertTensorRefused(4, -1, new long[] {1}, new long[] {1}, "where a natural number");
    assertTensorRefused(4, 0, new long[] {1}, new long[] {-1}, "where a natural number");
    assertTensorRefused(4, 0, new long[] {1, 1}, new long[] {1}, "do not match");
    assertTensorRefused(4, 0, new long[65], new long[65], "do not match");
  }

  @Test
  void refusesStoragesThatTheFileDoesNotHold() throws IOException {
    PickleBytes huge = dict().tensor("k", 1L << 61, 0, new long[] {1}, new long[] {1}).raw("s");
    assertRefused(PickleBytes.legacy(huge, NO_KEYS), "a storage of 2305843009213693952 elements");
    PickleBytes one = dict().tensor("k", 2, 0, new long[] {1}, new long[] {1}).raw("s");
    String[] key = {"k"};
    assertRefused(PickleBytes.legacy(one, NO_KEYS), "lacks the elements of some");
    assertRefused(PickleBytes.legacy(one, key, 1), "does not have the 2 elements");
    assertRefused(PickleBytes.legacy(one, key), "it ends early");
    assertRefused(PickleBytes.legacy(one, new String[] {"other"}, 2), "that no tensor uses");
    assertRefused(PickleBytes.legacy(one, new String[] {"k", "k"}, 2, 2), "a storage twice");
    assertThat(open(PickleBytes.legacy(one, key, 2))).isEqualTo(1);
    PickleBytes two =
        dict()
            .tensor("k", 2, 0, new long[] {1}, new long[] {1})
            .raw("s")
            .text("other")
            .tensor("k", 3, 0, new long[] {1}, new long[] {1})
            .raw("s");
    assertRefused(PickleBytes.legacy(two, key, 2), "not understood");
  }

  @Test
  void refusesWhatItDoesNotReadByItsName() throws IOException {
    PickleBytes view = new PickleBytes().raw("(").text("storage").global("torch", "FloatStorage");
    view.text("k").text("cpu").integer(0).raw("(").text("v").integer(0).integer(0).raw("ttQ");
    assertRefused(view, "a view of a storage, which nst does not read");
    PickleBytes module = new PickleBytes().raw("(").text("module").raw("NNNtQ");
    assertRefused(module, "a whole module where a state dict was expected");
    PickleBytes negated = new PickleBytes().global("torch._utils", "_rebuild_tensor_v2").raw("(");
    negated.storage("FloatStorage", "k", 0).integer(0).tuple(0).tuple(1).raw(0x89).raw("N");
    negated.raw("}").text("neg").raw(0x88).raw("stR");
    assertRefused(negated, "_rebuild_tensor_v2 with arguments that are not understood");
  }

  @Test
  void readsAnOrderedDictOfPython2() throws IOException {
    PickleBytes pairs = new PickleBytes().global("collections", "OrderedDict").raw("(](](U");
    pairs.raw(1).raw("k").tensor("k", 2, 0, new long[] {2}, new long[] {1}).raw("eetR");
    assertThat(open(PickleBytes.legacy(pairs, new String[] {"k"}, 2))).isEqualTo(1);
  }

  @Test
  void refusesABigEndianFile() throws IOException {
    byte[] file = PickleBytes.legacyStart().toByteArray();
    file[file.length - 3] = (byte) 0x89;
    assertRefused(file, "not written on a little-endian machine");
  }

  /** A dict waiting for the value under the key "tensor". */
  private static PickleBytes dict() {
    return new PickleBytes().raw("}").text("tensor");
  }

  private void assertTensorRefused(
      long elements, long offset, long[] shape, long[] strides, String expected)
      throws IOException {
    PickleBytes object = dict().tensor("k", elements, offset, shape, strides).raw("s");
    assertRefused(PickleBytes.legacy(object, new String[] {"k"}, elements), expected);
  }

  private void assertRefused(PickleBytes object, String expected) throws IOException {
    assertRefused(PickleBytes.legacy(object, NO_KEYS), expected);
  }

  private void assertRefused(byte[] file, String expected) {
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(NstException.class)
        .hasMessageContaining(expected)
        .hasMessageMatching("Weights file [^\\n\\r]*; [^\\n\\r]*\\.");
  }

  /** Returns how many tensors the file holds. */
  private int open(byte[] file) throws IOException {
    Path path = Files.write(directory.resolve("test.pth"), file);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return checkpoint.tensors().size();
    }
  }
}
