"""The checks of the forward note's exercises."""

from itertools import pairwise

import numpy as np

from journal.marking import Answer, exercise


class Shown(list):
    """A list that a message calls by a name, instead of writing out the arrays in it."""

    def __init__(self, name, items):
        super().__init__(items)
        self.name = name

    def __repr__(self):
        return self.name


class Named(np.random.Generator):
    """A random generator that a message calls `rng`."""

    def __repr__(self):
        return "rng"


SIZES = [784, 50, 100, 10]
BATCH = 32
RULES = {
    "W": (
        "`W`는 (입력 수, 출력 수)이고, 배치의 크기와는 상관없어요.",
        "`W` is (inputs, outputs), whatever the size of the batch.",
    ),
    "b": (
        "편향은 배치의 크기와 상관없이 뉴런마다 하나씩이에요.",
        "There is one bias for each neuron of the layer, whatever the size of the batch.",
    ),
    "z": (
        "입력 하나마다 가로줄이 하나이고, 그 줄에 뉴런마다 수가 하나씩 있어요.",
        "Every input has a row of its own, with one number for each neuron of the layer.",
    ),
}


@exercise("shapes")
def shapes(answer: Answer) -> None:
    rows = answer.value("shapes")
    answer.that(
        isinstance(rows, list | tuple)
        and len(rows) == 3
        and all(isinstance(row, list | tuple) and len(row) == 3 for row in rows),
        ko="`shapes`에는 층마다 한 줄씩 세 줄이 있고, 한 줄에 W, b, z의 형상이 있어야 해요.",
        en="`shapes` should have three rows, one a layer, each with the shapes of W, b and z.",
    )
    for layer, row in enumerate(rows, start=1):
        inputs, outputs = SIZES[layer - 1], SIZES[layer]
        wanted = {"W": (inputs, outputs), "b": (outputs,), "z": (BATCH, outputs)}
        for (name, shape), got in zip(wanted.items(), row, strict=True):
            answer.that(
                got is not ...,
                ko=f"{layer}층의 `{name}` 자리에 아직 `...`이 남아 있어요. 형상을 적어 주세요.",
                en=f"In layer {layer}, `{name}` is still `...`. Write its shape in that place.",
            )
            answer.that(
                isinstance(got, list | tuple),
                ko=f"{layer}층의 `{name}`이 형상이 아니에요: {got!r}. 형상은 튜플이고, "
                "축이 하나라면 (5,)처럼 쉼표가 있어야 해요. (5)는 그냥 수 5예요.",
                en=f"In layer {layer}, `{name}` is {got!r}. A shape is a tuple; with a single axis "
                "it needs a comma, as in (5,). Without it, (5) is just the number 5.",
            )
            korean, english = RULES[name]
            answer.that(
                tuple(got) == shape,
                ko=f"{layer}층 `{name}`의 형상이 {got!r}일 수는 없어요. {korean}",
                en=f"In layer {layer}, the shape of `{name}` is not {got!r}. {english}",
            )


shapes.wrong(
    "the weights are (outputs, inputs)",
    """
shapes = [
    ((50, 784), (50,), (32, 50)),
    ((100, 50), (100,), (32, 100)),
    ((10, 100), (10,), (32, 10)),
]
""",
)
shapes.wrong(
    "the batch is in the bias",
    """
shapes = [
    ((784, 50), (32, 50), (32, 50)),
    ((50, 100), (32, 100), (32, 100)),
    ((100, 10), (32, 10), (32, 10)),
]
""",
)
shapes.wrong(
    "the batch is lost on the way",
    """
shapes = [
    ((784, 50), (50,), (50,)),
    ((50, 100), (100,), (100,)),
    ((100, 10), (10,), (10,)),
]
""",
)
shapes.wrong(
    "a bracketed number is not a tuple",
    """
shapes = [
    ((784, 50), (50), (32, 50)),
    ((50, 100), (100), (32, 100)),
    ((100, 10), (10), (32, 10)),
]
""",
)


