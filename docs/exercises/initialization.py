"""The checks of the initialisation note's exercises."""

import numpy as np

from journal.marking import Answer, exercise


@exercise("by-hand")
def by_hand(answer: Answer) -> None:
    variances = {"narrowing": 2 / 200, "widening": 2 / 50, "tanh_layer": 2 / (150 + 50)}
    for name, variance in variances.items():
        got = answer.value(name)
        answer.that(
            not _near(got, variance),
            ko=f"`{name}`에 든 것은 분산이에요. 표준편차는 여기에 루트를 씌운 값이에요.",
            en=f"`{name}` holds the variance. The standard deviation is its square root.",
        )
        answer.close(got, variance**0.5, tolerance=1e-3)


def _near(got: object, wanted: float) -> bool:
    return isinstance(got, (int, float, np.number)) and abs(float(got) - wanted) < 1e-6


BY_HAND = "narrowing, widening, tanh_layer = {}\n"
by_hand.wrong("variances", BY_HAND.format("2 / 200, 2 / 50, 2 / 200"))
by_hand.wrong("He by the outputs", BY_HAND.format("(2 / 50) ** 0.5, (2 / 200) ** 0.5, 0.1"))
by_hand.wrong("1 instead of 2", BY_HAND.format("200**-0.5, 50**-0.5, 200**-0.5"))
by_hand.wrong("Xavier by the inputs", BY_HAND.format("0.1, 0.2, (1 / 150) ** 0.5"))
by_hand.wrong("Xavier with 1", BY_HAND.format("0.1, 0.2, (1 / 200) ** 0.5"))


@exercise("predict")
def predict(answer: Answer) -> None:
    function = answer.function("predict")
    cases = [
        (1.0, [200, 500, 300], 0.1),
        (3.0, [50, 20], 0.2),
        (0.5, [10, 30, 90, 7], 0.3),
        (2.0, [800, 100, 800, 100], 0.05),
        (1.5, [4, 8, 16, 32, 64], 0.5),
    ]
    for q, sizes, std in cases:
        wanted = q * np.prod([n * std**2 / 2 for n in sizes[:-1]])
        answer.close(function(q, list(sizes), std), wanted)


PREDICT = """
def predict(q, sizes, std):
    for n in {}:
        q = q * {}
    return q
"""
predict.wrong("ReLU's half is forgotten", PREDICT.format("sizes[:-1]", "n * std**2"))
predict.wrong("outputs in place of inputs", PREDICT.format("sizes[1:]", "n * std**2 / 2"))
predict.wrong("one layer too many", PREDICT.format("sizes", "n * std**2 / 2"))
predict.wrong("std in place of the variance", PREDICT.format("sizes[:-1]", "n * std / 2"))
predict.wrong("the input's own size is ignored", PREDICT.format("sizes[1:-1]", "n * std**2 / 2"))
predict.wrong(
    "every layer as wide as the first",
    "def predict(q, sizes, std):\n    return q * (sizes[0] * std**2 / 2) ** (len(sizes) - 1)\n",
)
predict.wrong(
    "q is not used",
    PREDICT.format("sizes[:-1]", "n * std**2 / 2").replace("    for", "    q = 1\n    for", 1),
)


@exercise("xavier-uniform")
def xavier_uniform(answer: Answer) -> None:
    function = answer.function("xavier_uniform")
    for fan_in, fan_out in [(300, 100), (40, 360), (500, 500), (1000, 20)]:
        weights = function(fan_in, fan_out, np.random.default_rng(fan_in))
        limit = np.sqrt(6 / (fan_in + fan_out))
        call = f"xavier_uniform({fan_in}, {fan_out}, rng)"
        answer.close(weights, np.zeros((fan_in, fan_out)), call, tolerance=1e9)  # its shape
        numbers = np.asarray(weights, dtype=np.float64)
        low, high = numbers.min(), numbers.max()
        # Of thousands of numbers the outermost come nearer to the limit than a hundredth.
        answer.that(
            abs(high / limit - 1) < 0.01 and abs(low / limit + 1) < 0.01,
            ko=f"`{call}`의 값은 -{limit:.4f}부터 {limit:.4f}까지를 채워야 해요. "
            f"나온 가장 작은 값: {low:.4f}, 가장 큰 값: {high:.4f}",
            en=f"`{call}` should fill the range from -{limit:.4f} to {limit:.4f}; "
            f"its smallest value is {low:.4f} and its largest {high:.4f}.",
        )
        variance = limit**2 / 3
        answer.that(
            abs(numbers.var() / variance - 1) < 0.1 and abs(numbers.mean()) < limit / 10,
            ko=f"`{call}`의 범위는 맞는데 고르게 퍼져 있지 않아요. 나와야 할 분산: "
            f"{variance:.5f}, 나온 분산: {numbers.var():.5f}, 나온 평균: {numbers.mean():.4f}",
            en=f"`{call}` has the right range but is not spread evenly over it. Its variance "
            f"should be {variance:.5f} and is {numbers.var():.5f}; its mean should be near 0 "
            f"and is {numbers.mean():.4f}.",
        )
    rng = np.random.default_rng(0)
    first, second = function(20, 30, rng), function(20, 30, rng)
    answer.that(
        not np.array_equal(first, second),
        ko="같은 `rng`로 두 번 불러도 똑같은 수가 나와요. 넘겨받은 `rng`에서 뽑아야 다음 층이 "
        "다른 가중치를 얻어요.",
        en="Two calls with one `rng` give the same numbers. Draw from the `rng` that is passed "
        "in, so that the next layer gets other weights.",
    )
    again = function(20, 30, np.random.default_rng(0))
    answer.that(
        np.array_equal(first, again),
        ko="시드가 같은 `rng`로 불렀는데 다른 수가 나와요. 넘겨받은 `rng`에서만 뽑아 주세요.",
        en="Two generators of one seed give different numbers. Draw from the `rng` that is "
        "passed in, and from nothing else.",
    )


