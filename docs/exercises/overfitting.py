"""The checks of the overfitting note's exercises."""

import numpy as np

from journal.marking import Answer, exercise


@exercise("curves")
def curves(answer: Answer) -> None:
    for name, wanted, ko, en in [
        (
            "overfitting",
            "C",
            "오버피팅은 훈련 정확도는 높은데 검증 정확도가 크게 낮은 것이에요.",
            "Overfitting is a high training accuracy with a much lower validation accuracy.",
        ),
        (
            "underfitting",
            "B",
            "과소적합은 훈련 정확도부터 낮은 것이에요.",
            "Underfitting is an accuracy that is low in training already.",
        ),
    ]:
        got = answer.value(name)
        answer.that(
            isinstance(got, str) and got.strip().upper() == wanted,
            ko=f"`{name}`이 {got!r}예요. {ko} 다시 골라 보세요.",
            en=f"`{name}` is {got!r}. {en} Look again.",
        )
    stopped = answer.value("stopped")
    answer.that(
        stopped != 10,
        ko="`stopped`가 10이에요. 5에폭 뒤로 새 최저가 몇 에폭 동안 나오지 않았는지 세어 보세요.",
        en="`stopped` is 10. Count the epochs without a new lowest loss after epoch 5.",
    )
    answer.equal(stopped, 8)
    kept = answer.value("kept")
    answer.that(
        kept != 9,
        ko="`kept`가 9예요. 9에폭에 닿기 전에 이미 멈췄어요.",
        en="`kept` is 9, but training has stopped before epoch 9.",
    )
    answer.equal(kept, 5)


CURVES = "overfitting, underfitting, stopped, kept = {}\n"
curves.wrong("the best network is taken for overfitted", CURVES.format('"A", "B", 8, 5'))
curves.wrong("the two names are swapped", CURVES.format('"B", "C", 8, 5'))
curves.wrong("the lowest loss of all, seen or not", CURVES.format('"C", "B", 10, 9'))
curves.wrong("counted from 0", CURVES.format('"C", "B", 7, 4'))
curves.wrong("the weights of the last epoch are kept", CURVES.format('"C", "B", 8, 8'))
curves.wrong("any rise counts, also before a new lowest", CURVES.format('"C", "B", 7, 5'))
curves.wrong("the lowest loss after the stop is kept", CURVES.format('"C", "B", 8, 9'))


@exercise("expected")
def expected(answer: Answer) -> None:
    # 0.016 will do for the last, which many round.
    for name, wanted, tolerance in [
        ("plain", 2.25, 1e-6),
        ("inverted", 3.0, 1e-6),
        ("silent", 0.25 * 0.25 * 0.25, 4e-4),
    ]:
        answer.close(answer.value(name), wanted, tolerance=tolerance)


EXPECTED = "plain, inverted, silent = {}\n"
expected.wrong("multiplied by the rate", EXPECTED.format("0.75, 3.0, 0.015625"))
expected.wrong("nothing seems to change without dividing", EXPECTED.format("3.0, 3.0, 0.015625"))
expected.wrong("enlarged, but nothing switched off", EXPECTED.format("2.25, 4.0, 0.015625"))
expected.wrong("the probability that all stay on", EXPECTED.format("2.25, 3.0, 0.421875"))
expected.wrong("probabilities added", EXPECTED.format("2.25, 3.0, 0.75"))
expected.wrong("the weights are forgotten", EXPECTED.format("3.75, 5.0, 0.015625"))


@exercise("standard-error")
@np.errstate(all="ignore")
def standard_error(answer: Answer) -> None:
    error = answer.function("standard_error")
    for p, n in [(0.5, 100), (0.9, 50), (0.97, 500), (0.2, 1234), (1.0, 10)]:
        answer.close(error(p, n), np.sqrt(p * (1 - p) / n))
    needed = answer.function("images_needed")
    # Never where the bound is met exactly: there, rounding decides what np.ceil says.
    for p, e in [(0.97, 0.004), (0.97, 0.012), (0.6, 0.017), (0.1, 0.0311), (0.985, 0.0013)]:
        answer.equal(needed(p, e), int(np.ceil(p * (1 - p) / (e * e))))


