"""scikit-learn's MLPRegressor, from a given start."""

import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPRegressor


class Recorded(MLPRegressor):
    """Tells the task after every evaluation of L-BFGS."""

    def _loss_grad_lbfgs(self, *arguments):
        result = super()._loss_grad_lbfgs(*arguments)
        if self.task is not None:
            self.task.note(lambda: parameters_of(self))
        return result


def parameters_of(model):
    return np.concatenate([part for W, b in zip(model.coefs_, model.intercepts_) for part in (W.T.ravel(), b)])


def build(task, **options):
    warnings.simplefilter("ignore")
    hidden = set(task.activations[:-1])
    if len(hidden) != 1 or task.activations[-1] != "linear":
        raise ValueError("only one activation in all hidden layers, and a linear output")
    activation = {"sigmoid": "logistic", "linear": "identity"}.get(task.activations[0], task.activations[0])
    model = Recorded(hidden_layer_sizes=tuple(task.sizes[1:-1]), activation=activation, alpha=0, random_state=1, **options)
    model.task = None
    return model


def set_start(model, task):
    for W, b, (start_W, start_b) in zip(model.coefs_, model.intercepts_, task.layers(task.start)):
        W[...], b[...] = start_W.T, start_b


def adam(task, most):
    model, Y = build(task, solver="adam", learning_rate_init=task.rate, batch_size=task.batch), task.Y.ravel()
    model.partial_fit(task.X, Y)  # makes the arrays; a fresh optimizer follows
    set_start(model, task)
    del model._optimizer
    task.begin(most)
    while True:
        model.partial_fit(task.X, Y)
        task.note(lambda: parameters_of(model))


def lbfgs(task, most):
    model, Y = build(task, solver="lbfgs", warm_start=True, max_iter=1, tol=0), task.Y.ravel()
    model.fit(task.X, Y)
    set_start(model, task)
    model.set_params(max_iter=10**6, max_fun=10**6)
    model.task = task
    task.begin(most)
    model.fit(task.X, Y)


adam.settings = lambda: f"scikit-learn {sklearn.__version__} MLPRegressor"
lbfgs.settings = lambda: f"scikit-learn {sklearn.__version__} MLPRegressor, an epoch is an evaluation"