UNIFORM = """
import numpy as np

def xavier_uniform(fan_in, fan_out, rng):
    a = np.sqrt({})
    return {}
"""
EVEN = "rng.uniform(-a, a, size=(fan_in, fan_out))"
xavier_uniform.wrong(
    "the standard deviation for the limit", UNIFORM.format("2 / (fan_in + fan_out)", EVEN)
)
xavier_uniform.wrong("the inputs only", UNIFORM.format("6 / fan_in", EVEN))
xavier_uniform.wrong(
    "positive numbers only",
    UNIFORM.format("6 / (fan_in + fan_out)", "a * rng.random((fan_in, fan_out))"),
)
xavier_uniform.wrong(
    "from a normal distribution",
    UNIFORM.format("2 / (fan_in + fan_out)", "a * rng.normal(size=(fan_in, fan_out))"),
)
xavier_uniform.wrong(
    "the shape the wrong way round",
    UNIFORM.format("6 / (fan_in + fan_out)", "rng.uniform(-a, a, size=(fan_out, fan_in))"),
)
xavier_uniform.wrong(
    "a generator of its own",
    UNIFORM.format("6 / (fan_in + fan_out)", EVEN).replace(
        "    a =", "    rng = np.random.default_rng(0)\n    a ="
    ),
)
xavier_uniform.wrong(
    "nothing but the two limits",
    UNIFORM.format(
        "6 / (fan_in + fan_out)", "a * np.sign(rng.uniform(-1, 1, size=(fan_in, fan_out)))"
    ),
)


@exercise("layer-norm")
@np.errstate(all="ignore")
def layer_norm(answer: Answer) -> None:
    rng = np.random.default_rng(1)
    cases = []
    # Where the spread is small, the 1e-5 and its place show.
    for rows, features, spread in [(4, 6, 3.0), (1, 5, 3.0), (7, 3, 0.1)]:
        x = 2 + spread * rng.normal(size=(rows, features))
        dy, gamma, beta = (rng.normal(size=size) for size in [x.shape, features, features])
        cases.append((x, dy, gamma, beta))
    forward = answer.function("layer_norm")
    for x, _, gamma, beta in cases:
        got = forward(x, gamma, beta)
        far, std = x - x.mean(axis=1, keepdims=True), x.std(axis=1, keepdims=True)
        slips = [
            (
                far / (std + 1e-5),
                "1e-5를 표준편차에 더했어요. 루트를 씌우기 전에 분산에 더해 주세요.",
                "1e-5 is added to the standard deviation. Add it to the variance, under the root.",
            ),
            (
                far / std,
                "1e-5가 빠졌어요. 루트를 씌우기 전에 분산에 더해 주세요.",
                "The 1e-5 is missing. Add it to the variance, under the root.",
            ),
            (
                far / np.sqrt(x.var(axis=1, ddof=1, keepdims=True) + 1e-5),
                "분산을 D - 1로 나눴어요. 정규화할 때는 D로 나눠요.",
                "The variance is divided by D - 1. To normalise, divide by D.",
            ),
            (
                (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5),
                "배치 정규화처럼 열마다 정규화했어요. 가로줄마다 평균과 분산을 구해 주세요.",
                "Each column is normalised, as in batch normalisation. Take the mean and the "
                "variance of each row.",
            ),
        ]
        for normal, ko, en in slips:
            answer.that(not _same(got, gamma * normal + beta), ko=ko, en=en)
        normal, _ = _normalized(x)
        what = f"layer_norm(x, gamma, beta), x.shape = {x.shape}"
        answer.close(got, gamma * normal + beta, what, tolerance=1e-5)
    backward = answer.function("layer_norm_backward")
    for x, dy, gamma, _ in cases:
        normal, scale = _normalized(x)
        g = gamma * dy
        along = np.mean(g * normal, axis=1, keepdims=True)
        dx = scale * (g - g.mean(axis=1, keepdims=True) - normal * along)
        got = backward(dy, x, gamma)
        answer.that(
            isinstance(got, (tuple, list)) and len(got) == 3,
            ko="`layer_norm_backward`는 `dx`, `dgamma`, `dbeta` 셋을 차례로 돌려줘야 해요.",
            en="`layer_norm_backward` should return three things: `dx`, `dgamma` and `dbeta`.",
        )
        slopes = {"dbeta": dy.sum(axis=0), "dgamma": np.sum(dy * normal, axis=0), "dx": dx}
        along = np.mean(dy * normal, axis=1, keepdims=True)
        taken_out = gamma * scale * (dy - dy.mean(axis=1, keepdims=True) - normal * along)
        answer.that(
            not _same(got[0], taken_out),
            ko="`dx`에서 `gamma`를 평균 밖으로 묶어 냈어요. 평균을 내는 축을 따라 `gamma`가 "
            "달라지니 묶을 수 없어요.",
            en="`dx` has `gamma` taken out of the means. It changes along the axis of the means, "
            "so it has to stay inside.",
        )
        for (name, wanted), slope in zip(slopes.items(), reversed(got), strict=True):
            answer.close(slope, wanted, name, tolerance=1e-5)