STANDARD = """
import numpy as np

def standard_error(p, n):
    return {}

def images_needed(p, error):
    return {}
"""
ERROR, NEEDED = "np.sqrt(p * (1 - p) / n)", "int(np.ceil(p * (1 - p) / error**2))"
standard_error.wrong("the variance, not its root", STANDARD.format("p * (1 - p) / n", NEEDED))
standard_error.wrong(
    "divided by n after the root", STANDARD.format("np.sqrt(p * (1 - p)) / n", NEEDED)
)
standard_error.wrong("only right for p = 0.5", STANDARD.format("0.5 / np.sqrt(n)", NEEDED))
standard_error.wrong(
    "rounded down: one image short", STANDARD.format(ERROR, "int(p * (1 - p) / error**2)")
)
standard_error.wrong("not rounded", STANDARD.format(ERROR, "p * (1 - p) / error**2"))
standard_error.wrong(
    "the error is not squared", STANDARD.format(ERROR, "int(np.ceil(p * (1 - p) / error))")
)
standard_error.wrong(
    "rounded to the nearest", STANDARD.format(ERROR, "round(p * (1 - p) / error**2)")
)


@exercise("dropout")
@np.errstate(all="ignore")
def dropout(answer: Answer) -> None:
    forward, backward = answer.function("dropout_forward"), answer.function("dropout_backward")
    x = np.random.default_rng(1).uniform(0.5, 2.0, (60, 80))

    def run(rate: float, seed: int = 2):
        got = forward(x, rate, np.random.default_rng(seed))
        answer.that(
            isinstance(got, (tuple, list)) and len(got) == 2,
            ko="`dropout_forward`는 출력과 `mask`, 둘을 튜플로 돌려줘야 해요.",
            en="`dropout_forward` should return a tuple of two: the output and the `mask`.",
        )
        return got

    for rate in [0.5, 0.2]:
        y, mask = run(rate)
        answer.that(
            np.shape(y) == x.shape,
            ko=f"출력의 형상이 {np.shape(y)}예요. `x`의 형상 {x.shape}와 같아야 해요.",
            en=f"The output has shape {np.shape(y)}; it should be that of `x`, {x.shape}.",
        )
        ratio = np.asarray(y, dtype=np.float64) / x
        off = np.isclose(ratio, 0)
        share = off.mean()
        answer.that(
            abs(share - rate) < 0.05,
            ko=f"`rate`가 {rate}일 때 꺼진 비율: {share:.2f}. {rate}에 가까워야 해요.",
            en=f"With `rate` {rate}, a share of {share:.2f} is off; it should be close to {rate}.",
        )
        wanted = 1 / (1 - rate)
        answer.that(
            np.allclose(ratio[~off], wanted),
            ko=f"`rate`가 {rate}이면 켜진 것은 {wanted:g}배여야 하는데, "
            f"{ratio[~off].flat[0]:.3g}배가 나왔어요.",
            en=f"With `rate` {rate}, what stays on should be {wanted:g} times as large; "
            f"it is {ratio[~off].flat[0]:.3g} times.",
        )
        alike = len(np.unique(off, axis=0)) < len(x) or len(np.unique(off.T, axis=0)) < x.shape[1]
        answer.that(
            not alike,
            ko="같은 무늬로 꺼진 가로줄이나 세로줄이 있어요. 칸마다 따로 뽑아 주세요.",
            en="Some rows or columns are switched off alike. Draw for every entry on its own.",
        )
        grad = np.random.default_rng(3).normal(size=x.shape)
        answer.close(
            backward(grad, mask),
            grad * np.where(off, 0.0, wanted),
            what=f"dropout_backward(grad, mask), rate={rate}",
        )
    same, other = run(0.5)[0], run(0.5, seed=4)[0]
    answer.that(
        np.array_equal(same, run(0.5)[0]) and not np.array_equal(same, other),
        ko="시드가 같은 `rng`면 같은 칸이, 다르면 다른 칸이 꺼져야 해요. "
        "난수를 `rng`에서 뽑아 주세요.",
        en="An `rng` of the same seed should switch the same entries off, and another seed others. "
        "Draw from `rng`.",
    )
    rng = np.random.default_rng(2)
    answer.that(
        not np.array_equal(forward(x, 0.5, rng)[0], forward(x, 0.5, rng)[0]),
        ko="같은 `rng`로 두 번 불렀는데 똑같은 칸이 꺼졌어요. 부를 때마다 새로 뽑아 주세요.",
        en="Two calls with one `rng` switched the same entries off. Draw anew in every call.",
    )
    answer.close(run(0.0)[0], x, what="dropout_forward(x, 0.0, rng)[0]")
    tested = forward(x, 0.5, np.random.default_rng(2), training=False)
    answer.that(
        isinstance(tested, (tuple, list)) and len(tested) == 2,
        ko="`training=False`일 때도 출력과 `mask`, 둘을 튜플로 돌려줘요.",
        en="With `training=False` too, return a tuple of two: the output and the `mask`.",
    )
    answer.close(tested[0], x, what="dropout_forward(x, 0.5, rng, training=False)[0]")


