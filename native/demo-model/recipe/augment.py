"""Changes a stored window a little each time it is used: cut to a part, another vocal tract, another sound of the line, masked bands and moments."""
import numpy as np

from features import N_MELS, RATE, edges_hz

HEARD = 0.6  # the share of a word's time that must be inside a cut for the word to be written
RANGE = 2.0  # Whisper's log-mel is at most this far below its loudest value


def _warps(factors):
    """Matrices that move the bands to so many times their frequency, linear between neighbouring bands; factors: (lowest band's, highest band's)."""
    centres, out = edges_hz()[1:-1], []
    for lowest, highest in factors:
        factor = np.linspace(lowest, highest, N_MELS)
        at = np.interp(np.minimum(centres * factor, RATE / 2), centres, np.arange(N_MELS))
        low = np.minimum(at.astype(int), N_MELS - 2)
        matrix = np.zeros((N_MELS, N_MELS), np.float32)
        matrix[low, np.arange(N_MELS)] = 1 - (at - low)
        matrix[low + 1, np.arange(N_MELS)] += at - low
        out.append(matrix)
    return out


WARPS = _warps([(lowest, highest) for lowest in np.linspace(0.85, 1.18, 8) for highest in np.linspace(0.85, 1.18, 8)])
LINES = 0.1  # standard deviation of a line's response, in units of 40 dB


def cut(r, mel, item):
    """A part of the window, which may begin and end inside words; the window itself if no word would be left.

    `unfinished`: the last segment goes on after the end.
    """
    limit = len(mel) if item["cut"] is None else int(item["cut"] * 100)
    if limit < 120:
        return mel, item
    length = r.randint(100, limit) // 2 * 2
    first = r.randint(0, limit - length) // 2 * 2
    begin, end, segments, unfinished = first / 100, (first + length) / 100, [], False
    for segment in item["segments"]:
        words = [[w, max(s, begin) - begin, min(e, end) - begin] for w, s, e in segment["words"]
                 if min(e, end) - max(s, begin) >= HEARD * (e - s)]
        if words:
            unfinished = segment["end"] > end
            segments.append({"text": " ".join(w for w, _, _ in words), "words": words, "start": words[0][1], "end": words[-1][2]})
    if not segments:
        return mel, item
    return mel[first:first + length], {"segments": segments, "cut": None, "unfinished": unfinished}


def disturb(r, mel):
    """mel: float32 (frames, 80), changed in place where that is enough; returns it."""
    if r.random() < 0.5:
        mel = mel @ r.choice(WARPS)
    if r.random() < 0.5:
        at = np.linspace(0, N_MELS - 1, r.randint(3, 7))
        mel = mel + np.interp(np.arange(N_MELS), at, [r.gauss(0, LINES) for _ in at]).astype(np.float32)
    fill = float(mel.mean())
    for _ in range(r.choice([0, 0, 1, 2])):
        width = r.randint(1, 12)
        at = r.randint(0, N_MELS - width)
        mel[:, at:at + width] = fill
    for _ in range(r.choice([0, 0, 1, 2])):
        at = r.randint(0, len(mel) - 1)
        mel[at:at + r.randint(1, 10)] = fill
    return np.maximum(mel, mel.max() - RANGE)
