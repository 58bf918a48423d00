#!/usr/bin/python3
"""Makes the golden file of the terms that the field's other systems use, from their formulas.

Values and gradients in float64, stored as float32. Features and pictures are synthetic pictures:
the first C*H*W numbers of one, read as another shape.

Usage: make_terms_golden.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import safetensors_file
import synthetic
from make_goldens import OUTPUT

RIDGE, STEPS = 1e-4, 12


def numbers(number, shape, offset):
    """The picture's numbers from 0 to 1 minus `offset`, as a float64 tensor of the shape."""
    size = int(np.prod(shape))
    side = int(np.ceil(np.sqrt(size / 3)))
    values = np.asarray(synthetic.image(number, side, side), dtype=np.float32).reshape(-1)[:size]
    return torch.tensor(values.reshape(shape), dtype=torch.float64) - offset


def features(number, shape):
    """After a ReLU: what is above 0.5 of the picture; every eighth channel is dead."""
    values = torch.relu(numbers(number, shape, 0.5)) * 8
    values[:, ::8] = 0
    return values


def with_gradient(function, x):
    x = x.clone().requires_grad_(True)
    value = function(x)
    (gradient,) = torch.autograd.grad(value.sum(), x)
    return value.detach(), gradient


def newton_schulz(a):
    """Root and inverse root by 12 steps."""
    norm = a.norm()
    y, z = a / norm, torch.eye(len(a), dtype=a.dtype)
    for _ in range(STEPS):
        t = (3 * torch.eye(len(a), dtype=a.dtype) - z @ y) / 2
        y, z = y @ t, t @ z
    return y * norm.sqrt(), z / norm.sqrt()


def eigen_root(a):
    values, vectors = torch.linalg.eigh((a + a.T) / 2)
    return (vectors * values.sqrt()) @ vectors.T


def iterated_root(a):
    return newton_schulz(a)[0]


def gaussian(features_map):
    f = features_map[0].flatten(1)
    mean = f.mean(1)
    covariance = f @ f.T / f.shape[1] - torch.outer(mean, mean)
    return f, mean, covariance + RIDGE * torch.eye(len(f), dtype=f.dtype)


def wasserstein(target, root_of):
    """crowsonkb's style term with a given root, as a function of the features."""
    _, target_mean, target_covariance = gaussian(target)
    root = root_of(target_covariance)

    def loss(x):
        _, mean, covariance = gaussian(x)
        middle = root_of(root @ covariance @ root)
        return (mean - target_mean).square().mean() + torch.diag(
            target_covariance + covariance - 2 * middle
        ).mean()

    return loss


def lyapunov_inverse(a):
    """Twice the gradient of the root's trace as crowsonkb computes it: 12 more steps, from the root."""
    root, _ = newton_schulz(a)
    norm = root.norm()
    y, q = root / norm, torch.eye(len(a), dtype=a.dtype) / norm
    for _ in range(STEPS):
        t = 3 * torch.eye(len(a), dtype=a.dtype) - y @ y
        q = (q @ t - y.T @ (y.T @ q - q @ y)) / 2
        y = y @ t / 2
    return q


def closed_form(x, target, root_of, inverse_of):
    """The gradient with P = I - R inverse R."""
    _, target_mean, target_covariance = gaussian(target)
    root = root_of(target_covariance)
    f, mean, covariance = gaussian(x)
    inverse = inverse_of(root @ covariance @ root)
    p = torch.eye(len(f), dtype=f.dtype) - root @ inverse @ root
    gradient = p @ (f - mean[:, None]) + (mean - target_mean)[:, None]
    return (2 / f.numel() * gradient).reshape(x.shape)


def distance(a, b):
    return float((a - b).norm() / b.norm())


