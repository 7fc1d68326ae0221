"""Transcribes the two-party calls of a test set by the recipe's own windows, each side alone and both mixed."""
import json
import struct

import numpy as np
from scipy.signal import resample_poly

from decode import transcribe_long
from features import RATE
from heldout import edit_distance, key


def read_wav(path):
    """PCM16 or mu-law WAV; returns (samples, channels) float32 at its own rate."""
    raw = open(path, "rb").read()
    at, fmt = 12, None
    while at < len(raw):
        name, size = raw[at:at + 4], struct.unpack("<I", raw[at + 4:at + 8])[0]
        body = raw[at + 8:at + 8 + size]
        if name == b"fmt ":
            fmt = struct.unpack("<HHIIHH", body[:16])
        if name == b"data":
            break
        at += 8 + size + size % 2
    if fmt[0] == 7:
        u = ~np.frombuffer(body, np.uint8)
        size = (((u & 15).astype(np.int32) << 3) + 132) << ((u >> 4) & 7)
        x = np.where(u & 0x80, 132 - size, size - 132)
    else:
        x = np.frombuffer(body, "<i2")
    return x.reshape(-1, fmt[1]).astype(np.float32) / 32768, fmt[2]


def at_16k(x, rate):
    return x if rate == RATE else resample_poly(x, RATE // rate, 1).astype(np.float32)


def transcribe_calls(net, tok, testset, most):
    """Yields a row for each side of at most `most` calls."""
    with open(testset + "/calls.jsonl") as f:
        rows = [json.loads(line) for line in f][:most]
    for row in rows:
        info = json.load(open(f"{testset}/{row['file'][:-4]}.json"))
        x, rate = read_wav(f"{testset}/{row['file']}")
        for c, name in enumerate(("agent", "customer", "both mixed")):
            found = transcribe_long(net, tok, at_16k(x[:, c] if c < 2 else x.mean(1), rate))
            said = " ".join(t["text"] for t in info["turns"] if c == 2 or t["channel"] == c)
            errors, words = edit_distance(key(said).split(), key(" ".join(t for _, _, t in found)).split()), len(said.split())
            yield {"file": row["file"], "channel": name, "wer_percent": round(100 * errors / words, 2), "errors": errors, "words": words,
                   "segments": [{"start": round(s, 2), "end": round(e, 2), "text": t} for s, e, t in found]}
