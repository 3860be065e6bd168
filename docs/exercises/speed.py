"""The checks of the exercises of the note on speed."""

import numpy as np

from journal.marking import Answer, exercise


@exercise("run")
def run(answer: Answer) -> None:
    strides = answer.value("strides")
    if not isinstance(strides, tuple | list | np.ndarray):
        answer.fail(
            ko="`strides`는 수 네 개의 튜플이어야 해요.",
            en="`strides` should be a tuple of four numbers.",
        )
    answer.equal(strides, (360, 120, 24, 4), "strides")
    for name, wanted in [("rows", 18), ("columns", 3), ("turned", 1)]:
        answer.equal(answer.value(name), wanted)


RUN = "strides, rows, columns, turned = {}, {}, {}, {}\n"
run.wrong("in numbers, not in bytes", RUN.format("(90, 30, 6, 1)", 18, 3, 1))
run.wrong("of float64", RUN.format("(720, 240, 48, 8)", 18, 3, 1))
run.wrong("the other way round", RUN.format("(4, 24, 120, 360)", 18, 3, 1))
run.wrong(
    "the slice of rows runs on into the next channel", RUN.format("(360, 120, 24, 4)", 216, 3, 1)
)
run.wrong("one row only", RUN.format("(360, 120, 24, 4)", 6, 3, 1))
run.wrong("the slice of columns is thought whole", RUN.format("(360, 120, 24, 4)", 18, 9, 1))
run.wrong("transposing is thought to move numbers", RUN.format("(360, 120, 24, 4)", 18, 3, 360))


@exercise("intensity")
def intensity(answer: Answer) -> None:
    function = answer.function("intensity")
    for m, k, n in [(600, 600, 600), (16, 144, 2800), (1, 600, 600), (2, 3, 5), (7, 1, 2)]:
        moved = 4 * (m * k + k * n + m * n)
        answer.close(function(m, k, n), 2 * m * k * n / moved)
    answer.close(function(2, 3, 5, 8), 60 / (8 * 31))
    answer.close(function(30, 20, 10, itemsize=2), 12_000 / (2 * 1100))


INTENSITY = "def intensity(m, k, n, itemsize=4):\n    return {}\n"
MOVED = "(itemsize * (m * k + k * n + m * n))"
intensity.wrong("additions are not counted", INTENSITY.format(f"m * k * n / {MOVED}"))
intensity.wrong(
    "the result is not written", INTENSITY.format("2 * m * k * n / (itemsize * (m * k + k * n))")
)
intensity.wrong(
    "numbers instead of bytes", INTENSITY.format("2 * m * k * n / (m * k + k * n + m * n)")
)
intensity.wrong(
    "always four bytes", INTENSITY.format("2 * m * k * n / (4 * (m * k + k * n + m * n))")
)
intensity.wrong("upside down", INTENSITY.format(f"{MOVED} / (2 * m * k * n)"))
intensity.wrong("right for squares only", INTENSITY.format("n / 6 * 4 / itemsize"))


@exercise("dtype")
def dtype(answer: Answer) -> None:
    spread = answer.function("spread")
    rng = np.random.default_rng(1)
    for kind in [np.float32, np.float64]:
        for count in [4, 9, 2]:
            x = rng.normal(loc=3, size=count).astype(kind)
            got = spread(x)
            exact = x.astype(np.float64)
            weights = np.linspace(0.5, 1.5, count)
            wanted = weights * (exact - exact.mean()) / np.sqrt(2)
            answer.close(got, wanted, tolerance=1e-5 if kind is np.float32 else 1e-12)
            found = np.asarray(got).dtype
            name = np.dtype(kind).name
            answer.that(
                found == kind,
                ko=f"`{name}` 배열을 넣었는데 `{found}` 배열이 나왔어요.",
                en=f"A `{name}` array went in, but a `{found}` array came out.",
            )


