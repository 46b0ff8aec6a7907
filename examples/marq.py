"""marq's solver for Python, over ctypes and numpy: least squares by the Levenberg-Marquardt method.

    import marq
    fit = marq.solve(lambda p: p[0] * np.exp(-p[1] * x) - y, [1, 1])
    print(fit.theta, fit.deviation, fit.message)

The library is looked for where the system's loader finds libmarq.so; MARQ_LIBRARY names the file of another one. The
structures mirror marq/lm.h, which documents every field.
"""
import ctypes
import os
from ctypes import CFUNCTYPE, POINTER, Structure, byref, c_char, c_double, c_int, c_size_t, c_void_p
from dataclasses import dataclass

import numpy as np

_doubles = POINTER(c_double)
_residual_function = CFUNCTYPE(c_int, c_void_p, _doubles, c_size_t, c_size_t, _doubles)
_jacobian_function = CFUNCTYPE(c_int, c_void_p, _doubles, c_size_t, c_size_t, _doubles, c_size_t)

MARQ_CALLBACK_OK, MARQ_CALLBACK_ABORT, MARQ_STOP_CALLER = 0, -1, 11
# Choices of a problem and of options, by the names that solve() takes.
CHOICES = {
    "jacobian": ("auto", "forward", "central"),
    "loss": ("squares", "soft_l1", "huber", "cauchy", "arctan", "tukey"),
    "method": ("auto", "trust_region", "damping", "dogleg"),
    "damping": ("gain", "factors"),
    "scaling": ("columns", "none"),
    "form": ("auto", "gram", "kernel", "iterative", "qr"),
}


class marq_problem(Structure):
    _fields_ = [("rows", c_size_t), ("parameters", c_size_t), ("user", c_void_p), ("residual", _residual_function),
                ("jacobian", _jacobian_function), ("column_jacobian", c_void_p), ("products", c_void_p),
                ("concurrent", c_int), ("lower", c_void_p), ("upper", c_void_p), ("fixed", c_void_p),
                ("ties", c_void_p), ("linear", c_void_p), ("weights", c_void_p), ("idle_rows", c_size_t),
                ("loss", c_int), ("loss_scale", c_double), ("loss_function", c_void_p), ("cost", c_void_p),
                ("row_block", c_size_t)]


class marq_progress(Structure):
    _fields_ = [("iteration", c_size_t), ("cost", c_double), ("gradient_norm", c_double), ("mu", c_double),
                ("gain_ratio", c_double), ("step_norm", c_double), ("seconds", c_double), ("rejected", c_size_t),
                ("decay", c_double), ("effective", c_double), ("beta", c_double), ("theta", _doubles),
                ("residual", _doubles)]


_progress_function = CFUNCTYPE(c_int, c_void_p, POINTER(marq_progress))


class marq_options(Structure):
    _fields_ = [("jacobian", c_int), ("typical_size", c_double), ("method", c_int), ("scaling", c_int),
                ("radius", c_double), ("polish", c_int), ("form", c_int), ("linear_tolerance", c_double),
                ("damping", c_int), ("mu", c_double), ("mu_increase", c_double), ("mu_decrease", c_double),
                ("mu_min", c_double), ("mu_max", c_double), ("acceleration", c_int),
                ("acceleration_limit", c_double), ("acceleration_step", c_double), ("decay", c_double),
                ("evidence", c_size_t), ("gradient_tolerance", c_double), ("step_tolerance", c_double),
                ("cost_tolerance", c_double), ("cost_goal", c_double), ("max_iterations", c_size_t),
                ("max_evaluations", c_size_t), ("max_seconds", c_double), ("max_memory", c_double),
                ("threads", c_int), ("progress", _progress_function), ("progress_user", c_void_p),
                ("profile", c_void_p)]


class marq_result(Structure):
    _fields_ = [("status", c_int), ("iterations", c_size_t), ("rejected", c_size_t),
                ("residual_evaluations", c_size_t), ("jacobian_evaluations", c_size_t), ("factorisations", c_size_t),
                ("linear_iterations", c_size_t), ("polish_steps", c_size_t), ("cost", c_double),
                ("gradient_norm", c_double), ("step_norm", c_double), ("mu", c_double), ("decay", c_double),
                ("effective", c_double), ("beta", c_double), ("seconds", c_double), ("message", c_char * 256)]


class marq_uncertainty(Structure):
    _fields_ = [("rank", c_size_t), ("free", c_size_t), ("dof", c_size_t), ("variance", c_double),
                ("condition", c_double), ("message", c_char * 256)]


class marq_error(Structure):
    _fields_ = [("status", c_int), ("message", c_char * 512)]


class MarqError(RuntimeError):
    """The solver has no usable answer; `key` is the stable word of the status, such as "argument" or "start"."""

    def __init__(self, key, message):
        super().__init__(message)
        self.key = key


@dataclass
class Fit:
    """theta [n]; cost: half the sum of squares, or what weights and loss make of it; deviation [n], covariance [n, n]:
    standard errors, inf where the data do not determine a parameter (`warning` then says which), 0 of one that is fixed
    or at a bound; key: why it stopped, a stable word, message: a sentence; result, uncertainty: the library's own, with
    all counts."""
    theta: np.ndarray
    cost: float
    deviation: np.ndarray
    covariance: np.ndarray
    key: str
    message: str
    warning: str
    result: marq_result
    uncertainty: marq_uncertainty


