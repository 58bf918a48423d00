"""The base recipe `gatys` in PyTorch: the reference that the Java code is compared with.

Gatys, Ecker, Bethge 2015 ("A Neural Algorithm of Artistic Style") with the weights, layers and
normalisations of this project; docs/architecture.md and Recipe.gatys() state the same numbers.
"""

import torch
import torch.nn.functional as F

from synthetic import CONVOLUTIONS

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
POOL_AFTER = {"conv1_2", "conv2_2", "conv3_4", "conv4_4"}

CONTENT_LAYER = "conv5_2"
CONTENT_WEIGHT = 8.0
STYLE_LAYERS = {"conv1_1": 0.75, "conv2_1": 0.5, "conv3_1": 0.2, "conv4_1": 0.2, "conv5_1": 0.2}
STYLE_WEIGHT = 70.0
TV_WEIGHT = 10.0
LEARNING_RATE = 0.004
BETAS = (0.9, 0.999)
EPSILON = 1e-8


def to_weights(state_dict, dtype):
    """{tap: (weight, bias)} as `dtype` tensors, from arrays or tensors named as torchvision does."""
    return {
        tap: tuple(
            torch.as_tensor(state_dict[f"features.{n}.{part}"]).to(dtype)
            for part in ("weight", "bias")
        )
        for tap, n, _, _ in CONVOLUTIONS
    }


def normalise(image, dtype):
    """[1, 3, H, W] in ImageNet's normalisation from a float32 [3, H, W] picture in [0, 1]."""
    mean = torch.tensor(MEAN, dtype=dtype).view(1, 3, 1, 1)
    std = torch.tensor(STD, dtype=dtype).view(1, 3, 1, 1)
    return (torch.as_tensor(image).to(dtype)[None] - mean) / std


def denormalise(x):
    """[3, H, W] in [0, 1], clamped, from a normalised [1, 3, H, W]."""
    mean = torch.tensor(MEAN, dtype=x.dtype).view(3, 1, 1)
    std = torch.tensor(STD, dtype=x.dtype).view(3, 1, 1)
    return (x.detach()[0] * std + mean).clamp(0.0, 1.0)


def features(weights, x, taps, pooling="max"):
    """{tap: map after ReLU, [1, C, H, W]}; layers past the deepest of `taps` are not run.

    Average pooling multiplies its output by 2.
    """
    wanted = set(taps)
    found = {}
    for tap, _, _, _ in CONVOLUTIONS:
        x = F.relu(F.conv2d(x, *weights[tap], padding=1))
        if tap in wanted:
            found[tap] = x
            if len(found) == len(wanted):
                break
        x = pool(x, tap, pooling)
    return found


def pool(x, tap, pooling):
    """`x`, halved if `tap` ends a block."""
    if tap not in POOL_AFTER:
        return x
    return F.max_pool2d(x, 2) if pooling == "max" else F.avg_pool2d(x, 2) * 2.0


def kink_margins(weights, x, pooling):
    """Yields, layer by layer down to the content layer, how near the gradient comes to a jump.

    That is the smallest |input of a ReLU| or difference of a pooling window's two largest values,
    over the root mean square of the map.
    """
    for tap, _, _, _ in CONVOLUTIONS:
        x = F.conv2d(x, *weights[tap], padding=1)
        rms = x.square().mean().sqrt()
        yield (x.abs().min() / rms).item()
        x = F.relu(x)
        if tap == CONTENT_LAYER:
            return
        if tap in POOL_AFTER and pooling == "max":
            h, w = x.shape[2] // 2 * 2, x.shape[3] // 2 * 2
            best = x[..., :h, :w].unfold(2, 2, 2).unfold(3, 2, 2).flatten(4).topk(2).values
            gap = (best[..., 0] - best[..., 1])[best[..., 0] > 0]
            yield (gap.min() / rms).item()
        x = pool(x, tap, pooling)


def gram(features_map):
    """G = F Ft, [C, C], of a [1, C, H, W] map with F of shape [C, H*W]; not normalised."""
    f = features_map.flatten(2)[0]
    return f @ f.T


def tv(x):
    """mean|x(w) - x(w+1)| + mean|x(h) - x(h+1)|."""
    return (x[..., :-1] - x[..., 1:]).abs().mean() + (x[..., :-1, :] - x[..., 1:, :]).abs().mean()


class Objective:
    """The weighted losses of an image against fixed content and style targets."""

    def __init__(
        self,
        weights,
        content,
        style,
        pooling="max",
        content_layers=(CONTENT_LAYER,),
        style_layers=None,
        content_weight=CONTENT_WEIGHT,
        style_weight=STYLE_WEIGHT,
        tv_weight=TV_WEIGHT,
    ):
        """`content` and `style` are normalised [1, 3, H, W]; their sizes may differ."""
        self.weights = weights
        self.pooling = pooling
        self.content_layers = content_layers
        self.style_layers = dict(STYLE_LAYERS) if style_layers is None else style_layers
        self.content_weight = content_weight
        self.style_weight = style_weight
        self.tv_weight = tv_weight
        with torch.no_grad():
            self.content_target = features(weights, content, content_layers, pooling)
            style_maps = features(weights, style, self.style_layers, pooling)
            self.style_target = {tap: gram(f) for tap, f in style_maps.items()}

    def losses(self, x):
        """(total, content, style, tv, [style term per layer]), each already weighted."""
        taps = set(self.content_layers) | set(self.style_layers)
        maps = features(self.weights, x, taps, self.pooling)
        content = self.content_weight * sum(
            F.mse_loss(maps[tap], self.content_target[tap]) for tap in self.content_layers
        )
        terms = []
        for tap, layer_weight in self.style_layers.items():
            _, c, h, w = maps[tap].shape
            mse = F.mse_loss(gram(maps[tap]), self.style_target[tap])
            terms.append(self.style_weight * layer_weight * mse / (c * h * w))
        style = sum(terms)
        variation = self.tv_weight * tv(x)
        return content + style + variation, content, style, variation, terms


def adam(objective, start, iterations, learning_rate=LEARNING_RATE, betas=BETAS, listener=None):
    """Runs Adam from a copy of `start`; `listener(i, losses, x)` hears each i before its step."""
    x = start.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([x], lr=learning_rate, betas=betas, eps=EPSILON)
    for i in range(iterations):
        optimiser.zero_grad()
        losses = objective.losses(x)
        losses[0].backward()
        if listener is not None:
            listener(i, losses, x)
        optimiser.step()
    return x.detach()
