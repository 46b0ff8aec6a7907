"""The Jacobian of a net's outputs by its parameters, in PyTorch and JAX: the time of a call on all rows of each net of a
request, and the largest difference of the sums of its columns from marq's."""

import time

import numpy as np

from net_training import pin
from peer import Answer

SECONDS, FEWEST = 0.5, 15


def layers(sizes, theta):
    """(W, b) of each layer; W has one row a neuron."""
    at = 0
    for inputs, outputs in zip(sizes, sizes[1:]):
        yield theta[at : at + inputs * outputs].reshape(outputs, inputs), theta[at + inputs * outputs :][:outputs]
        at += (inputs + 1) * outputs


def network(sizes, tanh):
    def outputs(theta, x):
        for l, (W, b) in enumerate(layers(sizes, theta)):
            x = W @ x + b
            if l < len(sizes) - 2:
                x = tanh(x)
        return x

    return outputs


def torch_engine():
    import torch
    from torch.func import jacrev, vmap

    torch.set_num_threads(1)

    def make(sizes, theta, X):
        jacobian, theta, X = vmap(jacrev(network(sizes, torch.tanh)), (None, 0)), torch.from_numpy(theta), torch.from_numpy(X)
        return lambda: jacobian(theta, X).numpy()

    return f"PyTorch {torch.__version__}", make


def jax_engine():
    import jax

    jax.config.update("jax_enable_x64", True)

    def make(sizes, theta, X):
        jacobian = jax.jit(jax.vmap(jax.jacrev(network(sizes, jax.numpy.tanh)), (None, 0)))
        theta, X = jax.numpy.asarray(theta), jax.numpy.asarray(X)
        return lambda: jacobian(theta, X).block_until_ready()

    return f"JAX {jax.__version__}", make


def measure(call):
    """Median of the calls after the first, which compiles."""
    times = []
    while len(times) < FEWEST or sum(times) < SECONDS:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def main():
    answer = Answer()
    pin(1)
    for name, engine in (("PyTorch", torch_engine), ("JAX", jax_engine)):
        try:
            version, make = engine()
        except ImportError as error:
            answer.absent(name, error)
            continue
        figures = []
        for net in answer.request["nets"]:
            X = np.array(net["X"]).reshape(-1, net["sizes"][0])
            call = make(net["sizes"], np.array(net["parameters"]), X)
            sums, wanted = np.asarray(call()).reshape(-1, len(net["parameters"])).sum(axis=0), np.array(net["sums"])
            figures.append({"seconds": measure(call), "difference": float(np.max(np.abs(sums - wanted)) / np.max(np.abs(wanted)))})
        answer.add(version, "", figures=figures)
    answer.write()


main()
