#!/usr/bin/python3
"""Makes the golden files of the recipes `crowsonkb` and `neural-style-pt`, from their formulas.

Traces of the losses over two stages (crowsonkb) and of L-BFGS (neural-style-pt), on synthetic
weights and pictures, in float64, stored as float32. How far float32 arithmetic comes from that is
stored as metadata.

Usage: make_recipe_goldens.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import recipe
import safetensors_file
import synthetic
from make_goldens import CONTENT_IMAGE, OUTPUT, STYLE_IMAGE, deviations
from make_terms_golden import gaussian, newton_schulz, nine_point

CONTENT_SIZE, STYLE_SIZE = (52, 64), (50, 56)  # height, width
FIRST_BLOCKS = [f"conv{block}_1" for block in range(1, 6)]
CONTENT_TAP = "conv4_2"

# crowsonkb: long edge 64, of which round(64 / sqrt(2)) = 45 is the other scale.
SCALES, ITERATIONS = (45, 64), (12, 8)
CK_WEIGHTS = dict(zip(FIRST_BLOCKS, (256 / 341, 64 / 341, 16 / 341, 4 / 341, 1 / 341)))

LBFGS_STEPS = 8
# Not the recipe's 5, 100, 1e-3: with features as small as the synthetic network's the total
# variation, whose gradient jumps, would be nearly all of the loss, and steps without a line search
# would amplify rounding a hundredfold each.
NSP_CONTENT, NSP_STYLE, NSP_TV = 500.0, 1e6, 1e-5
CAFFE_MEAN = (123.68, 116.779, 103.939)


def features(weights, x, taps, replicate):
    """recipe.features with max-pooling, and conv1_1 padded by replication where wanted."""
    if not replicate:
        return recipe.features(weights, x, taps)
    first = F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), "replicate"), *weights["conv1_1"]))
    found = {"conv1_1": first} if "conv1_1" in taps else {}
    x = first
    for tap, _, _, _ in synthetic.CONVOLUTIONS[1:]:
        x = F.relu(F.conv2d(x, *weights[tap], padding=1))
        if tap in taps:
            found[tap] = x
        x = recipe.pool(x, tap, "max")
    return found


def normalise(rgb):
    mean = torch.tensor(recipe.MEAN, dtype=rgb.dtype).view(1, 3, 1, 1)
    std = torch.tensor(recipe.STD, dtype=rgb.dtype).view(1, 3, 1, 1)
    return (rgb - mean) / std


def picture(number, size, dtype):
    return torch.as_tensor(synthetic.image(number, *size)).to(dtype)[None]


def fit(size, long_edge, enlarge):
    """(height, width) of long edge `long_edge`, as crowsonkb rounds it."""
    h, w = size
    if not enlarge and max(h, w) <= long_edge:
        return size
    if h > w:
        return long_edge, round(long_edge * w / h)
    return round(long_edge * h / w), long_edge


def resized(image, size, dtype):
    """PIL's bilinear filter in floats, which nst approaches in 16 bits; the image if it fits."""
    if tuple(image.shape[2:]) == tuple(size):
        return image
    channels = [Image.fromarray(channel, "F") for channel in image[0].float().numpy()]
    small = [channel.resize((size[1], size[0]), Image.BILINEAR) for channel in channels]
    return torch.tensor(np.stack([np.asarray(channel) for channel in small])).to(dtype)[None]


class Wasserstein(torch.autograd.Function):
    """Squared Wasserstein-2 distance over C; its gradient in closed form."""

    @staticmethod
    def forward(ctx, x, target_mean, target_covariance, root):
        f, mean, covariance = gaussian(x)
        middle, inverse = newton_schulz(root @ covariance @ root)
        p = torch.eye(len(f), dtype=f.dtype) - root @ inverse @ root
        gradient = p @ (f - mean[:, None]) + (mean - target_mean)[:, None]
        ctx.save_for_backward((2 / f.numel() * gradient).reshape(x.shape))
        trace = torch.diag(target_covariance + covariance - 2 * middle).mean()
        return (mean - target_mean).square().mean() + trace

    @staticmethod
    def backward(ctx, gradient):
        return ctx.saved_tensors[0] * gradient, None, None, None


def crowsonkb_losses(weights, content, style):
    """The losses of one scale as a function of a picture in [0, 1]."""
    with torch.no_grad():
        wanted = features(weights, normalise(content), [CONTENT_TAP], True)[CONTENT_TAP]
        paint = features(weights, normalise(style), FIRST_BLOCKS, True)
        targets = {}
        for tap in FIRST_BLOCKS:
            _, mean, covariance = gaussian(paint[tap])
            targets[tap] = (mean, covariance, newton_schulz(covariance)[0])

    def losses(x):
        maps = features(weights, normalise(x), {CONTENT_TAP, *FIRST_BLOCKS}, True)
        content_loss = 0.015 * F.mse_loss(maps[CONTENT_TAP], wanted)
        style_loss = sum(
            weight * Wasserstein.apply(maps[tap], *targets[tap])
            for tap, weight in CK_WEIGHTS.items()
        )
        tv_loss = 2 * nine_point(x)
        return content_loss + style_loss + tv_loss, content_loss, style_loss, tv_loss

    return losses


