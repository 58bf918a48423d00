#!/usr/bin/python3
"""Makes the golden file of VGG-16 and of Caffe's input: features of synthetic weights.

The network is torchvision's configuration D, built layer by layer with its numbering. With Caffe's
input the same tensors are taken, the first kernels divided by 64, and the picture is BGR from 0 to
255 minus Caffe's mean. Computed in float64, stored as float32.

Usage: make_vgg16_golden.py [OUTPUT_FOLDER]      (see README.md in this folder)
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import recipe
import safetensors_file
import synthetic
from make_goldens import CONTENT_IMAGE, OUTPUT, STYLE_IMAGE, sample

SIZE = (33, 47)
BLOCKS = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
CAFFE_DIVISOR = 64.0
LOSS_TAP = "conv4_1"


def caffe_input(image):
    """[1, 3, H, W] in blue, green, red from a float32 [3, H, W] picture in [0, 1]."""
    bgr = torch.as_tensor(image).double().flip(0) * 255.0
    return (bgr - torch.tensor(CAFFE_MEAN_BGR, dtype=torch.float64).view(3, 1, 1))[None]


def features(x, divisor):
    """{tap: map after ReLU}; `features.n` counts convolutions, ReLUs and poolings."""
    n, c_in, found = 0, 3, {}
    for block, (c_out, count) in enumerate(BLOCKS, start=1):
        if block > 1:
            x = F.max_pool2d(x, 2)
            n += 1
        for index in range(1, count + 1):
            weight = torch.as_tensor(synthetic.weight(n, c_in, c_out)).double()
            bias = torch.as_tensor(synthetic.bias(n, c_out)).double()
            weight = weight / divisor if n == 0 else weight
            x = F.relu(F.conv2d(x, weight, bias, padding=1))
            found[f"conv{block}_{index}"] = x
            n, c_in = n + 2, c_out
    return found


def compute(to_input, divisor):
    picture, other = (
        features(to_input(synthetic.image(number, *SIZE)), divisor)
        for number in (CONTENT_IMAGE, STYLE_IMAGE)
    )
    tensors = {}
    for tap, map_ in picture.items():
        values = map_[0].numpy()
        summary = [*values.shape, values.mean(), np.linalg.norm(values)]
        tensors[f"features.{tap}.summary"] = np.array(summary)
        tensors[f"features.{tap}.samples"] = sample(values)
    target, actual = picture[LOSS_TAP], other[LOSS_TAP]
    loss = F.mse_loss(actual, target) / target.square().mean()
    tensors["content_loss"] = np.array([float(loss)])
    return tensors


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    inputs = {
        "torchvision": (lambda image: recipe.normalise(image, torch.float64), 1.0),
        "caffe": (caffe_input, CAFFE_DIVISOR),
    }
    with torch.no_grad():
        tensors = {
            f"{name}.{tensor}": values.astype(np.float32)
            for name, arguments in inputs.items()
            for tensor, values in compute(*arguments).items()
        }
    metadata = {"picture": str(CONTENT_IMAGE), "other": str(STYLE_IMAGE), "loss_tap": LOSS_TAP}
    safetensors_file.write(folder / "vgg16-33x47.safetensors", tensors, metadata)


if __name__ == "__main__":
    main()
