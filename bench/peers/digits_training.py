"""Trains the net of a request on images of digits by each trainer: the same rows and start, as many processors as threads;
seconds of training and accuracy on test rows after each epoch."""

import importlib
import time

import numpy as np

from net_training import pin
from peer import Answer

# (module, name); a module has train(task) and settings(task).
TRAINERS = (("digits_keras", "Keras Adam"), ("digits_torch", "torch LM"))


class Task:
    """Rows (pixels, label, set in the request's file), start values, and the record of epochs."""

    def __init__(self, request):
        values = np.fromfile(request["file"]).reshape(request["rows"], -1)
        train = values[:, -1] == 0
        self.X, self.Y = values[train, :-2], values[train, -2].astype(int)
        self.test_X, self.test_Y = values[~train, :-2], values[~train, -2].astype(int)
        self.sizes, self.start = request["sizes"], np.array(request["parameters"])
        self.batch, self.lm_batch, self.epochs = request["batch"], request["lm batch"], request["epochs"]
        self.rate, self.threads = request["rate"], request["threads"]
        self.seconds, self.accuracy = [], []

    def layers(self):
        """(W, b) of each layer of the start; W has one row a neuron."""
        at = 0
        for inputs, outputs in zip(self.sizes, self.sizes[1:]):
            yield self.start[at : at + inputs * outputs].reshape(outputs, inputs), self.start[at + inputs * outputs :][:outputs]
            at += (inputs + 1) * outputs

    def run(self, epoch, classes):
        """epoch() trains once over the rows; classes(X) are the predicted labels. Evaluations are not timed."""
        for _ in range(self.epochs):
            start = time.perf_counter()
            epoch()
            self.seconds.append(time.perf_counter() - start)
            self.accuracy.append(float(np.mean(classes(self.test_X) == self.test_Y)))


def main():
    answer = Answer()
    pin(answer.request["threads"])
    for module, name in TRAINERS:
        task = Task(answer.request)
        try:
            trainer = importlib.import_module(module)
            trainer.train(task)
        except Exception as error:  # not installed, or a step that fails
            answer.absent(name, f"{type(error).__name__}: {error}")
            continue
        answer.add(name, trainer.settings(task), seconds=task.seconds, accuracy=task.accuracy)
    answer.write()


main()
