"""The checks of the output layer note's exercises."""

import numpy as np

from journal.marking import Answer, exercise
from study import activations

NAMES = ("identity", "sigmoid", "softmax")
# What is accepted; what to think of if the function is wrong, and if the number is.
TASKS = {
    "temperature": (
        [(1, "identity")],
        (
            "기온은 영하일 수도 있고 1보다 클 수도 있어요. 0과 1 사이에 가두면 안 돼요.",
            "A temperature may be below 0 and above 1. It must not be pressed in between.",
        ),
        ("맞힐 값은 기온 하나예요.", "The temperature is the only value to predict."),
    ),
    "spam": (
        [(1, "sigmoid"), (2, "softmax")],
        (
            "스팸일 확률로 읽을 수 있게 0과 1 사이의 수가 나와야 해요.",
            "It has to be a number between 0 and 1, to be read as the probability of spam.",
        ),
        (
            "스팸일 확률 하나만 알면, 아닐 확률은 1에서 빼면 돼요.",
            "The probability of spam is enough; the other is 1 minus it.",
        ),
    ),
    "animal": (
        [(3, "softmax")],
        (
            "셋 가운데 하나를 고르는 문제이니, 세 확률을 더하면 1이어야 해요.",
            "It is one of the three, so the three probabilities have to add up to 1.",
        ),
        ("클래스마다 점수가 하나씩 있어야 해요.", "Every class needs a score of its own."),
    ),
    "box": (
        [(4, "identity")],
        (
            "픽셀로 잰 길이는 1보다 훨씬 클 수 있어요. 손대지 않고 내보내야 해요.",
            "A length in pixels may be far above 1. It has to be left alone.",
        ),
        (
            "x, y, 너비, 높이를 한꺼번에 맞혀야 해요.",
            "x, y, width and height are all to be predicted.",
        ),
    ),
}


@exercise("choose")
def choose(answer: Answer) -> None:
    choices = answer.value("choices")
    answer.that(
        isinstance(choices, dict) and TASKS.keys() <= choices.keys(),
        ko="`choices`는 시작 코드의 네 이름을 모두 가진 사전(dict)이어야 해요.",
        en="`choices` should be a dict with the four names of the starter.",
    )
    for task, (accepted, function_rule, number_rule) in TASKS.items():
        choice = choices[task]
        answer.that(
            isinstance(choice, list | tuple) and len(choice) == 2,
            ko=f'`choices["{task}"]`에는 (뉴런 수, 활성화 함수의 이름)을 적어요.',
            en=f'`choices["{task}"]` should be (number of neurons, name of the activation).',
        )
        answer.that(
            not any(each is ... for each in choice),
            ko=f'`choices["{task}"]`에 아직 `...`이 남아 있어요. 그 자리를 채워 주세요.',
            en=f'`choices["{task}"]` still has a `...`. Put your answer in its place.',
        )
        number, function = choice
        name = getattr(function, "__name__", str(function)).strip().lower()
        answer.that(
            name in NAMES,
            ko=f'`choices["{task}"]`의 활성화 함수가 {", ".join(NAMES)} 가운데 없어요: {name!r}',
            en=f'`choices["{task}"]`: the activation {name!r} is none of {", ".join(NAMES)}.',
        )
        answer.that(
            (number, name) != (1, "softmax"),
            ko=f'`choices["{task}"]`의 출력은 언제나 1이에요. 뉴런이 하나뿐이면 소프트맥스는 '
            "자기를 자기로 나누니까요.",
            en=f'The output of `choices["{task}"]` is always 1: with a single neuron, softmax '
            "divides a number by itself.",
        )
        answer.that(
            name in {each for _, each in accepted},
            ko=f'`choices["{task}"]`의 활성화 함수를 다시 골라 보세요. {function_rule[0]}',
            en=f'`choices["{task}"]` needs another activation. {function_rule[1]}',
        )
        answer.that(
            (number, name) in accepted,
            ko=f'`choices["{task}"]`의 뉴런 수({number!r})를 다시 세어 보세요. {number_rule[0]}',
            en=f'`choices["{task}"]` needs another number of neurons than {number!r}. '
            f"{number_rule[1]}",
        )


