"""Writes a BERT sentence encoder as an ONNX graph straight from its weights, without torch.

Names of weights are those of Hugging Face's BERT. All-MiniLM pools the mean of the tokens.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
# What onnxruntime of the engine's time reads; onnx would write its own newest.
IR_VERSION = 9
EPSILON = 1e-12
# Far below every score, so that softmax gives padding no attention.
MASKED = -1e4

Array = npt.NDArray[Any]
Weights = Mapping[str, Array]


class Graph:
    """Collects nodes and constants; every method returns the name of its result."""

    def __init__(self, weights: Weights, *, epsilon: float = EPSILON) -> None:
        self.weights = weights
        self.epsilon = epsilon
        self.nodes: List[onnx.NodeProto] = []
        self.constants: Dict[str, onnx.TensorProto] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output."""
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: Array) -> str:
        """A value stored under its name, once."""
        if name not in self.constants:
            stored = np.ascontiguousarray(value)
            self.constants[name] = numpy_helper.from_array(stored, name)
        return name

    def number(self, value: float) -> str:
        """A single float."""
        return self.constant(f"number {value!r}", np.array(value, np.float32))

    def integers(self, *values: int) -> str:
        """Axes and shapes."""
        return self.constant(f"integers {values!r}", np.array(values, np.int64))

    def linear(self, x: str, layer: str) -> str:
        """A fully connected layer."""
        weight = self.constant(f"{layer}.weight", self.weights[f"{layer}.weight"].T)
        bias = self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])
        return self.op("Add", self.op("MatMul", x, weight), bias)

    def normalised(self, x: str, layer: str) -> str:
        """Layer normalisation over the hidden size."""
        scale = self.constant(f"{layer}.weight", self.weights[f"{layer}.weight"])
        bias = self.constant(f"{layer}.bias", self.weights[f"{layer}.bias"])
        return self.op("LayerNormalization", x, scale, bias, axis=-1, epsilon=self.epsilon)


def sentence_encoder(weights: Weights, *, heads: int) -> onnx.ModelProto:
    """From `input_ids` and `attention_mask` to `embedding`, a unit vector for each sentence."""
    graph = Graph(weights)
    hidden = weights["embeddings.word_embeddings.weight"].shape[1]
    mask = graph.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    unseen = graph.op("Sub", graph.number(1.0), graph.op("Unsqueeze", mask, graph.integers(1, 2)))
    bias = graph.op("Mul", unseen, graph.number(MASKED))
    x = _embedded(graph)
    for number in range(_layers(weights)):
        layer = f"encoder.layer.{number}"
        attended = _attended(graph, x, bias, layer=layer, heads=heads, hidden=hidden)
        x = graph.normalised(graph.op("Add", x, attended), f"{layer}.attention.output.LayerNorm")
        fed = _fed_forward(graph, x, layer=layer)
        x = graph.normalised(graph.op("Add", x, fed), f"{layer}.output.LayerNorm")
    pooled = _mean(graph, x, mask)
    graph.nodes.append(
        helper.make_node("LpNormalization", [pooled], ["embedding"], name="unit", axis=-1, p=2)
    )
    tokens = (TensorProto.INT64, ["sentences", "tokens"])
    return model_of(graph, {"input_ids": tokens, "attention_mask": tokens}, hidden)


def _layers(weights: Weights) -> int:
    prefix = "encoder.layer."
    numbers = {name[len(prefix) :].split(".")[0] for name in weights if name.startswith(prefix)}
    return len(numbers)


def _embedded(graph: Graph) -> str:
    words = graph.constant("words", graph.weights["embeddings.word_embeddings.weight"])
    # Every token is of the first sentence, so the type is a part of the position.
    positions = graph.constant(
        "positions",
        graph.weights["embeddings.position_embeddings.weight"]
        + graph.weights["embeddings.token_type_embeddings.weight"][0],
    )
    zero = graph.integers(0)
    length = graph.op("Gather", graph.op("Shape", "input_ids"), graph.integers(1), axis=0)
    here = graph.op("Slice", positions, zero, length, zero)
    word = graph.op("Gather", words, "input_ids")
    return graph.normalised(graph.op("Add", word, here), "embeddings.LayerNorm")


def _attended(graph: Graph, x: str, bias: str, *, layer: str, heads: int, hidden: int) -> str:
    size = hidden // heads
    split = graph.integers(0, 0, heads, size)

    def heads_of(name: str, order: List[int]) -> str:
        projected = graph.linear(x, f"{layer}.attention.self.{name}")
        return graph.op("Transpose", graph.op("Reshape", projected, split), perm=order)

    query = heads_of("query", [0, 2, 1, 3])
    key = heads_of("key", [0, 2, 3, 1])
    value = heads_of("value", [0, 2, 1, 3])
    scaled = graph.op("Mul", graph.op("MatMul", query, key), graph.number(1 / math.sqrt(size)))
    attention = graph.op("Softmax", graph.op("Add", scaled, bias), axis=-1)
    mixed = graph.op("Transpose", graph.op("MatMul", attention, value), perm=[0, 2, 1, 3])
    merged = graph.op("Reshape", mixed, graph.integers(0, 0, hidden))
    return graph.linear(merged, f"{layer}.attention.output.dense")


def _fed_forward(graph: Graph, x: str, *, layer: str) -> str:
    wide = graph.linear(x, f"{layer}.intermediate.dense")
    # The exact GELU, x/2 * (1 + erf(x/sqrt 2)): opset 17 has none of its own.
    error = graph.op("Erf", graph.op("Div", wide, graph.number(math.sqrt(2))))
    half = graph.op("Mul", wide, graph.number(0.5))
    active = graph.op("Mul", half, graph.op("Add", error, graph.number(1.0)))
    return graph.linear(active, f"{layer}.output.dense")


def _mean(graph: Graph, x: str, mask: str) -> str:
    weight = graph.op("Unsqueeze", mask, graph.integers(2))
    axis = graph.integers(1)
    total = graph.op("ReduceSum", graph.op("Mul", x, weight), axis, keepdims=0)
    return graph.op("Div", total, graph.op("ReduceSum", weight, axis, keepdims=0))


def model_of(
    graph: Graph, inputs: Mapping[str, Tuple[int, Sequence[Any]]], size: int
) -> onnx.ModelProto:
    """The finished file: inputs by name (type, shape), and `embedding`, sentences × size."""
    described = helper.make_graph(
        graph.nodes,
        "sentence-encoder",
        [
            helper.make_tensor_value_info(name, kind, shape)
            for name, (kind, shape) in inputs.items()
        ],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["sentences", size])],
        list(graph.constants.values()),
    )
    model = helper.make_model(described, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model)
    return model
