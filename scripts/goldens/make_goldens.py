#!/usr/bin/python3
"""Makes the golden files: the recipe `gatys` on synthetic weights and pictures, from PyTorch.

References are computed in float64 (from float32 weights and pictures) and stored as float32. The
same is computed in float32; how far that lies from the reference is stored as metadata, because
it tells how much of a test's tolerance honest float32 arithmetic needs.

Usage: make_goldens.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import pathlib
import sys

import numpy as np
import torch

import recipe
import safetensors_file
import synthetic

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
OUTPUT = REPOSITORY / "nst-core/src/test/resources/dev/nst/contract/goldens"

# (height, width) of the content and of the style; odd sizes make the pooling floor.
CASES = [((32, 32), (40, 35)), ((33, 47), (40, 35)), ((48, 37), (32, 32))]
CONTENT_IMAGE, STYLE_IMAGE = 1, 2
# The second start is the one of these pictures that stays farthest from the places where the
# gradient jumps (a ReLU's zero, a tie in a pooling window): there rounding alone decides which side
# is taken, and no tolerance would tell that from a mistake.
OTHER_CANDIDATES = range(3, 603)
POOLINGS = ("max", "avg")
ADAM_STEPS = 10

SAMPLES = 256
SAMPLE_STEP = 104729  # the 10,000th prime: visits all rows, columns and channels

TAPS = [tap for tap, _, _, _ in synthetic.CONVOLUTIONS]


def sample(values):
    """Up to 256 of the flattened values: the k-th is the one at (k * 104729) mod size."""
    flat = values.reshape(-1)
    return flat[np.arange(min(SAMPLES, flat.size), dtype=np.int64) * SAMPLE_STEP % flat.size]


def compute(state_dict, content_size, style_size, other_number, pooling, dtype):
    """Everything one file holds, computed in `dtype`: {name: float64 array}."""
    weights = recipe.to_weights(state_dict, dtype)
    content, style, other = (
        recipe.normalise(synthetic.image(number, *size), dtype)
        for number, size in (
            (CONTENT_IMAGE, content_size),
            (STYLE_IMAGE, style_size),
            (other_number, content_size),
        )
    )
    found = {}
    with torch.no_grad():
        for tap, map_ in recipe.features(weights, content, TAPS, pooling).items():
            values = map_[0].double().numpy()
            norm = np.sqrt(np.square(values).sum())
            found[f"features.{tap}.summary"] = np.array([*values.shape, values.mean(), norm])
            found[f"features.{tap}.samples"] = sample(values)

    objective = recipe.Objective(weights, content, style, pooling)
    for name, start in (("content", content), ("other", other)):
        x = start.clone().requires_grad_(True)
        total, content_loss, style_loss, tv, terms = objective.losses(x)
        total.backward()
        losses = [total, content_loss, style_loss, tv]
        found[f"start.{name}.losses"] = np.array([value.item() for value in losses])
        found[f"start.{name}.style_terms"] = np.array([term.item() for term in terms])
        found[f"start.{name}.gradient"] = x.grad[0].double().numpy()
    # At `other`, x now holds the start whose content term is not zero. Its gradient alone, because
    # in the sum the shallow style layers would drown an error of the deep ones.
    x.grad = None
    objective.losses(x)[1].backward()
    found["start.other.content_gradient"] = x.grad[0].double().numpy()

    rows = []
    final = recipe.adam(
        objective,
        content,
        ADAM_STEPS,
        listener=lambda i, losses, x: rows.append([value.item() for value in losses[:4]]),
    )
    found["adam.losses"] = np.array(rows)
    found["adam.image"] = final[0].double().numpy()
    return found


def kink_margin(weights, number, size, pooling, enough=0.0):
    """How near a picture comes to a kink below conv5_2, over the root mean square of its layer.

    Stops as soon as the margin is not above `enough`.
    """
    x = recipe.normalise(synthetic.image(number, *size), torch.float64)
    margin = float("inf")
    with torch.no_grad():
        for layer_margin in recipe.kink_margins(weights, x, pooling):
            margin = min(margin, layer_margin)
            if margin <= enough:
                break
    return margin


def choose_other(state_dict, size, pooling):
    """(number, margin) of the candidate that stays farthest from kinks."""
    weights = recipe.to_weights(state_dict, torch.float64)
    number, margin = None, 0.0
    for candidate in OTHER_CANDIDATES:
        found = kink_margin(weights, candidate, size, pooling, enough=margin)
        if found > margin:
            number, margin = candidate, found
    return number, margin


def deviations(reference, single):
    """{name: text}: max |single - reference| over the reference's root mean square, per tensor."""
    answer = {}
    for name, expected in reference.items():
        difference = np.abs(single[name] - expected).max()
        rms = np.sqrt(np.square(expected).mean())
        answer[f"float32_deviation.{name}"] = f"{difference / rms:.3g}"
    return answer


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    output.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    state_dict = synthetic.state_dict()
    for content_size, style_size in CASES:
        for pooling in POOLINGS:
            number, margin = choose_other(state_dict, content_size, pooling)
            case = (state_dict, content_size, style_size, number, pooling)
            reference = compute(*case, torch.float64)
            single = compute(*case, torch.float32)
            metadata = {
                "content": f"image {CONTENT_IMAGE}, {content_size[0]}x{content_size[1]} (HxW)",
                "style": f"image {STYLE_IMAGE}, {style_size[0]}x{style_size[1]} (HxW)",
                "other": str(number),
                "other_kink_margin": f"{margin:.3g}",
                "pooling": pooling,
                "made_by": f"scripts/goldens/make_goldens.py, torch {torch.__version__}",
                **deviations(reference, single),
            }
            path = output / f"gatys-{content_size[0]}x{content_size[1]}-{pooling}.safetensors"
            safetensors_file.write(path, reference, metadata)
            report(path, reference, metadata)
    write_synthetic(output / "synthetic.safetensors", state_dict)


def write_synthetic(path, state_dict):
    """The first and last four values of every synthetic tensor, to check a mirror of them."""
    tensors = {name: sample_ends(values) for name, values in state_dict.items()}
    for number, (height, width) in ((1, (32, 32)), (2, (40, 35)), (3, (33, 47))):
        values = synthetic.image(number, height, width)
        tensors[f"image.{number}.{height}x{width}"] = values
    safetensors_file.write(path, tensors, {"made_by": "scripts/goldens/make_goldens.py"})


def sample_ends(values):
    flat = values.reshape(-1)
    return np.concatenate([flat[:4], flat[-4:]])


def report(path, reference, metadata):
    print(f"{path.name}: {path.stat().st_size} bytes")
    for key, value in metadata.items():
        if ".features." not in key and key not in ("content", "style", "other", "made_by"):
            print(f"  {key} = {value}")
    worst = max(float(v) for k, v in metadata.items() if ".features." in k)
    print(f"  worst float32 deviation of a feature tensor = {worst}")
    for name in ("start.content.losses", "start.content.style_terms", "start.other.losses"):
        print(f"  {name} = {reference[name]}")
    print(f"  adam total = {reference['adam.losses'][:, 0]}")


if __name__ == "__main__":
    main()
