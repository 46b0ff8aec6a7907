"""PyTorch and ONNX Runtime on the nets of a request: time of each call by batch, and the largest difference from
marq's outputs."""

import time

import numpy as np

from peer import Answer

DTYPES = {"double": np.float64, "single": np.float32}


def layers(net):
    """(W, b) of each layer: W has one row a neuron."""
    parameters, at = np.array(net["parameters"]), 0
    for inputs, outputs in zip(net["sizes"], net["sizes"][1:]):
        W = parameters[at : at + inputs * outputs].reshape(outputs, inputs)
        at += inputs * outputs
        yield W, parameters[at : at + outputs]
        at += outputs


def torch_engine(threads):
    import torch

    torch.set_num_threads(threads)

    def make(net, dtype):
        parts = []
        for W, b in layers(net):
            linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.from_numpy(np.empty(0, dtype)).dtype)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(W))
                linear.bias.copy_(torch.from_numpy(b))
            parts += [linear, torch.nn.Tanh()]
        model = torch.nn.Sequential(*parts[:-1]).eval()

        def prepare(X):
            x = torch.from_numpy(X)

            def call():
                with torch.inference_mode():
                    return model(x)

            return call

        return prepare

    return f"PyTorch {torch.__version__}", make


def onnx_model(net, dtype):
    from onnx import TensorProto, checker, helper, numpy_helper

    kind = TensorProto.DOUBLE if dtype == np.float64 else TensorProto.FLOAT
    nodes, constants, name = [], [], "X"
    for k, (W, b) in enumerate(layers(net)):
        constants += [numpy_helper.from_array(W.astype(dtype), f"W{k}"), numpy_helper.from_array(b.astype(dtype), f"b{k}")]
        nodes += [helper.make_node("Gemm", [name, f"W{k}", f"b{k}"], [f"z{k}"], transB=1),
                  helper.make_node("Tanh", [f"z{k}"], [f"a{k}"])]
        name = f"a{k}"
    nodes[-2].output[0] = "Y"
    graph = helper.make_graph(nodes[:-1], "net", [helper.make_tensor_value_info("X", kind, [None, net["sizes"][0]])],
                              [helper.make_tensor_value_info("Y", kind, [None, net["sizes"][-1]])], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    checker.check_model(model)
    return model.SerializeToString()


def onnx_engine(threads):
    import onnx  # noqa: F401, absent without it
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1

    def make(net, dtype):
        session = onnxruntime.InferenceSession(onnx_model(net, dtype), options, providers=["CPUExecutionProvider"])
        return lambda X: lambda: session.run(None, {"X": X})[0]

    return f"ONNX Runtime {onnxruntime.__version__}", make


def measure(call, seconds, calls):
    """Each call by itself: so many calls, or (0) for so many seconds, but enough for a p99."""
    for _ in range(5):
        call()
    times, start = [], time.perf_counter()
    fewest, most = (min(calls, 20001), 0) if calls else (101, 20001)
    while len(times) < fewest or (time.perf_counter() - start < seconds and len(times) < most):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return np.array(times)


def figures(request, make, dtype):
    for number, net in enumerate(request["nets"]):
        prepare, inputs = make(net, dtype), net["sizes"][0]
        check = np.array(net["inputs"], dtype=dtype).reshape(-1, inputs)
        expected = np.array(net["outputs"]).reshape(check.shape[0], -1)
        difference = float(np.max(np.abs(np.asarray(prepare(check)(), dtype=np.float64) - expected)))
        for batch in request["batches"]:
            X = np.random.default_rng(1).uniform(-1, 1, (batch, inputs)).astype(dtype)
            times = measure(prepare(X), request["seconds"], request["calls"])
            yield {"net": number, "batch": batch, "samples a second": batch * len(times) / float(times.sum()),
                   "mean": float(times.mean()), "p50": float(np.quantile(times, 0.5)),
                   "p99": float(np.quantile(times, 0.99)), "difference": difference}


def main():
    answer = Answer()
    for name, engine in (("PyTorch", torch_engine), ("ONNX Runtime", onnx_engine)):
        try:
            version, make = engine(answer.request["threads"])
        except ImportError as error:
            answer.absent(name, error)
            continue
        for precision, dtype in DTYPES.items():
            try:
                answer.add(version, precision, figures=list(figures(answer.request, make, dtype)))
            except Exception as error:  # an operator that has no such precision
                answer.absent(f"{version}, {precision}", error)
    answer.write()


main()
