"""Losses: their definitions, SciPy's opinion, both kinds of labels, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from study.activations import softmax
from study.losses import cross_entropy, one_hot, softmax_cross_entropy, sum_squared_error

scores = hnp.arrays(
    float, st.tuples(st.integers(1, 6), st.integers(1, 6)), elements=st.floats(-1000, 1000)
)


def some_labels(data: st.DataObject, batch: int, classes: int) -> np.ndarray:
    return data.draw(hnp.arrays(np.int64, batch, elements=st.integers(0, classes - 1)))


@given(scores, st.data())
def test_softmax_cross_entropy_is_scipys(x: np.ndarray, data: st.DataObject) -> None:
    labels = some_labels(data, *x.shape)
    expected = -special.log_softmax(x, axis=1)[np.arange(len(x)), labels].mean()
    np.testing.assert_allclose(softmax_cross_entropy(x, labels), expected, rtol=1e-13, atol=1e-13)


@given(scores, st.data())
def test_one_hot_and_integer_labels_agree(x: np.ndarray, data: st.DataObject) -> None:
    labels = some_labels(data, *x.shape)
    rows = one_hot(labels, x.shape[1])
    # -0.0 and 0.0 are equal, so an exact comparison is meant.
    assert softmax_cross_entropy(x, labels) == softmax_cross_entropy(x, rows)
    assert cross_entropy(softmax(x), labels) == cross_entropy(softmax(x), rows)


@given(scores, st.data())
def test_from_scores_and_from_probabilities_agree(x: np.ndarray, data: st.DataObject) -> None:
    x = x / 10  # where no probability is below the guard
    labels = some_labels(data, *x.shape)
    np.testing.assert_allclose(
        softmax_cross_entropy(x, labels), cross_entropy(softmax(x), labels), rtol=1e-12, atol=1e-12
    )


@given(scores, st.data())
def test_a_batchs_loss_is_the_mean_of_its_samples(x: np.ndarray, data: st.DataObject) -> None:
    labels = some_labels(data, *x.shape)
    for loss, y, t in [
        (softmax_cross_entropy, x, labels),
        (cross_entropy, softmax(x), labels),
        (sum_squared_error, x, one_hot(labels, x.shape[1])),
    ]:
        alone = [loss(*sample) for sample in zip(y, t, strict=True)]
        np.testing.assert_allclose(loss(y, t), np.mean(alone), rtol=1e-13, atol=1e-13)
        twice = loss(np.concatenate([y, y]), np.concatenate([t, t]))
        np.testing.assert_allclose(twice, loss(y, t), rtol=1e-13, atol=1e-13)


@given(scores)
def test_no_error_no_loss(x: np.ndarray) -> None:
    assert sum_squared_error(x, x) == 0
    labels = x.argmax(axis=1)
    assert cross_entropy(one_hot(labels, x.shape[1]), labels) == 0


def test_values_computed_by_hand() -> None:
    assert sum_squared_error([1.0, 2.0], [0.0, 4.0]) == 2.5
    assert sum_squared_error([[1.0, 2.0], [0.0, 0.0]], [[0.0, 4.0], [0.0, 0.0]]) == 1.25
    assert cross_entropy([0.5, 0.25, 0.25], 1) == np.log(4)
    assert cross_entropy([[0.5, 0.5], [1.0, 0.0]], [0, 0]) == np.log(2) / 2
    assert np.isclose(softmax_cross_entropy(np.zeros((3, 10)), [0, 4, 9]), np.log(10), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certain_and_wrong_is_finite(dtype: type) -> None:
    loss = cross_entropy(np.array([0, 1], dtype), 0)
    assert loss == -np.log(np.finfo(dtype).tiny)
    assert loss.dtype == dtype


def test_the_guard_changes_nothing_else() -> None:
    assert cross_entropy([1e-30, 1.0], 0) == -np.log(1e-30)


@pytest.mark.parametrize("loss", [cross_entropy, softmax_cross_entropy, sum_squared_error])
def test_the_prediction_sets_the_dtype(loss: object) -> None:
    y = np.array([[0.25, 0.75]], np.float32)
    for t in (np.array([[0, 1]]), np.array([[0.0, 1.0]])):
        assert loss(y, t).dtype == np.float32  # type: ignore[operator]
    assert loss([[0, 1]], [[0, 1]]).dtype == np.float64  # type: ignore[operator]


def test_losses_at_the_far_ends() -> None:
    x = np.array([[-1000.0, 0.0, 1000.0]])
    assert softmax_cross_entropy(x, [0]) == 2000
    assert softmax_cross_entropy(x.astype(np.float32), [2]) == 0
    assert sum_squared_error(x, -x) == 4e6


def test_arguments_stay_as_they_are() -> None:
    y, t = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    for loss in (cross_entropy, softmax_cross_entropy, sum_squared_error):
        loss(y, t)
        assert (y.tolist(), t.tolist()) == ([[0.0, 1.0]], [[1.0, 0.0]])


@pytest.mark.parametrize("loss", [cross_entropy, softmax_cross_entropy, sum_squared_error])
def test_wrong_shapes_are_refused_by_name(loss: object) -> None:
    with pytest.raises(ValueError, match=r"\(4,\).*\(2, 3\)|\(2, 3\).*\(4,\)"):
        loss(np.zeros((2, 3)), np.zeros(4, int))  # type: ignore[operator]
    with pytest.raises(ValueError, match="empty batch"):
        loss(np.zeros((0, 3)), np.zeros((0, 3)))  # type: ignore[operator]
    with pytest.raises(ValueError, match="single number"):
        loss(1.0, 1.0)  # type: ignore[operator]


@pytest.mark.parametrize("loss", [cross_entropy, softmax_cross_entropy])
@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_that_is_no_class_is_refused(loss: object, label: int) -> None:
    with pytest.raises(ValueError, match=f"label {label} is not one of the 3 classes"):
        loss(np.ones((2, 3)) / 3, [0, label])  # type: ignore[operator]
    with pytest.raises(ValueError, match="integers"):
        loss(np.ones((2, 3)) / 3, [0.0, 1.0])  # type: ignore[operator]


def test_scores_given_as_probabilities_are_noticed() -> None:
    with pytest.raises(ValueError, match="softmax_cross_entropy"):
        cross_entropy([2.0, -1.0], 0)


@given(hnp.arrays(np.int64, hnp.array_shapes(min_side=0), elements=st.integers(0, 4)))
def test_one_hot_has_a_single_one(labels: np.ndarray) -> None:
    rows = one_hot(labels, 5)
    assert rows.shape == (*labels.shape, 5)
    assert np.array_equal(rows.argmax(axis=-1), labels)
    assert np.array_equal(np.sort(rows.reshape(-1, 5))[:, ::-1], np.eye(5)[[0] * labels.size])


def test_one_hot_refuses_what_is_no_class() -> None:
    with pytest.raises(ValueError, match="label -1"):
        one_hot([0, -1], 3)
    with pytest.raises(ValueError, match="label 3"):
        one_hot([3], 3)
    with pytest.raises(ValueError, match="integers"):
        one_hot([0.5], 3)
    assert one_hot([1], 2, np.float32).dtype == np.float32
