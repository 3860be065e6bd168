"""The checks of the backpropagation note's exercises."""

import numpy as np

from journal.marking import Answer, Feedback, exercise
from study.activations import sigmoid


@exercise("trace")
def trace(answer: Answer) -> None:
    answer.close(answer.value("y"), 42)
    both = [
        (
            "da",
            27,
            [21, 6],
            "`a`는 곱셈 노드와 덧셈 노드, 두 곳에 쓰여요. `da`는 두 길의 기울기를 더한 것이에요.",
            "`a` goes into the product and into the sum. `da` adds up what both paths bring back.",
        ),
        (
            "dc",
            6,
            [0],
            "`c`는 최댓값 노드에서 졌지만 덧셈 노드에도 쓰여요. 그 길로 기울기가 와요.",
            "`c` lost at the maximum, but goes into the sum too. A slope comes back from there.",
        ),
    ]
    for name, wanted, parts, ko, en in both:
        one_path(answer, answer.value(name), wanted, parts, ko=ko, en=en)
    for name, wanted in [("da", 27), ("db", 14), ("dc", 6)]:
        answer.close(answer.value(name), wanted)


def one_path(answer: Answer, got, wanted, parts, *, ko, en):
    """Says so if a gradient is what came back on one of several paths only."""
    try:
        numbers = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        return
    if numbers.shape == np.shape(wanted) and not np.allclose(numbers, wanted):
        for part in parts:
            answer.that(not np.allclose(numbers, part), ko=ko, en=en)


trace.wrong("only the path of a through the sum is counted", "y, da, db, dc = 42, 6, 14, 6")
trace.wrong("only the path of a through the product is counted", "y, da, db, dc = 42, 21, 14, 6")
trace.wrong("the first product does not swap", "y, da, db, dc = 42, 20, 21, 6")
trace.wrong("the second product does not swap", "y, da, db, dc = 42, 25, 12, 7")
trace.wrong("the maximum passes on to both", "y, da, db, dc = 42, 27, 14, 13")
trace.wrong("the maximum passes on to the smaller", "y, da, db, dc = 42, 6, 0, 13")
trace.wrong("c is thought to have no path, having lost", "y, da, db, dc = 42, 27, 14, 0")


@exercise("transposed")
def transposed(answer: Answer) -> None:
    backward = answer.function("transposed_backward")
    rng = np.random.default_rng(1)
    cases = [([[1, 2], [0, -1]], [[1, 3], [-1, 2], [0, 1]], [[1, 0, 2], [1, 3, -1]])]
    for samples, inputs, outputs in [(5, 3, 2), (4, 3, 3), (1, 2, 4)]:
        sizes = [(samples, inputs), (outputs, inputs), (samples, outputs)]
        cases.append([rng.normal(size=size) for size in sizes])
    for case in cases:
        x, weights, dy = (np.array(each, dtype=np.float64) for each in case)
        results = parts(answer, backward(x, weights, dy), ("dx", "dW", "db"))
        what = f"transposed_backward({shown(x)}, {shown(weights)}, {shown(dy)})"
        wanted = [dy @ weights, dy.T @ x, dy.sum(axis=0)]
        for name, got, right in zip(("dx", "dW", "db"), results, wanted, strict=True):
            answer.close(got, right, f"{name}, {what}")


def shown(x):
    return str(np.round(x, 4).tolist()) if x.size <= 6 else f"array{x.shape}"


def parts(answer: Answer, result, names):
    """The parts of a tuple; says so if it is not one."""
    answer.that(
        isinstance(result, tuple | list) and len(result) == len(names),
        ko=f"{', '.join(names)}, 이렇게 {len(names)}개를 차례로 돌려줘야 해요.",
        en=f"Return {len(names)} arrays, in this order: {', '.join(names)}.",
    )
    return result


