"""Writes what the network as PyTorch computes it says of a file of the demo model's test set, for NeuralDetectorTest.

    python3 reference.py --weights ../src/main/resources/io/amanuensis/operators/findspeech/speech-detector-2.bin \
        --wav ../../native/demo-model/testset/utterance-20-rms-clean.wav \
        --out ../src/test/resources/io/amanuensis/operators/findspeech/utterance-20-rms-clean.probabilities
"""
import argparse
import wave

import numpy as np
import torch

import bands
from train import load


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
