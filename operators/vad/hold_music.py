"""Arrangements for a few synthetic players, as callers on hold hear them. All float32 at 16 kHz, RMS about 1."""
import numpy as np
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from sounds import RATE, coloured, seconds, unit

TABLE = 2048
MODES = ([0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 3, 5, 7, 9, 10], [0, 2, 4, 5, 7, 9, 10], [0, 2, 3, 5, 7, 8, 11])
LOOPS = ([0, 3, 4, 0], [0, 4, 5, 3], [5, 3, 0, 4], [1, 4, 0, 0], [0, 0, 3, 4], [0, 5, 1, 4], [0, 6, 5, 4], [0], [0, 3])


def waveform(r):
    """One period of a tone, brighter and darker: [2][TABLE]."""
    harmonics, phase = np.arange(1, 25), 2 * np.pi * np.arange(TABLE) / TABLE
    slope = r.uniform(0.3, 2.5)
    weights = r.uniform(0.3, 1, len(harmonics)) / harmonics ** slope
    if r.random() < 0.3:
        weights[1::2] *= r.uniform(0.02, 0.4)  # reeds and stopped pipes
    if r.random() < 0.35:  # the body of an instrument favours some harmonics
        weights *= 0.15 + np.exp(-((harmonics - r.uniform(2, 9)) / r.uniform(0.7, 3)) ** 2)
    if r.random() < 0.2:  # drawbars
        weights *= np.isin(harmonics, r.choice([1, 2, 3, 4, 6, 8, 10, 12], 4))
        weights[0] += 0.3
    shift = r.uniform(0, 6.28, len(harmonics))
    both = [sum(w / k ** extra * np.sin(k * phase + s) for k, w, s in zip(harmonics, weights, shift)) for extra in (0, r.uniform(0.3, 2))]
    return np.array(both) / np.abs(both[0]).max()


def player(r):
    sort = r.choice(["table", "plucked", "bell", "section"], p=[0.5, 0.2, 0.12, 0.18])
    return {"sort": sort, "wave": waveform(r), "attack": np.exp(r.uniform(np.log(0.002), np.log(0.25))), "release": r.uniform(0.02, 0.4),
            "damping": r.choice([0, 0, r.uniform(0.5, 3), r.uniform(3, 12)]), "darkens": r.choice([0, r.uniform(1, 8)]),
            "vibrato": r.uniform(3.5, 7.5), "depth": r.choice([0, 0, np.exp(r.uniform(np.log(0.002), np.log(0.02)))]),
            "tremolo": r.choice([0, 0, r.uniform(0.1, 0.7)]), "glide": r.choice([0, 0, r.uniform(0.02, 0.15)]), "breath": r.choice([0, 0, r.uniform(0.01, 0.15)]),
            "detune": r.uniform(0.001, 0.012), "ratio": r.choice([1, 2, 3, 1.41, 2.76, 3.5, 7]), "index": r.uniform(0.3, 5), "tone": r.uniform(0.3, 0.95)}


def plucked(r, who, hz, count):
    """Karplus and Strong's string."""
    period = max(2, int(RATE / hz))
    x = np.zeros(count)
    x[:min(period, count)] = lfilter([who["tone"]], [1, who["tone"] - 1], r.uniform(-1, 1, period))[:count]
    loss = 0.5 * np.exp(-who["damping"] * period / RATE / 3)
    return lfilter([1], np.concatenate([[1], np.zeros(period - 1), [-loss, -loss]]), x)


def tone(r, who, hz, count, before_hz):
    t = seconds(count)
    if who["sort"] == "plucked":
        return plucked(r, who, hz, count)
    pitch = np.full(count, hz)
    if who["glide"] and before_hz:
        pitch = hz * (before_hz / hz) ** np.exp(-t / who["glide"])
    if who["depth"]:
        pitch = pitch * (1 + who["depth"] * np.sin(2 * np.pi * who["vibrato"] * t + r.uniform(0, 6)) * np.minimum(1, t * r.uniform(2, 20)))
    turns = np.cumsum(pitch) / RATE
    if who["sort"] == "bell":
        x = np.sin(2 * np.pi * turns + who["index"] * np.exp(-who["darkens"] * t) * np.sin(2 * np.pi * turns * who["ratio"]))
    else:
        x = 0
        for spread in ([1] if who["sort"] == "table" else [1 - who["detune"], 1, 1 + who["detune"]]):
            place = (turns * spread * TABLE).astype(np.int64) & TABLE - 1
            dark = 1 - np.exp(-who["darkens"] * t)
            x = x + who["wave"][0][place] * (1 - dark) + who["wave"][1][place] * dark
    if who["breath"]:
        x = x + who["breath"] * r.standard_normal(count)
    return x * np.exp(-who["damping"] * t) * (1 - who["tremolo"] * (0.5 + 0.5 * np.sin(2 * np.pi * who["vibrato"] * t)))


def shaped_tone(r, who, hz, count, before_hz=None):
    x = tone(r, who, hz, count, before_hz)
    attack, release = max(1, min(count, int(RATE * who["attack"]))), max(1, min(count, int(RATE * who["release"])))
    x[:attack] *= np.linspace(0, 1, attack)
    x[-release:] *= np.linspace(1, 0, release)
    return x