DROPOUT = """
import numpy as np

def dropout_forward(x, rate, rng, training=True):
    if not training:
        return {tested}, np.ones(x.shape)
    mask = {mask}
    return x * mask, mask

def dropout_backward(grad, mask):
    return {back}
"""
MASK = "(rng.random(x.shape) >= rate) / (1 - rate)"
RIGHT = {"tested": "x", "mask": MASK, "back": "grad * mask"}
dropout.wrong(
    "not enlarged", DROPOUT.format(**RIGHT | {"mask": "1.0 * (rng.random(x.shape) >= rate)"})
)
dropout.wrong(
    "enlarged by the share that is off",
    DROPOUT.format(**RIGHT | {"mask": "(rng.random(x.shape) >= rate) / rate"}),
)
dropout.wrong(
    "keeps the share that it should switch off",
    DROPOUT.format(**RIGHT | {"mask": "(rng.random(x.shape) < rate) / (1 - rate)"}),
)
dropout.wrong(
    "one draw for all samples",
    DROPOUT.format(
        **RIGHT | {"mask": "np.tile((rng.random(x.shape[1:]) >= rate) / (1 - rate), (len(x), 1))"}
    ),
)
dropout.wrong("the gradient goes through whole", DROPOUT.format(**RIGHT | {"back": "grad"}))
dropout.wrong(
    "the gradient is not enlarged", DROPOUT.format(**RIGHT | {"back": "grad * (mask > 0)"})
)
dropout.wrong(
    "scaled a second time at test time", DROPOUT.format(**RIGHT | {"tested": "x * (1 - rate)"})
)
dropout.wrong(
    "left on at test time", DROPOUT.format(**RIGHT | {"tested": "x * (rng.random(x.shape) < 0.5)"})
)
dropout.wrong(
    "a seed of its own",
    DROPOUT.format(**RIGHT | {"mask": MASK.replace("rng.", "np.random.default_rng(0).")}),
)
dropout.wrong(
    "only the output is returned",
    DROPOUT.format(**RIGHT).replace("return x * mask, mask", "return x * mask"),
)


@exercise("best-epoch")
def best_epoch(answer: Answer) -> None:
    best = answer.function("best_epoch")
    for losses, patience, wanted, ko, en in [
        (
            [0.9, 0.6, 0.5, 0.7],
            3,
            3,
            "멈추지 않으면 전체에서 가장 낮은 에폭이에요.",
            "It never stops, so it is the lowest of all.",
        ),
        (
            [0.9, 0.6, 0.7, 0.8, 0.4],
            2,
            2,
            "4에폭에서 멈추니 5에폭은 보지 못해요.",
            "It stops after epoch 4 and never sees epoch 5.",
        ),
        (
            [0.9, 0.6, 0.7, 0.8, 0.4],
            3,
            5,
            "3에폭을 참기 전에 새 최저가 나와요.",
            "A new lowest comes before three epochs have been waited.",
        ),
        (
            [0.9, 0.6, 0.7, 0.5, 0.6, 0.4, 0.3],
            2,
            7,
            "새 최저가 나오면 참은 수를 0으로 되돌려요.",
            "A new lowest sets the waiting back to 0.",
        ),
        (
            [0.9, 0.5, 0.8, 0.7, 0.6, 0.1],
            3,
            2,
            "바로 앞이 아니라 지금까지의 최저와 견주어요.",
            "Compare with the lowest so far, not with the epoch before.",
        ),
        (
            [0.9, 0.5, 0.5, 0.5, 0.2],
            2,
            2,
            "같은 값은 나아진 것이 아니에요.",
            "An equal loss is no improvement.",
        ),
        (
            [0.9, 0.5, 0.4, 0.6, 0.3],
            2,
            5,
            "최저가 나온 3에폭부터 다시 세니, 4에폭에서는 하나만 참았어요.",
            "Count anew from the lowest, at epoch 3: at epoch 4 only one has been waited.",
        ),
        (
            [0.5, 0.6, 0.4],
            2,
            3,
            "첫 에폭은 참은 에폭이 아니에요.",
            "The first epoch is not one that has been waited.",
        ),
        ([0.5, 0.6, 0.1], 1, 1, "처음이 가장 좋았어요.", "The first was the best."),
        ([0.5], 2, 1, "한 에폭뿐이에요.", "There is one epoch only."),
    ]:
        history = [{"epoch": i, "val_loss": loss} for i, loss in enumerate(losses, start=1)]
        got = best(history, patience)
        answer.that(
            np.ndim(got) == 0 and not isinstance(got, (str, dict)) and got == wanted,
            ko=f"검증 손실 {losses}, patience={patience}에서 나와야 할 값: {wanted}, "
            f"나온 값: {got!r}. {ko}",
            en=f"For the validation losses {losses} and patience={patience} it should be {wanted}; "
            f"it gave {got!r}. {en}",
        )
    resumed = [
        {"epoch": 11, "val_loss": 0.6, "loss": 0.5},
        {"epoch": 12, "val_loss": 0.4, "loss": 0.3},
        {"epoch": 13, "val_loss": 0.5, "loss": 0.1},
    ]
    answer.equal(best(resumed, 5), 12, "best_epoch(history, 5), epochs 11, 12, 13")


