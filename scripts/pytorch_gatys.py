#!/usr/bin/env python3
"""Times one iteration of the recipe `gatys` in PyTorch, written in several ways, for gpu-check.

Reads the pictures and weights that gpu-check wrote (see Scene.java), so that both programs do the
same work; docs/architecture.md has the recipe. Appends one tab-separated line per variant to the
file --rows: part, item, OK|FAILED|SKIPPED, detail, seconds, then name=value fields.

Nothing is read back inside the timed loops. What has to be compiled comes last, and what does not
fit into --limit seconds is skipped.
"""

import argparse
import contextlib
import math
import os
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError as reason:
    torch, F, MISSING = None, None, str(reason)

# Channels in and out of the 3x3 convolutions of VGG-19; "pool" halves the map.
CONVOLUTIONS = [(3, 64), (64, 64), "pool", (64, 128), (128, 128), "pool",
                (128, 256), (256, 256), (256, 256), (256, 256), "pool",
                (256, 512), (512, 512), (512, 512), (512, 512), "pool",
                (512, 512), (512, 512), (512, 512), (512, 512)]
DEEPEST = 13  # conv5_2, counted over convolutions from 0; nothing beyond it runs
STYLE = {0: 0.75, 2: 0.5, 4: 0.2, 8: 0.2, 12: 0.2}  # the first convolution of every block
CONTENT = 13
CONTENT_WEIGHT, STYLE_WEIGHT, TV_WEIGHT = 8.0, 70.0, 10.0
LEARNING_RATE, BETAS, EPSILON = 0.004, (0.9, 0.999), 1e-8
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Rows:
    """The file that gpu-check reads."""

    def __init__(self, path):
        self.path = path
        self.since = time.monotonic()

    def add(self, item, status, detail, **numbers):
        now = time.monotonic()
        fields = ["pytorch", item, status, " ".join(str(detail).split()), f"{now - self.since:.3f}"]
        fields += [f"{name}={value!r}" for name, value in numbers.items() if math.isfinite(value)]
        self.since = now
        line = "\t".join(fields)
        print(line, flush=True)
        with open(self.path, "a", encoding="utf-8") as out:
            out.write(line + "\n")


