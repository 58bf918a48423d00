#!/usr/bin/python3
"""Traces the recipe `gatys` on real weights and pictures from ../shared, in PyTorch.

The trace is float32, as the Java code computes; a second one in float64 measures the noise.

Usage: make_trace.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import json
import pathlib
import sys

import numpy as np
import torch
from PIL import Image

import recipe
from make_goldens import OUTPUT, REPOSITORY

SHARED = REPOSITORY.parent / "shared"
CONTENT = SHARED / "images/content/tubingen.jpg"
STYLE = SHARED / "images/style/starry_night.jpg"
WEIGHTS = SHARED / "weights/vgg19-features.pth"
SIZE = 128
ITERATIONS = 50
NAMES = ("total", "content", "style", "tv")


def read_image(path, size):
    """[3, H, W] float32 in [0, 1], shorter edge `size`, longer floor(size * long / short)."""
    image = Image.open(path).convert("RGB")
    width, height = image.size
    short, long = min(width, height), max(width, height)
    scaled = size * long // short
    target = (size, scaled) if width <= height else (scaled, size)
    if image.size != target:
        image = image.resize(target, Image.BILINEAR)
    return np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / np.float32(255)


def trace(state_dict, dtype):
    """[[total, content, style, tv] before each step], as Python floats."""
    objective_content = recipe.normalise(read_image(CONTENT, SIZE), dtype)
    style = recipe.normalise(read_image(STYLE, SIZE), dtype)
    objective = recipe.Objective(recipe.to_weights(state_dict, dtype), objective_content, style)
    rows = []
    recipe.adam(
        objective,
        objective_content,
        ITERATIONS,
        listener=lambda i, losses, x: rows.append([value.item() for value in losses[:4]]),
    )
    return rows


def write(path, rows):
    """Writes a trace, one JSON object per iteration, with all digits."""
    with open(path, "w", encoding="ascii") as out:
        for i, row in enumerate(rows):
            print(json.dumps({"iteration": i, **dict(zip(NAMES, row))}), file=out)


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    torch.set_num_threads(1)
    state_dict = torch.load(WEIGHTS, map_location="cpu")
    single = trace(state_dict, torch.float32)
    write(output / f"trace-gatys-{SIZE}.jsonl", single)
    double = trace(state_dict, torch.float64)
    write(output / f"trace-gatys-{SIZE}-float64.jsonl", double)
    for i in (0, 1, 10, ITERATIONS - 1):
        shown = {
            name: f"{s:.9g} ({s / d - 1:+.1e})" if d else f"{s:.9g}"
            for name, s, d in zip(NAMES, single[i], double[i])
        }
        print(f"iteration {i}, float32 (relative deviation from float64): {shown}")
    worst = np.max(np.abs(np.array(single)[1:] / np.array(double)[1:] - 1), axis=0)
    print("largest relative deviation from iteration 1:", dict(zip(NAMES, worst)))


if __name__ == "__main__":
    main()
