"""The checks of the optimisers note's exercises."""

import numpy as np

from journal.marking import Answer, exercise
from study.optimizers import Adam


def not_this(answer: Answer, got, wrong, *, ko: str, en: str, tolerance: float = 1e-4) -> None:
    """Explains itself if an answer is a certain wrong one."""
    try:
        numbers = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        return
    if numbers.shape == np.shape(wrong):
        same = np.allclose(numbers, wrong, rtol=tolerance, atol=tolerance)
        answer.that(not same, ko=ko, en=en)


@exercise("effective-rate")
def effective_rate(answer: Answer) -> None:
    explained = {
        "along": [
            (
                20.0,
                "`along`이 20이면 속도 `v`예요. 보폭은 거기에 학습률을 곱한 것이에요.",
                "An `along` of 20 is the velocity `v`. A step is that times the rate.",
            ),
            (
                0.2,
                "`along`이 0.2이면 SGD의 보폭이에요. 한참 뒤에는 속도가 쌓여 있어요.",
                "An `along` of 0.2 is SGD's step. After a long walk the velocity has built up.",
            ),
        ],
        "across": [
            (
                2 / 1.9,
                "`across`가 속도 `v`예요. 보폭은 거기에 학습률을 곱한 것이에요.",
                "`across` is the velocity `v`. A step is that times the rate.",
            ),
            (
                0.0,
                "뒤집히는 기울기가 다 지워지지는 않아요. 가장 새 기울기가 가장 무거우니까요.",
                "Gradients that flip do not cancel entirely: the latest one weighs most.",
            ),
        ],
        "rate": [
            (
                1.0,
                "`rate`가 1이면 모멘텀이 커진 만큼 학습률도 키운 것이에요. 거꾸로예요.",
                "A `rate` of 1 is raised with the momentum. It has to go the other way.",
            ),
        ],
    }
    for name, wanted in [("along", 2.0), ("across", 0.2 / 1.9), ("rate", 0.01)]:
        got = answer.value(name)
        for wrong, ko, en in explained[name]:
            not_this(answer, got, wrong, ko=ko, en=en, tolerance=1e-3)
        answer.close(got, wanted, tolerance=1e-3)


effective_rate.wrong("plain SGD's step", "along, across, rate = 0.2, 0.2, 0.1")
effective_rate.wrong("the velocities, not the steps", "along, across, rate = 20, 2 / 1.9, 0.01")
effective_rate.wrong("flipping gradients cancel entirely", "along, across, rate = 2.0, 0, 0.01")
effective_rate.wrong(
    "the rate is raised with the momentum", "along, across, rate = 2.0, 0.2 / 1.9, 1.0"
)
effective_rate.wrong(
    "the rate follows the momentum itself", "along, across, rate = 2.0, 0.2 / 1.9, 0.1 * 0.9 / 0.99"
)


@exercise("first-step")
def first_step(answer: Answer) -> None:
    signs = np.array([-1.0, 1.0, -1.0, 0.0])
    for name, size in [("adam", 0.01), ("rmsprop", 0.1)]:
        value = answer.value(name)
        if isinstance(value, (list, tuple)) and any(each is ... for each in value):
            answer.fail(
                ko=f"`{name}`에 아직 `...`이 남아 있어요. 네 값을 모두 적어 주세요.",
                en=f"There is still a `...` in `{name}`. Fill in all four values.",
            )
        not_this(
            answer,
            value,
            -size * signs,
            ko=f"`{name}`의 크기는 맞는데 부호가 반대예요. 기울기가 양수면 가중치는 줄어요.",
            en=f"The sizes in `{name}` are right, the signs are not. "
            "Where the gradient is positive, the weight goes down.",
        )
        not_this(
            answer,
            value,
            -0.01 * np.array([0.001, -1, 1000, 0]),
            ko=f"`{name}`이 학습률에 기울기를 곱한 SGD의 걸음이에요. 기울기의 크기로 나눠야 해요.",
            en=f"`{name}` is SGD's step, the rate times the gradient. Divide by the size.",
        )
        if name == "rmsprop":
            not_this(
                answer,
                value,
                0.01 * signs,
                ko="`rmsprop`이 Adam과 같아요. RMSProp은 편향 보정을 하지 않아요.",
                en="`rmsprop` is the same as Adam's. RMSProp has no bias correction.",
            )
        answer.close(value, (size * signs).tolist(), tolerance=1e-4)