@exercise("indices")
def indices(answer: Answer) -> None:
    weight = answer.function("weight")
    # The value tells the weight: 213 is layer 2, to neuron 1, from neuron 3.
    numbers = [3, 4, 2, 2]
    matrices = Shown("matrices", [])
    for layer, (inputs, outputs) in enumerate(pairwise(numbers), start=1):
        origin, to = np.mgrid[1 : inputs + 1, 1 : outputs + 1]
        matrices.append(100.0 * layer + 10 * to + origin)
    for layer, to, origin in [(2, 1, 2), (2, 1, 3), (1, 4, 1), (2, 2, 4), (3, 2, 1), (3, 2, 2)]:
        got = weight(matrices, layer, to, origin)
        wanted = 100 * layer + 10 * to + origin
        if isinstance(got, int | float) and got != wanted and 100 < got < 400:
            named = f"w({got // 100:.0f}){got % 100:.0f}"
            answer.fail(
                ko=f"`weight(matrices, {layer}, {to}, {origin})`이 다른 가중치를 꺼냈어요. "
                f"나와야 할 것: w({layer}){to}{origin}, 나온 것: {named}",
                en=f"`weight(matrices, {layer}, {to}, {origin})` is another weight. "
                f"Expected: w({layer}){to}{origin}. Got: {named}",
            )
        answer.equal(got, wanted)


indices.wrong(
    "the order is not turned round",
    """
def weight(matrices, layer, to, origin):
    return matrices[layer - 1][to - 1, origin - 1]
""",
)
indices.wrong(
    "the neurons are counted from 0",
    """
def weight(matrices, layer, to, origin):
    return matrices[layer - 1][origin, to]
""",
)
indices.wrong(
    "the layers are counted from 0",
    """
def weight(matrices, layer, to, origin):
    return matrices[layer][origin - 1, to - 1]
""",
)
indices.wrong(
    "it knows one weight only",
    """
def weight(matrices, layer, to, origin):
    return matrices[1][2, 0]
""",
)

CORNERS = [[0, 0], [0, 1], [1, 0], [1, 1]]


@exercise("xor-network")
def xor_network(answer: Answer) -> None:
    network = answer.value("network")
    answer.that(
        hasattr(network, "forward"),
        ko=f"`network`는 `Network`여야 해요. 지금 들어 있는 것: {type(network).__name__}",
        en=f"`network` should be a `Network`. It holds: {type(network).__name__}",
    )
    try:
        got = network.forward(np.array(CORNERS))
    except Exception as error:
        answer.fail(
            ko=f"`network.forward({CORNERS})`에서 오류가 났어요: {error}",
            en=f"`network.forward({CORNERS})` failed: {error}",
        )
    answer.close(got, [[0], [1], [1], [0]], f"network.forward({CORNERS})")


xor_network.wrong(
    "a row for each neuron instead of a column",
    """
import numpy as np
from study.network import Dense, Network

W1, b1 = np.array([[-0.5, -0.5], [0.5, 0.5]]), np.array([0.7, -0.2])
W2, b2 = np.array([[0.5], [0.5]]), np.array([-0.7])
network = Network([Dense(W1, b1, "step"), Dense(W2, b2, "step")])
""",
)
xor_network.wrong(
    "the biases are left at 0",
    """
import numpy as np
from study.network import Dense, Network

W1, b1 = np.array([[-0.5, 0.5], [-0.5, 0.5]]), np.zeros(2)
W2, b2 = np.array([[0.5], [0.5]]), np.zeros(1)
network = Network([Dense(W1, b1, "step"), Dense(W2, b2, "step")])
""",
)
xor_network.wrong(
    "the biases of NAND and OR change places",
    """
import numpy as np
from study.network import Dense, Network

W1, b1 = np.array([[-0.5, 0.5], [-0.5, 0.5]]), np.array([-0.2, 0.7])
W2, b2 = np.array([[0.5], [0.5]]), np.array([-0.7])
network = Network([Dense(W1, b1, "step"), Dense(W2, b2, "step")])
""",
)
xor_network.wrong(
    "two outputs",
    """
import numpy as np
from study.network import Dense, Network

W1, b1 = np.array([[-0.5, 0.5], [-0.5, 0.5]]), np.array([0.7, -0.2])
W2, b2 = np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([-0.7, -0.7])
network = Network([Dense(W1, b1, "step"), Dense(W2, b2, "step")])
""",
)


