package dev.nst.converter;

import dev.nst.converter.PickleValue.Bool;
import dev.nst.converter.PickleValue.Dict;
import dev.nst.converter.PickleValue.Int;
import dev.nst.converter.PickleValue.None;
import dev.nst.converter.PickleValue.Real;
import dev.nst.converter.PickleValue.Sequence;
import dev.nst.converter.PickleValue.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.function.Consumer;

/**
 * The instructions of Python's pickle machine, with what each does here.
 *
 * <p>Names, codes and arguments are those of CPython's {@code pickletools}. An instruction without
 * an action is one that no state dict needs; it is refused by its name.
 */
enum Opcode {
  PROTO(0x80, m -> m.checkProtocol(m.input().unsignedByte())),
  FRAME(0x95, m -> m.input().signedLong()),
  STOP('.', PickleMachine::stop),
  MARK('(', PickleMachine::mark),

  NONE('N', m -> m.push(None.NONE)),
  NEWTRUE(0x88, m -> m.push(new Bool(true))),
  NEWFALSE(0x89, m -> m.push(new Bool(false))),
  BININT('J', m -> m.push(Int.of(m.input().signedInt()))),
  BININT1('K', m -> m.push(Int.of(m.input().unsignedByte()))),
  BININT2('M', m -> m.push(Int.of(m.input().unsignedShort()))),
  LONG1(0x8a, m -> m.push(new Int(m.input().integer(m.input().unsignedByte())))),
  BINFLOAT('G', m -> m.push(new Real(m.input().bigEndianDouble()))),
  BINUNICODE('X', m -> m.push(text(m, m.input().unsignedInt()))),
  SHORT_BINUNICODE(0x8c, m -> m.push(text(m, m.input().unsignedByte()))),
  BINUNICODE8(0x8d, m -> m.push(text(m, m.input().signedLong()))),
  /** Python 2 wrote its names with this and the next one. */
  BINSTRING('T', m -> m.push(string(m, m.input().signedInt()))),
  SHORT_BINSTRING('U', m -> m.push(string(m, m.input().unsignedByte()))),

  EMPTY_TUPLE(')', m -> m.pushTuple(0)),
  TUPLE('t', PickleMachine::pushTupleFromMark),
  TUPLE1(0x85, m -> m.pushTuple(1)),
  TUPLE2(0x86, m -> m.pushTuple(2)),
  TUPLE3(0x87, m -> m.pushTuple(3)),
  EMPTY_LIST(']', m -> m.push(new Sequence(new ArrayList<>()))),
  APPEND('a', m -> m.append(m.pop(1))),
  APPENDS('e', m -> m.append(m.popToMark())),
  EMPTY_DICT('}', m -> m.push(new Dict(new LinkedHashMap<>()))),
  SETITEM('s', m -> m.setItems(m.pop(2))),
  SETITEMS('u', m -> m.setItems(m.popToMark())),

  BINPUT('q', m -> m.memoize(m.input().unsignedByte())),
  LONG_BINPUT('r', m -> m.memoize(m.input().unsignedInt())),
  MEMOIZE(0x94, PickleMachine::memoizeNext),
  BINGET('h', m -> m.recall(m.input().unsignedByte())),
  LONG_BINGET('j', m -> m.recall(m.input().unsignedInt())),

  GLOBAL('c', PickleMachine::global),
  STACK_GLOBAL(0x93, PickleMachine::stackGlobal),
  REDUCE('R', PickleMachine::reduce),
  BUILD('b', PickleMachine::build),
  BINPERSID('Q', PickleMachine::loadPersistent),
  /** Names a class like {@link #GLOBAL} does, so that it is refused under that class's name. */
  INST('i', PickleMachine::instance),

  INT('I'),
  LONG('L'),
  LONG4(0x8b),
  FLOAT('F'),
  STRING('S'),
  UNICODE('V'),
  BINBYTES('B'),
  SHORT_BINBYTES('C'),
  BINBYTES8(0x8e),
  BYTEARRAY8(0x96),
  NEXT_BUFFER(0x97),
  READONLY_BUFFER(0x98),
  LIST('l'),
  DICT('d'),
  EMPTY_SET(0x8f),
  ADDITEMS(0x90),
  FROZENSET(0x91),
  POP('0'),
  DUP('2'),
  POP_MARK('1'),
  GET('g'),
  PUT('p'),
  EXT1(0x82),
  EXT2(0x83),
  EXT4(0x84),
  OBJ('o'),
  NEWOBJ(0x81),
  NEWOBJ_EX(0x92),
  PERSID('P');

  private static final Opcode[] BY_CODE = new Opcode[256];

  static {
    for (Opcode opcode : values()) {
      BY_CODE[opcode.code] = opcode;
    }
  }

  private final int code;
  private final Consumer<PickleMachine> action;

  Opcode(int code, Consumer<PickleMachine> action) {
    this.code = code;
    this.action = action;
  }

  Opcode(int code) {
    this.code = code;
    this.action = m -> m.refuse(this);
  }

  /** Reads the next instruction and does it. */
  static void runNext(PickleMachine machine) {
    int code = machine.input().unsignedByte();
    Opcode opcode = BY_CODE[code];
    if (opcode == null) {
      throw machine
          .input()
          .damaged("0x" + Integer.toHexString(code) + " is no instruction of a pickle");
    }
    opcode.action.accept(machine);
  }

  private static Text text(PickleMachine machine, long length) {
    return new Text(machine.input().text(length, StandardCharsets.UTF_8));
  }

  private static Text string(PickleMachine machine, long length) {
    return new Text(machine.input().text(length, StandardCharsets.ISO_8859_1));
  }
}
