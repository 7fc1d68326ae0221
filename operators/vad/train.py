"""Trains the detector and writes its weights as the Java resource.

    python3 train.py --corpus corpus --out ../src/main/resources/io/amanuensis/operators/findspeech/speech-detector-1.bin
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


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--corpus", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--steps", type=int, default=2600)
    p.add_argument("--batch", type=int, default=100)
    p.add_argument("--rate", type=float, default=5e-3)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    files = [np.load(path) for path in sorted(glob.glob(a.corpus + "/windows-*.npz"))]
    inputs = torch.from_numpy(np.concatenate([f["inputs"] for f in files]))
    labels = torch.from_numpy(np.concatenate([f["labels"] for f in files]))
    held = len(inputs) // 20
    model = Detector()
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
        rows = torch.from_numpy(r.integers(held, len(inputs), a.batch))
        # Half of the time without the beginning, so that a channel may begin anywhere.
        first = int(r.integers(0, 150)) if r.random() < 0.5 else 0
        optimizer.zero_grad()
        value = loss(model(inputs[rows, first:]), labels[rows, first:])
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        total += value.item()
        if step % 100 == 0:
            torch.save({"step": step, "model": model.state_dict(), "optimizer": optimizer.state_dict()}, state)
            print(step, f"loss {total / 100:.4f} held out", *(f"{s:.2f}" for s in scores(model, inputs[:held], labels[:held])), flush=True)
            total = 0.0
    write(model, a.out)
    print("held out", *(f"{s:.2f}" for s in scores(model, inputs[:held], labels[:held])))


def write(model, path):
    """Little-endian float32: counts of bands and hidden units; then [input][3 x hidden], [hidden][3 x hidden] (gates reset, update,
    new), the two biases of [3 x hidden], the output's [hidden] and its bias."""
    gru, out = model.gru, model.out
    parts = [torch.tensor([bands.BANDS, HIDDEN]), gru.weight_ih_l0.t(), gru.weight_hh_l0.t(), gru.bias_ih_l0, gru.bias_hh_l0, out.weight, out.bias]
    np.concatenate([part.detach().numpy().astype("<f4").ravel() for part in parts]).tofile(path)


if __name__ == "__main__":
    main()