BEST = """
def best_epoch(history, patience):
    best, waited = history[0], 0
    for row in history[1:]:
        if {better}:
            best, waited = row, 0
        else:
            waited += 1
        if {enough}:
            break
    return {result}
"""
LOWER = 'row["val_loss"] < best["val_loss"]'
FINE = {"better": LOWER, "enough": "waited == patience", "result": 'best["epoch"]'}
best_epoch.wrong(
    "the lowest of all, seen or not",
    'def best_epoch(history, patience):\n    return min(history, key=lambda row: row["val_loss"])'
    '["epoch"]\n',
)
best_epoch.wrong("waits one epoch too long", BEST.format(**FINE | {"enough": "waited > patience"}))
best_epoch.wrong(
    "an equal loss counts as better", BEST.format(**FINE | {"better": LOWER.replace("<", "<=")})
)
best_epoch.wrong("the epoch where it stopped", BEST.format(**FINE | {"result": 'row["epoch"]'}))
best_epoch.wrong("the place in the list", BEST.format(**FINE | {"result": "history.index(best)"}))
best_epoch.wrong("the row and not its number", BEST.format(**FINE | {"result": "best"}))
best_epoch.wrong(
    "the waiting is never set back",
    BEST.format(**FINE).replace("best, waited = row, 0", "best = row"),
)
best_epoch.wrong(
    "compared with the epoch before",
    """
def best_epoch(history, patience):
    best, waited, before = history[0], 0, history[0]
    for row in history[1:]:
        waited = 0 if row["val_loss"] < before["val_loss"] else waited + 1
        best = row if row["val_loss"] < best["val_loss"] else best
        before = row
        if waited == patience:
            break
    return best["epoch"]
""",
)
best_epoch.wrong(
    "compared with the epoch `patience` before",
    """
def best_epoch(history, patience):
    for before, row in zip(history, history[patience:]):
        if row["val_loss"] >= before["val_loss"]:
            return before["epoch"]
    return min(history, key=lambda row: row["val_loss"])["epoch"]
""",
)
best_epoch.wrong(
    "the first epoch counts as waited",
    BEST.format(**FINE).replace("history[1:]", "history"),
)
best_epoch.wrong(
    "the training loss",
    BEST.format(**FINE)
    .replace('row["val_loss"]', 'row.get("loss", row["val_loss"])')
    .replace('best["val_loss"]', 'best.get("loss", best["val_loss"])'),
)


