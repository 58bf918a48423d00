package dev.nst.autograd.op;

import dev.nst.backend.Backend;
import dev.nst.backend.TensorAlgebra;
import dev.nst.tensor.Arena;
import dev.nst.tensor.Shape;
import dev.nst.tensor.Tensor;

/**
 * Square root of a positive definite matrix and its inverse, by the coupled Newton-Schulz iteration
 * (Higham 2008, "Functions of Matrices", eq. 6.35), all on the device: {@code Y = A / |A|, Z = I},
 * then {@link #STEPS} times {@code T = (3 I - Z Y) / 2, Y = Y T, Z = T Z}; {@code Y sqrt(|A|)} goes
 * to the root and {@code Z / sqrt(|A|)} to its inverse, |A| being Frobenius's norm.
 *
 * <p>Each step multiplies what an eigenvalue {@code v} of {@code A / |A|} lacks by 1.5 at most, so
 * after 12 steps eigenvalues below about 1e-4 |A| are still on their way up, and their inverse
 * roots stay below {@code 130 / sqrt(|A|)}. crowsonkb/style-transfer-pytorch stops there too, which
 * makes the number of steps part of its style term and not a matter of accuracy.
 *
 * @param root float32 {@code [C, C]}
 * @param inverse float32 {@code [C, C]}
 */
public record MatrixRoots(Tensor root, Tensor inverse) {

  /** Steps of the iteration. */
  public static final int STEPS = 12;

  /**
   * Computes the roots.
   *
   * @param arena where the roots are allocated, and working space that is given back
   * @param a float32 {@code [C, C]}, symmetric and positive definite
   * @param identity float32 {@code [C, C]}
   */
  public static MatrixRoots of(Backend backend, Arena arena, Tensor a, Tensor identity) {
    TensorAlgebra algebra = backend.algebra();
    Tensor squaredNorm = arena.allocate(Shape.scalar());
    algebra.dot(squaredNorm, a, a);
    Tensor y = arena.allocate(a.shape());
    algebra.scaleByPower(y, a, squaredNorm, 0, -0.5f, 1);
    Tensor z = arena.allocate(a.shape());
    backend.copy(z, identity);
    Tensor t = arena.allocate(a.shape());
    Tensor spare = arena.allocate(a.shape());
    for (int step = 0; step < STEPS; step++) {
      algebra.product(t, z, y, -0.5f);
      algebra.addScaled(t, identity, 1.5f);
      algebra.product(spare, y, t, 1);
      Tensor previousY = y;
      y = spare;
      algebra.product(previousY, t, z, 1);
      spare = z;
      z = previousY;
    }
    t.release();
    spare.release();
    algebra.scaleByPower(y, y, squaredNorm, 0, 0.25f, 1);
    algebra.scaleByPower(z, z, squaredNorm, 0, -0.25f, 1);
    squaredNorm.release();
    return new MatrixRoots(y, z);
  }

  /** Writes the identity into a new float32 matrix {@code [size, size]}. */
  public static Tensor identity(Backend backend, Arena arena, int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    Tensor identity = arena.allocate(Shape.matrix(size, size));
    backend.upload(identity, values);
    return identity;
  }
}