TRANSPOSED = "def transposed_backward(x, W, dy):\n    return {}\n"
transposed.wrong(
    "W is transposed where the shapes allow it",
    """
def transposed_backward(x, W, dy):
    dx = dy @ W.T if W.shape[0] == W.shape[1] else dy @ W
    return dx, dy.T @ x, dy.sum(axis=0)
""",
)
transposed.wrong("dW lies the other way", TRANSPOSED.format("dy @ W, x.T @ dy, dy.sum(axis=0)"))
transposed.wrong("db is not summed", TRANSPOSED.format("dy @ W, dy.T @ x, dy"))
transposed.wrong("db is a mean", TRANSPOSED.format("dy @ W, dy.T @ x, dy.mean(axis=0)"))
transposed.wrong("db is summed over all", TRANSPOSED.format("dy @ W, dy.T @ x, dy.sum()"))
transposed.wrong("in another order", TRANSPOSED.format("dy.T @ x, dy.sum(axis=0), dy @ W"))
transposed.wrong("no db", TRANSPOSED.format("dy @ W, dy.T @ x"))


@exercise("skip")
def skip(answer: Answer) -> None:
    backward = answer.function("skip_backward")
    rng = np.random.default_rng(1)
    cases = [([[1, -2]], [[1, 2], [3, -1]], [[1, 10]])]
    for samples, features in [(4, 3), (3, 5)]:
        sizes = [(samples, features), (features, features), (samples, features)]
        cases.append([rng.normal(size=size) for size in sizes])
    for case in cases:
        x, weights, dy = (np.array(each, dtype=np.float64) for each in case)
        what = f"skip_backward({shown(x)}, {shown(weights)}, {shown(dy)})"
        results = parts(answer, backward(x, weights, dy), ("dx", "dW"))
        da = np.where(x @ weights > 0, dy, 0.0)
        through = da @ weights.T
        one_path(
            answer,
            results[0],
            dy + through,
            [dy, through],
            ko="`dx`가 길 하나의 몫뿐이에요. `x`는 층을 지나기도 하고 건너뛰기도 하니 둘을 더해요.",
            en="`dx` is the share of one path. `x` goes through the layer and past it: add both.",
        )
        for name, got, right in zip(("dx", "dW"), results, [dy + through, x.T @ da], strict=True):
            answer.close(got, right, f"{name}, {what}")


SKIP = """
import numpy as np

def skip_backward(x, W, dy):
    da = np.where(x @ W > 0, dy, 0.0)
    return {}
"""
skip.wrong("the path past the layer is forgotten", SKIP.format("da @ W.T, x.T @ da"))
skip.wrong("W is not transposed", SKIP.format("dy + da @ W, x.T @ da"))
skip.wrong("ReLU is passed over", SKIP.format("dy + dy @ W.T, x.T @ dy"))
skip.wrong("the product is passed over", SKIP.format("dy + da, x.T @ da"))
skip.wrong("the paths are multiplied", SKIP.format("dy * (da @ W.T), x.T @ da"))
skip.wrong(
    "dy is changed in place",
    """
import numpy as np

def skip_backward(x, W, dy):
    through = dy.copy()
    dy[x @ W <= 0] = 0
    return through + dy @ W.T, x.T @ dy
""",
)


@exercise("swish")
@np.errstate(all="ignore")
def swish(answer: Answer) -> None:
    make = answer.function("Swish")
    rng = np.random.default_rng(1)
    for x in [
        np.array([1.0, -2.0]),
        rng.normal(size=(3, 4)),
        np.array([-1000.0, -3.0, 0.0, 3.0, 1000.0]),
        rng.normal(size=(2, 3, 2)),
    ]:
        layer, dy = make(), rng.normal(size=x.shape)
        y = call(answer, layer, "forward", x)
        answer.close(y, x * sigmoid(x), f"forward({shown(x)})")
        dx = call(answer, layer, "backward", dy)
        s = sigmoid(x)
        one_path(
            answer,
            dx,
            dy * (s + x * s * (1 - s)),
            [dy * s, dy * x * s * (1 - s)],
            ko="`backward`가 길 하나만 셌어요. `x`는 곱셈 노드에도, 시그모이드에도 들어가요.",
            en="`backward` counts only one path. `x` goes into the product and into the sigmoid.",
        )
        answer.close(dx, dy * (s + x * s * (1 - s)), f"forward({shown(x)}), backward({shown(dy)})")
    layer = make()
    for x in [np.array([1.0, 2.0]), np.array([-3.0, 0.5])]:
        call(answer, layer, "forward", x)
    dx, s = call(answer, layer, "backward", np.ones(2)), sigmoid(x)
    what = "forward([1.0, 2.0]), forward([-3.0, 0.5]), backward([1.0, 1.0])"
    answer.close(dx, s + x * s * (1 - s), what)