FIRST = "adam, rmsprop = {}, {}"
RIGHT = "[-0.01, 0.01, -0.01, 0]"
first_step.wrong("SGD's step", FIRST.format("[-1e-5, 0.01, -10, 0]", "[-1e-5, 0.01, -10, 0]"))
first_step.wrong("uphill", FIRST.format("[0.01, -0.01, 0.01, 0]", "[0.1, -0.1, 0.1, 0]"))
first_step.wrong("RMSProp is corrected too", FIRST.format(RIGHT, RIGHT))
first_step.wrong(
    "Adam without its correction",
    FIRST.format("[-0.0316, 0.0316, -0.0316, 0]", "[-0.1, 0.1, -0.1, 0]"),
)
first_step.wrong(
    "a gradient of 0 moves too",
    FIRST.format("[-0.01, 0.01, -0.01, -0.01]", "[-0.1, 0.1, -0.1, -0.1]"),
)
first_step.wrong(
    "RMSProp divides by h, not by its root", FIRST.format(RIGHT, "[-1000, 1, -0.001, 0]")
)


@exercise("my-adam")
@np.errstate(all="ignore")
def my_adam(answer: Answer) -> None:
    make = answer.function("MyAdam")
    rng = np.random.default_rng(7)
    starts = [rng.normal(size=(2, 3)), rng.normal(size=(2, 3))]
    rates = [0.01, 0.03]
    mine, theirs = [make(rate) for rate in rates], [Adam(rate) for rate in rates]
    places, wanted = [each.copy() for each in starts], [each.copy() for each in starts]
    sizes = np.array([[1e-7, 0.01, 1.0], [10.0, 1000.0, 0.0]])
    for number in range(1, 21):
        for one in range(2):
            g = (0.3 + rng.normal(size=(2, 3))) * sizes
            w, given = places[one].copy(), g.copy()
            try:
                new = mine[one].step(w, given)
            except Exception as error:
                kind, message = type(error).__name__, str(error)
                answer.fail(
                    ko=f"`step`을 {number}번째로 부르니 {kind} 오류가 났어요: {message}",
                    en=f"Call number {number} of `step` failed with {kind}: {message}",
                )
            same = np.array_equal(w, places[one]) and np.array_equal(given, g)
            answer.that(
                same,
                ko="`step`을 부르고 나니 넘겨준 배열이 바뀌어 있어요. 새 배열을 돌려주세요.",
                en="`step` changed an array that it was given. Return a new one.",
            )
            theirs[one].update(wanted[one], g)
            if number == 1:
                explain_first(answer, w - new if np.shape(new) == w.shape else None, g, rates[one])
            which = ("", " of the second of two MyAdams used in turn")[one]
            korean = ("", "번갈아 쓴 두 MyAdam 중 둘째의 ")[one]
            what = (
                f"{korean}step {number}번째 결과"
                if answer.language == "ko"
                else f"the result of step {number}{which}"
            )
            answer.close(new, wanted[one], what, tolerance=1e-9)
            # A copy, in case the answer keeps the array that it returned.
            places[one] = np.array(new, dtype=np.float64)


