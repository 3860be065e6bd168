"""The checks of the losses note's exercises."""

import numpy as np

from journal.marking import Answer, exercise
from study import losses


@exercise("guessing")
@np.errstate(all="ignore")
def guessing(answer: Answer) -> None:
    guess_loss = answer.function("guess_loss")
    for classes in [10, 2, 1000, 1]:
        answer.close(guess_loss(classes), np.log(classes))


guessing.wrong(
    "the sign is missing",
    """
import numpy as np

def guess_loss(classes):
    return np.log(1 / classes)
""",
)
guessing.wrong(
    "the probability instead of the loss",
    """
def guess_loss(classes):
    return 1 / classes
""",
)
guessing.wrong(
    "every class counted as if it were the truth",
    """
import numpy as np

def guess_loss(classes):
    y = np.full(classes, 1 / classes)
    return -np.sum(np.log(y))
""",
)
guessing.wrong(
    "the logarithm to base 10",
    """
import numpy as np

def guess_loss(classes):
    return -np.log10(1 / classes)
""",
)
guessing.wrong(
    "ten classes only",
    """
import numpy as np

def guess_loss(classes):
    return np.log(10)
""",
)


@exercise("same-accuracy")
def same_accuracy(answer: Answer) -> None:
    calm, bold = four_probabilities(answer, "calm"), four_probabilities(answer, "bold")
    answer.that(
        np.all(np.sort(bold)[1:] > np.sort(calm)[1:]),
        ko="맞힌 세 문제에서는 `bold`가 `calm`보다 정답에 더 큰 확률을 걸어야 해요. "
        f"크기순으로 `calm`은 {np.sort(calm)[:0:-1].tolist()}, "
        f"`bold`는 {np.sort(bold)[:0:-1].tolist()}이에요.",
        en="Where they are right, `bold` should give the truth more than `calm` does. "
        f"In order, `calm` gives {np.sort(calm)[:0:-1].tolist()} "
        f"and `bold` {np.sort(bold)[:0:-1].tolist()}.",
    )
    lower, higher = -np.log(calm).mean(), -np.log(bold).mean()
    answer.that(
        higher >= 4 * lower,
        ko=f"평균 손실이 `calm`은 {lower:.3f}, `bold`는 {higher:.3f}이에요. "
        f"지금은 {higher / lower:.1f}배이니, 4배 이상이 되게 해 주세요.",
        en=f"The mean loss is {lower:.3f} for `calm` and {higher:.3f} for `bold`, "
        f"{higher / lower:.1f} times as much. Make it at least 4 times.",
    )


def four_probabilities(answer: Answer, name: str) -> np.ndarray:
    value = answer.value(name)
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    answer.that(
        numbers.shape == (4,),
        ko=f"`{name}`에는 정답에 건 확률 네 개를 적어 주세요.",
        en=f"`{name}` should hold four probabilities, each given to the truth.",
    )
    answer.that(
        np.all((numbers > 0) & (numbers <= 1)),
        ko=f"`{name}`의 네 수는 0보다 크고 1 이하여야 해요. 정답에 0을 걸면 손실이 무한대예요.",
        en=f"The four numbers of `{name}` should be above 0 and at most 1. "
        "With 0 for the truth, the loss is infinite.",
    )
    right = int(np.sum(numbers > 0.5))
    answer.that(
        right == 3,
        ko=f"`{name}`의 네 수 가운데 0.5를 넘는 것이 {right}개예요. 꼭 셋이어야 해요.",
        en=f"`{name}` gets {right} of the four right. Exactly three should be above 0.5.",
    )
    return numbers


same_accuracy.wrong(
    "the mistake is not confident enough",
    """
calm = [0.7, 0.7, 0.7, 0.4]
bold = [0.99, 0.99, 0.99, 0.1]
""",
)
same_accuracy.wrong(
    "two mistakes instead of one",
    """
calm = [0.7, 0.7, 0.7, 0.4]
bold = [0.99, 0.99, 0.0001, 0.0001]
""",
)
same_accuracy.wrong(
    "the second network is less sure where it is right",
    """
calm = [0.7, 0.7, 0.7, 0.4]
bold = [0.6, 0.6, 0.6, 0.00001]
""",
)
same_accuracy.wrong(
    "no mistake at all",
    """
calm = [0.7, 0.7, 0.7, 0.6]
bold = [0.99, 0.99, 0.99, 0.0001]
""",
)
same_accuracy.wrong(
    "an infinite loss",
    """
calm = [0.7, 0.7, 0.7, 0.4]
bold = [0.99, 0.99, 0.99, 0]
""",
)


@exercise("batched")
@np.errstate(all="ignore")
def batched(answer: Answer) -> None:
    cross_entropy = answer.function("cross_entropy")
    for rows, labels in [
        ([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], [0, 2]),
        ([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.25, 0.5, 0.25]], [2, 0, 1]),
        ([[0.1, 0.05, 0.6, 0.25]], [2]),
        ([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7], [0.5, 0.5]], [1, 1, 0, 1, 0]),
        ([[1.0, 0.0], [1.0, 0.0]], [0, 0]),
        ([[1e-6, 1 - 1e-6], [0.5, 0.5]], [0, 1]),
    ]:
        y, t = np.array(rows), np.array(labels)
        got = cross_entropy(y, t)
        answer.that(
            got is None or np.ndim(got) == 0,
            ko="`cross_entropy`는 데이터마다의 손실이 아니라 평균 하나를 돌려줘야 해요. "
            f"지금 나온 형상: {np.shape(got)}",
            en="`cross_entropy` should return a single mean, not a loss for each sample. "
            f"It gave the shape {np.shape(got)}.",
        )
        answer.close(got, -np.mean(np.log(y[np.arange(len(t)), t])))


