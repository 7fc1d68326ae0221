"""Writes the alignment head of a model folder from a training state of the demonstration model's recipe.

    python3 export_alignment_head.py state.pt model-folder [--head letters|ctc] [--last]     # needs numpy

The recipe trains two linear maps from encoder states to letters beside the model. `letters` says of every frame of a word
which of its letters is being spoken (topology "frames"); `ctc` is a connectionist temporal classification (topology "ctc").
The state is a zip file of PyTorch's; PyTorch itself is not needed.
"""
import argparse
import collections
import json
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np

CLASSES = [""] + list("abcdefghijklmnopqrstuvwxyz' ")
TYPES = {"FloatStorage": np.float32, "HalfStorage": np.float16, "LongStorage": np.int64, "IntStorage": np.int32}
TOPOLOGIES = {"letters": "frames", "ctc": "ctc"}


class State(pickle.Unpickler):
    """Tensors as arrays; whatever else the file names is left out."""

    def __init__(self, archive):
        self.archive, self.root = archive, archive.namelist()[0].split("/")[0]
        super().__init__(archive.open(f"{self.root}/data.pkl"))

    def find_class(self, module, name):
        if name.startswith("_rebuild_tensor"):
            return self.tensor
        if name.endswith("Storage"):
            return TYPES.get(name)
        return collections.OrderedDict if name == "OrderedDict" else lambda *arguments: None

    def persistent_load(self, reference):
        return reference[1], reference[2]

    def tensor(self, storage, offset, shape, stride, *others):
        numbers = np.frombuffer(self.archive.read(f"{self.root}/data/{storage[1]}"), storage[0])[offset:]
        return np.lib.stride_tricks.as_strided(numbers, shape, [step * numbers.itemsize for step in stride]).copy()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("state", type=Path)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--head", choices=TOPOLOGIES, default="letters")
    arguments.add_argument("--last", action="store_true", help="the weights of the last step, as of the recipe's export.py")
    options = arguments.parse_args()
    with zipfile.ZipFile(options.state) as archive:
        state = State(archive).load()
        heads = (state["trained"] if options.last else state)["heads"]
    header, data = {}, b""
    for name in ("weight", "bias"):
        numbers = heads[f"{options.head}.{name}"].astype("<f4")
        header[name] = {"dtype": "F32", "shape": list(numbers.shape), "data_offsets": [len(data), len(data) + numbers.nbytes]}
        data += numbers.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    (options.folder / "alignment_head.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + data)
    settings = {"topology": TOPOLOGIES[options.head], "classes": CLASSES}
    (options.folder / "alignment_head.json").write_text(json.dumps(settings) + "\n")


main()