def explain_first(answer: Answer, step, g, rate) -> None:
    """Recognises the commonest slips by the first step."""
    m, v = 0.1 * g, 0.001 * g * g
    slips = [
        (
            m / (np.sqrt(v) + 1e-8),
            "첫걸음이 편향 보정을 하지 않은 Adam의 것이에요. `m`과 `v`를 다 보정해 주세요.",
            "The first step is that of Adam without bias correction. Correct both `m` and `v`.",
        ),
        (
            g / (np.sqrt(v) + 1e-8),
            "첫걸음을 보니 `m`만 보정하고 `v`는 보정하지 않았어요.",
            "By the first step, `m` is corrected and `v` is not.",
        ),
        (
            m / (np.abs(g) + 1e-8),
            "첫걸음을 보니 `v`만 보정하고 `m`은 보정하지 않았어요.",
            "By the first step, `v` is corrected and `m` is not.",
        ),
        (
            g / np.sqrt(g * g + 1e-8),
            "첫걸음을 보니 `1e-8`이 루트 안에 있어요. 제곱근을 구한 다음 더해 주세요.",
            "By the first step, `1e-8` is inside the root. Add it after taking the root.",
        ),
        (
            m / 0.1 * np.sqrt(0.001) / (np.sqrt(v) + 1e-8),
            "첫걸음을 보니 `1e-8`을 보정하지 않은 `v`의 제곱근에 더했어요. "
            "`v`를 보정한 다음 제곱근을 구해 더해 주세요.",
            "By the first step, `1e-8` is added to the root of the uncorrected `v`. "
            "Correct `v` first, take its root, then add.",
        ),
    ]
    for slip, ko, en in slips:
        not_this(answer, step, rate * slip, ko=ko, en=en, tolerance=1e-9)


MY_ADAM = """
import numpy as np

class MyAdam:
    def __init__(self, rate):
        self.rate = rate
        self.m, self.v, self.n = 0.0, 0.0, 0
    def step(self, w, g):
        self.n += 1
        self.m = 0.9 * self.m + 0.1 * g
        self.v = 0.999 * self.v + 0.001 * g * g
        m_hat = self.m / (1 - 0.9**self.n)
        v_hat = self.v / (1 - 0.999**self.n)
        return w - self.rate * m_hat / (np.sqrt(v_hat) + 1e-8)
"""
my_adam.wrong(
    "there is no bias correction",
    MY_ADAM.replace(" / (1 - 0.9**self.n)", "").replace(" / (1 - 0.999**self.n)", ""),
)
my_adam.wrong(
    "only m is corrected",
    MY_ADAM.replace(" / (1 - 0.999**self.n)", ""),
)
my_adam.wrong(
    "eps is inside the root",
    MY_ADAM.replace("(np.sqrt(v_hat) + 1e-8)", "np.sqrt(v_hat + 1e-8)"),
)
my_adam.wrong(
    "the steps are counted from 0",
    MY_ADAM.replace("        self.n += 1\n", "").replace(
        "        return w", "        self.n += 1\n        return w"
    ),
)
my_adam.wrong(
    "only v is corrected",
    MY_ADAM.replace(" / (1 - 0.9**self.n)", ""),
)
my_adam.wrong(
    "eps is added to the uncorrected root, as the book's code does",
    MY_ADAM.replace(
        "self.rate * m_hat / (np.sqrt(v_hat) + 1e-8)",
        "self.rate * m_hat * np.sqrt(1 - 0.999**self.n) / (np.sqrt(self.v) + 1e-8)",
    ),
)
my_adam.wrong("the root is forgotten", MY_ADAM.replace("np.sqrt(v_hat)", "v_hat"))
my_adam.wrong(
    "the corrected m is kept",
    MY_ADAM.replace("m_hat = self.m", "m_hat = self.m = self.m"),
)
my_adam.wrong(
    "the constants are mixed up",
    MY_ADAM.replace("0.999", "0.99").replace("0.001", "0.01"),
)
my_adam.wrong(
    "w is changed in place",
    MY_ADAM.replace("return w - self.rate", "w -= self.rate") + "        return w\n",
)
my_adam.wrong(
    "nothing is returned",
    MY_ADAM.replace("return w - self.rate", "w = w - self.rate"),
)
my_adam.wrong(
    "the averages are shared by all MyAdams",
    MY_ADAM.replace("        self.m, self.v, self.n = 0.0, 0.0, 0\n", "")
    .replace("class MyAdam:\n", "class MyAdam:\n    m, v, n = 0.0, 0.0, 0\n")
    .replace("self.m", "MyAdam.m")
    .replace("self.v", "MyAdam.v")
    .replace("self.n", "MyAdam.n"),
)


