#!/usr/bin/env python3
"""Makes the small picture files that the tests of dev.nst.image.Images read, with PIL.

Usage: scripts/goldens/make_picture_files.py   (needs python3-pil and python3-numpy)

Writes, below nst-core/src/test/resources/dev/nst/image:
  exif/      one upright picture stored in the eight EXIF orientations (JPEG), and two others
  formats/   pictures of every format and colour model; NAME.expected.png is what each shows
"""

import pathlib
import shutil
import struct

import numpy as np
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "nst-core/src/test/resources/dev/nst/image"

BLOCK = 8
BLOCK_COLOURS = [
    [(200, 40, 40), (40, 180, 60), (50, 60, 200)],
    [(220, 210, 40), (30, 30, 30), (230, 230, 230)],
]
# What undoes the turn that a viewer makes for each value of the tag.
STORED_AS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
ORIENTATION_TAG, MAKE_TAG, SHORT, ASCII = 0x0112, 0x010F, 3, 2


def upright():
    """24x16, six flat blocks on JPEG's own grid, so that compression leaves them nearly alone."""
    blocks = np.array(BLOCK_COLOURS, np.uint8)
    return Image.fromarray(blocks.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1))


def exif(orientation, endian):
    """A TIFF header and one directory of two entries; Make comes first, as cameras write it."""
    start = b"II*\0" if endian == "<" else b"MM\0*"
    make = struct.pack(endian + "HHI4s", MAKE_TAG, ASCII, 4, b"nst\0")
    tag = struct.pack(endian + "HHIHH", ORIENTATION_TAG, SHORT, 1, orientation, 0)
    directory = struct.pack(endian + "H", 2) + make + tag + struct.pack(endian + "I", 0)
    return b"Exif\0\0" + start + struct.pack(endian + "I", 8) + directory


def stored(orientation):
    turn = STORED_AS[orientation]
    return upright() if turn is None else upright().transpose(turn)


def make_exif():
    folder = fresh("exif")
    upright().save(folder / "upright.png")
    for orientation in STORED_AS:
        endian = "<" if orientation % 2 else ">"
        stored(orientation).save(
            folder / f"orientation-{orientation}.jpg",
            quality=95, subsampling=0, exif=exif(orientation, endian),
        )
    stored(6).save(folder / "orientation-6.png", exif=exif(6, ">"))
    stored(8).save(folder / "orientation-8.tif", tiffinfo={ORIENTATION_TAG: 8})


def rgba():
    y, x = np.mgrid[0:9, 0:11].astype(np.int64)
    return np.stack([x * 23, y * 28, (x + y) * 12, 255 - x * 25], -1).astype(np.uint8)


def over_white(pixels):
    colour, alpha = pixels[..., :3].astype(np.int64), pixels[..., 3:].astype(np.int64)
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


def linear_profile():
    """An ICC profile with sRGB's primaries (D50) and no tone curve: samples are linear light."""
    def fixed(*numbers):
        return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)

    def xyz(*numbers):
        return b"XYZ \0\0\0\0" + fixed(*numbers)

    text = b"linear\0"
    curve = b"curv" + bytes(8)
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": xyz(0.9642, 1, 0.8249),
        b"rXYZ": xyz(0.4361, 0.2225, 0.0139),
        b"gXYZ": xyz(0.3851, 0.7169, 0.0971),
        b"bXYZ": xyz(0.1431, 0.0606, 0.7141),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    start = 128 + 4 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for signature, content in tags.items():
        table += signature + struct.pack(">II", start + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    header = struct.pack(">I4sI4s4s4s", start + len(data), bytes(4), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", 2025, 1, 1, 0, 0, 0, b"acsp") + bytes(28)
    header += fixed(0.9642, 1, 0.8249)
    return header + bytes(128 - len(header)) + table + data


def make_formats():
    folder = fresh("formats")
    pixels = rgba()
    rgb = Image.fromarray(pixels[..., :3].copy())
    grey = Image.fromarray(pixels[..., 0].copy())

    def save(name, picture, expected=None, **options):
        picture.save(folder / name, **options)
        if expected is None:
            expected = picture.convert("RGB")
        expected.save(folder / f"{name}.expected.png")

    save("rgb.png", rgb)
    save("rgb.bmp", rgb)
    save("rgb.tif", rgb)
    save("rgb-lzw.tiff", rgb, compression="tiff_lzw")
    save("rgb-deflate.tiff", rgb, compression="tiff_adobe_deflate")
    save("rgb-named.jpg", rgb, format="PNG")
    save("grey.png", grey)
    save("grey.bmp", grey)
    save("grey.tif", grey)
    save("bilevel.png", grey.convert("1"))
    save("palette.png", rgb.quantize(7))
    save("palette.gif", rgb.quantize(16))
    save(
        "animation.gif",
        rgb.quantize(16), save_all=True, append_images=[grey.convert("RGB").quantize(16)],
    )

    rgba_picture = Image.fromarray(pixels)
    white = Image.fromarray(over_white(pixels))
    save("rgba.png", rgba_picture, white)
    save("rgba.tif", rgba_picture, white)
    grey_alpha = pixels[..., [0, 0, 0, 3]]
    save(
        "grey-alpha.png",
        Image.merge("LA", [Image.fromarray(grey_alpha[..., i].copy()) for i in (0, 3)]),
        Image.fromarray(over_white(grey_alpha)),
    )
    see_through = pixels[..., :3].copy()
    see_through[2:4, 2:5] = (9, 8, 7)
    seen = see_through.copy()
    seen[2:4, 2:5] = 255
    save(
        "rgb-transparent-colour.png",
        Image.fromarray(see_through), Image.fromarray(seen), transparency=(9, 8, 7),
    )
    indexed = Image.fromarray((np.mgrid[0:9, 0:11][1] % 3).astype(np.uint8), "P")
    indexed.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    shown = np.array(indexed.convert("RGB"))
    shown[np.array(indexed) == 1] = 255
    save("palette-transparent.png", indexed, Image.fromarray(shown), transparency=1)
    save("palette-transparent.gif", indexed, Image.fromarray(shown), transparency=1)

    deep = np.arange(99, dtype=np.uint32).reshape(9, 11) * 668
    rounded = ((deep * 255 + 32767) // 65535).astype(np.uint8)
    save("grey16.png", Image.fromarray(deep.astype(np.uint16)), Image.fromarray(rounded).convert("RGB"))

    # JPEG decoders may differ by a few 255ths, so these are flat blocks, compared with a tolerance.
    save("blocks.jpg", upright(), quality=95, subsampling=0)
    save("blocks-progressive.jpg", upright(), quality=95, subsampling=0, progressive=True)
    save("blocks-grey.jpg", upright().convert("L"), quality=95)

    # 55/255 of white's light is 128/255 in the curve of sRGB (IEC 61966-2-1).
    linear, srgb = (Image.new("RGB", (16, 16), (value,) * 3) for value in (55, 128))
    save("profile.tif", linear, srgb, icc_profile=linear_profile())
    save("profile.jpg", linear, srgb, icc_profile=linear_profile())

    upright().convert("CMYK").save(folder / "cmyk.jpg")
    rgb.save(folder / "rgb.webp")


def fresh(name):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


if __name__ == "__main__":
    make_exif()
    make_formats()