DTYPE = """
import numpy as np

def spread(x):
    weights = {}
    centred = x - {}
    return {}
"""
dtype.wrong(
    "the weights are float64",
    DTYPE.format("np.linspace(0.5, 1.5, len(x))", "x.mean()", "weights * centred / 2**0.5"),
)
dtype.wrong(
    "the root is float64",
    DTYPE.format(
        "np.linspace(0.5, 1.5, len(x), dtype=x.dtype)", "x.mean()", "weights * centred / np.sqrt(2)"
    ),
)
dtype.wrong(
    "always float32",
    DTYPE.format(
        "np.linspace(0.5, 1.5, len(x))",
        "x.mean()",
        "(weights * centred / np.sqrt(2)).astype(np.float32)",
    ),
)
dtype.wrong(
    "the division is lost",
    DTYPE.format("np.linspace(0.5, 1.5, len(x), dtype=x.dtype)", "x.mean()", "weights * centred"),
)
dtype.wrong(
    "the mean is lost",
    DTYPE.format("np.linspace(0.5, 1.5, len(x), dtype=x.dtype)", "0", "weights * centred / 2**0.5"),
)


@exercise("combine")
def combine(answer: Answer) -> None:
    combined = answer.function("combined")
    answer.close(combined([1.0, 4.0], [3, 1]), 1.75)
    answer.close(combined([-2.0, 0.5, 8.0], [2, 7, 1]), 0.75)
    answer.close(combined([3.0], [5]), 3.0)
    rng = np.random.default_rng(1)
    for counts in [[50, 50], [1, 99], [10, 20, 30, 3]]:
        gradients = [rng.normal(size=(3, 2)) for _ in counts]
        before = [each.copy() for each in gradients]
        wanted = sum(g * c for g, c in zip(gradients, counts, strict=True)) / sum(counts)
        got = combined(gradients, list(counts))
        kept = len(gradients) == len(before) and all(
            np.array_equal(a, b) for a, b in zip(gradients, before, strict=True)
        )
        answer.that(
            kept,
            ko="`combined`를 부르고 나니 `gradients`의 배열이 바뀌어 있어요.",
            en="`combined` changed an array in `gradients`.",
        )
        answer.close(got, wanted)


COMBINE = "import numpy as np\n\ndef combined(gradients, counts):\n    {}\n"
combine.wrong("the mean of the means", COMBINE.format("return sum(gradients) / len(gradients)"))
combine.wrong("just the sum", COMBINE.format("return sum(gradients)"))
combine.wrong(
    "not divided",
    COMBINE.format("return sum(np.asarray(g) * c for g, c in zip(gradients, counts))"),
)
combine.wrong(
    "divided by the number of parts",
    COMBINE.format(
        "return sum(np.asarray(g) * c for g, c in zip(gradients, counts)) / len(counts)"
    ),
)
combine.wrong(
    "weighed the wrong way",
    COMBINE.format(
        "return sum(np.asarray(g) / c for g, c in zip(gradients, counts)) "
        "/ sum(1 / c for c in counts)"
    ),
)
combine.wrong(
    "the arrays are changed",
    COMBINE.format(
        "for g, c in zip(gradients, counts):\n"
        "        if isinstance(g, np.ndarray):\n"
        "            g *= c\n"
        "    if isinstance(gradients[0], np.ndarray):\n"
        "        return sum(gradients) / sum(counts)\n"
        "    return sum(g * c for g, c in zip(gradients, counts)) / sum(counts)"
    ),
)
combine.wrong(
    "all numbers run together", COMBINE.format("return np.average(gradients, weights=counts)")
)


