"""The errata ledger: each reproduction still shows its bug, and each mended block is right.

The page's own blocks are run, in both languages, and what they define is put to questions that the
page does not ask, with answers that come from elsewhere (SciPy, `study`, arithmetic). What the
blocks say to the letter is recorded in `errata.json`: a ledger whose reproductions drift by
accident proves nothing.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import io
import json
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import expit

from journal.blocks import Block, parse
from journal.run import stage
from study import losses, mnist
from study.activations import relu_derivative, step
from study.network import three_layer_example

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ko", "en")
RECORDED = Path(__file__).with_name("errata.json")
_HEADING = re.compile(r"^## .*\{#(?P<id>[a-z0-9-]+)\}$")


@dataclass(frozen=True)
class Entry:
    """A section of the ledger: its text, and its blocks in order."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True)
class Performed:
    """A block that was run: what it defined and what it printed."""

    names: dict[str, Any]
    printed: str


def path_of(language: str) -> str:
    return f"docs/{language}/errata.md"


def entries(language: str) -> dict[str, Entry]:
    text = (ROOT / path_of(language)).read_text(encoding="utf-8")
    lines, blocks = text.splitlines(), parse(text).python
    inside = {number for block in blocks for number in range(block.line, block.end + 1)}
    starts = [
        (number, match["id"])
        for number, line in enumerate(lines, start=1)
        if number not in inside and (match := _HEADING.match(line))
    ]
    ends = [*(start for start, _ in starts[1:]), len(lines) + 1]
    return {
        name: Entry(
            "\n".join(lines[start - 1 : end - 1]),
            [block for block in blocks if start < block.line < end],
        )
        for (start, name), end in zip(starts, ends, strict=True)
    }


def perform(block: Block, language: str) -> Performed:
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    compiled = compile("\n" * block.line + block.code, path_of(language), "exec")
    with contextlib.redirect_stdout(printed):
        exec(compiled, names)
    return Performed(names, printed.getvalue())


def forward_reads_the_global(done: Performed) -> None:
    forward, network = done.names["forward"], done.names["network"]
    rng = np.random.default_rng(0)
    here, there = rng.normal(size=(2, 2))
    assert np.array_equal(forward(network, here), forward(network, there))
    done.names.pop("X")
    with pytest.raises(NameError):
        forward(network, here)


def forward_reads_its_argument(done: Performed) -> None:
    assert "X" not in done.names
    for x in np.random.default_rng(0).normal(size=(5, 2)):
        answer = done.names["forward"](done.names["network"], x)
        assert np.allclose(answer, three_layer_example().forward(x))


def sigmoid_overflows(done: Performed) -> None:
    assert [str(each.message) for each in done.names["caught"]] == ["overflow encountered in exp"]
    with pytest.raises(RuntimeWarning, match="overflow"):
        done.names["sigmoid"](np.array([-710.0]))
    assert np.allclose(done.names["sigmoid"](np.array([-700.0, 1000.0])), [0, 1])


def sigmoid_does_not_overflow(done: Performed) -> None:
    assert np.array_equal(done.names["sigmoid"](np.array([-1000.0, 1000.0])), [0, 1])
    x = np.linspace(-700, 700, 1401)
    assert np.allclose(done.names["sigmoid"](x), expit(x), rtol=1e-12, atol=0)


def some_batch() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.dirichlet(np.ones(4), size=6), losses.one_hot(rng.integers(0, 4, 6), 4)


def cross_entropy_grows(done: Performed) -> None:
    y, t = some_batch()
    loss = done.names["cross_entropy_error"]
    assert np.isclose(loss(y, t), sum(loss(*each) for each in zip(y, t, strict=True)))
    assert np.isclose(loss(y, t), 6 * losses.cross_entropy(y, t), rtol=1e-4)


def cross_entropy_is_a_mean(done: Performed) -> None:
    y, t = some_batch()
    loss = done.names["cross_entropy_error"]
    assert np.isclose(loss(y, t), losses.cross_entropy(y, t), rtol=1e-4)
    assert np.isclose(loss(np.tile(y, (9, 1)), np.tile(t, (9, 1))), loss(y, t))


