"""The checks of the exercises of the note on depth."""

from typing import Any

import numpy as np

from journal.marking import Answer, exercise
from study.layers import Dense, ReLU, Residual


@exercise("sawtooth")
def sawtooth(answer: Answer) -> None:
    function = answer.function("sawtooth")
    rng = np.random.default_rng(1)
    for k in (1, 0, 2, 3, 6):
        x = np.concatenate([np.arange(33) / 32, np.round(rng.random(20), 3)])
        wanted = x
        for _ in range(k):
            wanted = np.where(wanted < 0.5, 2 * wanted, 2 - 2 * wanted)
        answer.close(function(x, k), wanted)
    fewest = answer.function("fewest")
    for k in (3, 1, 0, 2, 10, 20):
        got = fewest(k)
        answer.that(
            not (k == 3 and _is(got, 8)),
            ko="조각 8개 사이에는 꺾인 점이 몇 개 있나요?",
            en="How many bends lie between 8 pieces?",
        )
        answer.equal(got, 2**k - 1)


def _is(got: object, wanted: float) -> bool:
    return isinstance(got, int | float | np.number) and float(got) == wanted


SAW = """
import numpy as np

def tent(x):
    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)

def sawtooth(x, k):
    for _ in range({times}):
        x = {step}
    return x

def fewest(k):
    return {fewest}
"""
sawtooth.wrong("as many ReLUs as pieces", SAW.format(times="k", step="tent(x)", fewest="2**k"))
sawtooth.wrong("ReLUs of the deep one", SAW.format(times="k", step="tent(x)", fewest="2 * k"))
sawtooth.wrong("one tent too many", SAW.format(times="k + 1", step="tent(x)", fewest="2**k - 1"))
sawtooth.wrong(
    "tents are added up, not composed",
    SAW.format(times="1", step="k * tent(x)", fewest="2**k - 1"),
)
sawtooth.wrong(
    "the second ReLU is not twice as steep",
    SAW.format(times="k", step="2 * np.maximum(x, 0) - 2 * np.maximum(x - 0.5, 0)", fewest="0"),
)
sawtooth.wrong("twice for each", SAW.format(times="k", step="tent(x)", fewest="2 ** (k - 1)"))


@exercise("receptive-field")
def receptive_field(answer: Answer) -> None:
    function = answer.function("receptive_field")
    cases: list[list[tuple[int, int]]] = [
        [(3, 1)],
        [(3, 1), (3, 1), (2, 2), (3, 1)],
        [(5, 1), (2, 2), (3, 1), (2, 2), (3, 1)],
        [(7, 2), (3, 2), (3, 1), (3, 2), (3, 1)],
        [(1, 3), (1, 1), (4, 2), (1, 2), (2, 1)],
        [(11, 4), (3, 2), (5, 1), (3, 2), (3, 1), (3, 1), (3, 1), (3, 2)],
        [],
    ]
    for layers in cases:
        r, j = 1, 1
        for size, stride in layers:
            r, j = r + (size - 1) * j, j * stride
        answer.equal(function(layers), r)


FIELD = """
def receptive_field(layers):
    r, j = 1, 1
    for size, stride in layers:
        {0}
        {1}
    return r
"""
receptive_field.wrong("j before r", FIELD.format("j *= stride", "r += (size - 1) * j"))
receptive_field.wrong("strides are forgotten", FIELD.format("r += size - 1", "pass"))
receptive_field.wrong("K in place of K - 1", FIELD.format("r += size * j", "j *= stride"))
receptive_field.wrong("only the last stride", FIELD.format("r += (size - 1) * j", "j = stride"))
receptive_field.wrong("strides are added", FIELD.format("r += (size - 1) * j", "j += stride - 1"))
receptive_field.wrong("the fields are multiplied", FIELD.format("r *= size", "j *= stride"))