@exercise("rows-once")
def rows_once(answer: Answer) -> None:
    function = answer.function("rows_once")
    rng = np.random.default_rng(1)
    for height, side, size, stride in [
        (5, 5, 3, 2),
        (6, 9, 3, 1),
        (8, 6, 2, 2),
        (7, 7, 1, 1),
        (9, 8, 3, 2),
        (10, 11, 2, 3),
    ]:
        x = rng.permutation(height * side).reshape(height, side).astype(np.float64)
        given = f"rows_once(x, {size}, {stride}), x.shape == {x.shape}"
        result = function(x, size, stride)
        answer.that(
            isinstance(result, tuple | list) and len(result) == 2,
            ko=f"`{given}`: `(bands, matrices)` 둘을 돌려줘야 해요.",
            en=f"`{given}` should return two things, `(bands, matrices)`.",
        )
        bands, matrices = result
        rows, width = (height - size) // stride + 1, (side - size) // stride + 1
        wanted = np.empty((height, size, width))
        for place in range(size):
            for j in range(width):
                wanted[:, place, j] = x[:, j * stride + place]
        answer.equal(bands, wanted, f"bands, {given}")
        answer.that(
            isinstance(matrices, list | tuple | np.ndarray) and len(matrices) == rows,
            ko=f"`{given}`: `matrices`에는 출력의 행마다 하나씩, 행렬 {rows}개가 있어야 해요.",
            en=f"`{given}`: `matrices` should hold {rows}, one for each row of the output.",
        )
        for row, matrix in enumerate(matrices):
            top = row * stride
            columns = np.empty((size * size, width))
            for j in range(width):
                left = j * stride
                columns[:, j] = x[top : top + size, left : left + size].ravel()
            answer.equal(matrix, columns, f"matrices[{row}], {given}")
            answer.that(
                np.shares_memory(np.asarray(bands), np.asarray(matrix)),
                ko=f"`{given}`: `matrices[{row}]`가 `bands`의 뷰가 아니라 복사본이에요.",
                en=f"`{given}`: `matrices[{row}]` is right, but a copy and not a view of `bands`.",
            )


ROWS = """
import numpy as np

def rows_once(x, size, stride):
    height, side = x.shape
    rows, width = (height - size) // stride + 1, (side - size) // stride + 1
    bands = np.empty((height, size, width), x.dtype)
    for place in range(size):
        bands[:, place] = {copy}
    starts = [{start} for row in range(rows)]
    return bands, [{matrix} for s in starts]
"""
RIGHT = {
    "copy": "x[:, place : place + stride * (width - 1) + 1 : stride]",
    "start": "row * stride",
    "matrix": "bands[s : s + size].reshape(size * size, width)",
}
rows_once.wrong(
    "the columns do not skip", ROWS.format(**{**RIGHT, "copy": "x[:, place : place + width]"})
)
rows_once.wrong("the rows do not skip", ROWS.format(**{**RIGHT, "start": "row"}))
rows_once.wrong(
    "copies instead of views",
    ROWS.format(**{**RIGHT, "matrix": "bands[s : s + size].reshape(size * size, width).copy()"}),
)
rows_once.wrong(
    "a row for each window",
    ROWS.format(**{**RIGHT, "matrix": "bands[s : s + size].reshape(size * size, width).T"}),
)
rows_once.wrong(
    "the filter's rows and columns are exchanged",
    ROWS.format(
        **{
            **RIGHT,
            "matrix": "bands[s : s + size].transpose(1, 0, 2).reshape(size * size, width)",
        }
    ),
)
rows_once.wrong(
    "only one of the filter's rows",
    ROWS.format(**{**RIGHT, "matrix": "bands[s]"}),
)


@exercise("amdahl")
@np.errstate(all="ignore")
def amdahl(answer: Answer) -> None:
    speedup = answer.function("speedup")
    for p, n in [(0.9, 2), (0.5, 4), (1.0, 8), (0.0, 8), (0.75, 3)]:
        answer.close(speedup(p, n), 1 / (1 - p + p / n))
    share = answer.function("share")
    for p, n in [(0.75, 2), (0.5, 4), (1.0, 8), (0.0, 3), (0.9, 5)]:
        answer.close(share(1 / (1 - p + p / n), n), p)


AMDAHL = "def speedup(p, n):\n    return {}\n\ndef share(s, n):\n    return {}\n"
SPEEDUP, SHARE = "1 / (1 - p + p / n)", "(1 - 1 / s) / (1 - 1 / n)"
amdahl.wrong("n times the share", AMDAHL.format("p * n + (1 - p)", SHARE))
amdahl.wrong("p is taken for what cannot be shared", AMDAHL.format("1 / (p + (1 - p) / n)", SHARE))
amdahl.wrong("the time instead of the speedup", AMDAHL.format("1 - p + p / n", SHARE))
amdahl.wrong("for two threads only", AMDAHL.format(SPEEDUP, "2 * (1 - 1 / s)"))
amdahl.wrong("the part that was saved", AMDAHL.format(SPEEDUP, "1 - 1 / s"))
amdahl.wrong("speedup by number of threads", AMDAHL.format(SPEEDUP, "s / n"))