def crowsonkb(state_dict, dtype):
    weights = recipe.to_weights(state_dict, dtype)
    content = picture(CONTENT_IMAGE, CONTENT_SIZE, dtype)
    style = picture(STYLE_IMAGE, STYLE_SIZE, dtype)
    image, state, rows = None, None, []
    for scale, iterations in zip(SCALES, ITERATIONS):
        target = resized(content, fit(CONTENT_SIZE, scale, True), dtype)
        paint = resized(style, fit(STYLE_SIZE, scale, False), dtype)
        size = target.shape[2:]
        start = target if image is None else F.interpolate(image, size, mode="bicubic")
        x = start.clone().clamp_(0, 1).requires_grad_(True)
        optimiser = torch.optim.Adam([x], lr=0.02, betas=(0.9, 0.99), eps=1e-8)
        if state is not None:
            state["exp_avg"] = F.interpolate(state["exp_avg"], size, mode="bicubic")
            state["exp_avg_sq"] = F.interpolate(state["exp_avg_sq"], size, mode="bilinear").relu()
            optimiser.state[x] = state
        losses = crowsonkb_losses(weights, target, paint)
        accumulated, average = 0.99, 0.01 * x.detach()
        for _ in range(iterations):
            optimiser.zero_grad()
            values = losses(x)
            values[0].backward()
            rows.append([value.item() for value in values])
            optimiser.step()
            with torch.no_grad():
                x.clamp_(0, 1)
                accumulated, average = 0.99 * accumulated, 0.99 * average + 0.01 * x
        image, state = average / (1 - accumulated), dict(optimiser.state[x])
    return {"losses": np.array(rows), "image": image.clamp(0, 1)[0].double().numpy()}


def neural_style_pt(state_dict, dtype):
    """From the content, whose start every language can make."""
    weights = recipe.to_weights(state_dict, dtype)
    mean = torch.tensor(CAFFE_MEAN, dtype=dtype).view(1, 3, 1, 1)
    content = picture(CONTENT_IMAGE, CONTENT_SIZE, dtype)
    style = picture(STYLE_IMAGE, STYLE_SIZE, dtype)

    def gram(features_map):
        f = features_map[0].flatten(1)
        return f @ f.T / f.numel()

    with torch.no_grad():
        wanted = features(weights, normalise(content), [CONTENT_TAP], False)[CONTENT_TAP]
        paint = features(weights, normalise(style), FIRST_BLOCKS, False)
        targets = {tap: gram(paint[tap]) for tap in FIRST_BLOCKS}
    x = (content * 255 - mean).requires_grad_(True)
    rows = []

    def evaluate():
        optimiser.zero_grad()
        seen = normalise((x + mean) / 255)
        maps = features(weights, seen, {CONTENT_TAP, *FIRST_BLOCKS}, False)
        content_loss = NSP_CONTENT * F.mse_loss(maps[CONTENT_TAP], wanted)
        style_loss = NSP_STYLE * sum(
            F.mse_loss(gram(maps[tap]), targets[tap]) for tap in FIRST_BLOCKS
        )
        tv_loss = NSP_TV * (
            (x[..., 1:] - x[..., :-1]).abs().sum() + (x[..., 1:, :] - x[..., :-1, :]).abs().sum()
        )
        total = content_loss + style_loss + tv_loss
        total.backward()
        rows.append([value.item() for value in (total, content_loss, style_loss, tv_loss)])
        return total

    optimiser = torch.optim.LBFGS(
        [x], lr=1, max_iter=LBFGS_STEPS, history_size=100, tolerance_change=-1, tolerance_grad=-1
    )
    optimiser.step(evaluate)
    image = ((x.detach() + mean) / 255).clamp(0, 1)
    return {"losses": np.array(rows), "image": image[0].double().numpy()}


def write(output, name, make, state_dict):
    reference = make(state_dict, torch.float64)
    single = make(state_dict, torch.float32)
    relative = np.abs(single["losses"] - reference["losses"])[:, 0] / reference["losses"][:, 0]
    metadata = {
        "content": f"image {CONTENT_IMAGE}, {CONTENT_SIZE[0]}x{CONTENT_SIZE[1]} (HxW)",
        "style": f"image {STYLE_IMAGE}, {STYLE_SIZE[0]}x{STYLE_SIZE[1]} (HxW)",
        "made_by": f"scripts/goldens/make_recipe_goldens.py, torch {torch.__version__}",
        "float32_deviation.total": f"{relative.max():.3g}",
        **deviations(reference, single),
    }
    path = output / f"{name}-trace.safetensors"
    safetensors_file.write(path, reference, metadata)
    print(path.name, path.stat().st_size, "bytes", metadata)
    print(np.array2string(reference["losses"], precision=5, suppress_small=True))
    print("relative deviation of float32:", relative)


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    torch.set_num_threads(1)
    state_dict = synthetic.state_dict()
    write(output, "crowsonkb", crowsonkb, state_dict)
    write(output, "neural-style-pt", neural_style_pt, state_dict)


if __name__ == "__main__":
    main()