def outputs_of(layers, x):
    *hidden, (last, bias) = layers
    z = x
    for weights, each in hidden:
        z = np.maximum(z @ weights + each, 0)
    return z @ last + bias


@exercise("own-network")
def own_network(answer: Answer) -> None:
    make_is_right(answer)
    forward = answer.function("forward")

    # Small enough to follow by hand: -|x|, negative in the output, and 0 without the ReLU.
    absolute = Shown(
        "[([[1, -1]], [0, 0]), ([[-1], [-1]], [0])]",
        [
            (np.array([[1.0, -1.0]]), np.zeros(2)),
            (np.array([[-1.0], [-1.0]]), np.zeros(1)),
        ],
    )
    answer.close(forward(absolute, np.array([-2.0])), [-2])
    answer.close(forward(absolute, np.array([[3.0], [-2.0], [0.5]])), [[-3], [-2], [-0.5]])

    rng = np.random.default_rng(5)
    for sizes in ([3, 2], [2, 4, 3], [4, 6, 5, 3], [3, 4, 4, 4, 4, 2]):
        name = "-".join(map(str, sizes))
        layers = [(rng.normal(size=pair), rng.normal(size=pair[1])) for pair in pairwise(sizes)]
        for shape in ([sizes[0]], [5, sizes[0]], [1, sizes[0]]):
            x = rng.normal(size=shape)
            copies = [(weights.copy(), bias.copy()) for weights, bias in layers]
            got = forward(Shown(f"layers {name}", copies), x)
            answer.close(got, outputs_of(layers, x))


def make_is_right(answer: Answer) -> None:
    make = answer.function("make")
    for sizes in ([3, 2], [4, 8, 6, 3], [2, 5, 5, 5, 1]):
        call = f"make({sizes}, rng)"
        layers = make(sizes, Named(np.random.PCG64(1)))
        answer.that(
            isinstance(layers, list | tuple)
            and all(isinstance(each, list | tuple) and len(each) == 2 for each in layers),
            ko=f"`{call}`은 층마다 `(W, b)` 하나씩을 담은 목록을 돌려줘야 해요.",
            en=f"`{call}` should give back a list with a pair `(W, b)` for each layer.",
        )
        answer.that(
            len(layers) == len(sizes) - 1,
            ko=f"`{call}`의 층은 {len(sizes) - 1}개여야 하는데 {len(layers)}개예요. "
            "입력은 층으로 세지 않아요.",
            en=f"`{call}` should have {len(sizes) - 1} layer(s); it has {len(layers)}. "
            "The inputs are not a layer.",
        )
        for number, (weights, bias) in enumerate(layers, start=1):
            pair = (sizes[number - 1], sizes[number])
            for name, array, shape in [("W", weights, pair), ("b", bias, pair[1:])]:
                answer.that(
                    np.shape(array) == shape,
                    ko=f"`{call}`에서 {number}층 `{name}`의 형상이 달라요. "
                    f"나와야 할 형상: {shape}, 나온 형상: {np.shape(array)}",
                    en=f"In `{call}`, `{name}` of layer {number} has the wrong shape. "
                    f"Expected: {shape}. Got: {np.shape(array)}",
                )

    def weights(seed):
        return [np.asarray(W) for W, _ in make([2, 5, 5, 5, 1], Named(np.random.PCG64(seed)))]

    first, again, other = weights(1), weights(1), weights(2)
    answer.that(
        all(np.unique(W).size > 1 for W in first),
        ko="`make`가 만든 `W`의 칸이 모두 같은 수예요. 칸마다 `rng`에서 따로 뽑아 주세요.",
        en="A `W` from `make` has the same number in all cells. Draw each of them from `rng`.",
    )
    answer.that(
        not np.array_equal(first[1], first[2]),
        ko="`make([2, 5, 5, 5, 1], rng)`의 2층과 3층의 `W`가 똑같아요. 층마다 새로 뽑아 주세요.",
        en="In `make([2, 5, 5, 5, 1], rng)` layers 2 and 3 have the same `W`. "
        "Draw anew for each layer.",
    )
    same = all(np.array_equal(*pair) for pair in zip(first, again, strict=True))
    answer.that(
        same and not np.array_equal(first[0], other[0]),
        ko="`make`가 인수 `rng`를 쓰지 않아요. 같은 씨앗이면 같은 `W`, "
        "다른 씨앗이면 다른 `W`가 나와야 해요.",
        en="`make` does not use its argument `rng`: the same seed should give the same `W`, "
        "another seed another.",
    )