@exercise("stack")
def stack(answer: Answer) -> None:
    needed, share = answer.function("layers_needed"), answer.function("share")
    for size in (5, 3, 7, 9, 11, 31):
        answer.equal(needed(size), (size - 1) // 2)
        got = share(size)
        answer.that(
            not (size == 5 and isinstance(got, float) and abs(got - 25 / 18) < 1e-6),
            ko="거꾸로예요. 작은 층들의 가중치를 큰 층의 가중치로 나누세요.",
            en="The other way round: divide the small layers' weights by the large one's.",
        )
        answer.close(got, 9 * (size - 1) / 2 / size**2)


STACK = "def layers_needed(size):\n    return {}\n\ndef share(size):\n    return {}\n"
NEEDED, SHARE = "(size - 1) // 2", "9 * (size - 1) / 2 / size**2"
stack.wrong("each layer adds 3", STACK.format("size // 3", SHARE))
stack.wrong("rounded up", STACK.format("(size + 1) // 2", SHARE))
stack.wrong("the share upside down", STACK.format(NEEDED, "2 * size**2 / (9 * (size - 1))"))
stack.wrong("the share of one layer", STACK.format(NEEDED, "9 / size**2"))
stack.wrong("along one side only", STACK.format(NEEDED, "3 * (size - 1) / 2 / size"))
stack.wrong("what is saved", STACK.format(NEEDED, f"1 - {SHARE}"))


@exercise("residual-backward")
def residual_backward(answer: Answer) -> None:
    function = answer.function("residual_backward")
    rng = np.random.default_rng(1)
    for batch, features, hidden in [(4, 3, 5), (1, 2, 2), (6, 4, 4), (3, 5, 2)]:
        x, dy = rng.normal(size=(2, batch, features)).round(2)
        W = rng.normal(size=(features, hidden)).round(2)
        V = rng.normal(size=(hidden, features)).round(2)
        got = function(x, W, V, dy)
        answer.that(
            isinstance(got, tuple | list) and len(got) == 3,
            ko="`residual_backward`는 `dx`, `dW`, `dV` 셋을 돌려줘야 해요.",
            en="`residual_backward` should return three things: `dx`, `dW` and `dV`.",
        )
        z = x @ W
        inside = (dy @ V.T) * (z > 0)
        through = inside @ W.T
        shortcut_lost = np.shape(got[0]) == dy.shape and np.allclose(got[0], through)
        answer.that(
            not shortcut_lost,
            ko="`dx`에 $f$를 지나온 기울기만 있어요. 지름길로 온 것도 더해야 해요.",
            en="`dx` has only the gradient that came through f. The shortcut's is missing.",
        )
        wanted = {"dx": dy + through, "dW": x.T @ inside, "dV": np.maximum(z, 0).T @ dy}
        for (name, right), value in zip(wanted.items(), got, strict=True):
            answer.close(value, right, name)


BLOCK = """
import numpy as np

def residual_backward(x, W, V, dy):
    z = x @ W
    h = np.maximum(z, 0)
    dz = {dz}
    return {dx}, {dW}, {dV}
"""
RIGHT = {"dz": "(dy @ V.T) * (z > 0)", "dx": "dy + dz @ W.T", "dW": "x.T @ dz", "dV": "h.T @ dy"}
for why, change in {
    "the shortcut is forgotten": {"dx": "dz @ W.T"},
    "only the shortcut": {"dx": "dy"},
    "the ReLU is forgotten": {"dz": "dy @ V.T"},
    "x in place of dy along the shortcut": {"dx": "x + dz @ W.T"},
    "dV from what went into the ReLU": {"dV": "z.T @ dy"},
    "the ReLU is asked about dz": {"dz": "np.maximum(dy @ V.T, 0)"},
    "the gradient of the shortcut also goes into W": {"dW": "x.T @ (dz + z)"},
    "the mean over the batch": {"dW": "x.T @ dz / len(x)", "dV": "h.T @ dy / len(x)"},
}.items():
    residual_backward.wrong(why, BLOCK.format(**{**RIGHT, **change}))


@exercise("network")
def network(answer: Answer) -> None:
    function = answer.function("network")
    for count in (3, 0, 1):
        model = function(count, np.random.default_rng(count))
        what = f"network({count}, rng)"
        answer.that(
            hasattr(model, "layers") and hasattr(model, "outputs"),
            ko=f"`{what}`은 `Sequential`을 돌려줘야 해요.",
            en=f"`{what}` should return a `Sequential`.",
        )
        x = np.random.default_rng(5).normal(size=(20, 49))
        answer.that(
            model.shapes[0] == (49,) and model.shapes[-1] == (10,) and model.dtype == np.float64,
            ko="입력은 49개, 출력은 10개이고 float64여야 해요.",
            en="It should take 49 numbers, give 10, and compute in float64.",
        )
        kinds = [type(each) for each in model.layers]
        blocks = kinds.count(Residual)
        answer.that(
            blocks == count,
            ko=f"`{what}`에는 `Residual` 블록이 {count}개 있어야 하는데 {blocks}개 있어요.",
            en=f"`{what}` should have {count} `Residual` blocks; it has {blocks}.",
        )
        answer.that(
            kinds == [Dense, *[Residual] * count, ReLU, Dense] and model.shapes[1] == (32,),
            ko="`Dense(32)`, 블록들, `ReLU`, `Dense(10)`의 차례여야 해요.",
            en="The order should be `Dense(32)`, the blocks, `ReLU`, `Dense(10)`.",
        )
        model.forward(x)
        for place in range(1, count + 1):
            _check_block(answer, model.layers[place])
            change = np.abs(model.outputs[place] - model.outputs[place - 1]).max()
            answer.that(
                change < 1e-9,
                ko="처음에는 블록이 받은 것을 그대로 넘겨야 하는데, 값이 바뀌었어요.",
                en="At the start a block should pass on what it gets; it changed the values.",
            )
        _check_learning(answer, model, x)


def _check_block(answer: Answer, block: Residual) -> None:
    inside = list(block.layers)
    dense = [each for each in inside if isinstance(each, Dense)]
    relus = [each for each in inside if isinstance(each, ReLU)]
    answer.that(
        len(dense) == len(relus) == 2 and len(inside) == 4 and not block.shortcut,
        ko="블록 안에는 `Dense`가 둘, `ReLU`가 둘 있고 지름길은 비어 있어야 해요.",
        en="A block should have two `Dense` and two `ReLU`, and an empty shortcut.",
    )


def _check_learning(answer: Answer, model: Any, x: np.ndarray) -> None:
    """After three steps every weight matrix has moved."""
    t = np.arange(len(x)) % 10
    layers = [inner for each in model.layers for inner in (each.inner or [each])]
    weights = [each.params["W"] for each in layers if isinstance(each, Dense)]
    before = [each.copy() for each in weights]
    for _ in range(3):
        model.gradient(x, t)
        model.weights -= 0.1 * model.grads
    answer.that(
        all(np.any(now != was) for now, was in zip(weights, before, strict=True)),
        ko="세 걸음 뒤에도 꿈쩍 않는 가중치가 있어요. 0이 너무 많거나 0 뒤에 ReLU가 있나요?",
        en="After three steps some weights have not moved. Too many zeros, or a ReLU after them?",
    )


NETWORK = """
import numpy as np
from study.initialization import normal
from study.layers import Dense, ReLU, Residual
from study.model import Sequential

def network(count, rng):
    blocks = [{block} for _ in range({times})]
    return Sequential([Dense(32), *blocks, ReLU(), Dense(10)], (49,), rng, {dtype})
"""
ZERO = "Dense(32, normal(0.0))"
GOOD = f"Residual([ReLU(), Dense(32), ReLU(), {ZERO}])"
for why, block in {
    "He's rule everywhere": "Residual([ReLU(), Dense(32), ReLU(), Dense(32)])",
    "zeros everywhere": f"Residual([ReLU(), {ZERO}, ReLU(), {ZERO}])",
    "zeros, and a dead ReLU after them": f"Residual([Dense(32), ReLU(), {ZERO}, ReLU()])",
    "one layer only": f"Residual([ReLU(), {ZERO}])",
    "small, but not 0": "Residual([ReLU(), Dense(32), ReLU(), Dense(32, normal(0.01))])",
    "the shortcut is a layer": f"Residual([ReLU(), Dense(32), ReLU(), {ZERO}], [Dense(32)])",
}.items():
    network.wrong(why, NETWORK.format(block=block, times="count", dtype="np.float64"))
network.wrong("one block too few", NETWORK.format(block=GOOD, times="count - 1", dtype="float"))
network.wrong(
    "the ReLU before the blocks",
    NETWORK.replace("*blocks, ReLU()", "ReLU(), *blocks").format(
        block=GOOD, times="count", dtype="float"
    ),
)
network.wrong("in float32", NETWORK.format(block=GOOD, times="count", dtype="np.float32"))
