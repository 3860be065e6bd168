"""The checks of the MNIST note's exercises; none of them needs MNIST."""

import numpy as np

from journal.marking import Answer, exercise
from study import digits
from study.weights import load_pretrained


@exercise("count")
def count(answer: Answer) -> None:
    answer.equal(answer.value("parameters"), 784 * 50 + 50 + 50 * 10 + 10)
    answer.equal(answer.value("hidden_shape"), (100, 50))
    answer.equal(answer.value("output_shape"), (100, 10))


count.wrong(
    "no biases",
    "parameters = 784 * 50 + 50 * 10\nhidden_shape = (100, 50)\noutput_shape = (100, 10)",
)
count.wrong(
    "the shapes of the weights",
    "parameters = 39760\nhidden_shape = (784, 50)\noutput_shape = (50, 10)",
)
count.wrong(
    "the shapes for a single image",
    "parameters = 39760\nhidden_shape = (50,)\noutput_shape = (10,)",
)
count.wrong(
    "the axes change places",
    "parameters = 39760\nhidden_shape = (50, 100)\noutput_shape = (10, 100)",
)


@exercise("confident")
def confident(answer: Answer) -> None:
    most_sure_mistakes = answer.function("most_sure_mistakes")
    answer.equal(
        most_sure_mistakes(
            np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.3, 0.7]]), np.array([0, 0, 1, 0]), 2
        ),
        [1, 3],
    )
    rng = np.random.default_rng(2)
    probabilities = rng.dirichlet(np.ones(4), size=40)
    t = rng.integers(4, size=40)
    answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = sorted(np.flatnonzero(answers != t).tolist(), key=lambda i: -sure[i])
    for wanted in [wrong[:5], wrong]:
        answer.equal(most_sure_mistakes(probabilities, t, len(wanted)), wanted)
    right = np.array([[0.9, 0.1], [0.4, 0.6], [0.3, 0.7]])
    answer.equal(most_sure_mistakes(right, np.array([0, 0, 1]), 3), [1])


CONFIDENT = """
import numpy as np

def most_sure_mistakes(probabilities, t, count):
    answers = probabilities.argmax(axis=1)
    {}
"""
confident.wrong(
    "right answers are counted too",
    CONFIDENT.format("return np.argsort(-probabilities.max(axis=1))[:count]"),
)
confident.wrong(
    "the least sure first",
    CONFIDENT.format(
        "wrong = np.flatnonzero(answers != t)\n"
        "    return wrong[np.argsort(probabilities[wrong].max(axis=1))[:count]]"
    ),
)
confident.wrong(
    "places among the mistakes instead of indices of the images",
    CONFIDENT.format(
        "wrong = np.flatnonzero(answers != t)\n"
        "    return np.argsort(-probabilities[wrong].max(axis=1))[:count]"
    ),
)
confident.wrong(
    "right answers fill up the list when there are too few mistakes",
    CONFIDENT.format(
        "sure = np.where(answers != t, probabilities.max(axis=1), 0)\n"
        "    return np.argsort(-sure)[:count]"
    ),
)
confident.wrong(
    "not in order",
    CONFIDENT.format("return np.flatnonzero(answers != t)[:count]"),
)


@exercise("shift")
@np.errstate(all="ignore")
def shift(answer: Answer) -> None:
    shifted_accuracy = answer.function("shifted_accuracy")
    network = load_pretrained("two-layer")
    images, t = digits.make(200, np.random.default_rng(3))
    for pixels in [0, 2, 4, 1]:
        x = np.roll(images, pixels, axis=2).reshape(200, 784) / 255
        wanted = np.mean(network.predict(x) == t)
        answer.close(
            shifted_accuracy(network, images, t, pixels),
            wanted,
            f"shifted_accuracy(network, images, t, {pixels})",
        )


SHIFT = """
import numpy as np

def shifted_accuracy(network, images, t, shift):
    x = {}
    return np.mean(network.predict(x) == t)
"""
shift.wrong(
    "moved down instead of to the right",
    SHIFT.format("np.roll(images, shift, axis=1).reshape(len(images), 784) / 255"),
)
shift.wrong(
    "moved to the left",
    SHIFT.format("np.roll(images, -shift, axis=2).reshape(len(images), 784) / 255"),
)
shift.wrong(
    "pixels are still 0 to 255",
    SHIFT.format("np.roll(images, shift, axis=2).reshape(len(images), 784)"),
)
shift.wrong(
    "not flattened",
    SHIFT.format("np.roll(images, shift, axis=2) / 255"),
)
shift.wrong(
    "the number of right answers, not their share",
    SHIFT.format("np.roll(images, shift, axis=2).reshape(len(images), 784) / 255").replace(
        "np.mean", "np.sum"
    ),
)


@exercise("nearest-mean")
@np.errstate(all="ignore")
def nearest_mean(answer: Answer) -> None:
    mean_faces, nearest = answer.function("mean_faces"), answer.function("nearest")
    images, t = digits.make(300, np.random.default_rng(4))
    x = images.reshape(300, 784) / 255
    faces = np.array([x[t == digit].mean(axis=0) for digit in range(10)])
    answer.close(mean_faces(x, t), faces, "mean_faces(x, t)")
    x = digits.make(300, np.random.default_rng(5))[0].reshape(300, 784) / 255
    distances = np.sum((x[:, np.newaxis] - faces) ** 2, axis=2)
    answer.equal(nearest(x, faces), distances.argmin(axis=1), "nearest(x, faces)")
    answer.equal(nearest(x[:1], faces), distances[:1].argmin(axis=1), "nearest(x[:1], faces)")


NEAREST = """
import numpy as np

def mean_faces(x, t):
    return np.array([x[t == digit].{faces} for digit in range(10)])

def nearest(x, faces):
    distances = np.array([{distance} for face in faces])
    return distances.{answer}
"""
nearest_mean.wrong(
    "sums instead of means",
    NEAREST.format(
        faces="sum(axis=0)", distance="np.sum((x - face) ** 2, axis=1)", answer="argmin(axis=0)"
    ),
)
nearest_mean.wrong(
    "a mean for each image instead of each pixel",
    NEAREST.format(
        faces="mean()", distance="np.sum((x - face) ** 2, axis=1)", answer="argmin(axis=0)"
    ),
)
nearest_mean.wrong(
    "the farthest face",
    NEAREST.format(
        faces="mean(axis=0)", distance="np.sum((x - face) ** 2, axis=1)", answer="argmax(axis=0)"
    ),
)
nearest_mean.wrong(
    "differences are not squared, and cancel",
    NEAREST.format(
        faces="mean(axis=0)", distance="np.sum(x - face, axis=1)", answer="argmin(axis=0)"
    ),
)
nearest_mean.wrong(
    "the nearest image to each face, not the nearest face to each image",
    NEAREST.format(
        faces="mean(axis=0)", distance="np.sum((x - face) ** 2, axis=1)", answer="argmin(axis=1)"
    ),
)
