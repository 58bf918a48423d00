package dev.nst.converter;

import dev.nst.NstException;
import dev.nst.converter.PickleValue.Callable;
import dev.nst.converter.PickleValue.Dict;
import dev.nst.converter.PickleValue.Sequence;
import dev.nst.converter.PickleValue.Text;
import dev.nst.converter.PickleValue.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs one pickle: a stack, a memo, and the instructions of {@link Opcode}.
 *
 * <p>A pickle can do no more than build {@link PickleValue}s. What names and calls mean is said by
 * {@link TorchObjects}, which refuses all that a state dict does not need. Nothing here recurses,
 * and the number of instructions and of items they copy is bounded, and with it memory and time.
 */
final class PickleMachine {
  /** A state dict takes about 35 instructions for a tensor, so this is room for 28,000 tensors. */
  private static final int MAX_INSTRUCTIONS = 1_000_000;

  /** Bounds the text in a pickle, which is kept in memory. */
  private static final long MAX_BYTES = 32L << 20;

  private static final int MIN_PROTOCOL = 2;
  private static final int MAX_PROTOCOL = 5;

  private final PickleInput input;
  private final TorchObjects torch;
  private final List<PickleValue> stack = new ArrayList<>();

  /** The heights of the stack at which marks were set, the latest first. */
  private final Deque<Integer> marks = new ArrayDeque<>();

  private final Map<Long, PickleValue> memo = new HashMap<>();
  private boolean stopped;

  /** Instructions so far, and items that calls copied, each of which counts as one. */
  private long charged;

  private PickleMachine(PickleInput input, TorchObjects torch) {
    this.input = input;
    this.torch = torch;
  }

  /** Runs the pickle at the input's position and returns what it makes. */
  static PickleValue run(PickleInput input, TorchObjects torch) {
    PickleMachine machine = new PickleMachine(input, torch);
    long start = input.position();
    while (!machine.stopped) {
      machine.charge(1);
      if (input.position() - start > MAX_BYTES) {
        throw machine.tooLarge();
      }
      Opcode.runNext(machine);
    }
    return machine.pop(1).get(0);
  }

  private void charge(int instructions) {
    charged += instructions;
    if (charged > MAX_INSTRUCTIONS) {
      throw tooLarge();
    }
  }

  private NstException tooLarge() {
    return input.damaged(
        "its pickle is larger than the "
            + MAX_INSTRUCTIONS
            + " instructions and "
            + MAX_BYTES
            + " bytes that a state dict may take");
  }

  PickleInput input() {
    return input;
  }

  void checkProtocol(int protocol) {
    if (protocol < MIN_PROTOCOL || protocol > MAX_PROTOCOL) {
      throw input.damaged("it has pickle protocol " + protocol + " where 2 to 5 was expected");
    }
  }

  void stop() {
    if (stack.size() != 1 || !marks.isEmpty()) {
      throw input.damaged("its pickle ends with " + stack.size() + " values where 1 was expected");
    }
    stopped = true;
  }

  void refuse(Opcode opcode) {
    throw input.damaged(
        "nst refuses the pickle instruction " + opcode + ", which a state dict does not need");
  }

  void push(PickleValue value) {
    stack.add(value);
  }

  void mark() {
    marks.push(stack.size());
  }

  /** Takes the topmost {@code count} values above the latest mark, the lowest of them first. */
  List<PickleValue> pop(int count) {
    int floor = marks.isEmpty() ? 0 : marks.peek();
    if (stack.size() - count < floor) {
      throw input.damaged("its pickle takes values that it has not made");
    }
    return popFrom(stack.size() - count);
  }

  List<PickleValue> popToMark() {
    if (marks.isEmpty()) {
      throw input.damaged("its pickle takes values down to a mark that it has not set");
    }
    return popFrom(marks.pop());
  }

  private List<PickleValue> popFrom(int height) {
    List<PickleValue> top = stack.subList(height, stack.size());
    List<PickleValue> values = List.copyOf(top);
    top.clear();
    return values;
  }

  private PickleValue peek() {
    PickleValue top = pop(1).get(0);
    push(top);
    return top;
  }

  void pushTuple(int count) {
    push(new Tuple(pop(count)));
  }

  void pushTupleFromMark() {
    push(new Tuple(popToMark()));
  }

  void append(List<PickleValue> items) {
    if (!(peek() instanceof Sequence list)) {
      throw input.damaged("its pickle appends to " + peek().kind());
    }
    list.items().addAll(items);
  }

  void setItems(List<PickleValue> keysAndValues) {
    if (!(peek() instanceof Dict dict) || keysAndValues.size() % 2 != 0) {
      throw input.damaged("its pickle sets items of " + peek().kind());
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      if (keysAndValues.get(i) instanceof Text key) {
        dict.entries().put(key.value(), keysAndValues.get(i + 1));
      }
    }
  }

  void memoize(long index) {
    memo.put(index, peek());
  }

  void memoizeNext() {
    memoize(memo.size());
  }

  void recall(long index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw input.damaged("its pickle recalls memo " + index + ", which it has not stored");
    }
    push(value);
  }

  void global() {
    String module = input.line(StandardCharsets.UTF_8);
    push(torch.resolve(module, input.line(StandardCharsets.UTF_8)));
  }

  void stackGlobal() {
    List<PickleValue> names = pop(2);
    if (names.get(0) instanceof Text module && names.get(1) instanceof Text name) {
      push(torch.resolve(module.value(), name.value()));
    } else {
      throw input.damaged("its pickle names a class by something other than text");
    }
  }

  void instance() {
    global();
    refuse(Opcode.INST);
  }

  void reduce() {
    List<PickleValue> call = pop(2);
    if (call.get(0) instanceof Callable function && call.get(1) instanceof Tuple arguments) {
      // The same long list can be given to any number of calls, each of which copies it.
      arguments.items().forEach(argument -> charge(argument.size()));
      push(torch.call(function, arguments.items(), input));
    } else {
      throw input.damaged("its pickle calls " + call.get(0).kind() + " with " + call.get(1).kind());
    }
  }

  void build() {
    PickleValue state = pop(1).get(0);
    torch.checkState(peek(), state, input);
  }

  void loadPersistent() {
    push(torch.load(pop(1).get(0), input));
  }
}