def delta_caps_the_loss(done: Performed) -> None:
    loss = done.names["cross_entropy_error"]
    truth = np.array([1, 0])
    assert np.isclose(loss(np.array([1e-12, 1.0]), truth), loss(np.array([0.0, 1.0]), truth))
    assert np.isclose(loss(np.array([0.0, 1.0]), truth), -np.log(1e-7))
    assert loss(np.array([1.0, 0.0]), truth) < 0


def the_loss_has_no_cap(done: Performed) -> None:
    *rows, perfect = done.printed.splitlines()
    shown = np.array([[float(number) for number in row.split()] for row in rows])
    assert np.allclose(shown[:, 1], np.log1p(np.exp(-shown[:, 0])) + shown[:, 0], atol=1e-4)
    assert shown[-1, 0] == 1000 and perfect == "True"


def np_int_is_gone(done: Performed) -> None:
    with pytest.raises(AttributeError, match="no attribute 'int'"):
        done.names["step_function"](np.array([1.0]))


def step_function_steps(done: Performed) -> None:
    x = np.array([-2.0, -0.0, 0.0, 1e-9, 3.0])
    answer = done.names["step_function"](x)
    assert np.array_equal(answer, step(x)) and answer.dtype == np.int64


def values_become_a_shape(done: Performed) -> None:
    with pytest.raises(TypeError, match="interpreted as an integer"):
        done.names["relu_grad"](np.array([0.5]))
    assert done.names["relu_grad"](np.array([2, 7])).shape == (2, 7)


def relu_grad_keeps_the_shape(done: Performed) -> None:
    for x in (np.random.default_rng(0).normal(size=(3, 4)), np.array([-2, 0, 5])):
        assert np.array_equal(done.names["relu_grad"](x), relu_derivative(x))


def one_place_is_asked(done: Performed) -> None:
    address = done.names["url_base"]
    assert done.printed == "URLError\n"
    assert not Path(address.removeprefix("file://")).exists()


def every_place_is_asked(done: Performed) -> None:
    assert done.names["x_train"].shape == (60000, 784)
    assert done.names["t_test"].shape == (10000,)


def cube(x: np.ndarray) -> float:
    return float(np.sum(x**3))


def integers_lose_the_step(done: Performed) -> None:
    gradient = done.names["numerical_gradient"]
    x = np.array([2, 5])
    assert np.all(np.abs(gradient(cube, x.copy()) / (3 * x**2)) > 1000)
    # With floats the same function is right: it is the array's type that does the harm.
    assert np.allclose(gradient(cube, x.astype(float)), 3 * x**2)


def integers_become_floats(done: Performed) -> None:
    x = np.array([2, 5])
    answer = done.names["numerical_gradient"](cube, x)
    assert np.allclose(answer, approx_fprime(x.astype(float), cube, 1e-7), rtol=1e-5)
    assert np.array_equal(x, [2, 5])


def relu_backward(done: Performed) -> tuple[np.ndarray, np.ndarray]:
    relu = done.names["Relu"]()
    relu.forward(np.array([[3.0, -1.0], [0.0, 2.0]]))
    dout = np.array([[1.0, 2.0], [3.0, 4.0]])
    dx = relu.backward(dout)
    assert np.array_equal(dx, [[1, 0], [0, 4]])
    return dx, dout


def backward_writes_into_its_argument(done: Performed) -> None:
    dx, dout = relu_backward(done)
    assert dx is dout


def backward_leaves_its_argument_alone(done: Performed) -> None:
    _, dout = relu_backward(done)
    assert np.array_equal(dout, [[1, 2], [3, 4]])


