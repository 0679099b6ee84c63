"""The multilingual encoder's graph computes what its package computes, only sooner."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest

from scripts.encoder.build_multilingual import main, reader
from scripts.encoder.multilingual import multilingual_encoder, scales, token_vectors

Array = npt.NDArray[Any]

SIZE, WIDTH, OUT, ROWS = 6, 4, 5, 3
SENTENCES = [[1, 40, 2], [1, 7, 33, 50, 8, 21, 2], [17]]


@pytest.fixture
def weights() -> dict[str, Array]:
    random = np.random.default_rng(5)

    def some(*shape: int) -> Array:
        return random.normal(0, 0.5, shape).astype(np.float32)

    found: dict[str, Array] = {
        f"q{n}": random.integers(0, 63, (ROWS, SIZE), np.uint8) for n in range(1, 18)
    }
    found |= {"scale": some(17) * 0.05, "lo": some(17), "eps": np.array(1e-6, np.float32)}
    for n in (2, 3, 5):
        found |= {f"proj{n}": some(SIZE, WIDTH), f"proj_b{n}": some(WIDTH)}
        found |= {f"ln_g{n}": some(WIDTH) + 1, f"ln_b{n}": some(WIDTH)}
        for layer in (1, 2):
            found |= {f"w{layer}_{n}": some(n * WIDTH, WIDTH), f"b{layer}_{n}": some(WIDTH)}
    wide = SIZE + 3 * WIDTH
    found |= {"ln_g": some(wide) + 1, "ln_b": some(wide)}
    found |= {"cnn_W": some(wide, SIZE), "cnn_b": some(SIZE)}
    found |= {"d0": some(SIZE, 3), "d1": some(3, 3), "p1": some(SIZE, 3)}
    return found | {"d2": some(3, OUT), "d3": some(OUT, OUT), "p3": some(3, OUT)}


def reference(w: dict[str, Array], tokens: list[int]) -> Array:
    """One sentence, one token and one neighbour at a time, in double precision."""
    x = np.array(
        [w[f"q{t % 17 + 1}"][t // 17] * float(w["scale"][t % 17]) + w["lo"][t % 17] for t in tokens]
    )

    def norm(rows: Array, scale: Array, shift: Array) -> Array:
        centred = rows - rows.mean(-1, keepdims=True)
        root = np.sqrt((centred**2).mean(-1, keepdims=True) + float(w["eps"]))
        return np.asarray(centred / root * scale + shift)

    def over(name: str) -> Array:
        return np.concatenate([w[f"{name}{n}"] for n in (2, 3, 5)], axis=-1)

    projected = norm(x @ over("proj") + over("proj_b"), over("ln_g"), over("ln_b"))
    seen = [x]
    for at, (n, left) in enumerate(((2, 0), (3, 1), (5, 2))):
        h = projected[:, at * WIDTH : (at + 1) * WIDTH]
        for layer in (1, 2):
            rows = []
            for t in range(len(tokens)):
                near = [
                    h[i] if 0 <= i < len(h) else h[0] * 0 for i in range(t - left, t - left + n)
                ]
                out = np.concatenate(near) @ w[f"w{layer}_{n}"] + w[f"b{layer}_{n}"]
                rows.append(np.maximum(out, 0) + h[t])
            h = np.array(rows)
        seen.append(h)
    pooled = norm(np.concatenate(seen, axis=1), w["ln_g"], w["ln_b"]) @ w["cnn_W"] + w["cnn_b"]
    mean = pooled.sum(0) / np.sqrt(len(tokens))
    y = np.maximum(mean @ w["p1"] + np.maximum(mean @ w["d0"], 0) @ w["d1"], 0)
    z = np.tanh(y @ w["p3"] + np.maximum(y @ w["d2"], 0) @ w["d3"])
    return np.asarray(z / np.linalg.norm(z))


def test_the_graph_computes_what_the_network_computes(
    weights: dict[str, Array], tmp_path: Path
) -> None:
    path = tmp_path / "exact.onnx"
    onnx.save(multilingual_encoder(weights), path)
    read = reader(token_vectors(weights), scales(weights))
    expected = [reference(weights, tokens) for tokens in SENTENCES]
    np.testing.assert_allclose(read(path, SENTENCES), expected, atol=1e-5)


def test_without_the_weights_the_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "weights.npz"), str(tmp_path / "out")]) == 1
    assert "weights.npz" in capsys.readouterr().err
