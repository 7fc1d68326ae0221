"""Writes actual-context.encoder.npy: the demo model's states of an utterance alone, without the rest of its window.

    python3 make_actual_context_golden.py     # needs numpy

Whisper's encoder in float64, of its own: it is first held against PyTorch's states of the full window. Of the utterance
every kEvery-th position is kept.
"""
import json
import struct
import wave
from math import erf
from pathlib import Path

import numpy as np

EVERY = 16
UTTERANCE = "utterance-00-espeak_seen-clean"
HERE = Path(__file__).resolve().parent
DEMO = HERE.parent.parent / "demo-model"


def tensors():
    raw = (DEMO / "model/model.safetensors").read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    types = {"F16": np.float16, "F32": np.float32}
    found = {}
    for name, at in json.loads(raw[8:8 + length]).items():
        if name != "__metadata__":
            begin, end = (8 + length + offset for offset in at["data_offsets"])
            found[name] = np.frombuffer(raw[begin:end], types[at["dtype"]]).reshape(at["shape"]).astype(np.float64)
    return found


ERF = np.vectorize(erf)
W = {name.removeprefix("model.encoder."): value for name, value in tensors().items() if ".encoder." in name}
CONFIG = json.loads((DEMO / "model/config.json").read_text())


def gelu(x):
    return 0.5 * x * (1 + ERF(x / np.sqrt(2)))


def norm(x, name):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5) * W[name + ".weight"] + W[name + ".bias"]


def linear(x, name):
    y = x @ W[name + ".weight"].T
    return y + W[name + ".bias"] if name + ".bias" in W else y


def convolution(x, name, stride):
    padded = np.pad(x, ((1, 1), (0, 0)))
    taps = [padded[k:len(padded) - 2 + k][::stride] @ W[name + ".weight"][:, :, k].T for k in range(3)]
    return gelu(sum(taps) + W[name + ".bias"])


def encode(mel):
    """mel: [frames][bins], an even number of frames. Returns [frames / 2][width]."""
    x = convolution(convolution(mel, "conv1", 1), "conv2", 2)
    x = x + W["embed_positions.weight"][:len(x)]
    heads = CONFIG["encoder_attention_heads"]
    for i in range(CONFIG["encoder_layers"]):
        layer = f"layers.{i}."
        y = norm(x, layer + "self_attn_layer_norm")
        q, k, v = (linear(y, f"{layer}self_attn.{p}_proj").reshape(len(y), heads, -1).transpose(1, 0, 2) for p in "qkv")
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (weights / weights.sum(-1, keepdims=True)) @ v
        x = x + linear(mixed.transpose(1, 0, 2).reshape(len(y), -1), layer + "self_attn.out_proj")
        y = norm(x, layer + "final_layer_norm")
        x = x + linear(gelu(linear(y, layer + "fc1")), layer + "fc2")
    return norm(x, "layer_norm")


mel = np.load(DEMO / f"reference/{UTTERANCE}.mel.npy").astype(np.float64)
expected = np.load(DEMO / f"reference/{UTTERANCE}.encoder.npy")
difference = np.linalg.norm(encode(mel) - expected) / np.linalg.norm(expected)
assert difference < 1e-5, difference
with wave.open(str(DEMO / f"testset/{UTTERANCE}.wav")) as sound:
    samples = sound.getnframes() * 16000 // sound.getframerate()
positions = -(-samples // 320)
states = encode(mel[:2 * positions])
other = np.linalg.norm(states - expected[:positions]) / np.linalg.norm(expected[:positions])
print(f"{samples} samples, {positions} positions; full window {difference:.1e} from PyTorch; alone {other:.2f} from the full window")
np.save(HERE / "actual-context.encoder.npy", states[::EVERY].astype(np.float32))
