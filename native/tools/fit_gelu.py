"""Fits the polynomial of cpu/vector.h: the tail of the normal distribution, divided by exp(-z^2 / 2), over t = 1 / (1 + 0.3 z).

Needs numpy and scipy. Prints the coefficients, lowest power first, and the greatest relative error over 0 <= z <= 13:
of the exact polynomial, and of its evaluation in float32. Reweighted least squares approach the minimax solution.
"""
import numpy as np
from scipy.special import erfcx

RATE, DEGREE, Z_MOST, NODES = 0.3, 8, 13.0, 4000

t_least = 1 / (1 + RATE * Z_MOST)
x = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
t = (t_least + 1) / 2 + (1 - t_least) / 2 * x
wanted = erfcx((1 / t - 1) / RATE / np.sqrt(2)) / 2
weights = np.ones(NODES)
for _ in range(200):
    scale = np.sqrt(weights) / wanted
    basis = np.polynomial.chebyshev.chebvander(x, DEGREE)
    found = np.linalg.lstsq(basis * scale[:, None], wanted * scale, rcond=None)[0]
    error = abs(basis @ found / wanted - 1)
    weights *= np.sqrt(error / error.mean()) + 1e-3
    weights /= weights.mean()

powers = np.polynomial.Chebyshev(found, domain=[t_least, 1]).convert(kind=np.polynomial.Polynomial).coef
z = np.linspace(0, Z_MOST, 300001).astype(np.float32)
u = np.float32(1) / (np.float32(1) + np.float32(RATE) * z)
value = np.full_like(u, powers[-1], dtype=np.float32)
for c in powers[-2::-1]:
    value = value * u + np.float32(c)
print(", ".join(f"{c:.9g}f" for c in powers))
print("relative error:", error.max(), "; in float32:", abs(value / (erfcx(z.astype(float) / np.sqrt(2)) / 2) - 1).max())