@exercise("warm-cosine")
def warm_cosine(answer: Answer) -> None:
    schedule = answer.function("warm_cosine")
    for done in (0.0, 0.05, 0.1, 1.0, 0.55, 0.03, 0.09, 0.2, 0.325, 0.8, 0.95):
        wanted = done / 0.1
        if done >= 0.1:
            wanted = 0.1 + 0.45 * (1 + np.cos(np.pi * (done - 0.1) / 0.9))
        answer.close(schedule(done), wanted)


COSINE = """
import numpy as np

def warm_cosine(done):
    if done < 0.1:
        return {}
    return {}
"""
warm_cosine.wrong(
    "the cosine ends at 0",
    COSINE.format("done / 0.1", "(1 + np.cos(np.pi * (done - 0.1) / 0.9)) / 2"),
)
warm_cosine.wrong(
    "the cosine is that of the whole training",
    COSINE.format("done / 0.1", "0.1 + 0.9 * (1 + np.cos(np.pi * done)) / 2"),
)
warm_cosine.wrong(
    "the cosine is cut off at 0.1",
    COSINE.format("done / 0.1", "max(0.1, (1 + np.cos(np.pi * (done - 0.1) / 0.9)) / 2)"),
)
warm_cosine.wrong(
    "the warm-up ends at a tenth",
    COSINE.format("done", "0.1 + 0.9 * (1 + np.cos(np.pi * (done - 0.1) / 0.9)) / 2"),
)
warm_cosine.wrong(
    "a straight line down, right at five places",
    COSINE.format("done / 0.1", "1 - (done - 0.1)"),
)
warm_cosine.wrong(
    "the cosine is a whole period",
    COSINE.format("done / 0.1", "0.1 + 0.9 * (1 + np.cos(2 * np.pi * (done - 0.1) / 0.9)) / 2"),
)


@exercise("largest-rate")
@np.errstate(all="ignore")
def largest_rate(answer: Answer) -> None:
    rate = answer.function("largest_rate")
    for curvature, momentum in [(5, 0.9), (2, 0.0), (1, 0.5), (100, 0.9), (0.5, 0.99)]:
        got = rate(curvature, momentum)
        if momentum:
            not_this(
                answer,
                got,
                2 / curvature,
                ko="모멘텀이 없을 때의 한계예요. 모멘텀이 속도를 얼마로 만드는지 따져 보세요.",
                en="That is the limit without momentum. Ask what momentum makes of the velocity.",
            )
            not_this(
                answer,
                got,
                2 * (1 - momentum) / curvature,
                ko="실제 학습률로 따진 한계예요. 한계에서는 기울기가 한결같지 않고 뒤집혀요.",
                en="That goes by the effective rate. At the limit the gradient flips.",
            )
        answer.close(got, 2 * (1 + momentum) / curvature, tolerance=1e-3)


RATE = "def largest_rate(curvature, momentum):\n    return {}\n"
largest_rate.wrong("SGD's limit", RATE.format("2 / curvature"))
largest_rate.wrong("the effective rate", RATE.format("2 * (1 - momentum) / curvature"))
largest_rate.wrong("divided instead", RATE.format("2 / (curvature * (1 - momentum))"))
largest_rate.wrong("right for 0.9 only", RATE.format("3.8 / curvature"))
largest_rate.wrong("half of it", RATE.format("(1 + momentum) / curvature"))