batched.wrong(
    "the sum instead of the mean",
    """
import numpy as np

def cross_entropy(y, t):
    return -np.sum(np.log(y[np.arange(len(t)), t]))
""",
)
batched.wrong(
    "whole columns instead of one cell from each row",
    """
import numpy as np

def cross_entropy(y, t):
    return -np.mean(np.log(y[:, t]))
""",
)
batched.wrong(
    "multiplies by the numbers of the classes",
    """
import numpy as np

def cross_entropy(y, t):
    return -np.mean(np.sum(t[:, np.newaxis] * np.log(y), axis=1))
""",
)
batched.wrong(
    "divides by the classes as well",
    """
import numpy as np
from study.losses import one_hot

def cross_entropy(y, t):
    return -np.mean(one_hot(t, y.shape[1]) * np.log(y))
""",
)
batched.wrong(
    "adds the diary's delta",
    """
import numpy as np

def cross_entropy(y, t):
    return -np.mean(np.log(y[np.arange(len(t)), t] + 1e-7))
""",
)
batched.wrong(
    "one loss for each sample",
    """
import numpy as np

def cross_entropy(y, t):
    return -np.log(y[np.arange(len(t)), t])
""",
)
batched.wrong(
    "the logarithm of the mean instead of the mean of the logarithms",
    """
import numpy as np

def cross_entropy(y, t):
    return -np.log(np.mean(y[np.arange(len(t)), t]))
""",
)


@exercise("log-sum-exp")
@np.errstate(all="ignore")
def log_sum_exp(answer: Answer) -> None:
    total = answer.function("log_sum_exp")
    for scores in [
        [1.0, 2.0, 4.0],
        [1000, 1000],
        [-1000.0, -1000.0, -1001.0],
        [[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]],
        [[1000.0, 0.0], [-1000.0, -1000.0]],
        [[0.5, -2.0, 1.5, 0.0]],
    ]:
        a = np.array(scores)
        answer.close(total(a), np.logaddexp.reduce(a.astype(np.float64), axis=-1))

    loss = answer.function("softmax_cross_entropy")
    for scores, labels in [
        ([[0.3, 2.9, 4.0], [1.0, 0.0, -1.0]], [2, 1]),
        ([[1.0, 2.0, 3.0], [3.0, 1.0, 0.0], [0.0, 5.0, 0.0]], [0, 2, 1]),
        ([[0.0, 1000.0]], [0]),
        ([[1000.0, -1000.0], [-1000.0, -1001.0], [999.0, 1000.0]], [0, 1, 1]),
    ]:
        a, t = np.array(scores), np.array(labels)
        answer.close(loss(a, t), losses.softmax_cross_entropy(a, t))


STABLE = """
import numpy as np

def log_sum_exp(a):
    m = a.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(a - m).sum(axis=-1))

"""
LOSS = """
def softmax_cross_entropy(a, t):
    return np.mean(log_sum_exp(a) - a[np.arange(len(t)), t])
"""

log_sum_exp.wrong(
    "the formula as it stands overflows",
    """
import numpy as np

def log_sum_exp(a):
    return np.log(np.exp(a).sum(axis=-1))

"""
    + LOSS,
)
log_sum_exp.wrong(
    "the maximum is not added again",
    """
import numpy as np

def log_sum_exp(a):
    m = a.max(axis=-1, keepdims=True)
    return np.log(np.exp(a - m).sum(axis=-1))

"""
    + LOSS,
)
log_sum_exp.wrong(
    "one maximum for the whole batch",
    """
import numpy as np

def log_sum_exp(a):
    m = a.max()
    return m + np.log(np.exp(a - m).sum(axis=-1))

"""
    + LOSS,
)
log_sum_exp.wrong(
    "the last axis stays",
    """
import numpy as np

def log_sum_exp(a):
    m = a.max(axis=-1, keepdims=True)
    return m + np.log(np.exp(a - m).sum(axis=-1, keepdims=True))

"""
    + LOSS,
)
log_sum_exp.wrong(
    "(N, 1) plus (N,) is (N, N)",
    """
import numpy as np

def log_sum_exp(a):
    m = a.max(axis=-1, keepdims=True)
    return m + np.log(np.exp(a - m).sum(axis=-1))

"""
    + LOSS,
)
log_sum_exp.wrong(
    "the loss goes through the probabilities",
    STABLE
    + """
def softmax_cross_entropy(a, t):
    y = np.exp(a - log_sum_exp(a)[:, np.newaxis])
    return -np.mean(np.log(y[np.arange(len(t)), t] + 1e-7))
""",
)
log_sum_exp.wrong(
    "the sum instead of the mean",
    STABLE
    + """
def softmax_cross_entropy(a, t):
    return np.sum(log_sum_exp(a) - a[np.arange(len(t)), t])
""",
)
log_sum_exp.wrong(
    "the sign is turned",
    STABLE
    + """
def softmax_cross_entropy(a, t):
    return np.mean(a[np.arange(len(t)), t] - log_sum_exp(a))
""",
)
