"""PyTorch's trainers, and torch-levenberg-marquardt."""

import logging
from importlib.metadata import version

import numpy as np
import torch

ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid, "linear": torch.nn.Identity}


def build(task):
    torch.set_num_threads(task.threads)
    parts = []
    for (W, b), activation in zip(task.layers(task.start), task.activations):
        linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(W))
            linear.bias.copy_(torch.from_numpy(b))
        parts += [linear, ACTIVATIONS[activation]()]
    if task.activations[-1] == "linear":
        parts.pop()
    return torch.nn.Sequential(*parts)


def parameters_of(model):
    return lambda: np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])


def adam(task, most):
    model, X, Y = build(task), torch.from_numpy(task.X), torch.from_numpy(task.Y)
    optimizer = torch.optim.Adam(model.parameters(), lr=task.rate, fused=True)
    generator = torch.Generator().manual_seed(1)
    task.begin(most)
    while True:
        order = torch.randperm(len(X), generator=generator)
        for rows in order.split(task.batch):
            loss = torch.nn.functional.mse_loss(model(X[rows]), Y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        task.note(parameters_of(model))


def lbfgs(task, most):
    model, X, Y = build(task), torch.from_numpy(task.X), torch.from_numpy(task.Y)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=20, history_size=100, line_search_fn="strong_wolfe",
                                  tolerance_grad=0, tolerance_change=0)

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(X), Y)
        loss.backward()
        return loss

    task.begin(most)
    while True:
        optimizer.step(closure)
        task.note(parameters_of(model))


def levenberg_marquardt(task, most):
    from torch_levenberg_marquardt.training import LevenbergMarquardtModule

    logging.getLogger("torch_levenberg_marquardt").setLevel(logging.ERROR)
    model, X, Y = build(task), torch.from_numpy(task.X), torch.from_numpy(task.Y)
    trainer = LevenbergMarquardtModule(model, solve_method="cholesky")
    task.begin(most)
    done = False
    while not done:
        _, _, done, _ = trainer.training_step(X, Y)
        task.note(lambda: trainer.flat_params.numpy())


adam.settings = lambda: f"PyTorch {torch.__version__}, fused"
lbfgs.settings = lambda: f"PyTorch {torch.__version__}, strong Wolfe, 20 iterations an epoch"
levenberg_marquardt.settings = lambda: f"torch-levenberg-marquardt {version('torch-levenberg-marquardt')}, Cholesky"
