"""What all layers have in common: a pass forward, a pass backward, and what lies between them.

The backward pass is the chain rule. A layer is given the slope of the loss along each of its
outputs, notes the slope along each of its weights, and returns the slope along each of its inputs.

A shape describes one sample. Features, `(features,)`, travel as (batch, features). Images,
`(channels, height, width)`, travel as (channels, height, width, batch): with the batch innermost,
a row of pixels of all samples is one piece of memory, and is copied and multiplied as one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from study._arrays import FloatArray, as_float

Shape = tuple[int, ...]
Places = Sequence[tuple[dict[str, FloatArray], str]]


@dataclass(eq=False)
class Layer:
    """A layer. `build` comes first, then `forward`, then `backward`, which may be repeated.

    No array that is passed in is ever modified. A layer is a dataclass: what its constructor takes
    is what it is known by, in messages and in files.

    Attributes:
        input_shape: The shape of a sample that `build` was told of; None before.
        params: The weights by name, as `build` made them.
        grads: The slope of the loss along them, as the last `backward` found it.
        state: Numbers that are kept like weights but not trained.
        rng: The source of chance, for a layer that needs one while it runs.
        inner: The layers inside this one.
        multiply_adds: Multiplications that one sample takes on its way forward.
    """

    def __post_init__(self) -> None:
        self.input_shape: Shape | None = None
        self.params: dict[str, FloatArray] = {}
        self.grads: dict[str, FloatArray] = {}
        self.state: dict[str, FloatArray] = {}
        self.rng: np.random.Generator | None = None
        self.inner: Sequence[Layer] = ()
        self.multiply_adds = 0
        self.reuse = False
        self._buffers: dict[str, FloatArray] = {}

    def build(self, shape: Shape, rng: np.random.Generator, dtype: DTypeLike) -> Shape:
        """Makes the weights for inputs of this shape; returns the shape of the outputs.

        Raises:
            ValueError: The layer cannot take such inputs.
        """
        self.input_shape = shape
        return shape

    def forward(self, x: FloatArray, training: bool = False) -> FloatArray:
        """The outputs for a batch `x`. Some layers act otherwise while `training`."""
        raise NotImplementedError

    def backward(self, grad: FloatArray) -> FloatArray:
        """The slope along the inputs of the last `forward`; those along the weights in `grads`.

        Args:
            grad: The slope of the loss along the outputs, of their shape.
        """
        self.backward_params(grad)
        return self.backward_input(grad)

    def backward_params(self, grad: FloatArray) -> None:
        """Half of `backward`: fills `grads`. All that the first layer of a network needs."""

    def backward_input(self, grad: FloatArray) -> FloatArray:
        """The other half, after the first: the slope along the inputs."""
        raise NotImplementedError

    def replica(self) -> Self:
        """A layer with the same weights, not copies of them, that runs in another thread."""
        other = copy.copy(self)
        other.grads = {name: np.zeros_like(grad) for name, grad in self.grads.items()}
        other.inner = [layer.replica() for layer in self.inner]
        other._buffers = {}
        return other

    def reuse_buffers(self) -> None:
        """From now on results are written over those of the batch before."""
        self.reuse = True
        for layer in self.inner:
            layer.reuse_buffers()

    def buffer(self, name: str, shape: Shape, like: FloatArray) -> FloatArray:
        """An array for a result, 0 at first, or with `reuse_buffers` that of the batch before.

        Fresh memory is handed over page by page by the system, which takes longer than most
        calculations here. A layer inside a network therefore overwrites its last results.
        """
        array = self._buffers.get(name)
        if array is None or array.shape != shape or array.dtype != like.dtype:
            array = np.zeros(shape, like.dtype)
            if self.reuse:
                self._buffers[name] = array
        return array

    def _input(self, x: FloatArray) -> FloatArray:
        """`x` in the weights' dtype.

        Raises:
            ValueError: The layer was not built, or for samples of another shape.
        """
        if self.input_shape is None:
            raise ValueError(f"{self} has no weights yet: call build(shape, rng, dtype) first")
        sample = x.shape[:-1] if len(self.input_shape) == 3 else x.shape[1:]
        if sample != self.input_shape:
            raise ValueError(f"{self} takes samples of {self.input_shape}, not of {sample}")
        weights = next(iter(self.params.values()), None)
        return as_float(x) if weights is None else x.astype(weights.dtype, copy=False)

    def _own(self, rng: np.random.Generator, dtype: DTypeLike, **params: FloatArray) -> None:
        """Takes these as weights."""
        self.params = {name: value.astype(dtype) for name, value in params.items()}
        self.grads = {name: np.zeros_like(value) for name, value in self.params.items()}


def build_all(
    layers: Sequence[Layer], shape: Shape, rng: np.random.Generator, dtype: DTypeLike
) -> list[Shape]:
    """Builds layers that follow each other.

    Returns:
        The shape before the first layer, and the one after each.

    Raises:
        ValueError: Two neighbours do not fit. The message names both.
        TypeError: `rng` is no `numpy.random.Generator`.
    """
    generator(rng)
    shapes = [tuple(shape)]
    for number, layer in enumerate(layers, start=1):
        try:
            shapes.append(layer.build(shapes[-1], rng, dtype))
        except ValueError as error:
            source = f"layer {number - 1}, {layers[number - 2]}" if number > 1 else "the input"
            message = f"layer {number}, {layer}, does not fit {source}, which gives {shapes[-1]}"
            raise ValueError(f"{message}: {error}") from error
    return shapes


def leaves(layers: Sequence[Layer], prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Every layer that has no layers inside, and its place: `"3"`, or `"3.1"` within the third."""
    for number, layer in enumerate(layers, start=1):
        if layer.inner:
            yield from leaves(layer.inner, f"{prefix}{number}.")
        else:
            yield f"{prefix}{number}", layer


def everywhere(layers: Sequence[Layer], prefix: str = "") -> Iterator[tuple[str, Layer]]:
    """Every layer, with or without layers inside, and its place. They need not be built."""
    for number, layer in enumerate(layers, start=1):
        yield f"{prefix}{number}", layer
        inside = [*getattr(layer, "layers", ()), *getattr(layer, "shortcut", ())]
        yield from everywhere(inside, f"{prefix}{number}.")


def positive(**numbers: int) -> None:
    """Checks what a layer's constructor was given.

    Raises:
        ValueError: One of them is not a whole number above 0.
    """
    for name, number in numbers.items():
        if not isinstance(number, int | np.integer) or number < 1:
            raise ValueError(f"{name} must be a whole number above 0, got {number!r}")


def generator(rng: object) -> None:
    """Checks what was given as the source of chance.

    Raises:
        TypeError: It is no `numpy.random.Generator`.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a Generator: np.random.default_rng(0), not {rng!r}")


def image_shape(shape: Shape) -> tuple[int, int, int]:
    """Checks that a shape is an image's."""
    if len(shape) != 3:
        raise ValueError(f"an image (channels, height, width) is needed, not {shape}")
    return shape


def gather(places: Places, dtype: DTypeLike, vector: FloatArray | None = None) -> FloatArray:
    """Puts arrays behind each other into one vector, and views of it into their dictionaries.

    Args:
        places: For each array, the dictionary that it is in, and its name there.
        dtype: Of the vector.
        vector: Where to put them; by default into a new one.
    """
    if vector is None:
        vector = np.empty(sum(arrays[key].size for arrays, key in places), dtype)
    start = 0
    for arrays, key in places:
        part = vector[start : start + arrays[key].size].reshape(arrays[key].shape)
        part[...] = arrays[key]
        arrays[key] = part
        start += part.size
    return vector
