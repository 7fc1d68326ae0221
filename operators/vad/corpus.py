"""Makes the training data: sentences of the demo model's recipe spoken by its voices, put into some seconds of a telephone line.

    python3 corpus.py --out corpus --utterances 2000 --windows 9000 --seed 2
    python3 corpus.py --out corpus --utterances 2000 --windows 4000 --seed 5 --seconds 20 --speaking 0.4 --hold-music 0.6
"""
import argparse
import os
import pathlib
import random
import sys

import numpy as np
from scipy.signal import butter, fftconvolve, firwin, sosfilt

import bands
import hold_music
import sounds

RECIPE = pathlib.Path(__file__).resolve().parents[2] / "native" / "demo-model" / "recipe"
sys.path.append(str(RECIPE))

RATE = 16000
VOICES_SEED = 2
LONGEST_PAUSE = 0.2  # between words, seconds: a longer one is labelled as such


def spoken(count, seed):
    """(audio of RMS 1 over its speech, [(start, end)] in samples) of each utterance."""
    import channel
    import sentences
    from generate_corpus import Studio, choose_speaker
    r, studio, result = random.Random(seed), Studio(), []
    while len(result) < count:
        who = choose_speaker(r)
        jobs = [(sentences.random_words(r) if r.random() < 0.25 else sentences.sentence(r, 0.0), who) for _ in range(8)]
        jobs += [(r.choice(["Yes.", "No.", "Okay.", "Right.", "Mhm.", "Hello?", "Thanks.", "Sure.", "One.", "Eight."]), who) for _ in range(2)]
        for got in studio.record(jobs):
            if got is None or got[1] is None or len(got[0]) > 9 * RATE:
                continue
            audio, words = got
            spans = []
            for _, start, end in words:
                if spans and start - spans[-1][1] < LONGEST_PAUSE:
                    spans[-1][1] = end
                else:
                    spans.append([start, end])
            audio = audio / channel.level(audio[np.abs(audio) > 0.02 * np.abs(audio).max()])
            result.append((audio.astype(np.float32), [(int(a * RATE), int(b * RATE)) for a, b in spans]))
    return result[:count]


def mu_law(x):
    y = np.sign(x) * np.log1p(255 * np.minimum(np.abs(x), 1)) / np.log(256)
    y = np.round((y + 1) * 127.5) / 127.5 - 1
    return np.sign(y) * (np.power(256.0, np.abs(y)) - 1) / 255


def line(r, x, steep_share):
    """The telephone: band and equalisation. A codec's own filters leave next to nothing outside of the band, others only little."""
    if steep_share and r.random() < steep_share:
        taps = firwin(2 * int(r.integers(50, 400)) + 1, [r.uniform(150, 420), r.uniform(2900, 3750)], pass_zero=False, fs=RATE)
        x = fftconvolve(x, taps, "same")
    elif r.random() < 0.6:
        x = sosfilt(butter(3, [r.uniform(80, 350), r.uniform(3000, 3850)], "bandpass", fs=RATE, output="sos"), x)
    if r.random() < 0.4:
        tilt = r.uniform(-0.7, 0.7)
        x = x + tilt * np.concatenate([[0], x[:-1]])
    return x


def voices(r, utterances, count):
    """One speaker after the other with pauses; its label by sample."""
    x, label = np.zeros(count, np.float32), np.zeros(count, bool)
    at = int(RATE * r.choice([r.uniform(0, 0.5), r.uniform(0, 6)]))
    while at < count - RATE // 2:
        audio, spans = utterances[r.integers(len(utterances))]
        if r.random() < 0.35:  # as of another speaker: faster and higher or slower and lower
            ratio = r.uniform(0.82, 1.22)
            places = np.arange(0, len(audio) - 1, ratio)
            audio = np.interp(places, np.arange(len(audio)), audio).astype(np.float32)
            spans = [(int(a / ratio), int(b / ratio)) for a, b in spans]
        audio = audio[: count - at] * 10 ** (r.uniform(-4, 4) / 20)
        x[at:at + len(audio)] += audio
        for a, b in spans:
            label[at + a:at + b] = True
        at += len(audio) + int(RATE * r.choice([r.uniform(0.25, 1), r.uniform(1, 6)]))
    if r.random() < 0.2:
        length = int(RATE * r.uniform(0.05, 0.25))
        echo = r.standard_normal(length) * np.exp(-6 * np.arange(length) / length)
        x += 0.4 * fftconvolve(x, echo / np.sqrt((echo ** 2).sum()))[: len(x)].astype(np.float32)
    return x, label


