"""Trains the net of a request from its start by each trainer that is asked for. All get the same normalised training rows,
float64, and as many processors as threads. Each trainer runs two epochs first, which are thrown away: imports, compilation
and first touches are no part of its time. Its parameters after epochs go to a file of doubles; the asker evaluates them."""

import importlib
import os
import resource
import time
import tracemalloc

import numpy as np

from peer import Answer

# key: (module, function, name)
TRAINERS = {
    "torch-lm": ("net_torch", "levenberg_marquardt", "torch LM"),
    "torch-adam": ("net_torch", "adam", "PyTorch Adam"),
    "torch-lbfgs": ("net_torch", "lbfgs", "PyTorch L-BFGS"),
    "optimistix": ("net_jax", "levenberg_marquardt", "optimistix LM"),
    "sklearn-adam": ("net_sklearn", "adam", "sklearn Adam"),
    "sklearn-lbfgs": ("net_sklearn", "lbfgs", "sklearn L-BFGS"),
    "scipy-trf": ("net_numpy", "scipy_trf", "SciPy trf"),
    "octave-leasqr": ("net_octave", "leasqr", "Octave leasqr"),
}
WARM_UP = 2


class Enough(Exception):
    """The limit of epochs or seconds is reached."""


class Task:
    """What a trainer gets: rows, sizes, start values, limits, and the record that it fills."""

    def __init__(self, request):
        self.sizes, self.activations = request["net"]["sizes"], request["net"]["activations"]
        self.start = np.array(request["net"]["parameters"])
        self.Y = np.array(request["Y"]).reshape(-1, self.sizes[-1])
        self.X = np.array(request["X"]).reshape(-1, self.sizes[0])
        self.batch, self.rate, self.threads = request["batch"], request["rate"], request["threads"]
        self.most, self.limit, self.density = request["epochs"], request["seconds"] or np.inf, request["density"]

    def begin(self, most=None):
        """Starts the clock; the next record is epoch 0's."""
        self.epochs, self.seconds, self.parameters = [], [], []
        self.epoch, self.excluded, self.until = 0, 0.0, most or self.most
        self.clock = time.perf_counter()

    def note(self, parameters, seconds=None):
        """After an epoch. parameters: a function that copies them. Ends the training by Enough."""
        now = time.perf_counter()
        seconds = now - self.clock - self.excluded if seconds is None else seconds
        self.epoch += 1
        last = self.epochs[-1] if self.epochs else 0
        done = self.epoch >= self.until or seconds >= self.limit
        if done or self.epoch >= last * self.density:
            self.epochs.append(self.epoch)
            self.seconds.append(seconds)
            self.parameters.append(np.array(parameters(), dtype=float))
        self.excluded += time.perf_counter() - now
        if done:
            raise Enough

    def layers(self, parameters):
        """(W, b) of each layer, views; W has one row a neuron."""
        at = 0
        for inputs, outputs in zip(self.sizes, self.sizes[1:]):
            yield parameters[at : at + inputs * outputs].reshape(outputs, inputs), parameters[at + inputs * outputs :][:outputs]
            at += (inputs + 1) * outputs


def pin(threads):
    """As many processors as threads: no library can use more."""
    if hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, processors[-threads:])


def run(task, train, most):
    try:
        return train(task, most)
    except Enough:
        return None


def peaks(task, train):
    """Most bytes: of Python's own allocations in a short run, which is slower for it, and of this process so far."""
    tracemalloc.start()
    run(task, train, WARM_UP)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"python peak": most, "process peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def main():
    answer = Answer()
    task = Task(answer.request)
    pin(task.threads)
    with open(answer.request["file"], "wb") as file:
        for key in answer.request["trainers"].split(","):
            module, function, name = TRAINERS[key]
            try:
                train = getattr(importlib.import_module(module), function)
                run(task, train, WARM_UP)
                run(task, train, None)
            except Exception as error:  # not installed, or not able to train such a net
                answer.absent(name, f"{type(error).__name__}: {error}")
                continue
            np.array(task.parameters).tofile(file)
            file.flush()
            epochs, seconds = task.epochs, task.seconds
            memory = peaks(task, train) if answer.request["peaks"] else {}
            answer.add(name, train.settings(), epochs=epochs, seconds=seconds, **memory)
    answer.write()


if __name__ == "__main__":
    main()
