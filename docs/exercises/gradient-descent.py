"""The checks of the gradient descent note's exercises."""

import numpy as np

from journal.marking import Answer, exercise
from study.gradient import numerical_gradient


@exercise("by-hand")
def by_hand(answer: Answer) -> None:
    for name, wanted in [("slope", 7.0), ("central", 7.0), ("forward", 7.5)]:
        answer.close(answer.value(name), wanted)


by_hand.wrong("f(2) instead of f'(2)", "slope, central, forward = 10, 7, 7.5")
by_hand.wrong("the 3 is forgotten", "slope, central, forward = 4, 7, 7.5")
by_hand.wrong("the central difference is divided by h", "slope, central, forward = 7, 14, 7.5")
by_hand.wrong("the forward difference is divided by 2h", "slope, central, forward = 7, 7, 3.75")


@exercise("count")
def count(answer: Answer) -> None:
    answer.equal(answer.value("matrix_calls"), 12)
    answer.equal(answer.value("network_calls"), 2 * (784 * 50 + 50 + 50 * 10 + 10))


count.wrong("one call for each number", "matrix_calls, network_calls = 6, 39760")
count.wrong("one call more, as forward differences need", "matrix_calls, network_calls = 7, 39761")
count.wrong("no biases", "matrix_calls, network_calls = 12, 2 * (784 * 50 + 50 * 10)")
count.wrong("the layers as if they were one", "matrix_calls, network_calls = 12, 2 * 784 * 50 * 10")


@exercise("largest-rate")
@np.errstate(all="ignore")
def largest_rate(answer: Answer) -> None:
    rate = answer.function("largest_rate")
    for a, b in [(3, 5), (5, 3), (0.5, 10), (8, 8), (0.25, 0.125)]:
        answer.close(rate(a, b), 1 / max(a, b))


RATE = "def largest_rate(a, b):\n    return {}\n"
largest_rate.wrong("a is taken for the curvature, which is 2a", RATE.format("2 / max(a, b)"))
largest_rate.wrong("the flatter direction decides", RATE.format("1 / min(a, b)"))
largest_rate.wrong("the curvatures are added", RATE.format("1 / (a + b)"))
largest_rate.wrong("right for 3 and 5 only", RATE.format("0.2"))
largest_rate.wrong("b is thought to be the larger", RATE.format("1 / b"))


@exercise("gradient-checker")
@np.errstate(all="ignore")
def gradient_checker(answer: Answer) -> None:
    check = answer.function("check")
    rng = np.random.default_rng(1)

    def f(x):
        return np.sum(x**3) / 3

    def right(x):
        return x**2

    def one_wrong(x):
        gradient = x**2
        gradient.flat[-1] *= 1.5
        return gradient

    def negated(x):
        return -(x**2)

    def small(x):
        return 1e-3 * f(x)

    def small_wrong(x):
        return 1.5e-3 * x**2

    for x in [rng.normal(size=(3, 4)), rng.normal(size=5)]:
        for function, gradient in [
            (f, right),
            (f, one_wrong),
            (f, negated),
            (small, small_wrong),
        ]:
            a, n = gradient(x), numerical_gradient(function, x)
            answer.close(
                check(function, gradient, x),
                np.max(np.abs(a - n) / (np.abs(a) + np.abs(n))),
                tolerance=1e-5,
            )

    def first_only(x):
        return x[0] ** 2

    def gradient_of_first(x):
        return np.array([2 * x[0], 0.0])

    answer.close(check(first_only, gradient_of_first, np.array([2.0, 1.0])), 0.0, tolerance=1e-5)


CHECKER = """
import numpy as np
from study.gradient import numerical_gradient

def check(f, gradient, x):
    a, n = gradient(x), numerical_gradient(f, x)
    return {}
"""
gradient_checker.wrong("the absolute error", CHECKER.format("np.max(np.abs(a - n))"))
gradient_checker.wrong(
    "the mean, in which one wrong number is lost",
    CHECKER.format("np.mean(np.abs(a - n) / np.maximum(np.abs(a) + np.abs(n), 1e-12))"),
)
gradient_checker.wrong(
    "0 divided by 0",
    CHECKER.format("np.max(np.abs(a - n) / (np.abs(a) + np.abs(n)))"),
)
gradient_checker.wrong(
    "signs cancel in the denominator",
    CHECKER.format("np.max(np.abs(a - n) / np.maximum(np.abs(a + n), 1e-12))"),
)
gradient_checker.wrong(
    "an error for each number instead of the greatest",
    CHECKER.format("np.abs(a - n) / np.maximum(np.abs(a) + np.abs(n), 1e-12)"),
)
