"""The test of a backward pass: do the slopes that it states agree with what small steps do?

All slopes of an array are tested at once, by a step in a random direction: a mistake in any of them
shows, and two calls are enough. HIPS/autograd's `check_grads` does the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from study._arrays import FloatArray
from study.layers.base import Layer, leaves
from study.model import Sequential


class GradientError(AssertionError):
    """A backward pass and central differences disagree. The message says where and by how much."""


def check_gradients(
    subject: Layer | Sequential,
    x: FloatArray,
    rng: np.random.Generator,
    *,
    t: ArrayLike | None = None,
    training: bool = True,
    directions: int = 2,
    h: float = 1e-5,
    tolerance: float = 1e-6,
) -> None:
    """Compares a layer's, or a whole network's, backward pass with central differences.

    Args:
        subject: A layer that was built in float64, or a network of float64.
        x: A batch of inputs, float64, laid out as `subject` takes them.
        rng: The source of the directions.
        t: The truths, for a network.
        training: How a layer's forward pass is run.
        directions: How many directions for each array.
        h: The step, for a direction of length 1. No corner, as of ReLU, should be so near.
        tolerance: The largest difference, relative to the slope. What rounding makes of a
            difference of two outputs is allowed besides.

    Raises:
        GradientError: They disagree.
        ValueError: The numbers are not float64, in which a difference is worth looking at, or a
            network was given without truths.
    """
    if isinstance(subject, Sequential) and t is None:
        raise ValueError("a network is checked with the truths of its samples: give t")
    parts = list(leaves(subject.layers if isinstance(subject, Sequential) else [subject]))
    chance = [(each.rng, each.rng.bit_generator.state) for _, each in parts if each.rng]
    state = [(array, array.copy()) for _, each in parts for array in each.state.values()]
    point = np.array(x)

    def begin() -> None:
        """Back to the chance and the averages of the beginning."""
        for generator, before in chance:
            generator.bit_generator.state = before
        for array, numbers in state:
            array[...] = numbers

    def run() -> FloatArray:
        """The output, the same each time."""
        begin()
        if isinstance(subject, Sequential):
            return np.array(subject.gradient(point, np.asarray(t)))
        return subject.forward(point, training)

    for place, layer in [("x", None), *parts]:
        for name, array in layer.params.items() if layer else [("x", point)]:
            if array.dtype != np.float64:
                where = f"{name} of layer {place}, {layer}" if layer else "x"
                raise ValueError(f"{where} is {array.dtype}; gradients are checked in float64")
    weight = rng.standard_normal(run().shape)  # of each output, in a sum that is one number
    arrays: list[tuple[str, FloatArray, FloatArray]] = []
    if isinstance(subject, Sequential):
        weight = np.array(1.0)
    else:
        arrays.append(("x", point, subject.backward(weight).copy()))
    for place, layer in parts:
        for name, array in layer.params.items():
            label = f"{name} of layer {place}, {layer}"
            arrays.append((label, array, layer.grads[name].copy()))
    for name, array, slope in arrays:
        for _ in range(directions):
            direction = rng.standard_normal(array.shape)
            direction /= np.linalg.norm(direction)
            start = array.copy()
            sides = []
            for step in (h, -h):
                array[...] = start + step * direction
                outputs = weight * run()
                sides.append(float(outputs.sum()))
            array[...] = start
            stated, tried = float(np.sum(slope * direction)), (sides[0] - sides[1]) / (2 * h)
            # A direction at random sees about this much of the slope.
            size = max(abs(tried), float(np.linalg.norm(slope)) / array.size**0.5)
            rounding = 10 * np.finfo(np.float64).eps * float(np.abs(outputs).sum()) / h
            if not abs(stated - tried) <= tolerance * size + rounding:
                message = f"{name}: backward says {stated:.9g}, differences say {tried:.9g}"
                raise GradientError(f"{type(subject).__name__}: {message}")
    run()
    begin()
