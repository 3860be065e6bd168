"""The checks of the activation functions note's exercises."""

import numpy as np

from journal.marking import Answer, exercise
from study.activations import ACTIVATIONS


@exercise("which")
def which(answer: Answer) -> None:
    for name, a in [("at_3", 3.0), ("at_minus_3", -3.0)]:
        given = answer.value(name)
        for function in ["step", "sigmoid", "tanh", "relu"]:
            answer.that(
                isinstance(given, dict) and given.get(function, ...) is not ...,
                ko=f'`{name}["{function}"]` 자리가 아직 비어 있어요.',
                en=f'`{name}["{function}"]` is still empty.',
            )
            right = ACTIVATIONS[function](a)
            answer.close(given[function], right, f'{name}["{function}"]', tolerance=1e-4)


GIVEN = 'at_3 = {"step": 1, "sigmoid": 0.9526, "tanh": 0.9951, "relu": 3}\n'
which.wrong(
    "sigmoid and tanh change places",
    """
at_3 = {"step": 1, "sigmoid": 0.9951, "tanh": 0.9526, "relu": 3}
at_minus_3 = {"step": 0, "sigmoid": 0.0049, "tanh": -0.9526, "relu": 0}
""",
)
which.wrong(
    "the sigmoid is thought symmetric about 0",
    GIVEN + 'at_minus_3 = {"step": 0, "sigmoid": -0.9526, "tanh": -0.9951, "relu": 0}',
)
which.wrong(
    "tanh is thought to be 1 minus its value",
    GIVEN + 'at_minus_3 = {"step": 0, "sigmoid": 0.0474, "tanh": 0.0049, "relu": 0}',
)
which.wrong(
    "step and ReLU are thought to keep the sign",
    GIVEN + 'at_minus_3 = {"step": -1, "sigmoid": 0.0474, "tanh": -0.9951, "relu": -3}',
)


@exercise("symmetry")
@np.errstate(all="ignore")
def symmetry(answer: Answer) -> None:
    one_minus_sigmoid = answer.function("one_minus_sigmoid")
    for a in [0.0, 1.5, -1.5, -40.0, 40.0, 100.0, 700.0]:
        wanted = np.exp(-a) / (1 + np.exp(-a))
        got = one_minus_sigmoid(a)
        answer.close(got, wanted)
        # A small value must be right in its own digits, not only close to 0.
        answer.that(
            abs(float(got) - wanted) <= 1e-6 * wanted,
            ko=f"`one_minus_sigmoid({a})`의 나와야 할 값은 {wanted:.4g}인데, "
            f"나온 값은 {float(got):.4g}이에요. 1에서 빼는 순간 작은 값이 반올림에 묻혀요.",
            en=f"`one_minus_sigmoid({a})` should be {wanted:.4g} and is {float(got):.4g}. "
            "Subtracting from 1 loses a small value to rounding.",
        )


symmetry.wrong(
    "the subtraction is only written differently",
    """
import numpy as np

def one_minus_sigmoid(a):
    return 1 - 1 / (1 + np.exp(-a))
""",
)
symmetry.wrong(
    "the sigmoid itself",
    """
from study.activations import sigmoid

def one_minus_sigmoid(a):
    return sigmoid(a)
""",
)
symmetry.wrong(
    "the denominator is dropped",
    """
import numpy as np

def one_minus_sigmoid(a):
    return np.exp(-a)
""",
)
symmetry.wrong(
    "the difference as float32, where even less is left",
    """
import numpy as np
from study.activations import sigmoid

def one_minus_sigmoid(a):
    return np.float32(1) - np.float32(sigmoid(a))
""",
)


@exercise("leaky-relu")
@np.errstate(all="ignore")
def leaky_relu(answer: Answer) -> None:
    function = answer.function("leaky_relu")
    derivative = answer.function("leaky_relu_derivative")
    for a in [
        np.array([-3.0, -0.5, 2.0]),
        np.array([-200.0, 200.0]),
        np.array([[-1.0, 4.0, 0.25], [0.005, -0.005, -8.0]]),
    ]:
        answer.close(function(a), np.where(a > 0, a, 0.01 * a))
        answer.close(derivative(a), np.where(a > 0, 1.0, 0.01))
    answer.close(function(np.array([0.0])), [0.0])


LEAKY = """
import numpy as np

def leaky_relu(a):
    return {function}

def leaky_relu_derivative(a):
    return {derivative}
"""
leaky_relu.wrong(
    "0.01 is taken for a floor",
    LEAKY.format(function="np.maximum(a, 0.01)", derivative="np.where(a > 0.01, 1.0, 0.0)"),
)
leaky_relu.wrong(
    "the derivative is still ReLU's",
    LEAKY.format(function="np.where(a > 0, a, 0.01 * a)", derivative="np.where(a > 0, 1.0, 0.0)"),
)
leaky_relu.wrong(
    "the derivative multiplies by a",
    LEAKY.format(
        function="np.where(a > 0, a, 0.01 * a)", derivative="np.where(a > 0, 1.0, 0.01 * a)"
    ),
)
leaky_relu.wrong(
    "the negative side is turned round",
    LEAKY.format(function="np.where(a > 0, a, -0.01 * a)", derivative="np.where(a > 0, 1.0, 0.01)"),
)
leaky_relu.wrong(
    "an if cannot decide for a whole array",
    """
def leaky_relu(a):
    if a > 0:
        return a
    return 0.01 * a

def leaky_relu_derivative(a):
    if a > 0:
        return 1.0
    return 0.01
""",
)


@exercise("softplus")
@np.errstate(all="ignore")
def softplus(answer: Answer) -> None:
    function, logarithm = answer.function("softplus"), answer.function("log_sigmoid")
    for a in [
        np.array([-3.0, 0.0, 3.0]),
        np.array([-1000.0, 0.0, 1000.0]),
        np.linspace(-30, 30, 12).reshape(3, 4),
    ]:
        answer.close(function(a), np.logaddexp(0, a))
        answer.close(logarithm(a), -np.logaddexp(0, -a))


SOFTPLUS = """
import numpy as np
from study.activations import sigmoid

def softplus(a):
    return {softplus}

def log_sigmoid(a):
    return {log_sigmoid}
"""
STABLE = "np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))"
softplus.wrong(
    "the formula as it stands overflows",
    SOFTPLUS.format(softplus="np.log(1 + np.exp(a))", log_sigmoid="-softplus(-a)"),
)
softplus.wrong(
    "the logarithm of the finished sigmoid",
    SOFTPLUS.format(softplus=STABLE, log_sigmoid="np.log(sigmoid(a))"),
)
softplus.wrong(
    "a large number is cut off instead",
    SOFTPLUS.format(softplus="np.log(1 + np.exp(np.minimum(a, 500)))", log_sigmoid="-softplus(-a)"),
)
softplus.wrong(
    "log σ(a) with a sign forgotten",
    SOFTPLUS.format(softplus=STABLE, log_sigmoid="-softplus(a)"),
)
softplus.wrong(
    "only the corner, without what rounds it off",
    SOFTPLUS.format(softplus="np.maximum(a, 0)", log_sigmoid="-softplus(-a)"),
)