def add_wasserstein(tensors, name, shape):
    x, target = features(21, shape), features(22, shape)
    value, taped = with_gradient(wasserstein(target, iterated_root), x)
    exact = wasserstein(target, eigen_root)(x)
    eigen = closed_form(x, target, eigen_root, lambda a: torch.linalg.inv(eigen_root(a)))
    closed = closed_form(x, target, iterated_root, lambda a: newton_schulz(a)[1])
    lyapunov = closed_form(x, target, iterated_root, lyapunov_inverse)
    print(
        f"{name}: 12 steps {value:.8g}, eigensolver {exact:.8g}; gradients: closed form to tape"
        f" {distance(closed, taped):.3g}, closed form to eigensolver {distance(closed, eigen):.3g},"
        f" tape to eigensolver {distance(taped, eigen):.3g}, crowsonkb's to eigensolver"
        f" {distance(lyapunov, eigen):.3g}, closed form to crowsonkb's"
        f" {distance(closed, lyapunov):.3g}"
    )
    tensors[f"{name}.value"] = np.array([float(value), float(exact)])
    keep = (lambda g: g.flatten()[:: max(1, g.numel() // 4096)].numpy())
    tensors[f"{name}.closed"] = keep(closed)
    tensors[f"{name}.taped"] = keep(taped)
    tensors[f"{name}.eigen"] = keep(eigen)


def nine_point(x):
    p = F.pad(x, (1, 1, 1, 1), "replicate")
    inner, after = slice(1, -1), slice(2, None)
    before, behind = slice(None, -1), slice(1, None)
    d1 = (p[..., inner, after] - p[..., inner, inner]).square().mean() / 3
    d2 = (p[..., after, inner] - p[..., inner, inner]).square().mean() / 3
    d3 = (p[..., behind, behind] - p[..., before, before]).square().mean() / 12
    d4 = (p[..., behind, before] - p[..., before, behind]).square().mean() / 12
    return 2 * (d1 + d2 + d3 + d4)


def differences(x):
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def sum_absolute(x):
    return sum(d.abs().sum() for d in differences(x))


def sum_squared(x):
    return sum(d.square().sum() for d in differences(x))


def gram(x):
    f = x[0].flatten(1)
    return f @ f.T / f.numel()


def normalised_gradient(x, target):
    """jcjohnson's: the gradient over its sum of absolute values, times a strength of 3."""
    _, gradient = with_gradient(lambda f: (gram(f) - gram(target)).square().mean(), x)
    return 3 * gradient / (gradient.abs().sum() + 1e-8)


def replicated(x, weights):
    padded = F.pad(x, (1, 1, 1, 1), "replicate")
    weight, bias = (
        torch.tensor(np.asarray(weights[f"features.0.{part}"]), dtype=torch.float64)
        for part in ("weight", "bias")
    )
    return torch.relu(F.conv2d(padded, weight, bias))


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    torch.set_num_threads(1)
    tensors = {}
    add_wasserstein(tensors, "wasserstein.many", (1, 24, 25, 20))
    add_wasserstein(tensors, "wasserstein.wide", (1, 96, 6, 6))
    add_wasserstein(tensors, "wasserstein.full", (1, 512, 12, 12))
    picture = numbers(23, (1, 3, 13, 11), 0)
    for name, form in (
        ("nine_point", nine_point),
        ("sum_absolute", sum_absolute),
        ("sum_squared", sum_squared),
    ):
        value, gradient = with_gradient(form, picture)
        tensors[f"tv.{name}.value"] = value.reshape(1).numpy()
        tensors[f"tv.{name}.gradient"] = gradient.numpy()
    maps = features(24, (1, 24, 9, 7))
    direction = torch.cos(torch.arange(24 * 12, dtype=torch.float64)).reshape(1, 24, 4, 3)
    x = maps.clone().requires_grad_(True)
    pooled = 0.78 * F.avg_pool2d(x.square(), 2).mul(4).clamp_min(1e-30).sqrt()
    (gradient,) = torch.autograd.grad((pooled * direction).sum(), x)
    tensors["l2pool.value"] = torch.where(pooled < 1e-12, 0, pooled).detach().numpy()
    tensors["l2pool.gradient"] = gradient.numpy()
    other = features(25, (1, 24, 9, 7))
    value, gradient = with_gradient(lambda f: (gram(f) - gram(other)).square().mean(), maps)
    tensors["gram.value"] = value.reshape(1).numpy()
    tensors["gram.gradient"] = gradient.numpy()
    tensors["gram.normalized_gradient"] = normalised_gradient(maps, other).numpy()
    weights = synthetic.state_dict()
    value = replicated(picture, weights)
    around = torch.cos(torch.arange(value.numel(), dtype=torch.float64)).reshape(value.shape)
    _, gradient = with_gradient(lambda p: (replicated(p, weights) * around), picture)
    tensors["replicated.value"] = value[0, :4].numpy()
    tensors["replicated.gradient"] = gradient.numpy()
    safetensors_file.write(output / "terms.safetensors", tensors, {})


if __name__ == "__main__":
    main()
