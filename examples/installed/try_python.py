"""marq.py against the C header (FACTS: same_layout.c as a library) and as its user meets it."""
import ctypes
import sys

import marq
import numpy as np

facts = ctypes.CDLL(sys.argv[1])
facts.fact_name.restype = ctypes.c_char_p
facts.fact_name.argtypes = [ctypes.c_long]
facts.fact.restype = facts.fact_count.restype = ctypes.c_long
in_header = {name: facts.fact(name) for name in (facts.fact_name(i) for i in range(facts.fact_count()))}


def same_layout(structure):
    """Every field of the header is there, none else, at the same place; the sizes are equal."""
    name = structure.__name__
    expected = {k.decode(): v for k, v in in_header.items() if k.decode().startswith(name + ".")}
    found = {f"{name}.{field}": getattr(structure, field).offset for field, _ in structure._fields_}
    assert found == expected, f"{name}: {set(found.items()) ^ set(expected.items())}"
    assert ctypes.sizeof(structure) == in_header[name.encode()], f"the size of {name}"


for structure in (marq.marq_problem, marq.marq_progress, marq.marq_options, marq.marq_result, marq.marq_uncertainty,
                  marq.marq_error):
    same_layout(structure)
for kind, names in marq.CHOICES.items():
    for value, name in enumerate(names):
        assert in_header[f"MARQ_{kind}_{name}".upper().encode()] == value, f"{kind} {name}"
for name in ("MARQ_CALLBACK_OK", "MARQ_CALLBACK_ABORT", "MARQ_STOP_CALLER"):
    assert in_header[name.encode()] == getattr(marq, name), name

x = np.linspace(0, 3, 40)
y = 2 * np.exp(-1.3 * x) + 0.01 * np.sin(50 * x)


def residual(p):
    return p[0] * np.exp(-p[1] * x) - y


def raised(kind, words, *arguments, **options):
    try:
        marq.solve(*arguments, **options)
    except kind as exception:
        assert words in str(exception), f"{exception!r} does not say {words!r}"
        return
    raise AssertionError(f"{kind.__name__} is expected")


steps = []
free = marq.solve(residual, [1, 1], progress=lambda p: steps.append((p.iteration, p.cost)))
assert free.key in ("gradient", "step", "cost") and abs(free.theta[1] - 1.3) < 0.02, free
assert len(steps) == free.result.iterations + 1 and steps[-1][1] < steps[0][1], steps
assert np.allclose(free.covariance.diagonal(), free.deviation**2) and free.warning == ""

bounded = marq.solve(residual, [1, 1], upper=[1.5, np.inf], method="dogleg", derivatives="central")
assert bounded.theta[0] == 1.5 and bounded.deviation[0] == 0, bounded
fixed = marq.solve(residual, [1.9, 1], fixed=[True, False])
assert fixed.theta[0] == 1.9, fixed

# Weights that leave a row out give what a fit without the row gives.
y[7] += 5
weighted = marq.solve(residual, [1, 1], weights=np.arange(40) != 7)
others = marq.solve(lambda p: np.delete(residual(p), 7), [1, 1])
assert np.allclose(weighted.theta, others.theta, rtol=1e-9), (weighted.theta, others.theta)
robust = marq.solve(residual, [1, 1], loss="cauchy", loss_scale=0.02)
assert abs(robust.theta[1] - 1.3) < 0.02, robust

undetermined = marq.solve(lambda p: p[0] + p[1] + 0 * x - y, [1, 1])
assert np.isinf(undetermined.deviation).all() and undetermined.warning, undetermined
stopped = marq.solve(residual, [1, 1], progress=lambda p: p.iteration == 1)
assert stopped.key == "caller" and stopped.result.iterations == 1, stopped

raised(ZeroDivisionError, "division", lambda p: residual(p) if p[0] == 1 else 1 / 0, [1, 1])
raised(marq.MarqError, "bound", residual, [1, 1], lower=2)
raised(marq.MarqError, "row", lambda p: residual(p) * np.nan, [1, 1])
raised(ValueError, "method is one of auto", residual, [1, 1], method="newton")
raised(ValueError, "lower needs 2 values", residual, [1, 1], lower=[0, 0, 0])
raised(TypeError, "no option 'epochs'", residual, [1, 1], epochs=3)