MAKE = """
import numpy as np

def make(sizes, rng):
    pairs = zip(sizes, sizes[1:])
    return [(0.1 * rng.normal(size=pair), np.zeros(pair[1])) for pair in pairs]

"""
FORWARD = """
def forward(layers, x):
    z = x
    for W, b in layers[:-1]:
        z = np.maximum(z @ W + b, 0)
    W, b = layers[-1]
    return z @ W + b
"""

own_network.wrong(
    "the output layer has a ReLU, too",
    MAKE
    + """
def forward(layers, x):
    z = x
    for W, b in layers:
        z = np.maximum(z @ W + b, 0)
    return z
""",
)
own_network.wrong(
    "no ReLU anywhere",
    MAKE
    + """
def forward(layers, x):
    z = x
    for W, b in layers:
        z = z @ W + b
    return z
""",
)
own_network.wrong(
    "always three layers",
    MAKE
    + """
def forward(layers, x):
    (W1, b1), (W2, b2), (W3, b3) = layers
    z1 = np.maximum(x @ W1 + b1, 0)
    z2 = np.maximum(z1 @ W2 + b2, 0)
    return z2 @ W3 + b3
""",
)
own_network.wrong(
    "each layer gets the input instead of what the layer before gave",
    MAKE
    + """
def forward(layers, x):
    for W, b in layers[:-1]:
        z = np.maximum(x @ W + b, 0)
    W, b = layers[-1]
    return z @ W + b
""",
)
own_network.wrong(
    "the bias is a column",
    """
import numpy as np

def make(sizes, rng):
    pairs = zip(sizes, sizes[1:])
    return [(0.1 * rng.normal(size=pair), np.zeros((pair[1], 1))) for pair in pairs]

"""
    + FORWARD,
)
own_network.wrong(
    "the weights are (outputs, inputs)",
    """
import numpy as np

def make(sizes, rng):
    pairs = zip(sizes, sizes[1:])
    return [(rng.normal(size=(b, a)), np.zeros(b)) for a, b in pairs]

"""
    + FORWARD,
)
own_network.wrong(
    "all weights are 0",
    """
import numpy as np

def make(sizes, rng):
    return [(np.zeros(pair), np.zeros(pair[1])) for pair in zip(sizes, sizes[1:])]

"""
    + FORWARD,
)
own_network.wrong(
    "a generator of its own in each layer",
    """
import numpy as np

def make(sizes, rng):
    layers = []
    for pair in zip(sizes, sizes[1:]):
        rng = np.random.default_rng(0)
        layers.append((rng.normal(size=pair), np.zeros(pair[1])))
    return layers

"""
    + FORWARD,
)
