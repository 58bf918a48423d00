#!/usr/bin/env python3
"""Makes the goldens of dev.nst.image.Resize with PIL.

Usage: scripts/goldens/make_resize_goldens.py   (needs python3-pil and python3-numpy)

Writes, below nst-core/src/test/resources/dev/nst/image/resize:
  digests.csv           width,height,to_width,to_height,SHA-256 of the result's RGB bytes, row by row
  WxH-to-WxH.png        some of these results, so that a failing test can say how far off it is
The sources are not stored: `draw` below and TestPictures.draw in the tests give the same pixels.
"""

import hashlib
import pathlib
import shutil

import numpy as np
import PIL
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "nst-core/src/test/resources/dev/nst/image/resize"

SOURCES = [
    (1, 1), (1, 7), (7, 1), (1, 97), (101, 1), (2, 3), (13, 17), (37, 53), (64, 48), (97, 89),
    (3, 211), (251, 5), (640, 427), (1021, 769),
]
# Results of at most this many pixels, from sources of at most that many, are stored as PNG.
STORED_RESULT_PIXELS = 1200
STORED_SOURCE_PIXELS = 2000


def draw(width, height):
    """Tiles of smooth ramps and of noise, with hard edges between: uint8 [height, width, 3]."""
    y, x, c = np.meshgrid(
        np.arange(height, dtype=np.uint32),
        np.arange(width, dtype=np.uint32),
        np.arange(3, dtype=np.uint32),
        indexing="ij",
    )
    noise = (x * np.uint32(73856093)) ^ (y * np.uint32(19349663)) ^ (c * np.uint32(83492791))
    noise = noise ^ (noise >> np.uint32(13))
    noise = noise * np.uint32(0x5BD1E995)
    noise = noise ^ (noise >> np.uint32(15))
    ramp = x * np.uint32(3) + y * np.uint32(5) + c * np.uint32(40)
    tile = ((x // 8) + (y // 8)) % 2 == 0
    return (np.where(tile, noise, ramp) & 0xFF).astype(np.uint8)


def targets(width, height):
    sizes = [
        (1, 1), (1, height), (width, 1), (2, 2), (31, 29), (7, 19), (113, 127), (500, 1), (1, 500),
        (200, 7), (5, 300), (2 * width, 2 * height), (width + 1, height), (width, height + 1),
        (width, 3), (3, height), (max(1, width // 2), max(1, height // 2)),
        (max(1, width * 2 // 3), max(1, height * 2 // 3)), (width, height),
        (max(1, width - 1), max(1, height - 1)), (width * 5 // 4 + 1, max(1, height * 3 // 7)),
    ]
    return list(dict.fromkeys(sizes))


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    lines = [f"# PIL {PIL.__version__}, Image.resize((to_width, to_height), Image.BILINEAR)"]
    for width, height in SOURCES:
        source = Image.fromarray(draw(width, height))
        for to_width, to_height in targets(width, height):
            result = source.resize((to_width, to_height), Image.BILINEAR)
            digest = hashlib.sha256(result.tobytes()).hexdigest()
            lines.append(f"{width},{height},{to_width},{to_height},{digest}")
            if (
                to_width * to_height <= STORED_RESULT_PIXELS
                and width * height <= STORED_SOURCE_PIXELS
                and len(lines) % 4 == 0
            ):
                name = f"{width}x{height}-to-{to_width}x{to_height}.png"
                result.save(OUT / name, optimize=True)
    (OUT / "digests.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