def _same(got: object, slip: np.ndarray) -> bool:
    """Whether an answer is just what a known slip gives, to more digits than chance would."""
    try:
        numbers = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return numbers.shape == slip.shape and np.allclose(numbers, slip, rtol=1e-9, atol=1e-9)


def _normalized(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    return (x - x.mean(axis=1, keepdims=True)) * scale, scale


LAYER_NORM = """
import numpy as np

def normalize(x):
    scale = 1 / np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
    return (x - x.mean(axis=1, keepdims=True)) * scale, scale

def layer_norm(x, gamma, beta):
    return gamma * normalize(x)[0] + beta

def layer_norm_backward(dy, x, gamma):
    normal, scale = normalize(x)
    g = gamma * dy
    along = np.mean(g * normal, axis=1, keepdims=True)
    dx = scale * (g - g.mean(axis=1, keepdims=True) - normal * along)
    return dx, np.sum(dy * normal, axis=0), dy.sum(axis=0)
"""
layer_norm.wrong(
    "batch normalisation",
    LAYER_NORM.replace("axis=1", "axis=0"),
)
layer_norm.wrong(
    "gamma is taken out of the means",
    LAYER_NORM.replace("g = gamma * dy", "g = dy").replace("scale * (g", "gamma * scale * (g"),
)
layer_norm.wrong(
    "the ways by mean and variance are forgotten",
    LAYER_NORM.replace(" - g.mean(axis=1, keepdims=True) - normal * along)", ")"),
)
layer_norm.wrong(
    "the way by the variance is forgotten", LAYER_NORM.replace(" - normal * along", "")
)
layer_norm.wrong("gamma is in its own gradient", LAYER_NORM.replace("np.sum(dy *", "np.sum(g *"))
layer_norm.wrong(
    "the gradients of gamma and beta summed along the features",
    LAYER_NORM.replace(
        "dy * normal, axis=0), dy.sum(axis=0)", "dy * normal, axis=1), dy.sum(axis=1)"
    ),
)
layer_norm.wrong(
    "divided by the variance",
    LAYER_NORM.replace(
        "np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)", "(x.var(axis=1, keepdims=True) + 1e-5)"
    ),
)
layer_norm.wrong(
    "only dx is returned",
    LAYER_NORM.replace("return dx, np.sum(dy * normal, axis=0), dy.sum(axis=0)", "return dx"),
)
VARIANCE = "np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)"
layer_norm.wrong(
    "1e-5 outside the root",
    LAYER_NORM.replace(VARIANCE, "(x.std(axis=1, keepdims=True) + 1e-5)"),
)
layer_norm.wrong("no 1e-5", LAYER_NORM.replace(" + 1e-5", ""))
layer_norm.wrong(
    "the variance divided by one less",
    LAYER_NORM.replace("x.var(axis=1,", "x.var(axis=1, ddof=1,"),
)
layer_norm.wrong(
    "no 1e-5 on the way back",
    LAYER_NORM.replace(
        "normal, scale = normalize(x)",
        "normal, scale = normalize(x)\n    scale = 1 / x.std(axis=1, keepdims=True)",
    ),
)
layer_norm.wrong(
    "the means over the whole array",
    LAYER_NORM.replace("x.mean(axis=1, keepdims=True)", "x.mean()").replace(
        "x.var(axis=1, keepdims=True)", "x.var()"
    ),
)
