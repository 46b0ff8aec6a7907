"""SciPy's least_squares and lmfit on the instances of a request, with the residuals and analytic Jacobians
of the benchmark's own library (the same machine code that marq runs on)."""

import ctypes

import numpy as np

from peer import Answer, finite


class Problem:
    """One instance; counts calls and keeps the best point, for solvers that end by an exception."""

    def __init__(self, library, collection, number, instance):
        self.library, self.collection, self.number = library, collection, number
        self.rows, self.parameters = instance["rows"], instance["parameters"]
        self.start = np.array(instance["start"], dtype=float)
        self.best, self.best_sum = self.start, np.inf
        self.residual_calls = self.jacobian_calls = 0

    def evaluate(self, x, r, J):
        x = np.ascontiguousarray(x, dtype=float)
        pointers = [a.ctypes.data_as(ctypes.c_void_p) if a is not None else None for a in (x, r, J)]
        if not self.library.bench_evaluate(self.collection, self.number, *pointers):
            raise RuntimeError("no such instance")

    def residual(self, x):
        self.residual_calls += 1
        r = np.empty(self.rows)
        self.evaluate(x, r, None)
        with np.errstate(over="ignore"):
            total = float(r @ r)
        if total < self.best_sum:
            self.best, self.best_sum = np.array(x), total
        return r

    def jacobian(self, x):
        self.jacobian_calls += 1
        J = np.empty((self.rows, self.parameters))
        self.evaluate(x, None, J)
        return J


def deviations(problem, x):
    """As scipy.optimize.curve_fit: the pseudo-inverse of JᵀJ by SVD, times the residual variance."""
    if problem.rows <= problem.parameters or not np.all(np.isfinite(x)):
        return None
    r, J = np.empty(problem.rows), np.empty((problem.rows, problem.parameters))
    problem.evaluate(x, r, J)
    if not np.all(np.isfinite(J)):
        return None
    _, s, vt = np.linalg.svd(J, full_matrices=False)
    keep = s > np.finfo(float).eps * max(J.shape) * s[0]
    variance = r @ r / (problem.rows - problem.parameters)
    return finite(np.sqrt(variance * np.sum((vt[keep].T / s[keep]) ** 2, axis=1)))


def outcome(problem, solve):
    try:
        x, own_deviations = solve(problem)
    except (ValueError, FloatingPointError, np.linalg.LinAlgError, TypeError):
        x, own_deviations = problem.best, None
    calls = {"residual calls": problem.residual_calls, "jacobian calls": problem.jacobian_calls}
    return {"x": finite(x), "deviations": own_deviations or deviations(problem, np.asarray(x)), **calls}


def scipy_solver(method, tolerance, most):
    from scipy.optimize import least_squares

    def solve(problem):
        options = {}
        if tolerance:
            options = {"ftol": tolerance, "xtol": tolerance, "gtol": tolerance, "x_scale": "jac", "max_nfev": most}
        return least_squares(problem.residual, problem.start, problem.jacobian, method=method, **options).x, None

    return solve


def lmfit_solver(tolerance, most):
    import lmfit

    def solve(problem):
        parameters = lmfit.Parameters()
        names = [f"b{j + 1}" for j in range(problem.parameters)]
        for name, value in zip(names, problem.start):
            parameters.add(name, value=value)
        values = lambda p: np.array([p[name].value for name in names])
        fit = lmfit.Minimizer(lambda p: problem.residual(values(p)), parameters, max_nfev=most)
        options = {"ftol": tolerance, "xtol": tolerance, "gtol": 0} if tolerance else {}
        result = fit.leastsq(Dfun=lambda p: problem.jacobian(values(p)), col_deriv=0, **options)
        errors = [result.params[name].stderr for name in names]
        return values(result.params), finite(errors) if None not in errors else None

    return solve


def solvers(answer):
    """(name, settings, solve) of what is installed. SciPy takes no tolerance below the rounding unit."""
    tight, most = answer.request["tight tolerance"], answer.request["tight evaluations"]
    found = []
    try:
        import scipy

        for method in ("trf", "dogbox", "lm"):
            name = f"SciPy {scipy.__version__} {method}"
            found.append((name, "tight", scipy_solver(method, tight, most)))
            found.append((name, "default", scipy_solver(method, None, None)))
    except ImportError as error:
        answer.absent("SciPy", error)
    try:
        import lmfit

        found.append((f"lmfit {lmfit.__version__} leastsq", "tight", lmfit_solver(tight, most)))
        found.append((f"lmfit {lmfit.__version__} leastsq", "default", lmfit_solver(None, None)))
    except ImportError as error:
        answer.absent("lmfit", error)
    return found


def main():
    answer = Answer()
    library = ctypes.CDLL(answer.request["library"])
    library.bench_evaluate.argtypes = [ctypes.c_char_p, ctypes.c_size_t] + 3 * [ctypes.c_void_p]
    collection = answer.request["collection"].encode()
    for name, settings, solve in solvers(answer):
        problems = [Problem(library, collection, k, i) for k, i in enumerate(answer.request["instances"])]
        with np.errstate(all="ignore"):
            answer.add(name, settings, outcomes=[outcome(problem, solve) for problem in problems])
    answer.write()


main()