def babble(r, utterances, count):
    x = np.zeros(count, np.float32)
    for _ in range(r.integers(6, 12)):
        at = 0
        while at < count:
            audio, _ = utterances[r.integers(len(utterances))]
            audio = audio[: count - at] * r.uniform(0.5, 1)
            x[at:at + len(audio)] += audio
            at += len(audio)
    return sounds.unit(x)


def background(r, utterances, count, hold_music_share, noise_share):
    if r.random() < noise_share:
        return "coloured", sounds.coloured(r, count, r.uniform(0, 1.2))
    if r.random() < hold_music_share:
        return "music", hold_music.arrangement(r, count)
    if r.random() < 0.06:
        return "babble", babble(r, utterances, count)
    return sounds.without_speech(r, count)


def window(r, utterances, count, speaking_share, hold_music_share, noise_share, steep_share):
    """A stretch of a line as the detector gets it, 16 bits, and what is spoken."""
    speaking = r.random() < speaking_share
    x, label = voices(r, utterances, count) if speaking else (np.zeros(count, np.float32), np.zeros(count, bool))
    kind = "silence"
    if r.random() < 0.9:
        kind, noise = background(r, utterances, count, hold_music_share, noise_share)
        if speaking:
            lowest = {"babble": 3, "music": -2}.get(kind, -9)
            snr = r.uniform(lowest, 8) if r.random() < 0.5 else r.uniform(8, 45)
            noise = noise * 10 ** (-snr / 20)
            if r.random() < 0.15:  # a line that sends nothing while nobody speaks
                noise = noise * fftconvolve(label, np.ones(int(RATE * r.uniform(0.05, 0.3))), "same").round().clip(0, 1)
            x = x + noise
        else:
            x = noise
    if r.random() < 0.3:
        x = x + sounds.coloured(r, count, r.uniform(0, 2)) * sounds.level(x) * 10 ** (-r.uniform(10, 40) / 20)
    x = line(r, x, steep_share)
    quietest = 46 if speaking else 76  # nobody is to be understood below
    x = x / (np.abs(x).max() + 1e-9) * 10 ** (-(r.uniform(0.5, 34) if r.random() < 0.75 else r.uniform(34, quietest)) / 20)
    if r.random() < 0.5:
        x = mu_law(x)
    x = np.round(np.clip(x, -1, 0.99996) * 32768) / 32768
    return x.astype(np.float32), label


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--out", required=True)
    p.add_argument("--utterances", type=int, default=1600)
    p.add_argument("--windows", type=int, default=3600)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--seconds", type=int, default=10, help="of a window")
    p.add_argument("--speaking", type=float, default=0.62, help="share of the windows with speech")
    p.add_argument("--hold-music", type=float, default=0, help="share of the backgrounds that are arrangements of hold_music.py")
    p.add_argument("--noise", type=float, default=0, help="share of the backgrounds that are steady noise")
    p.add_argument("--steep", type=float, default=0, help="share of the windows whose line has steep filters")
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    cache = f"{a.out}/utterances-{a.utterances}.npy"
    if not os.path.exists(cache):
        np.save(cache, np.array(spoken(a.utterances, VOICES_SEED), dtype=object), allow_pickle=True)
    utterances = np.load(cache, allow_pickle=True)
    r = np.random.default_rng(a.seed)
    count = a.seconds * RATE
    inputs = np.zeros((a.windows, count // bands.FRAME, bands.BANDS), np.float32)
    labels = np.zeros(inputs.shape[:2], np.float32)
    for i in range(a.windows):
        x, label = window(r, utterances, count, a.speaking, a.hold_music, a.noise, a.steep)
        inputs[i] = bands.log_bands(x)
        labels[i] = label.reshape(-1, bands.FRAME).mean(1) >= 0.5
        if i % 200 == 0:
            print(i, flush=True)
    np.savez(f"{a.out}/windows-{a.seed}.npz", inputs=inputs, labels=labels)
    print("speech in", labels.mean(), "of all frames; inputs", inputs.mean(), "+-", inputs.std())


if __name__ == "__main__":
    main()
