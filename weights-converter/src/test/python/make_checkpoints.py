"""Writes the checkpoints that the converter's tests read, and what PyTorch reads from them.

    /usr/bin/python3 make_checkpoints.py               # rewrites ../resources/checkpoints
    /usr/bin/python3 make_checkpoints.py vgg19 FILE    # rewrites vgg19-features.json from FILE

Made with PyTorch 1.13 (Debian's python3-torch). Keys of storages in the legacy container are
addresses in memory, so the files differ from run to run while what they hold does not.
"""

import json
import pickle
import sys
from collections import OrderedDict
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent.parent / "resources" / "checkpoints"


def numbers(count, scale=0.125):
    """Distinct numbers of both signs that every format holds exactly or rounds visibly."""
    return torch.arange(count, dtype=torch.float64) * scale - count * scale / 3


def state_dict():
    """Every way in which a tensor can lie in its storage, in every float format."""
    shared = numbers(40).float()
    odd = torch.tensor([-0.0, 1e-41, 3.4e38, -65504.0, 6e-8, 1 / 3, float("inf"), -1.5])
    tensors = OrderedDict()
    tensors["features.0.weight"] = numbers(36).float().reshape(2, 2, 3, 3)
    tensors["features.0.bias"] = torch.nn.Parameter(odd)
    tensors["features.2.weight"] = numbers(18).half().reshape(1, 2, 3, 3)
    tensors["features.2.bias"] = (numbers(3) / 3).bfloat16()
    tensors["features.5.weight"] = (numbers(18) / 7).reshape(2, 1, 3, 3)
    tensors["features.5.bias"] = shared[3:13:5]
    tensors["features.7.weight"] = numbers(24).float().reshape(2, 3, 2, 2).permute(3, 1, 0, 2)
    tensors["features.7.bias"] = shared[20:23]
    tensors["features.10.weight"] = (
        numbers(16).float().reshape(1, 4, 2, 2).to(memory_format=torch.channels_last))
    tensors["features.10.bias"] = torch.tensor(2.5)
    tensors["features.12.bias"] = torch.empty(0)
    tensors["classifier.0.weight"] = numbers(32).float().reshape(4, 8)
    tensors["classifier.0.bias"] = torch.nn.Parameter(numbers(4).float())
    tensors["classifier.counter"] = torch.tensor(7)
    tensors["classifier.mask"] = torch.tensor([True, False])
    tensors._metadata = OrderedDict([("", {"version": 1}), ("features.0", {"version": 1})])
    return tensors


def wrapped():
    """What a training script keeps: a real module's state dict among other things."""
    torch.manual_seed(0)
    model = torch.nn.Sequential()
    model.add_module("features", torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.ReLU()))
    model.add_module("classifier", torch.nn.Linear(2, 2))
    optimizer = torch.optim.Adam(model.parameters())
    model.features(torch.ones(1, 3, 4, 4)).sum().backward()
    optimizer.step()
    names = OrderedDict(("module." + k, v) for k, v in model.state_dict().items())
    return {
        "epoch": 3,
        "arch": "vgg19",
        "best": 0.5,
        "done": False,
        "history": [1.5, 1.25, None],
        "state_dict": names,
        "optimizer": optimizer.state_dict(),
    }


class Pickle2017:
    """Pickles tensors and parameters as PyTorch 0.1 did when torchvision's VGGs were saved."""

    __name__ = "pickle2017"
    dump = staticmethod(pickle.dump)

    class Pickler(pickle.Pickler):
        def reducer_override(self, value):
            if type(value) is torch.nn.Parameter:
                return torch.nn.Parameter, (value.data,), (True, False, OrderedDict())
            if type(value) is torch.Tensor:
                view = value.storage(), value.storage_offset(), value.size(), value.stride()
                return torch._utils._rebuild_tensor, view
            return NotImplemented


def described(name, tensor):
    values = [float(v) for v in tensor.detach().double().reshape(-1).tolist()]
    return {
        "name": name,
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "shape": list(tensor.shape),
        # As text, because JSON has neither infinities nor the sign of zero.
        "values": [repr(v) for v in values],
    }


def save(name, value, **options):
    path = HERE / name
    torch.save(value, path, **options)
    loaded = torch.load(path)
    tensors = loaded.get("state_dict", loaded)
    return {"file": name, "tensors": [described(k, v) for k, v in tensors.items()]}


def make_fixtures():
    HERE.mkdir(parents=True, exist_ok=True)
    legacy = {"_use_new_zipfile_serialization": False}
    files = [
        save("legacy.pth", state_dict(), **legacy),
        save("zip.pth", state_dict()),
        save("legacy-protocol4.pth", state_dict(), pickle_protocol=4, **legacy),
        save("zip-protocol4.pth", state_dict(), pickle_protocol=4),
        save("legacy-2017.pth", state_dict(), pickle_module=Pickle2017, **legacy),
        save("wrapped.pth", wrapped()),
    ]
    (HERE / "expected.json").write_text(json.dumps(files, indent=1) + "\n")
    torch.save(torch.nn.Conv2d(1, 1, 1), HERE / "whole-model.pth")


def make_vgg19_golden(path):
    """A few elements of every tensor, by their row-major index."""
    tensors = []
    for name, tensor in torch.load(path, map_location="cpu").items():
        if name.startswith("features."):
            flat = tensor.reshape(-1)
            indices = [0, 1, flat.numel() // 3, flat.numel() // 2, flat.numel() - 1]
            tensors.append({
                "name": name,
                "shape": list(tensor.shape),
                "indices": indices,
                "values": [repr(float(flat[i])) for i in indices],
            })
    (HERE / "vgg19-features.json").write_text(json.dumps(tensors, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["vgg19"]:
        make_vgg19_golden(sys.argv[2])
    else:
        make_fixtures()
