"""Weights and pictures made of arithmetic alone, the same bits in Python and in Java.

Everything comes from SplitMix64 used as a counter-based generator (Steele, Lea, Flood 2014,
"Fast splittable pseudorandom number generators"). The i-th uniform of a stream, i = 0, 1, ...:

    z = seed + (i + 1) * 0x9E3779B97F4A7C15                       (mod 2^64)
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9                     (mod 2^64)
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EB                     (mod 2^64)
    z = z ^ (z >>> 31)
    u = (z >>> 11) * 2^-53                                        in [0, 1), exact in a double

All that follows uses only + - * / and sqrt in IEEE double, in the order written, without fused
multiply-add, and one final rounding to float32; so a mirror in another language is exact.
The mirror: nst-core/src/test/java/dev/nst/contract/Synthetic{Weights,Images}.java.
"""

import numpy as np

GAMMA = 0x9E3779B97F4A7C15
WEIGHT_SEED = 0x6E73742D76676731  # ASCII "nst-vgg1"
IMAGE_SEED = 0x6E73742D696D6731  # ASCII "nst-img1"
MASK = (1 << 64) - 1

# (name of the tap, index N of `features.N` in torchvision's VGG-19, Cin, Cout)
CONVOLUTIONS = [
    ("conv1_1", 0, 3, 64),
    ("conv1_2", 2, 64, 64),
    ("conv2_1", 5, 64, 128),
    ("conv2_2", 7, 128, 128),
    ("conv3_1", 10, 128, 256),
    ("conv3_2", 12, 256, 256),
    ("conv3_3", 14, 256, 256),
    ("conv3_4", 16, 256, 256),
    ("conv4_1", 19, 256, 512),
    ("conv4_2", 21, 512, 512),
    ("conv4_3", 23, 512, 512),
    ("conv4_4", 25, 512, 512),
    ("conv5_1", 28, 512, 512),
    ("conv5_2", 30, 512, 512),
    ("conv5_3", 32, 512, 512),
    ("conv5_4", 34, 512, 512),
]

LATTICE = 5  # the smooth part of a picture interpolates a LATTICE x LATTICE grid per channel
SMOOTH_SHARE = 0.8
NOISE_SHARE = 0.2


def uniforms(seed, count):
    """The first `count` uniforms in [0, 1) of the stream `seed`, as float64."""
    with np.errstate(over="ignore"):
        i = np.arange(1, count + 1, dtype=np.uint64)
        z = np.uint64(seed & MASK) + i * np.uint64(GAMMA)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def weight(n, c_in, c_out):
    """`features.n.weight`, float32 [c_out, c_in, 3, 3] (OIHW), filled in row-major order.

    He-uniform: (2u - 1) * sqrt(6 / (9 * c_in)), stream WEIGHT_SEED + 2n.
    """
    u = uniforms(WEIGHT_SEED + 2 * n, c_out * c_in * 9)
    values = (2.0 * u - 1.0) * np.sqrt(6.0 / (9.0 * c_in))
    return values.astype(np.float32).reshape(c_out, c_in, 3, 3)


def bias(n, c_out):
    """`features.n.bias`, float32 [c_out]: (2u - 1) * 0.1, stream WEIGHT_SEED + 2n + 1."""
    u = uniforms(WEIGHT_SEED + 2 * n + 1, c_out)
    return ((2.0 * u - 1.0) * 0.1).astype(np.float32)


def state_dict():
    """All 16 convolutions as {`features.N.weight` | `features.N.bias`: float32 array}."""
    tensors = {}
    for _, n, c_in, c_out in CONVOLUTIONS:
        tensors[f"features.{n}.weight"] = weight(n, c_in, c_out)
        tensors[f"features.{n}.bias"] = bias(n, c_out)
    return tensors


def image(number, height, width):
    """Picture `number`: float32 [3, height, width], RGB in [0, 1), smooth with fine noise.

    One stream, IMAGE_SEED + number. Its first 3*5*5 uniforms are the lattice [3, 5, 5], the
    following 3*height*width the noise [3, height, width]. Pixel (y, x) lies in the lattice at
    fy = (y + 0.5) / height * 4, fx alike; with y0 = floor(fy), ty = fy - y0 and so on
        top    = a * (1 - tx) + b * tx       a, b = lattice[y0][x0], lattice[y0][x0 + 1]
        bottom = c * (1 - tx) + d * tx       c, d = the same one row below
        value  = 0.8 * (top * (1 - ty) + bottom * ty) + 0.2 * noise
    """
    lattice_size = 3 * LATTICE * LATTICE
    u = uniforms(IMAGE_SEED + number, lattice_size + 3 * height * width)
    lattice = u[:lattice_size].reshape(3, LATTICE, LATTICE)
    noise = u[lattice_size:].reshape(3, height, width)

    def position(size):
        f = (np.arange(size, dtype=np.float64) + 0.5) / size * (LATTICE - 1)
        low = np.floor(f).astype(np.int64)
        return low, f - low

    y0, ty = position(height)
    x0, tx = position(width)
    ty = ty[:, None]
    a = lattice[:, y0][:, :, x0]
    b = lattice[:, y0][:, :, x0 + 1]
    c = lattice[:, y0 + 1][:, :, x0]
    d = lattice[:, y0 + 1][:, :, x0 + 1]
    top = a * (1.0 - tx) + b * tx
    bottom = c * (1.0 - tx) + d * tx
    values = SMOOTH_SHARE * (top * (1.0 - ty) + bottom * ty) + NOISE_SHARE * noise
    return values.astype(np.float32)
