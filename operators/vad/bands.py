"""What the detector is shown of a frame: the logarithms of the energies of 24 bands of the telephone's range."""
import numpy as np

RATE, FRAME, FFT, BANDS = 16000, 320, 512, 24
LOWEST_HZ, HIGHEST_HZ = 100, 3800
FLOOR = 1e-8  # of a band, against a sine of full scale (about 0.25): what lies far below it is silence


def mel(hz):
    return 2595 * np.log10(1 + np.asarray(hz, np.float64) / 700)


def filters():
    """Triangles on the mel scale, [BANDS, FFT / 2 + 1]; each sums to 1."""
    edges = 700 * (10 ** (np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), BANDS + 2) / 2595) - 1)
    hz = np.arange(FFT // 2 + 1) * RATE / FFT
    rows = [np.maximum(0, np.minimum((hz - a) / (b - a), (c - hz) / (c - b))) for a, b, c in zip(edges, edges[1:], edges[2:])]
    return np.array([row / row.sum() for row in rows]).astype(np.float32)


FILTERS = filters()
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(FRAME) + 0.5) / FRAME)).astype(np.float32)


def log_bands(x):
    """x: float32 in [-1, 1), rounded to 16 bits. Returns [frames, BANDS]: log2(energy + FLOOR), scaled to about unit size."""
    frames = x[: len(x) // FRAME * FRAME].reshape(-1, FRAME) * WINDOW
    power = np.abs(np.fft.rfft(frames, FFT)) ** 2 * (1 / (FRAME / 2)) ** 2
    return ((np.log2(power @ FILTERS.T + FLOOR) + 18) / 5).astype(np.float32)
