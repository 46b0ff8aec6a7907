"""y = a exp(-b x) + c through eight points, in Python.

    PYTHONPATH=$(dirname $(pkg-config --variable=python_source marq)) python3 fit_exponential.py
"""
import sys

import marq
import numpy as np

x = np.arange(8.0)
y = np.array([5.02, 3.48, 2.49, 1.90, 1.52, 1.31, 1.19, 1.10])


def residual(p):
    return p[0] * np.exp(-p[1] * x) + p[2] - y


def jacobian(p):
    e = np.exp(-p[1] * x)
    return np.column_stack([e, -p[0] * x * e, np.ones_like(x)])


fit = marq.solve(residual, [1, 1, 0], jacobian)
for name, value, error in zip("abc", fit.theta, fit.deviation):
    print(f"{name} = {value:.6f} +- {error:.6f}")
print(f"{fit.message}; sum of squares {2 * fit.cost:.4e}")
if abs(fit.theta[0] - 4.02) > 0.05:
    sys.exit("a is wrong")
