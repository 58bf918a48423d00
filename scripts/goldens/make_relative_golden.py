#!/usr/bin/python3
"""Makes the golden file of the relative losses: the recipe `quick` on synthetic weights.

Losses and gradient at one start, from PyTorch in float64, stored as float32. Weights, pictures and
the start are those of make_goldens.py's file of the same size, which must be there.

Usage: make_relative_golden.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import json
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import recipe
import safetensors_file
import synthetic
from make_goldens import CONTENT_IMAGE, OUTPUT, STYLE_IMAGE, deviations

CONTENT_SIZE, STYLE_SIZE, POOLING = (33, 47), (40, 35), "max"
CONTENT_WEIGHT, STYLE_WEIGHT, TV_WEIGHT = 1.0, 100.0, 2.0
STYLE_LAYERS = {f"conv{block}_1": 0.2 for block in range(1, 6)}


def relative_error(actual, target):
    """mean((actual - target)^2) / mean(target^2)."""
    return F.mse_loss(actual, target) / target.square().mean()


def mean_gram(features_map):
    """G = F Ft / (H W), each map by its own area."""
    return recipe.gram(features_map) / (features_map.shape[2] * features_map.shape[3])


def compute(state_dict, other_number, dtype):
    """{name: float64 array}, computed in `dtype`."""
    weights = recipe.to_weights(state_dict, dtype)
    content, style, x = (
        recipe.normalise(synthetic.image(number, *size), dtype)
        for number, size in (
            (CONTENT_IMAGE, CONTENT_SIZE),
            (STYLE_IMAGE, STYLE_SIZE),
            (other_number, CONTENT_SIZE),
        )
    )
    with torch.no_grad():
        target = recipe.features(weights, content, [recipe.CONTENT_LAYER], POOLING)
        paint = recipe.features(weights, style, STYLE_LAYERS, POOLING)
    x.requires_grad_(True)
    maps = recipe.features(weights, x, {recipe.CONTENT_LAYER, *STYLE_LAYERS}, POOLING)
    content_loss = CONTENT_WEIGHT * relative_error(
        maps[recipe.CONTENT_LAYER], target[recipe.CONTENT_LAYER]
    )
    terms = [
        STYLE_WEIGHT * weight * relative_error(mean_gram(maps[tap]), mean_gram(paint[tap]))
        for tap, weight in STYLE_LAYERS.items()
    ]
    style_loss = sum(terms)
    tv_loss = TV_WEIGHT * recipe.tv(x)
    total = content_loss + style_loss + tv_loss
    total.backward()
    losses = [total, content_loss, style_loss, tv_loss]
    return {
        "start.other.losses": np.array([value.item() for value in losses]),
        "start.other.style_terms": np.array([term.item() for term in terms]),
        "start.other.gradient": x.grad[0].double().numpy(),
    }


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    torch.set_num_threads(1)
    size = f"{CONTENT_SIZE[0]}x{CONTENT_SIZE[1]}-{POOLING}"
    other = read_metadata(OUTPUT / f"gatys-{size}.safetensors")["other"]
    state_dict = synthetic.state_dict()
    reference = compute(state_dict, int(other), torch.float64)
    metadata = {
        "content": f"image {CONTENT_IMAGE}, {CONTENT_SIZE[0]}x{CONTENT_SIZE[1]} (HxW)",
        "style": f"image {STYLE_IMAGE}, {STYLE_SIZE[0]}x{STYLE_SIZE[1]} (HxW)",
        "other": other,
        "pooling": POOLING,
        "made_by": f"scripts/goldens/make_relative_golden.py, torch {torch.__version__}",
        **deviations(reference, compute(state_dict, int(other), torch.float32)),
    }
    path = output / f"quick-{size}.safetensors"
    safetensors_file.write(path, reference, metadata)
    print(f"{path.name}: {path.stat().st_size} bytes", metadata, reference["start.other.losses"])


def read_metadata(path):
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length])["__metadata__"]


if __name__ == "__main__":
    main()