def nesterov_path(done: Performed, rate: float) -> tuple[float, float]:
    """How far the page's step leads from the method as defined, and from the valley's bottom."""
    curvature, momentum = np.array([1.0, 30.0]), 0.9
    w, velocity = np.array([2.0, -1.0]), np.zeros(2)
    page_w, page_v = w.copy(), velocity.copy()
    apart = 0.0
    for _ in range(40):
        velocity = momentum * velocity - rate * curvature * (w + momentum * velocity)
        w = w + velocity
        slope = curvature * page_w
        page_w, page_v = done.names["nesterov"](page_w, page_v, slope, rate, momentum)
        # The page's weights are the place ahead, whose gradient the definition takes.
        apart = max(apart, float(np.max(np.abs(page_w - (w + momentum * velocity)))))
    return apart, float(np.max(np.abs(page_w)))


def nesterov_runs_away(done: Performed) -> None:
    assert nesterov_path(done, 0.002)[0] > 0.01
    assert nesterov_path(done, 0.04)[1] > 1e3
    assert float(done.printed) > 1e6


def nesterov_is_as_defined(done: Performed) -> None:
    for rate in (0.002, 0.04):
        apart, from_bottom = nesterov_path(done, rate)
        assert apart < 1e-12 and from_bottom < 2
    assert float(done.printed) < 0.1


def one_sample_proves_nothing(done: Performed) -> None:
    assert done.printed == "True True\n"
    rng = np.random.default_rng(1)
    one, slope = rng.normal(size=(2, 1, 4))
    for absurd in (lambda g, y, scale: 7 * g, lambda g, y, scale: g + y):
        assert done.names["passes"](absurd, one, slope)
    several, slopes = rng.normal(size=(2, 6, 4))
    assert not done.names["passes"](done.names["forgets"], several, slopes)


def several_samples_tell(done: Performed) -> None:
    assert done.printed == "True False False\n"
    names = done.names
    z, dy = np.random.default_rng(1).normal(size=(2, 5, 2))

    def loss(flat: np.ndarray) -> float:
        centred = flat.reshape(z.shape) - flat.reshape(z.shape).mean(axis=0)
        return float(np.sum(dy * centred / np.sqrt(np.mean(centred**2, axis=0) + 1e-5)))

    stated = names["right"](dy, *names["normalize"](z))
    assert np.allclose(stated.ravel(), approx_fprime(z.ravel(), loss, 1e-7), atol=1e-5)
    assert not names["passes"](lambda g, y, scale: scale * (g - g.mean(axis=0)), z, dy)


def a_pickle_runs_code(done: Performed) -> None:
    message = done.printed.splitlines()[0]
    assert b"Weights" not in done.names["content"]  # what is run needs no class on this side
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard):
        assert pickle.loads(done.names["content"]) is None
    assert heard.getvalue() == message + "\n"


def npz_runs_no_code(done: Performed) -> None:
    good, bad = done.names["good"], done.names["bad"]
    good.seek(0)
    assert np.load(good, allow_pickle=False).files == ["W1"]
    bad.seek(0)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        np.load(bad, allow_pickle=False)
    bad.seek(0)
    assert np.load(bad, allow_pickle=True)[0] is print  # there was something to refuse


def differences_are_small(done: Performed) -> None:
    rows = re.findall(r"(\d+) *\D+?(\d+) *\D*\n", done.printed)
    assert [fewer for fewer, _ in rows] == ["0", "6", "3"]
    assert all(int(fewer) < int(error) for fewer, error in rows)


Check = Callable[[Performed], None]

# For each entry of the ledger, what must be true of its blocks: the bug, then the cure.
CHECKS: dict[str, list[Check]] = {
    "forward-global-x": [forward_reads_the_global, forward_reads_its_argument],
    "sigmoid-overflow": [sigmoid_overflows, sigmoid_does_not_overflow],
    "cross-entropy-batch": [cross_entropy_grows, cross_entropy_is_a_mean],
    "cross-entropy-delta": [delta_caps_the_loss, the_loss_has_no_cap],
    "np-int": [np_int_is_gone, step_function_steps],
    "relu-grad": [values_become_a_shape, relu_grad_keeps_the_shape],
    "mnist-download": [one_place_is_asked, every_place_is_asked],
    "numerical-gradient-int": [integers_lose_the_step, integers_become_floats],
    "relu-backward": [backward_writes_into_its_argument, backward_leaves_its_argument_alone],
    "nesterov-order": [nesterov_runs_away, nesterov_is_as_defined],
    "batch-norm-check": [one_sample_proves_nothing, several_samples_tell],
    "pickled-weights": [a_pickle_runs_code, npz_runs_no_code],
    "accuracies": [differences_are_small],
}