choose.wrong(
    "softmax over a single neuron",
    """
choices = {
    "temperature": (1, "identity"),
    "spam": (1, "softmax"),
    "animal": (3, "softmax"),
    "box": (4, "identity"),
}
""",
)
choose.wrong(
    "a sigmoid for each of two classes",
    """
choices = {
    "temperature": (1, "identity"),
    "spam": (2, "sigmoid"),
    "animal": (3, "softmax"),
    "box": (4, "identity"),
}
""",
)
choose.wrong(
    "sigmoids that do not add up to 1",
    """
choices = {
    "temperature": (1, "identity"),
    "spam": (1, "sigmoid"),
    "animal": (3, "sigmoid"),
    "box": (4, "identity"),
}
""",
)
choose.wrong(
    "one class number as output",
    """
choices = {
    "temperature": (1, "identity"),
    "spam": (1, "sigmoid"),
    "animal": (1, "identity"),
    "box": (4, "identity"),
}
""",
)
choose.wrong(
    "a box as one output",
    """
choices = {
    "temperature": (1, "identity"),
    "spam": (1, "sigmoid"),
    "animal": (3, "softmax"),
    "box": (1, "identity"),
}
""",
)
choose.wrong(
    "a box taken for a choice among four",
    """
choices = {
    "temperature": (1, "identity"),
    "spam": (1, "sigmoid"),
    "animal": (3, "softmax"),
    "box": (4, "softmax"),
}
""",
)


@exercise("odds")
@np.errstate(all="ignore")
def odds(answer: Answer) -> None:
    ratio = answer.function("ratio")
    for scores, i, j in [
        ([np.log(3), 0.0, 5.0, -2.0], 0, 1),
        ([np.log(3), 0.0, 5.0, -2.0], 1, 0),
        ([2.0, 0.0, 0.5], 2, 0),
        ([2.0, 7.0], 1, 1),
        ([0.0, 1.0, 2000.0], 0, 1),
        ([1500.0, 1498.0], 0, 1),
        ([-1500.0, -1502.0, -1499.0], 1, 0),
    ]:
        answer.close(ratio(np.array(scores), i, j), np.exp(scores[i] - scores[j]))


odds.wrong(
    "the difference of the scores",
    """
def ratio(scores, i, j):
    return scores[i] - scores[j]
""",
)
odds.wrong(
    "the ratio of the scores",
    """
def ratio(scores, i, j):
    return scores[i] / scores[j]
""",
)
odds.wrong(
    "i and j change places",
    """
import numpy as np

def ratio(scores, i, j):
    return np.exp(scores[j] - scores[i])
""",
)
odds.wrong(
    "through the probabilities, which underflow",
    """
from study.activations import softmax

def ratio(scores, i, j):
    y = softmax(scores)
    return y[i] / y[j]
""",
)
odds.wrong(
    "through the exponentials, which overflow",
    """
import numpy as np

def ratio(scores, i, j):
    return np.exp(scores[i]) / np.exp(scores[j])
""",
)


@exercise("temperature")
def temperature(answer: Answer) -> None:
    for name, wanted, korean, english in [
        (
            "cold",
            [0, 0, 1],
            "T가 작아지면 점수의 차이가 커져요. 가장 큰 점수는 어느 자리에 있나요?",
            "As T shrinks, the differences grow. Which score is the largest?",
        ),
        (
            "hot",
            [1 / 3, 1 / 3, 1 / 3],
            "T가 커지면 점수의 차이가 0에 가까워져요. 차이가 없는 세 점수의 확률은요?",
            "As T grows, the differences go to 0. What does softmax give three equal scores?",
        ),
        (
            "tie",
            [0.5, 0, 0.5],
            "같은 점수 둘은 온도가 아무리 낮아도 확률이 같아요.",
            "Two equal scores have equal probabilities, however cold it gets.",
        ),
    ]:
        got = three_probabilities(answer, name)
        answer.that(
            np.allclose(got, wanted, rtol=0, atol=0.005),
            ko=f"`{name}`의 세 확률이 {got.round(3).tolist()}에 가까워지지는 않아요. {korean}",
            en=f"`{name}` does not approach {got.round(3).tolist()}. {english}",
        )


