"""Fits the polynomials of cpu/tile_avx512.h, whose results are rounded to bfloat16 or to bytes.

Needs numpy and scipy. Prints, lowest power first: of the GELU, (Phi(x) - 1/2) / x over v = 2 x^2 / 4.5^2 - 1 for 0 < x <= 4.5,
with the greatest error of x Phi(x); and of 2^f over 0 <= f <= 1, with the greatest relative error. Reweighted least
squares approach the minimax solutions.
"""
import numpy as np
from scipy.special import erf

NODES = 6000
nodes = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)


def minimax(argument, degree, wanted, scale, rounds):
    """Coefficients of the polynomial p that makes |p - wanted| scale even, and its largest value."""
    basis = np.polynomial.chebyshev.chebvander(argument, degree)
    weights = np.ones(len(argument))
    for _ in range(rounds):
        root = np.sqrt(weights) * scale
        found = np.linalg.lstsq(basis * root[:, None], wanted * root, rcond=None)[0]
        error = abs(basis @ found - wanted) * scale
        weights *= error / error.max() + 1e-12
        weights /= weights.sum()
    return np.polynomial.chebyshev.cheb2poly(found), error.max()


MOST = 4.5
x = np.sqrt((nodes + 1) / 2) * MOST
powers, error = minimax(nodes, 9, erf(x / np.sqrt(2)) / 2 / x, x * x, 1000)
print("GELU:", ", ".join(f"{c:.9g}f" for c in powers), "error", error)

f = (nodes + 1) / 2
powers, error = minimax(nodes, 3, 2**f, 2**-f, 500)
in_f = np.polynomial.Polynomial(powers)(np.polynomial.Polynomial([-1, 2])).coef
print("2^f:", ", ".join(f"{c:.9g}f" for c in in_f), "relative error", error)
