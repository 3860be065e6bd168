"""The checks of the convolution note's exercises."""

import numpy as np

from journal.marking import Answer, exercise


@exercise("output-size")
def output_size(answer: Answer) -> None:
    for name, wanted in [("plain", 24), ("strided", 14), ("padding", 3)]:
        answer.equal(answer.value(name), wanted)


output_size.wrong("the 1 is forgotten", "plain, strided, padding = 23, 13, 3")
output_size.wrong("the stride is forgotten", "plain, strided, padding = 24, 28, 3")
output_size.wrong("zeros on one side only", "plain, strided, padding = 24, 13, 3")
output_size.wrong("not rounded down", "plain, strided, padding = 24, 14.5, 3")
output_size.wrong("the zeros of both sides together", "plain, strided, padding = 24, 14, 6")
output_size.wrong("half of 7 rounded up", "plain, strided, padding = 24, 14, 4")


@exercise("vertical-edge")
def vertical_edge(answer: Answer) -> None:
    edge = answer.value("edge")
    try:
        edge = np.asarray(edge, dtype=np.float64)
    except (TypeError, ValueError):
        answer.fail(
            ko="`edge`는 수로 이루어진 3×3 배열이어야 해요.",
            en="`edge` should be a 3×3 array of numbers.",
        )
    answer.that(
        edge.shape == (3, 3),
        ko=f"`edge`의 형상은 (3, 3)이어야 하는데 {edge.shape}이에요.",
        en=f"`edge` should have the shape (3, 3), not {edge.shape}.",
    )
    # The size of the filter's numbers does not matter; what counts as 0 goes with it.
    scale = max(float(np.abs(edge).max()), 1e-300)
    left, right = np.array([[0.0, 0, 1], [0, 1, 1]])
    for rows in ([1, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]):
        window = np.repeat(np.array(rows, dtype=np.float64)[:, np.newaxis], 3, axis=1)
        response = float(np.sum(edge * window))
        shown = window.astype(int).tolist()
        answer.that(
            abs(response) <= 1e-6 * scale,
            ko=f"창이 {shown}이면 0이 나와야 해요. 나온 값: {response:.6g}",
            en=f"For the window {shown} it should give 0; it gives {response:.6g}.",
        )
    for row in (left, right):
        window = np.tile(row, (3, 1))
        for picture, sign in [(window, 1), (1 - window, -1)]:
            response = float(np.sum(edge * picture))
            shown = picture.astype(int).tolist()
            wanted_ko, wanted_en = ("양수", "positive") if sign > 0 else ("음수", "negative")
            answer.that(
                sign * response > 1e-6 * scale,
                ko=f"창이 {shown}이면 {wanted_ko}가 나와야 해요. 나온 값: {response:.6g}",
                en=f"For the window {shown} it should be {wanted_en}; it gives {response:.6g}.",
            )


EDGE = "import numpy as np\n\nedge = np.array({})\n"
vertical_edge.wrong(
    "it finds horizontal edges", EDGE.format("[[-1, 0, 1]] * 3") + "edge = edge.T\n"
)
vertical_edge.wrong("the sign is the other way", EDGE.format("[[1, 0, -1]] * 3"))
vertical_edge.wrong("even ground is not 0", EDGE.format("[[0, 0, 1]] * 3"))
vertical_edge.wrong("it finds thin lines", EDGE.format("[[-1, 2, -1]] * 3"))
vertical_edge.wrong("positive in one of the two places only", EDGE.format("[[1, -2, 1]] * 3"))
vertical_edge.wrong("it finds slanting edges", EDGE.format("[[-1, -1, 0], [-1, 0, 1], [0, 1, 1]]"))
vertical_edge.wrong("one row only", EDGE.format("[-1, 0, 1]"))


@exercise("count")
def count(answer: Answer) -> None:
    answer.equal(answer.value("parameters"), 80 + 1168 + 7850)
    answer.equal(answer.value("multiply_adds"), 72 * 28 * 28 + 1152 * 14 * 14 + 7840)


