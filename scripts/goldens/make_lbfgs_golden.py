#!/usr/bin/python3
"""Makes the golden file of L-BFGS: traces of torch.optim.LBFGS in float64 on two known functions.

Usage: make_lbfgs_golden.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import pathlib
import sys

import numpy as np
import torch

import safetensors_file
from make_goldens import OUTPUT

STEPS = 40


def quadratic(x):
    """sum of c_i / 2 * (x_i - b_i)^2; c from 1 to 50, b from -1 to 1 (a start of zeros is no optimum)."""
    index = torch.arange(len(x), dtype=x.dtype)
    curvature = 50 ** (index / (len(x) - 1))
    centre = torch.cos(3 * index)
    return (curvature / 2 * (x - centre).square()).sum()


def rosenbrock(x):
    """sum of 100 (x_2i+1 - x_2i^2)^2 + (1 - x_2i)^2."""
    even, odd = x[0::2], x[1::2]
    return (100 * (odd - even.square()).square() + (1 - even).square()).sum()


def trace(function, start, **options):
    """(losses before each step, x after the last)"""
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [x], max_iter=1, max_eval=1000, tolerance_grad=0, tolerance_change=0, **options
    )

    def closure():
        optimizer.zero_grad()
        loss = function(x)
        loss.backward()
        return loss

    losses = [float(optimizer.step(closure)) for _ in range(STEPS)]
    return np.array(losses), x.detach().numpy()


def main():
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    zeros = [0.0] * 20
    valley = [-1.2, 1.0] * 2
    wolfe = {"line_search_fn": "strong_wolfe"}
    runs = {
        "quadratic.none": trace(quadratic, zeros, lr=1, history_size=100),
        "quadratic.none.short": trace(quadratic, zeros, lr=0.8, history_size=3),
        "quadratic.wolfe": trace(quadratic, zeros, lr=1, history_size=10, **wolfe),
        "rosenbrock.wolfe": trace(rosenbrock, valley, lr=1, history_size=100, **wolfe),
        "rosenbrock.wolfe.short": trace(rosenbrock, valley, lr=0.5, history_size=2, **wolfe),
    }
    tensors = {}
    for name, (losses, x) in runs.items():
        tensors[f"{name}.losses"] = losses
        tensors[f"{name}.x"] = x
        print(name, losses[:12], losses[-1])
    safetensors_file.write(output / "lbfgs.safetensors", tensors, {})


if __name__ == "__main__":
    main()
