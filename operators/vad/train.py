"""Trains the detector and writes its weights as the Java resource.

    python3 train.py --corpus corpus --out ../src/main/resources/io/amanuensis/operators/findspeech/speech-detector-2.bin
"""
import argparse
import glob
import pathlib

import numpy as np
import torch
from torch import nn

import bands

HIDDEN = 48


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(bands.BANDS, HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, 1)

    def forward(self, x):
        return self.out(self.gru(x)[0])[..., 0]


def scores(model, inputs, labels):
    """Frames of speech heard and frames without speech taken for it, in percent, at 0.5."""
    with torch.no_grad():
        heard = model(inputs) > 0
    speech = labels > 0.5
    silent = ~speech.any(1)
    return (100 * heard[speech].float().mean().item(), 100 * heard[~speech].float().mean().item(), 100 * heard[silent].float().mean().item())


def windows(folder):
    """Inputs and labels of the windows of each length: a twentieth is held out, the others are for training."""
    lengths = {}
    for path in sorted(glob.glob(folder + "/windows-*.npz")):
        with np.load(path) as f:
            lengths.setdefault(f["labels"].shape[1], []).append((f["inputs"], f["labels"]))
    groups = []
    for parts in lengths.values():
        inputs, labels = (torch.from_numpy(np.concatenate(arrays)) for arrays in zip(*parts))
        held = len(inputs) // 20
        groups.append(((inputs[:held], labels[:held]), (inputs[held:], labels[held:])))
    return groups


def drawn(r, inputs, labels, frames):
    """So many frames of whole windows. Half of the time without their beginning, so that a channel may begin anywhere."""
    rows = torch.from_numpy(r.integers(0, len(inputs), frames // inputs.shape[1]))
    first = int(r.integers(0, inputs.shape[1] // 3)) if r.random() < 0.5 else 0
    return inputs[rows, first:], labels[rows, first:]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--corpus", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--start", help="weights to begin with")
    p.add_argument("--steps", type=int, default=2600)
    p.add_argument("--batch", type=int, default=64000, help="frames")
    p.add_argument("--rate", type=float, default=5e-3)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    groups = windows(a.corpus)
    model = load(a.start) if a.start else Detector()
    optimizer = torch.optim.Adam(model.parameters(), a.rate)
    loss = nn.BCEWithLogitsLoss()
    step, total, state = 0, 0.0, pathlib.Path(a.corpus) / "training.pt"
    if state.exists():  # goes on where it was interrupted
        saved = torch.load(state)
        step = saved["step"]
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
    for step in range(step + 1, a.steps + 1):
        r, done = np.random.default_rng([a.seed, step]), step / a.steps
        for group in optimizer.param_groups:
            group["lr"] = a.rate * min(1, step / 50) * (0.02 + 0.98 * (1 - done))
        optimizer.zero_grad()
        for _, (inputs, labels) in groups:
            rows, expected = drawn(r, inputs, labels, a.batch // len(groups))
            value = loss(model(rows), expected) / len(groups)
            value.backward()
            total += value.item()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0:
            torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, state)
            print(step, f"loss {total / 100:.4f} held out", *(f"{s:.2f}" for held, _ in groups for s in scores(model, *held)), flush=True)
            total = 0.0
    write(model, a.out)


def load(path):
    """What write() wrote."""
    numbers = torch.from_numpy(np.fromfile(path, "<f4"))
    count, hidden = int(numbers[0]), int(numbers[1])
    sizes = [(count, 3 * hidden), (hidden, 3 * hidden), (3 * hidden,), (3 * hidden,), (1, hidden), (1,)]
    parts, at = [], 2
    for size in sizes:
        length = int(np.prod(size))
        parts.append(numbers[at:at + length].reshape(size))
        at += length
    model = Detector()
    model.load_state_dict({"gru.weight_ih_l0": parts[0].t(), "gru.weight_hh_l0": parts[1].t(), "gru.bias_ih_l0": parts[2],
                           "gru.bias_hh_l0": parts[3], "out.weight": parts[4], "out.bias": parts[5]})
    return model


def write(model, path):
    """Little-endian float32: counts of bands and hidden units; then [input][3 x hidden], [hidden][3 x hidden] (gates reset, update,
    new), the two biases of [3 x hidden], the output's [hidden] and its bias."""
    gru, out = model.gru, model.out
    parts = [torch.tensor([bands.BANDS, HIDDEN]), gru.weight_ih_l0.t(), gru.weight_hh_l0.t(), gru.bias_ih_l0, gru.bias_hh_l0, out.weight, out.bias]
    np.concatenate([part.detach().numpy().astype("<f4").ravel() for part in parts]).tofile(path)


if __name__ == "__main__":
    main()