def call(answer: Answer, thing, method, *arguments):
    """What a method gives; says so if there is none, if it fails, or if it changes its argument."""
    name = type(thing).__name__
    answer.that(
        hasattr(thing, method),
        ko=f"`{name}`에 `{method}` 메서드가 없어요.",
        en=f"`{name}` has no method `{method}`.",
    )
    before = [each.copy() for each in arguments]
    try:
        result = getattr(thing, method)(*arguments)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        answer.fail(
            ko=f"`{name}`의 `{method}`를 부르니 오류가 났어요. {words}",
            en=f"`{method}` of `{name}` failed. {words}",
        )
    answer.that(
        all(np.array_equal(was, now) for was, now in zip(before, arguments, strict=True)),
        ko=f"`{method}`를 부르고 나니 넘겨준 배열이 바뀌어 있어요. 새 배열에 계산해 주세요.",
        en=f"`{method}` changed the array that it was given. Compute into a new one.",
    )
    return result


SWISH = """
import numpy as np
from study.activations import sigmoid

class Swish:
    def forward(self, x):
        self.x, self.s = x, sigmoid(x)
        self.y = x * self.s
        return self.y
    def backward(self, dy):
        x, y, s = self.x, self.y, self.s
        return {}
"""
swish.wrong("the path through the sigmoid is forgotten", SWISH.format("dy * s"))
swish.wrong("the direct path is forgotten", SWISH.format("dy * x * s * (1 - s)"))
swish.wrong("the upstream gradient is forgotten", SWISH.format("s + x * s * (1 - s)"))
swish.wrong("it is the sigmoid's slope", SWISH.format("dy * s * (1 - s)"))
swish.wrong("the output stands for the sigmoid", SWISH.format("dy * y * (1 - y)"))
swish.wrong("the sigmoid's slope is missing", SWISH.format("dy * (s + x)"))
swish.wrong("the slope is ReLU's", SWISH.format("dy * (x > 0)"))
swish.wrong(
    "the sigmoid is written so that it is nan",
    SWISH.format("dy * (s + x * s * (1 - s))").replace(
        "sigmoid(x)\n", "np.exp(x) / (1 + np.exp(x))\n"
    ),
)
swish.wrong(
    "dy is changed in place",
    SWISH.format("np.multiply(dy, s + x * s * (1 - s), out=dy)"),
)
swish.wrong(
    "the first batch is remembered for ever",
    SWISH.format("dy * (s + x * s * (1 - s))")
    .replace(
        "self.x, self.s = x, sigmoid(x)",
        "if not hasattr(self, 'x'):\n            self.x, self.s = x, sigmoid(x)",
    )
    .replace("self.y = x * self.s", "self.y = x * sigmoid(x)"),
)