def beat_of(r):
    """What a drummer hits: a burst of noise or a falling tone."""
    length = int(RATE * np.exp(r.uniform(np.log(0.02), np.log(0.3))))
    t, fall = seconds(length), np.exp(-np.arange(length) * r.uniform(4, 9) / length)
    if r.random() < 0.35:
        return np.sin(2 * np.pi * r.uniform(45, 200) * t * (1 - 0.3 * t)) * fall * 2
    low = r.uniform(200, 5000)
    return sosfilt(butter(2, [low, min(7800, low * r.uniform(1.3, 6))], "bandpass", fs=RATE, output="sos"), r.standard_normal(length)) * fall * r.uniform(0.5, 2)


def arrangement(r, count):
    out = np.zeros(count + 5 * RATE)
    beat, beats, mode, root = 60 / r.uniform(50, 190), int(r.choice([2, 3, 3, 4, 4, 4, 5, 6])), MODES[r.integers(len(MODES))], 98 * 2 ** (r.integers(0, 12) / 12)
    loop = LOOPS[r.integers(len(LOOPS))]

    def hertz(step, octave):
        return root * 2 ** (octave + (mode[step % 7] + 12 * (step // 7)) / 12)

    def play(at, hz, length, who, loudness, before=None):
        first, n = int(max(0, at) * RATE), min(4 * RATE, max(300, int(length * RATE)))
        if first < count and 30 < hz < 3600:
            out[first:first + n] += loudness * shaped_tone(r, who, hz, n, before)

    players = {part: player(r) for part, chance in (("bass", 0.55), ("chords", 0.7), ("melody", 0.75), ("second", 0.25)) if r.random() < chance} or {"melody": player(r)}
    balance = {part: 10 ** (r.uniform(-14, 0) / 20) for part in players}
    manner, length_of, human = r.choice(["held", "beats", "off", "broken", "after"]), r.uniform(0.4, 1.3), r.choice([0, r.uniform(0, 0.02)])
    pace, rest, step, last = r.choice([0.25, 0.5, 1, 1, 2]), r.uniform(0, 0.35), int(r.integers(4, 10)), None
    kit = [(beat_of(r), r.random(int(beats * 2)) < r.uniform(0.15, 0.7), 10 ** (r.uniform(-20, 0) / 20)) for _ in range(r.integers(0, 4))]
    bar = 0
    while bar * beats * beat * RATE < count:
        at, chord = bar * beats * beat, loop[bar % len(loop)] if r.random() < 0.9 else int(r.integers(0, 7))
        if "bass" in players:
            for i in range(beats if r.random() < 0.3 else 1):
                play(at + i * beat + r.normal(0, 1) * human, hertz(chord + int(r.choice([0, 0, 4])), -1 + int(r.integers(0, 2))), beat * length_of * r.choice([1, 2]), players["bass"], balance["bass"])
        if "chords" in players:
            starts = {"held": [0], "beats": range(beats), "off": np.arange(beats) + 0.5, "broken": np.arange(0, beats, 0.5), "after": range(1, beats)}[manner]
            for i, start in enumerate(starts):
                steps = [0, 2, 4] if manner != "broken" else [[0, 2, 4, 7][int(i) % 4]]
                for s in steps:
                    play(at + start * beat + r.normal(0, 1) * human, hertz(chord + s, 1), (beats if manner == "held" else 1) * beat * length_of, players["chords"], 0.5 * balance["chords"])
        for part in ("melody", "second"):
            where = at
            while part in players and where < at + beats * beat - 1e-6:
                length = beat * pace * r.choice([0.5, 1, 1, 1, 2])
                if r.random() > rest:
                    step = int(np.clip(step + r.integers(-3, 4), 0, 14))
                    hz = hertz(step, 1 + (part == "melody"))
                    play(where + r.normal(0, 1) * human, hz, length * length_of, players[part], balance[part], last)
                    last = hz
                where += length
        for sound, pattern, loudness in kit:
            for i in np.flatnonzero(pattern):
                first = int((at + i * beat / 2) * RATE)
                if first < count:
                    out[first:first + len(sound)] += loudness * r.uniform(0.5, 1) * sound
        bar += 1
    out = out[:count]
    if r.random() < 0.35:  # a hall
        length = int(RATE * r.uniform(0.1, 0.8))
        hall = r.standard_normal(length) * np.exp(-6 * np.arange(length) / length)
        out = out + r.uniform(0.2, 0.9) * fftconvolve(out, hall / np.sqrt((hall ** 2).sum()))[:count]
    if r.random() < 0.25:  # a small loudspeaker or a poor codec
        out = sosfilt(butter(2, r.uniform(900, 3500), fs=RATE, output="sos"), out)
    if r.random() < 0.2:  # compressed until it pumps
        out = np.tanh(unit(out) * r.uniform(0.7, 3))
    out = unit(out)
    return unit(out + 10 ** (-r.uniform(25, 70) / 20) * coloured(r, count, r.uniform(0, 2)))
