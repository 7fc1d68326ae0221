"""Sounds of telephone lines that nobody speaks in: noises, signals, music. All float32 at 16 kHz, RMS about 1 where they sound."""
import numpy as np
from scipy.signal import butter, sosfilt

RATE = 16000
DTMF_ROWS, DTMF_COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)


def level(x):
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64))) + 1e-9)


def unit(x):
    return (x / level(x)).astype(np.float32)


def seconds(count):
    return np.arange(count) / RATE


def coloured(r, count, exponent):
    """exponent 0: white, 1: pink, 2: brown."""
    spectrum = r.standard_normal(count // 2 + 1) + 1j * r.standard_normal(count // 2 + 1)
    spectrum /= np.maximum(1, np.arange(count // 2 + 1)) ** (exponent / 2)
    return unit(np.fft.irfft(spectrum, count))


def shaped(r, count):
    """Steady noise through a random resonance or two, as of engines, fans and air."""
    x = coloured(r, count, r.uniform(0, 1.5))
    for _ in range(r.integers(1, 3)):
        centre, width = np.exp(r.uniform(np.log(120), np.log(3000))), r.uniform(0.1, 0.8)
        band = [centre * (1 - width / 2), min(centre * (1 + width / 2), 7500)]
        x = x + r.uniform(0.5, 3) * unit(sosfilt(butter(2, band, "bandpass", fs=RATE, output="sos"), x))
    return unit(x)


def wandering(r, x):
    """Level that drifts or steps, as of a door that opens or of comfort noise switched on and off."""
    knots = r.integers(2, 8)
    steps = np.interp(np.linspace(0, 1, len(x)), np.linspace(0, 1, knots), r.uniform(-12, 0, knots))
    if r.random() < 0.3:
        steps = np.where(np.interp(np.linspace(0, 1, len(x)), np.linspace(0, 1, knots), r.uniform(-1, 1, knots)) > 0, steps, -60)
    return unit(x * 10 ** (steps / 20))


def hum(r, count):
    base, t = r.choice([50, 60]) * r.uniform(0.995, 1.005), seconds(count)
    return unit(sum(r.uniform(0, 1) / k * np.sin(2 * np.pi * base * k * t + r.uniform(0, 6.3)) for k in range(1, r.integers(3, 14))))


def key_tones(r, count):
    out, at, pace, pause = np.zeros(count, np.float32), int(r.uniform(0, 1) * RATE), r.uniform(0.05, 0.4), r.uniform(0.05, 0.6)
    while at < count:
        t = seconds(min(int(RATE * pace * r.uniform(0.8, 1.3)), count - at))
        out[at:at + len(t)] = np.sin(2 * np.pi * r.choice(DTMF_ROWS) * t) + r.uniform(0.6, 1.2) * np.sin(2 * np.pi * r.choice(DTMF_COLUMNS) * t)
        at += len(t) + int(RATE * pause * r.uniform(0.5, 2))
    return unit(out)


def call_progress(r, count):
    """Dialling, ringing and busy tones, single or in pairs, in any cadence; fax and modem whistles."""
    t = seconds(count)
    low = r.choice([350, 400, 425, 440, 480, 950, 1100, 1400, 1800, 2100, np.exp(r.uniform(np.log(200), np.log(3300)))])
    tone = np.sin(2 * np.pi * low * t) + r.integers(0, 2) * np.sin(2 * np.pi * (low + r.choice([20, 40, 90, 140, 300])) * t)
    if r.random() < 0.2:
        tone = np.sin(2 * np.pi * low * t + r.uniform(1, 300) * np.sin(2 * np.pi * r.uniform(0.3, 12) * t) / 10)
    on, off = r.uniform(0.1, 2.2), r.choice([0, r.uniform(0.1, 4)])
    return unit(tone * ((t + r.uniform(0, 3)) % (on + off) < on) + 1e-4 * r.standard_normal(count))


def clicks(r, count):
    out = np.zeros(count, np.float32)
    for at in r.integers(0, count - 1700, r.integers(1, 40)):
        length = r.integers(20, 1600)
        burst = r.standard_normal(length) * np.exp(-np.arange(length) * r.uniform(3, 12) / length)
        out[at:at + length] += r.uniform(0.1, 1) * (burst if r.random() < 0.6 else unit(np.cumsum(burst)))
    return unit(out + 1e-4 * r.standard_normal(count))


def breath(r, count):
    """Blowing into the microphone, wiping, typing: noise in slow or quick swells without a voice."""
    out, at = np.zeros(count, np.float32), int(r.uniform(0, 1) * RATE)
    while at < count:
        length = min(int(RATE * r.choice([r.uniform(0.03, 0.15), r.uniform(0.2, 1.5)])), count - at)
        if length > 100:
            out[at:at + length] = shaped(r, length) * np.sin(np.pi * np.arange(length) / length) ** r.uniform(0.5, 3)
        at += length + int(RATE * r.uniform(0.05, 2.5))
    return unit(out + 1e-4 * r.standard_normal(count))


def note(r, frequency, count, timbre):
    """One tone of an instrument: harmonics with a spectrum of their own, a beginning and an end, sometimes vibrato."""
    t = seconds(count)
    vibrato = timbre["depth"] * np.sin(2 * np.pi * timbre["vibrato"] * t) * np.minimum(1, t * 4)
    phase = 2 * np.pi * frequency * (t + vibrato / frequency / 6)
    x = np.zeros(count)
    for k, weight in enumerate(timbre["spectrum"], 1):
        if frequency * k * timbre["stretch"] < 7600:
            x += weight * np.sin(phase * k * timbre["stretch"] ** (k - 1) + k) * np.exp(-t * timbre["damping"] * k ** 0.5)
    if timbre["fm"] > 0:
        x = np.sin(phase + timbre["fm"] * np.exp(-2 * t) * np.sin(phase * timbre["ratio"]))
        x *= np.exp(-t * timbre["damping"])
    attack, release = max(1, int(RATE * timbre["attack"])), max(1, min(count, int(RATE * timbre["release"])))
    x[:attack] *= np.linspace(0, 1, attack)[:count]
    x[-release:] *= np.linspace(1, 0, release)
    return x


def instrument(r):
    spectrum = r.uniform(0.2, 1, 12) / np.arange(1, 13) ** r.uniform(0.3, 2.2)
    if r.random() < 0.3:
        spectrum[1::2] *= 0.1
    return {"spectrum": spectrum, "damping": r.choice([0, r.uniform(0.3, 2), r.uniform(2, 8)]), "attack": r.choice([0.004, r.uniform(0.01, 0.25)]),
            "release": r.uniform(0.02, 0.3), "vibrato": r.uniform(4, 7), "depth": r.choice([0, 0, r.uniform(0.2, 3)]), "stretch": r.choice([1, 1, r.uniform(1.0005, 1.003)]),
            "fm": r.choice([0, 0, 0, r.uniform(0.5, 6)]), "ratio": r.choice([1, 2, 3, 1.41, 3.5])}


SCALES = ([0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 4, 7, 9], [0, 3, 5, 6, 7, 10])
CHORDS = ([0, 2, 4], [3, 5, 7], [4, 6, 8], [5, 7, 9], [1, 3, 5], [0, 4, 7])


def music(r, count):
    """Chords, bass, melody and drums of random instruments, in time."""
    out, beat, scale = np.zeros(count + 4 * RATE), 60 / r.uniform(55, 165), SCALES[r.integers(len(SCALES))]
    root = 110 * 2 ** (r.integers(0, 12) / 12)

    def pitch(degree, octave):
        return root * 2 ** (octave + degree // len(scale)) * 2 ** (scale[degree % len(scale)] / 12)

    def play(at, frequency, length, timbre, loudness):
        first, n = int(at * RATE), max(400, int(length * RATE))
        if frequency < 3500 and first < count:
            n = min(n, len(out) - first)
            out[first:first + n] += loudness * note(r, frequency, n, timbre)

    parts = [part for part, chance in (("chords", 0.75), ("bass", 0.5), ("melody", 0.7), ("drums", 0.4)) if r.random() < chance] or ["melody"]
    timbres = {part: instrument(r) for part in parts}
    octaves = {"chords": r.integers(0, 2), "bass": -1, "melody": r.integers(1, 3)}
    pattern, legato = r.integers(0, 3), r.uniform(0.5, 1.6)
    melody_pace, degree, t, bar = r.choice([0.25, 0.5, 1, 2]), int(r.integers(0, 8)), 0.0, 0
    while t < count / RATE:
        chord = CHORDS[r.integers(len(CHORDS))]
        if "chords" in parts:
            for i in range(4 if pattern else 1):
                notes = chord if pattern != 2 else [chord[i % 3]]
                for d in notes:
                    play(t + i * beat, pitch(d, octaves["chords"]), (4 if pattern == 0 else 1) * beat * legato, timbres["chords"], 0.5)
        if "bass" in parts:
            for i in range(r.integers(1, 5)):
                play(t + i * beat, pitch(chord[0], -1), beat * legato, timbres["bass"], 0.9)
        if "melody" in parts:
            at = t
            while at < t + 4 * beat:
                length = melody_pace * beat * r.choice([0.5, 1, 1, 2])
                if r.random() < 0.85:
                    degree = int(np.clip(degree + r.integers(-3, 4), 0, 12))
                    play(at, pitch(degree, octaves["melody"]), length * legato, timbres["melody"], 0.8)
                at += length
        if "drums" in parts:
            for i in range(8):
                n = min(int(RATE * r.uniform(0.05, 0.2)), len(out) - int((t + i * beat / 2) * RATE) - 1)
                if n > 100 and r.random() < 0.7:
                    first = int((t + i * beat / 2) * RATE)
                    drum = r.standard_normal(n) if i % 2 else np.sin(2 * np.pi * 60 * seconds(n)) * 3
                    out[first:first + n] += 0.5 * drum * np.exp(-np.arange(n) * 7 / n)
        t += 4 * beat
        bar += 1
    out = out[:count]
    if r.random() < 0.3:
        out = sosfilt(butter(2, r.uniform(800, 3500), fs=RATE, output="sos"), out)
    return unit(out + 1e-3 * level(out) * r.standard_normal(count))


def comfort(r, count):
    """Noise in patches of different levels, some of them digital silence, as a codec makes it up while nobody speaks."""
    out, at = np.zeros(count, np.float32), 0
    bright = r.uniform(0.05, 1)
    while at < count:
        length = min(int(RATE * np.exp(r.uniform(np.log(0.1), np.log(8)))), count - at)
        if r.random() < 0.75:
            noise = np.zeros(length) if length < 8 else sosfilt([[bright, 0, 0, 1, bright - 1, 0]], r.standard_normal(length))
            out[at:at + length] = noise * 10 ** (r.uniform(-30, 0) / 20)
        at += length
    return unit(out + 1e-6 * r.standard_normal(count))


def without_speech(r, count):
    """Whatever may be on a line, sometimes two such sounds after one another; also what a voice may have to be heard over."""
    kind, x = one_sound(r, count)
    if r.random() < 0.3:
        at = r.integers(count // 10, count * 9 // 10)
        kind, other = one_sound(r, count)
        x = np.concatenate([x[:at], other[at:] * 10 ** (r.uniform(-20, 20) / 20)])
    return kind, x.astype(np.float32)


def one_sound(r, count):
    kind = r.choice(["coloured", "shaped", "wandering", "comfort", "hum", "keys", "progress", "clicks", "breath", "music"],
                    p=[0.11, 0.08, 0.09, 0.12, 0.06, 0.07, 0.08, 0.05, 0.07, 0.27])
    if kind == "coloured":
        return kind, coloured(r, count, r.uniform(0, 2))
    if kind == "wandering":
        return kind, wandering(r, shaped(r, count) if r.random() < 0.5 else coloured(r, count, r.uniform(0, 2)))
    maker = {"shaped": shaped, "comfort": comfort, "hum": hum, "keys": key_tones, "progress": call_progress, "clicks": clicks, "breath": breath, "music": music}[kind]
    return kind, maker(r, count)
