"""Writes what the network as PyTorch computes it says of a file of the demo model's test set, for NeuralDetectorTest.

    python3 reference.py --weights ../src/main/resources/io/amanuensis/operators/findspeech/speech-detector-1.bin \
        --wav ../../native/demo-model/testset/utterance-20-rms-clean.wav \
        --out ../src/test/resources/io/amanuensis/operators/findspeech/utterance-20-rms-clean.probabilities
"""
import argparse
import wave

import numpy as np
import torch

import bands
from train import Detector


def load(path):
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


def main():
    p = argparse.ArgumentParser()
    for name in ("--weights", "--wav", "--out"):
        p.add_argument(name, required=True)
    a = p.parse_args()
    with wave.open(a.wav) as w:
        x = np.frombuffer(w.readframes(w.getnframes()), "<i2").astype(np.float32) / 32768
    with torch.no_grad():
        probabilities = torch.sigmoid(load(a.weights)(torch.from_numpy(bands.log_bands(x))[None]))[0].numpy()
    with open(a.out, "w") as f:
        f.writelines(f"{p:.6f}\n" for p in probabilities)


if __name__ == "__main__":
    main()