COUNT = "parameters, multiply_adds = {}, {}"
MULTIPLY_ADDS = "72 * 28 * 28 + 1152 * 14 * 14 + 7840"
count.wrong("no biases", COUNT.format("72 + 1152 + 7840", MULTIPLY_ADDS))
count.wrong("each filter looks at one channel", COUNT.format("80 + 160 + 7850", MULTIPLY_ADDS))
count.wrong("no pooling before the end", COUNT.format("80 + 1168 + 125450", MULTIPLY_ADDS))
count.wrong("the filters are used once", COUNT.format("9098", "72 + 1152 + 7840"))
count.wrong(
    "the second layer before its pooling", COUNT.format("9098", "(72 + 1152) * 28 * 28 + 7840")
)


@exercise("max-pool-backward")
def max_pool_backward(answer: Answer) -> None:
    function = answer.function("max_pool_backward")
    rng = np.random.default_rng(1)
    cases = [
        (np.array([[1.0, 5, 2], [0, 3, 4], [6, 2, 1]]), 2, 1),
        (rng.permutation(24).reshape(4, 6).astype(np.float64), 2, 2),
        (-1.0 - rng.permutation(63).reshape(9, 7), 3, 2),
        (rng.permutation(72).reshape(8, 9) / 4, 3, 1),
        (rng.permutation(70).reshape(7, 10) / 4, 2, 3),
        (np.ones((5, 5)), 3, 2),
        (np.zeros((4, 4)), 2, 2),
        (np.tile([[0.0, 1], [1, 0]], (2, 3)), 2, 2),
    ]
    for x, size, stride in cases:
        rows, columns = ((side - size) // stride + 1 for side in x.shape)
        dy = np.round(rng.normal(size=(rows, columns)), 2)
        wanted = np.zeros(x.shape)
        for i in range(rows):
            for j in range(columns):
                window = x[i * stride : i * stride + size, j * stride : j * stride + size]
                u, v = divmod(int(window.argmax()), size)
                wanted[i * stride + u, j * stride + v] += dy[i, j]
        answer.close(function(x, dy, size, stride), wanted)


POOL = """
import numpy as np

def max_pool_backward(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for (i, j), slope in np.ndenumerate(dy):
        top, left = i * {step}, j * {step}
        window = x[top : top + size, left : left + size]
        {give}
    return dx
"""
WINNER = "u, v = divmod(int(window.argmax()), size)\n        dx[top + u, left + v] {} slope"
max_pool_backward.wrong(
    "where windows overlap, the last one counts",
    POOL.format(step="stride", give=WINNER.format("=")),
)
max_pool_backward.wrong(
    "the windows are thought to be side by side",
    POOL.format(
        step="size",
        give=WINNER.format("+=").replace(
            "u, v =", "if not window.size:\n            continue\n        u, v ="
        ),
    ),
)
max_pool_backward.wrong(
    "all that are equally large get it",
    POOL.format(
        step="stride",
        give="dx[top : top + size, left : left + size] += slope * (window == window.max())",
    ),
)
max_pool_backward.wrong(
    "shared as in average pooling",
    POOL.format(
        step="stride",
        give="dx[top : top + size, left : left + size] += slope / size**2",
    ),
)
max_pool_backward.wrong(
    "the largest number is counted from 0, so negative windows lose",
    POOL.format(
        step="stride",
        give="u, v = divmod(int(np.maximum(window, 0).argmax()), size)\n"
        "        dx[top + u, left + v] += slope",
    ),
)
max_pool_backward.wrong(
    "the place in the window is taken for the place in the image",
    POOL.format(
        step="stride",
        give="u, v = divmod(int(window.argmax()), size)\n        dx[u, v] += slope",
    ),
)
max_pool_backward.wrong(
    "of equally large ones the last gets it",
    POOL.format(
        step="stride",
        give="v = size**2 - 1 - int(window.ravel()[::-1].argmax())\n"
        "        dx[top + v // size, left + v % size] += slope",
    ),
)
max_pool_backward.wrong(
    "of equally large ones the first column by column gets it",
    POOL.format(
        step="stride",
        give="v, u = divmod(int(window.T.argmax()), size)\n        dx[top + u, left + v] += slope",
    ),
)