def floats(path, count=None):
    """The float32 values of a file, as a tensor."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    values = torch.frombuffer(data, dtype=torch.float32)
    if sys.byteorder != "little":
        raise SystemExit("pytorch_gatys.py reads little-endian files on little-endian machines only")
    if count is not None and values.numel() != count:
        raise SystemExit(f"{path} should hold {count} numbers, but holds {values.numel()}")
    return values


def load_weights(directory):
    """[(weight, bias)] of the convolutions down to conv5_2."""
    values = floats(os.path.join(directory, "weights.bin"))
    found, at = [], 0
    for layer in CONVOLUTIONS:
        if layer == "pool" or len(found) > DEEPEST:
            continue
        inputs, outputs = layer
        size = outputs * inputs * 9
        weight = values[at:at + size].view(outputs, inputs, 3, 3)
        found.append((weight, values[at + size:at + size + outputs]))
        at += size + outputs
    return found


def load_picture(directory, name, edge, device):
    """A normalised [1, 3, edge, edge] picture."""
    picture = floats(os.path.join(directory, f"{name}-{edge}.bin"), 3 * edge * edge)
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in (MEAN, STD))
    return ((picture.view(3, edge, edge) - mean) / std)[None].to(device)


def features(x, weights):
    """The maps after ReLU that the losses look at, by number of the convolution."""
    found, number = {}, 0
    for layer in CONVOLUTIONS:
        if layer == "pool":
            x = F.max_pool2d(x, 2)
            continue
        x = F.relu(F.conv2d(x, *weights[number], padding=1))
        if number in STYLE or number == CONTENT:
            found[number] = x
        if number == DEEPEST:
            return found
        number += 1
    raise AssertionError("unreachable")


def gram(feature_map):
    """F Ft in the map's own type: bfloat16 has float32's range."""
    rows = feature_map[0].flatten(1)
    return rows @ rows.t()


class Scene:
    """Pictures, weights and targets in the form that one variant wants."""

    def __init__(self, directory, edge, device, dtype=None, autocast=None,
                 channels_last=False):
        dtype = dtype or torch.float32
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.device, self.dtype, self.autocast, self.edge = device, dtype, autocast, edge
        self.layout = layout
        self.weights = [
            (w.to(device=device, dtype=dtype).contiguous(memory_format=layout),
             b.to(device=device, dtype=dtype)) for w, b in load_weights(directory)]
        self.content = load_picture(directory, "content", edge, device).contiguous(
            memory_format=layout)
        style = load_picture(directory, "style", edge, device).contiguous(memory_format=layout)
        with torch.no_grad(), self.mode():
            self.target = features(self.content.to(dtype), self.weights)[CONTENT].float()
            maps = features(style.to(dtype), self.weights)
            self.grams = {n: gram(maps[n]).float() for n in STYLE}

    def mode(self):
        if self.autocast is None:
            return contextlib.nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=self.autocast)

    def loss(self, x):
        with self.mode():
            maps = features(x.to(self.dtype), self.weights)
            content = (maps[CONTENT].float() - self.target).square().mean()
            style = sum(
                weight * (gram(maps[n]).float() - self.grams[n]).square().mean()
                / (maps[n].shape[1] * maps[n].shape[2] * maps[n].shape[3])
                for n, weight in STYLE.items())
        tv = ((x[..., 1:] - x[..., :-1]).abs().mean()
              + (x[..., 1:, :] - x[..., :-1, :]).abs().mean())
        return CONTENT_WEIGHT * content + STYLE_WEIGHT * style + TV_WEIGHT * tv

    def picture(self):
        return self.content.clone(memory_format=self.layout).requires_grad_(True)


def plain_adam(x, **how):
    return torch.optim.Adam([x], lr=LEARNING_RATE, betas=BETAS, eps=EPSILON, **how)


def adam(x, **how):
    """Adam in one kernel, where PyTorch has that."""
    fused = x.is_cuda and int(torch.__version__.split(".")[0]) >= 2
    return plain_adam(x, fused=True, **how) if fused else plain_adam(x, **how)


def eager(scene, make_optimizer, loss=None):
    """A step as a script writes it."""
    loss = loss or scene.loss
    x = scene.picture()
    optimizer = make_optimizer(x)

    def step():
        optimizer.zero_grad()
        value = loss(x)
        value.backward()
        optimizer.step()
        return value

    return step


def graphed(scene, loss=None):
    """The whole step as one CUDA graph."""
    loss = loss or scene.loss
    x = scene.picture()
    optimizer = adam(x, capturable=True)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            optimizer.zero_grad(set_to_none=True)
            loss(x).backward()
            optimizer.step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    optimizer.zero_grad(set_to_none=True)
    with torch.cuda.graph(graph):
        value = loss(x)
        value.backward()
        optimizer.step()

    def step():
        graph.replay()
        return value

    return step


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def timed(step, device, iterations):
    synchronize(device)
    start = time.perf_counter()
    for _ in range(iterations):
        value = step()
    synchronize(device)
    return time.perf_counter() - start, value


def measure(rows, item, edge, device, make_step, options):
    """Warms up, times some rounds and reports their median."""
    if device.startswith("cuda"):
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    step = make_step()
    _, first = timed(step, device, 1)
    first = float(first)
    warm_up, count = (options.iterations, options.iterations) if options.iterations else (10, 0)
    seconds, _ = timed(step, device, warm_up)
    if not count:
        seconds, _ = timed(step, device, 10)
        count = max(10, min(3000, int(0.8 * 10 / seconds)))
    each = []
    for _ in range(options.rounds):
        seconds, last = timed(step, device, count)
        each.append(seconds / count)
    each.sort()
    median = each[len(each) // 2]
    memory = torch.cuda.max_memory_allocated() if device.startswith("cuda") else float("nan")
    last = float(last)
    good = last == last and first == first
    rows.add(
        item, "OK" if good else "FAILED",
        f"{1 / median:.1f} it/s, {1e3 * median:.3f} ms (best {1e3 * each[0]:.3f}), "
        f"loss {first:.6g} to {last:.6g}",
        edge=edge, iterationsPerSecond=1 / median, milliseconds=1e3 * median,
        bestMilliseconds=1e3 * each[0], flopsPerSecond=network_flops(edge) / median,
        takenBytes=float(memory), firstLoss=first, lastLoss=last)


def network_flops(edge):
    """Forward and backward of the convolutions by the direct method."""
    flops, number = 0.0, 0
    for layer in CONVOLUTIONS:
        if layer == "pool":
            edge //= 2
        elif number <= DEEPEST:
            flops += 2 * 2 * 9 * edge * edge * layer[0] * layer[1]
            number += 1
    return flops


@contextlib.contextmanager
def backend_flags(tf32=None, benchmark=False):
    """cuDNN's and cuBLAS's modes; None leaves PyTorch's defaults, as a script that sets none."""
    saved = (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32,
             torch.backends.cudnn.benchmark)
    try:
        if tf32 is not None:
            torch.backends.cudnn.allow_tf32 = tf32
            torch.backends.cuda.matmul.allow_tf32 = tf32
        torch.backends.cudnn.benchmark = benchmark
        yield
    finally:
        (torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32,
         torch.backends.cudnn.benchmark) = saved