def _load():
    library = ctypes.CDLL(os.environ.get("MARQ_LIBRARY", "libmarq.so"))
    library.marq_options_default.restype = marq_options
    library.marq_solve.argtypes = [POINTER(marq_problem), POINTER(marq_options), _doubles, POINTER(marq_result)]
    library.marq_covariance_at.argtypes = [POINTER(marq_problem), POINTER(marq_options), _doubles, c_int,
                                           POINTER(ctypes.c_char_p), _doubles, _doubles, POINTER(marq_uncertainty),
                                           POINTER(marq_error)]
    library.marq_status_key.restype = ctypes.c_char_p
    return library


_library = _load()


def _pointer(array):
    return array.ctypes.data_as(_doubles)


def _view(pointer, *shape):
    return np.ctypeslib.as_array(pointer, shape=shape)


class _Callbacks:
    """The caller's functions as C calls them. An exception ends the solve and is kept, to be raised again."""

    def __init__(self, residual, jacobian, progress, rows, parameters):
        self.raised = None
        n = parameters

        def guarded(work, aborted):
            try:
                return work()
            except BaseException as exception:  # KeyboardInterrupt too: C cannot pass it on
                self.raised = exception
                return aborted

        # One block holds all rows (row_block), so first is 0.
        def call_residual(user, theta, first, count, r):
            def work():
                _view(r, rows)[:] = residual(_view(theta, n).copy())
                return MARQ_CALLBACK_OK
            return guarded(work, MARQ_CALLBACK_ABORT)

        def call_jacobian(user, theta, first, count, out, stride):
            def work():
                _view(out, rows, stride)[:, :n] = jacobian(_view(theta, n).copy())
                return MARQ_CALLBACK_OK
            return guarded(work, MARQ_CALLBACK_ABORT)

        def call_progress(user, p):
            return guarded(lambda: MARQ_STOP_CALLER if progress(p.contents) else 0, MARQ_STOP_CALLER)

        self.residual = _residual_function(call_residual)
        self.jacobian = _jacobian_function(call_jacobian) if jacobian else _jacobian_function()
        self.progress = _progress_function(call_progress) if progress else _progress_function()


def _vector(values, length, name, dtype=np.float64):
    """A contiguous vector of that length from values, of which one may stand for all."""
    try:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=dtype), (length,)))
    except ValueError:
        raise ValueError(f"{name} needs {length} values, not {np.shape(values)}") from None


def _choice(kind, value):
    if value not in CHOICES[kind]:
        raise ValueError(f"{kind} is one of {', '.join(CHOICES[kind])}, not {value!r}")
    return CHOICES[kind].index(value)


def _options(given, callbacks):
    options = _library.marq_options_default()
    fields = dict(marq_options._fields_)
    for name, value in given.items():
        if name not in fields or name in ("progress", "progress_user", "profile"):
            raise TypeError(f"no option {name!r}; there are {', '.join(fields)}")
        setattr(options, name, _choice(name, value) if name in CHOICES else value)
    options.progress = callbacks.progress
    return options


def solve(residual, start, jacobian=None, *, lower=None, upper=None, fixed=None, linear=None, weights=None,
          loss="squares", loss_scale=1.0, absolute=False, progress=None, derivatives="auto", **options):
    """Minimises half the sum of squares of residual(theta), a vector of m values, from start (n values).

    jacobian(theta): m x n derivatives; without it they are differences, of the kind that derivatives says ("forward",
    "central"). lower, upper: n bounds each, or one for all. fixed, linear: n flags, of parameters that stay at their
    start and of ones in which the residuals are linear. weights: m factors of the residuals, 1/deviation of each. loss:
    see CHOICES. absolute: the weights are of known deviations, standard errors are not scaled by the variance.
    progress(p): gets a marq_progress after each step; True ends the solve. options: fields of marq_options by name, such
    as method="dogleg", max_iterations=50, threads=1.

    Returns a Fit. Raises MarqError where there is no usable answer, and whatever a callback raises.
    """
    theta = np.array(start, dtype=np.float64, ndmin=1)
    n = theta.size
    m = np.asarray(residual(theta.copy()), dtype=np.float64).size
    callbacks = _Callbacks(residual, jacobian, progress, m, n)
    held = [None if values is None else _vector(values, length, name, dtype) for values, length, name, dtype in
            ((lower, n, "lower", np.float64), (upper, n, "upper", np.float64), (fixed, n, "fixed", bool),
             (linear, n, "linear", bool), (weights, m, "weights", np.float64))]
    places = [None if values is None else values.ctypes.data for values in held]
    problem = marq_problem(rows=m, parameters=n, residual=callbacks.residual, jacobian=callbacks.jacobian,
                           lower=places[0], upper=places[1], fixed=places[2], linear=places[3], weights=places[4],
                           loss=_choice("loss", loss), loss_scale=loss_scale, row_block=m)
    settings = _options({"jacobian": derivatives, **options}, callbacks)
    result, uncertainty, error = marq_result(), marq_uncertainty(), marq_error()
    status = _library.marq_solve(byref(problem), byref(settings), _pointer(theta), byref(result))
    _check(status, result.message, callbacks)
    covariance, deviation = np.empty((n, n)), np.empty(n)
    status = _library.marq_covariance_at(byref(problem), byref(settings), _pointer(theta), int(absolute), None,
                                         _pointer(covariance), _pointer(deviation), byref(uncertainty), byref(error))
    _check(status, error.message, callbacks)
    return Fit(theta, result.cost, deviation, covariance, _key(result.status), result.message.decode(),
               uncertainty.message.decode(), result, uncertainty)


def _key(status):
    return _library.marq_status_key(status).decode()


def _check(status, message, callbacks):
    if callbacks.raised is not None:
        raise callbacks.raised
    if status < 0:
        raise MarqError(_key(status), message.decode())
