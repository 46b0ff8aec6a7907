"""SciPy's least_squares on the net's residuals and Jacobian in NumPy."""

import numpy as np
import scipy


class Net:
    """Residuals and rows of the Jacobian of a net with tanh layers and one linear output."""

    def __init__(self, task):
        if task.sizes[-1] != 1 or set(task.activations[:-1]) - {"tanh"} or task.activations[-1] != "linear":
            raise ValueError("only tanh layers and one linear output")
        self.task = task

    def forward(self, theta):
        a = [self.task.X]
        for W, b in self.task.layers(theta):
            a.append(a[-1] @ W.T + b)
            if len(a) < len(self.task.sizes):
                np.tanh(a[-1], out=a[-1])
        return a

    def residual(self, theta):
        return (self.forward(theta)[-1] - self.task.Y).ravel()

    def jacobian(self, theta):
        a, rows = self.forward(theta), len(self.task.X)
        layers, parts, delta = list(self.task.layers(theta)), [], np.ones((rows, 1))
        for l in reversed(range(len(layers))):
            parts += [delta, np.einsum("np,nq->npq", delta, a[l]).reshape(rows, -1)]
            if l > 0:
                delta = (delta @ layers[l][0]) * (1 - a[l] ** 2)
        return np.concatenate(parts[::-1], axis=1)


def scipy_trf(task, most):
    from scipy.optimize import least_squares

    net = Net(task)
    task.begin(most)
    least_squares(net.residual, task.start, net.jacobian, method="trf", ftol=3e-16, xtol=3e-16, gtol=3e-16,
                  max_nfev=100000,
                  callback=lambda intermediate_result: task.note(lambda: intermediate_result.x))


scipy_trf.settings = lambda: f"SciPy {scipy.__version__} least_squares, Jacobian in NumPy"