def three_probabilities(answer: Answer, name: str) -> np.ndarray:
    value = answer.value(name)
    try:
        numbers = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        numbers = np.empty(0)
    answer.that(
        numbers.shape == (3,),
        ko=f"`{name}`에는 확률 세 개를 목록으로 적어 주세요.",
        en=f"`{name}` should be a list of three probabilities.",
    )
    total = numbers.sum()
    answer.that(
        abs(total - 1) < 0.02 and numbers.min() >= 0,
        ko=f"`{name}`의 세 수는 0 이상이고 더해서 1이어야 해요. 지금 합: {total:.3g}",
        en=f"The three numbers of `{name}` should not be negative and add up to 1; "
        f"their sum is {total:.3g}.",
    )
    return numbers


temperature.wrong(
    "cold and hot change places",
    """
cold = [1 / 3, 1 / 3, 1 / 3]
hot = [0, 0, 1]
tie = [0.5, 0, 0.5]
""",
)
temperature.wrong(
    "the smallest score wins in the cold",
    """
cold = [1, 0, 0]
hot = [1 / 3, 1 / 3, 1 / 3]
tie = [0, 1, 0]
""",
)
temperature.wrong(
    "a tie has one winner",
    """
cold = [0, 0, 1]
hot = [1 / 3, 1 / 3, 1 / 3]
tie = [1, 0, 0]
""",
)
temperature.wrong(
    "a tie gives both everything",
    """
cold = [0, 0, 1]
hot = [1 / 3, 1 / 3, 1 / 3]
tie = [1, 0, 1]
""",
)
temperature.wrong(
    "in the heat, shares of the scores",
    """
cold = [0, 0, 1]
hot = [1 / 7, 2 / 7, 4 / 7]
tie = [0.5, 0, 0.5]
""",
)


@exercise("batched-softmax")
@np.errstate(all="ignore")
def batched_softmax(answer: Answer) -> None:
    softmax = answer.function("softmax")
    for scores in [
        [0.3, 2.9, 4.0],
        [1003, 1001, 1000],
        [-1000.0, -1001.0, -1003.0],
        [[1.0, 2.0, 3.0], [3.0, 1.0, 3.0]],
        [[1.0, 2.0, 3.0], [3.0, 3.0, 3.0], [0.0, 0.0, 9.0]],
        [[0.5, -0.5, 2.0, 1.0]],
        [[1000.0, 999.0], [-1000.0, -1001.0], [1000.0, -1000.0]],
    ]:
        a = np.array(scores)
        answer.close(softmax(a), activations.softmax(a))
    for scores, warmth in [
        ([1.0, 2.0, 4.0], 0.5),
        ([[1.0, 2.0, 4.0], [0.0, -3.0, 3.0]], 3.0),
        ([[1000.0, 999.99], [-1000.0, -1000.02]], 0.01),
    ]:
        a = np.array(scores)
        answer.close(softmax(a, warmth), activations.softmax(a / warmth))


batched_softmax.wrong(
    "large scores overflow",
    """
import numpy as np

def softmax(a, temperature=1.0):
    e = np.exp(a / temperature)
    return e / e.sum(axis=-1, keepdims=True)
""",
)
batched_softmax.wrong(
    "one maximum and one sum for the whole batch",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a = a / temperature
    e = np.exp(a - a.max())
    return e / e.sum()
""",
)
batched_softmax.wrong(
    "one maximum for the whole batch: a row far below it underflows",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a = a / temperature
    e = np.exp(a - a.max())
    return e / e.sum(axis=-1, keepdims=True)
""",
)
batched_softmax.wrong(
    "keepdims is missing",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a = a / temperature
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1)
""",
)
batched_softmax.wrong(
    "axis 1, which a single sample does not have",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a = a / temperature
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
)
batched_softmax.wrong(
    "the sum runs over the batch",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a = a / temperature
    e = np.exp(a - a.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
""",
)
batched_softmax.wrong(
    "multiplies by the temperature",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a = a * temperature
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
""",
)
batched_softmax.wrong(
    "divides the probabilities by the temperature",
    """
import numpy as np

def softmax(a, temperature=1.0):
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True) / temperature
""",
)
batched_softmax.wrong(
    "changes the caller's array",
    """
import numpy as np

def softmax(a, temperature=1.0):
    a -= a.max(axis=-1, keepdims=True)
    e = np.exp(a / temperature)
    return e / e.sum(axis=-1, keepdims=True)
""",
)
