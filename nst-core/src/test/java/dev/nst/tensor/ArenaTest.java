package dev.nst.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nst.NstException;
import dev.nst.contract.FakeAllocator;
import dev.nst.contract.FakeAllocator.Block;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ArenaTest {

  private final FakeAllocator memory = new FakeAllocator();
  private final Arena arena = new Arena("test", memory);

  @Test
  void aNewTensorHasTheShapeAndTypeThatWereAskedFor() {
    Tensor tensor = arena.allocate(Shape.matrix(3, 5), DType.F16);
    assertEquals(Shape.matrix(3, 5), tensor.shape());
    assertEquals(DType.F16, tensor.type());
    assertSame(arena, tensor.arena());
    assertEquals(DType.F32, arena.allocate(Shape.scalar()).type());
  }

  @Test
  void countsThePaddedBytesOfTheBackend() {
    Tensor small = arena.allocate(Shape.vector(1));
    arena.allocate(Shape.vector(5));
    assertEquals(16 + 32, arena.bytesInUse());
    small.release();
    assertEquals(32, arena.bytesInUse());
    assertEquals(48, arena.bytesReserved());
    assertEquals(48, arena.peakBytes());
  }

  @Test
  void aReleasedBlockIsHandedOutAgainForAnotherShapeOfItsSize() {
    Tensor first = arena.allocate(Shape.vector(3));
    Storage block = first.storage(Storage.class);
    first.release();
    Tensor second = arena.allocate(Shape.matrix(2, 2));
    assertSame(block, second.storage(Storage.class));
    assertEquals(1, memory.blocks().size());
    assertEquals(16, arena.bytesReserved());
  }

  @Test
  void aBlockInUseIsNeverShared() {
    Tensor first = arena.allocate(Shape.vector(3));
    Tensor second = arena.allocate(Shape.vector(3));
    assertFalse(first.storage(Block.class) == second.storage(Block.class));
  }

  @Test
  void aReleasedTensorCanNoLongerBeUsed() {
    Tensor tensor = arena.allocate(Shape.vector(3));
    tensor.release();
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> tensor.storage(Storage.class));
    assertTrue(refusal.getMessage().contains("[1, 1, 1, 3]"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("'test'"), refusal.getMessage());
    assertTrue(tensor.toString().contains("released"), tensor.toString());
  }

  @Test
  void aSecondReleaseDoesNotFreeTheNextTensorOfTheBlock() {
    Tensor first = arena.allocate(Shape.vector(3));
    first.release();
    Tensor second = arena.allocate(Shape.vector(3));
    first.release();
    assertEquals(16, arena.bytesInUse());
    assertFalse(second.isReleased());
  }

  @Test
  void aTensorIsRefusedToABackendThatDidNotMakeIt() {
    interface OtherStorage extends Storage {}
    Tensor tensor = arena.allocate(Shape.vector(3));
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> tensor.storage(OtherStorage.class));
    assertTrue(refusal.getMessage().contains("another backend"), refusal.getMessage());
  }

  @Test
  void resetReleasesEveryTensorAndKeepsTheBlocks() {
    Tensor tensor = arena.allocate(Shape.vector(3));
    arena.allocate(Shape.vector(9));
    arena.reset();
    assertTrue(tensor.isReleased());
    assertEquals(0, arena.bytesInUse());
    assertEquals(16 + 48, arena.bytesReserved());
    assertTrue(memory.blocks().stream().noneMatch(Block::isFreed));
  }

  @Property
  void everyRoundAfterTheFirstMeetsTheSameBlocksInTheSameOrder(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 20) Integer> lengths) {
    // Of its own, since jqwik keeps the fields of this class from try to try.
    FakeAllocator fresh = new FakeAllocator();
    try (Arena rounds = new Arena("rounds", fresh)) {
      List<Storage> first = blocksOfOneRound(rounds, lengths);
      for (int round = 0; round < 3; round++) {
        rounds.reset();
        assertEquals(first, blocksOfOneRound(rounds, lengths));
      }
      assertEquals(lengths.size(), fresh.blocks().size());
    }
  }

  private static List<Storage> blocksOfOneRound(Arena arena, List<Integer> lengths) {
    List<Storage> blocks = new ArrayList<>();
    for (int length : lengths) {
      blocks.add(arena.allocate(Shape.vector(length)).storage(Storage.class));
    }
    return blocks;
  }

  @Test
  void aSealedArenaAllocatesNoMoreButItsTensorsStay() {
    Tensor tensor = arena.allocate(Shape.vector(3));
    arena.seal();
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> arena.allocate(Shape.vector(3)));
    assertTrue(refusal.getMessage().contains("sealed"), refusal.getMessage());
    assertEquals(16, tensor.storage(Storage.class).bytes());
  }

  @Test
  void closingGivesEveryBlockBackOnceAndForbidsUse() {
    Tensor used = arena.allocate(Shape.vector(3));
    arena.allocate(Shape.vector(100)).release();
    arena.close();
    arena.close();
    assertTrue(memory.blocks().stream().allMatch(Block::isFreed));
    assertEquals(0, arena.bytesInUse());
    assertEquals(0, arena.bytesReserved());
    assertThrows(IllegalStateException.class, () -> used.storage(Storage.class));
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> arena.allocate(Shape.vector(3)));
    assertTrue(refusal.getMessage().contains("closed"), refusal.getMessage());
  }

  @Test
  void anAllocationThatTheBackendRefusesCountsNothing() {
    StorageAllocator exhausted =
        new StorageAllocator() {
          @Override
          public long bytesFor(Shape shape, DType type) {
            return shape.size();
          }

          @Override
          public Storage allocate(long bytes) {
            throw new NstException("no memory left");
          }
        };
    try (Arena poor = new Arena("poor", exhausted)) {
      assertThrows(NstException.class, () -> poor.allocate(Shape.vector(3)));
      assertEquals(0, poor.bytesInUse());
      assertEquals(0, poor.bytesReserved());
      assertEquals(0, poor.peakBytes());
    }
  }
}