@exercise("stratified")
def stratified(answer: Answer) -> None:
    split = answer.function("stratified_split")
    rng = np.random.default_rng(5)
    sorted_labels = np.repeat([0, 1, 2], [80, 16, 4])
    mixed = rng.permutation(np.repeat([3, 7, 12], [40, 8, 20]))
    for t, share in [(sorted_labels, 0.25), (mixed, 0.25), (mixed, 0.5), (sorted_labels, 0.3)]:
        got = split(t, share, np.random.default_rng(0))
        answer.that(
            isinstance(got, (tuple, list)) and len(got) == 2,
            ko="훈련 번호와 검증 번호, 배열 둘을 돌려줘야 해요.",
            en="It should return two arrays: the training and the validation indices.",
        )
        try:
            train, validation = (np.asarray(each) for each in got)
        except ValueError:
            answer.fail(
                ko="클래스마다의 배열을 모아 훈련 하나, 검증 하나로 만들어 주세요"
                "(`np.concatenate`).",
                en="Join the arrays of the classes into one for training and one for validation "
                "(`np.concatenate`).",
            )
        every = np.concatenate([train.ravel(), validation.ravel()])
        answer.that(
            every.dtype.kind in "iu",
            ko=f"번호는 정수여야 하는데, 돌려준 배열에 든 것은 {every.dtype}이에요.",
            en=f"Indices should be integers; the arrays hold {every.dtype}.",
        )
        answer.that(
            len(every) == len(t) and np.array_equal(np.sort(every), np.arange(len(t))),
            ko="훈련과 검증의 번호를 합치면 모든 번호가 꼭 한 번씩 나와야 해요. "
            f"데이터는 {len(t)}개인데 훈련 {train.size}개, 검증 {validation.size}개이고, "
            f"서로 다른 번호는 {len(np.unique(every))}개예요.",
            en="Together, training and validation should have every index exactly once. "
            f"Of {len(t)} samples, {train.size} are in training and {validation.size} in "
            f"validation, with {len(np.unique(every))} different indices.",
        )
        for label in np.unique(t):
            wanted, found = round(share * np.sum(t == label)), np.sum(t[validation] == label)
            answer.that(
                found == wanted,
                ko=f"레이블 {label}인 것 {np.sum(t == label)}개 가운데 검증에 {wanted}개가 "
                f"있어야 하는데 {found}개예요 (share={share}).",
                en=f"Of the {np.sum(t == label)} with label {label}, {wanted} should be in "
                f"validation; there are {found} (share={share}).",
            )
    chosen = [
        frozenset(np.asarray(split(sorted_labels, 0.25, np.random.default_rng(seed))[1]).tolist())
        for seed in [0, 0, 1, 2]
    ]
    answer.that(
        chosen[0] == chosen[1] and len(set(chosen)) == 3,
        ko="시드가 같은 `rng`면 같은 것이, 다르면 다른 것이 뽑혀야 해요. "
        "클래스마다 `rng`로 섞어 주세요.",
        en="An `rng` of the same seed should choose the same samples, and another seed others. "
        "Shuffle each class with `rng`.",
    )


STRATIFIED = """
import numpy as np

def stratified_split(t, share, rng):
    train, validation = [], []
    for label in {labels}:
        places = {places}
        count = {count}
        train.append({first})
        validation.append(places[:count])
    return np.concatenate(train), np.concatenate(validation)
"""
SOUND = {
    "labels": "np.unique(t)",
    "places": "rng.permutation(np.flatnonzero(t == label))",
    "count": "round(share * len(places))",
    "first": "places[count:]",
}
stratified.wrong(
    "shuffled without looking at the classes",
    "import numpy as np\n\ndef stratified_split(t, share, rng):\n"
    "    order = rng.permutation(len(t))\n    count = round(share * len(t))\n"
    "    return order[count:], order[:count]\n",
)
stratified.wrong(
    "always the first of each class",
    STRATIFIED.format(**SOUND | {"places": "np.flatnonzero(t == label)"}),
)
stratified.wrong("validation stays in training", STRATIFIED.format(**SOUND | {"first": "places"}))
stratified.wrong(
    "the labels are thought to count up from 0",
    STRATIFIED.format(**SOUND | {"labels": "range(len(np.unique(t)))"}),
)
stratified.wrong(
    "the arrays of the classes are not joined",
    STRATIFIED.format(**SOUND).replace(
        "return np.concatenate(train), np.concatenate(validation)", "return train, validation"
    ),
)
stratified.wrong(
    "the indices have become floats",
    STRATIFIED.format(**SOUND).replace("np.concatenate(train)", "np.append([], np.hstack(train))"),
)
stratified.wrong(
    "rounded down",
    STRATIFIED.format(**SOUND | {"count": "int(share * len(places))"}),
)
stratified.wrong(
    "as many of every class",
    STRATIFIED.format(**SOUND | {"count": "round(share * len(t) / len(np.unique(t)))"}),
)
stratified.wrong(
    "training and validation swapped",
    STRATIFIED.format(**SOUND).replace(
        "return np.concatenate(train), np.concatenate(validation)",
        "return np.concatenate(validation), np.concatenate(train)",
    ),
)
stratified.wrong(
    "a seed of its own",
    STRATIFIED.format(**SOUND).replace("rng.permutation", "np.random.default_rng(0).permutation"),
)
stratified.wrong(
    "the labels are sorted first, so the indices are of another order",
    STRATIFIED.format(**SOUND).replace(
        "train, validation = [], []", "t = np.sort(t)\n    train, validation = [], []"
    ),
)