@exercise("value")
def value(answer: Answer) -> None:
    make = answer.function("Value")
    cases = [
        ("x = 3, y = x * x + x", [3.0], lambda x: x * x + x, 12.0, [7.0]),
        ("a = 2, b = -3, y = a * b + b", [2.0, -3.0], lambda a, b: a * b + b, -9.0, [-3.0, 3.0]),
        (
            "a = 2, b = -3, y = (a * b).relu()",
            [2.0, -3.0],
            lambda a, b: (a * b).relu(),
            0.0,
            [0, 0],
        ),
        ("a = 2, b = 3, y = (a * b).relu() + a", [2.0, 3.0], with_relu, 8.0, [4.0, 2.0]),
        ("a = 2, b = a * a, y = b * b + b", [2.0], reused, 20.0, [36.0]),
        ("a = 1.5, b = a + a, c = b * a, y = c * b + c", [1.5], twice, 18.0, [33.0]),
        ("x = 1, b = x + x, c = b * b, y = c + b", [1.0], late, 6.0, [10.0]),
    ]
    for what, numbers, compute, wanted, slopes in cases:
        names = [each.split(" = ")[0] for each in what.split(", ")[: len(numbers)]]
        inputs = [make(number) for number in numbers]
        y = back(answer, compute, inputs, what)
        answer.close(part(answer, y, "data"), wanted, f"{what}, y.data")
        for name, thing, right in zip(names, inputs, slopes, strict=True):
            answer.close(part(answer, thing, "grad"), right, f"{what}, {name}.grad")
    a, between = make(2.0), []
    what = "a = 2, b = a * a, y = b * b + b"
    back(answer, lambda a: reused(a, between), [a], what)
    answer.close(part(answer, between[0], "grad"), 9.0, f"{what}, b.grad")


def back(answer: Answer, compute, inputs, what):
    """Computes, goes back, and says so if that fails."""
    try:
        y = compute(*inputs)
        y.backward()
    except Feedback:
        raise
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        answer.fail(
            ko=f"`{what}`: 계산하고 되짚다가 오류가 났어요. {words}",
            en=f"`{what}`: computing it, or going back, failed. {words}",
        )
    return y


def part(answer: Answer, thing, name):
    answer.that(
        hasattr(thing, name),
        ko=f"`Value`마다 `{name}`이라는 이름의 값이 있어야 해요.",
        en=f"Every `Value` needs an attribute `{name}`.",
    )
    return getattr(thing, name)


def with_relu(a, b):
    return (a * b).relu() + a


def reused(a, between=None):
    b = a * a
    if between is not None:
        between.append(b)
    return b * b + b


def twice(a):
    b = a + a
    c = b * a
    return c * b + c


def late(x):
    b = x + x
    c = b * b
    return c + b


VALUE = """
class Value:
    def __init__(self, data, inputs=(), slopes=()):
        self.data, self.grad = data, 0.0
        self.inputs, self.slopes = inputs, slopes
    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))
    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))
    def relu(self):
        return Value(max(self.data, 0.0), (self,), (float(self.data > 0),))
    def backward(self):
        self.grad = 1.0
        self.back()
    def back(self):
        for each, slope in zip(self.inputs, self.slopes):
            each.grad {} self.grad * slope
            each.back()
"""
value.wrong("the paths overwrite each other", VALUE.format("="))
value.wrong("what was passed on is passed on again", VALUE.format("+="))
value.wrong(
    "ReLU lets everything pass",
    VALUE.format("+=").replace("float(self.data > 0)", "1.0"),
)
value.wrong(
    "multiplication does not swap",
    VALUE.format("+=").replace("(other.data, self.data)", "(self.data, other.data)"),
)
value.wrong(
    "the last value's own gradient is 0",
    VALUE.format("+=").replace("self.grad = 1.0", "self.grad = 0.0"),
)
value.wrong(
    "a set of inputs holds x only once in x + x",
    """
class Value:
    def __init__(self, data, parts=()):
        self.data, self.grad, self.parts = data, 0.0, set(parts)
    def __add__(self, other):
        return Value(self.data + other.data, [(self, 1.0), (other, 1.0)])
    def __mul__(self, other):
        return Value(self.data * other.data, [(self, other.data), (other, self.data)])
    def relu(self):
        return Value(max(self.data, 0.0), [(self, float(self.data > 0))])
    def backward(self, upstream=1.0):
        self.grad += upstream
        for each, slope in self.parts:
            each.backward(upstream * slope)
""",
)
value.wrong("backward is missing", VALUE.format("+=").replace("def backward", "def backwards"))
