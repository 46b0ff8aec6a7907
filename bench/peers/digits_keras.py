"""Keras on the digits of a request: the same start and rows, Adam, accuracy and time of each epoch."""

import os
import time

os.environ.setdefault("KERAS_BACKEND", "jax")

import numpy as np

from net_training import pin
from peer import Answer


def build(keras, request):
    sizes, parameters, at = request["sizes"], np.array(request["parameters"]), 0
    model = keras.Sequential([keras.Input((sizes[0],)), keras.layers.Dense(sizes[1], activation="sigmoid"),
                              keras.layers.Dense(sizes[2], activation="softmax")])
    for layer, inputs, outputs in zip(model.layers, sizes, sizes[1:]):
        W, b = parameters[at : at + inputs * outputs], parameters[at + inputs * outputs :][:outputs]
        layer.set_weights([W.reshape(outputs, inputs).T, b])
        at += (inputs + 1) * outputs
    model.compile(optimizer=keras.optimizers.Adam(request["rate"]), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    answer = Answer()
    request = answer.request
    pin(request["threads"])
    try:
        import keras
    except ImportError as error:
        answer.absent("Keras", error)
        answer.write()
        return
    values = np.fromfile(request["file"]).reshape(request["rows"], -1)
    X, Y, train = values[:, :-2].astype(np.float32), values[:, -2].astype(int), values[:, -1] == 0

    def epoch(model):
        model.fit(X[train], Y[train], batch_size=request["batch"], epochs=1, verbose=0)

    model, seconds, accuracy = build(keras, request), [], []
    epoch(model)  # compiles; then all is as before
    for layer, fresh in zip(model.layers, build(keras, request).layers):
        layer.set_weights(fresh.get_weights())
    for variable in model.optimizer.variables:  # moments, count of steps; the rate stays
        if "learning_rate" not in variable.path:
            variable.assign(np.zeros(variable.shape, variable.dtype))
    for _ in range(request["epochs"]):
        start = time.perf_counter()
        epoch(model)
        seconds.append(time.perf_counter() - start)
        right = np.argmax(model.predict(X[~train], verbose=0), axis=1) == Y[~train]
        accuracy.append(float(np.mean(right)))
    answer.add("Keras", f"Keras {keras.__version__} on {keras.backend.backend()}, float32", seconds=seconds, accuracy=accuracy)
    answer.write()


main()