def variants(directory, edge, device, thorough):
    """(name, flags, function that makes a step); only the telling ones unless `thorough`."""
    bf16, cuda = torch.bfloat16, device.startswith("cuda")

    def last(**how):
        return Scene(directory, edge, device, channels_last=True, **how)

    yield "article bf16 eager", {}, lambda: eager(
        Scene(directory, edge, device, autocast=bf16), plain_adam)
    if thorough:
        yield "article fp32 eager", {}, lambda: eager(Scene(directory, edge, device), plain_adam)
        yield "bf16 autocast channels_last", {"benchmark": True}, lambda: eager(
            last(autocast=bf16), adam)
    if thorough or not cuda:
        yield "bf16 weights channels_last", {"benchmark": True}, lambda: eager(
            last(dtype=bf16), adam)
    if cuda:
        yield "bf16 weights channels_last graph", {"benchmark": True}, lambda: graphed(
            last(dtype=bf16))
    if cuda and thorough:
        yield "bf16 autocast channels_last graph", {"benchmark": True}, lambda: graphed(
            last(autocast=bf16))
        yield "fp32 channels_last graph", {"benchmark": True, "tf32": False}, lambda: graphed(
            last())
        yield "tf32 channels_last graph", {"benchmark": True, "tf32": True}, lambda: graphed(
            last())


def compiled_variants(directory, edge, device):
    """The same with torch.compile, which takes up to a minute for each; the surest first."""
    flags = {"benchmark": True}

    def compiled(make, mode=None):
        def make_step():
            torch._dynamo.reset()
            scene = Scene(directory, edge, device, channels_last=True, dtype=torch.bfloat16)
            return make(scene, torch.compile(scene.loss, mode=mode))

        return make_step

    def with_adam(scene, loss):
        return eager(scene, adam, loss)

    name = "bf16 weights channels_last"
    if device.startswith("cuda"):
        yield f"{name} compile graph", flags, compiled(graphed)
        yield f"{name} compile reduce-overhead", flags, compiled(with_adam, "reduce-overhead")
        yield f"{name} max-autotune graph", flags, compiled(graphed, "max-autotune-no-cudagraphs")
    yield f"{name} compile", flags, compiled(with_adam)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="folder with weights.bin and the pictures")
    parser.add_argument("--rows", required=True, help="file to append results to")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--sizes", default="512", help="edges; all variants run at the first one only")
    parser.add_argument("--iterations", type=int, default=0, help="0 for about a second's worth")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=180, help="seconds after which to stop")
    options = parser.parse_args()
    rows = Rows(options.rows)
    start = time.monotonic()

    if torch is None:
        rows.add("", "SKIPPED", f"{sys.executable} has no PyTorch: {MISSING}")
        return
    cuda = options.device.startswith("cuda")
    if cuda and not torch.cuda.is_available():
        rows.add("", "SKIPPED", f"PyTorch {torch.__version__} finds no CUDA device")
        return
    device = torch.cuda.get_device_name() if cuda else "the CPU"
    rows.add("version", "OK", f"PyTorch {torch.__version__} on {device}")

    edges = [int(size) for size in options.sizes.split(",")]
    work = [(edge, variant) for edge in edges
            for variant in variants(options.data, edge, options.device, edge == edges[0])]
    if hasattr(torch, "compile"):
        work += [(edges[0], variant)
                 for variant in compiled_variants(options.data, edges[0], options.device)]
    for edge, (name, flags, make_step) in work:
        item = f"{name} {edge}"
        if time.monotonic() - start > options.limit:
            rows.add(item, "SKIPPED", "no time was left for it")
            continue
        try:
            with backend_flags(**flags):
                measure(rows, item, edge, options.device, make_step, options)
        except Exception as reason:  # whatever a variant cannot do, others may
            rows.add(item, "SKIPPED", f"{type(reason).__name__}: {reason}"[:300])


if __name__ == "__main__":
    main()
