"""Writes the safetensors container by hand: 8-byte header length, JSON header, float32 data."""

import json
import struct

import numpy as np


def write(path, tensors, metadata):
    """Writes `tensors` {name: array, stored as float32} and `metadata` {str: str} to `path`.

    The header is padded with spaces so that the data begin at a multiple of 8 bytes.
    """
    header = {"__metadata__": metadata}
    chunks = []
    offset = 0
    for name, values in tensors.items():
        data = np.ascontiguousarray(values, dtype="<f4")
        header[name] = {
            "dtype": "F32",
            "shape": list(data.shape),
            "data_offsets": [offset, offset + data.nbytes],
        }
        chunks.append(data.tobytes())
        offset += data.nbytes
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)))
        out.write(text)
        for chunk in chunks:
            out.write(chunk)


def read(path):
    """Reads back what `write` wrote: ({name: float32 array}, metadata)."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = np.frombuffer(data[begin:end], dtype="<f4").reshape(entry["shape"])
    return tensors, metadata