QUESTIONS = [
    pytest.param(language, name, number, id=f"{language}-{name}-{check.__name__}")
    for language in LANGUAGES
    for name, checks in CHECKS.items()
    for number, check in enumerate(checks)
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_put_to_the_question(language: str) -> None:
    found = {name: len(entry.blocks) for name, entry in entries(language).items()}
    assert found == {name: len(checks) for name, checks in CHECKS.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_leads_to_a_note(language: str) -> None:
    astray = [name for name, entry in entries(language).items() if "](notes/" not in entry.text]
    assert not astray, f"{path_of(language)}: no link to a note under {astray}"


@pytest.mark.parametrize("language, name, number", QUESTIONS)
def test_the_bug_is_there_and_the_cure_works(language: str, name: str, number: int) -> None:
    block = entries(language)[name].blocks[number]
    if block.needs_mnist and not mnist.available():
        pytest.skip("MNIST is not available: set STUDY_DATA to a folder with its four files")
    with stage():
        try:
            CHECKS[name][number](perform(block, language))
        except (Exception, pytest.fail.Exception) as error:
            what = f"{CHECKS[name][number].__name__.replace('_', ' ')} no longer: {error}"
            pytest.fail(f"{path_of(language)}:{block.line}: {what}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blocks_are_to_the_letter_those_that_were_checked(language: str) -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))[language]
    changed = [
        f"{path_of(language)}:{block.line}: block {number} of “{name}” has changed. If that is "
        f"meant, read the page's words around it again and write {digest(block)} in "
        f"tests/{RECORDED.name}"
        for name, entry in entries(language).items()
        for number, block in enumerate(entry.blocks, start=1)
        if digest(block) not in recorded.get(name, [])[number - 1 : number]
    ]
    assert not changed, "\n" + "\n".join(changed)


def digest(block: Block) -> str:
    return hashlib.sha256(block.code.encode()).hexdigest()[:16]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_and_the_block_speak_of_the_same_accuracies(language: str) -> None:
    entry = entries(language)["accuracies"]
    table = [
        (float(printed), float(measured))
        for printed, measured in re.findall(r"\| (\d\d\.\d\d) % \| (\d\d\.\d\d) % \|", entry.text)
    ]
    loops = [
        each for each in ast.walk(ast.parse(entry.blocks[0].code)) if isinstance(each, ast.For)
    ]
    pairs = [(100 * a, 100 * b) for a, b in ast.literal_eval(loops[0].iter)]
    assert len(table) == 3 and np.allclose(table, pairs)


def test_a_refusing_server_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cure of “mnist-download” without MNIST: the next place is asked, and checked."""
    monkeypatch.setenv("STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STUDY_DATA", raising=False)
    monkeypatch.delenv("STUDY_OFFLINE", raising=False)
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "digits.gz").write_bytes(b"seven")
    checksums = {"digits.gz": hashlib.sha256(b"seven").hexdigest()}
    places = ["file:///no-such-server/", f"{(tmp_path / 'good').as_uri()}/"]
    found = mnist.fetch(progress=False, mirrors=places, checksums=checksums)
    assert found["digits.gz"].read_bytes() == b"seven"
    checksums = {"digits.gz": hashlib.sha256(b"eight").hexdigest()}
    with pytest.raises(mnist.MnistUnavailable, match="another SHA-256"):
        mnist.fetch(progress=False, mirrors=places, checksums=checksums)
