"""A network that can be trained: layers in a row, each feeding the next."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from study._arrays import FloatArray, IntArray, as_float
from study._files import outline, read_npz, write_npz
from study.layers.base import Layer, Shape, build_all, everywhere, gather, leaves, positive
from study.layers.softmax_loss import SoftmaxLoss

Vector = FloatArray | None


class Sequential:
    """Layers in a row, and the loss at their end.

    All numbers of the network lie in one vector, in which every weight of every layer is a view:
    one step of an optimiser, one copy, one file is then all of it. A network works for one thread
    at a time; another thread needs a `replica`.

    Args:
        layers: The layers, the first to the last, each an object of its own.
        input_shape: One sample: `(features,)` or `(channels, height, width)`.
        rng: The source of the first weights, and of chance in the layers.
        dtype: Of all numbers. float32 is twice as fast; checking gradients needs float64.

    Attributes:
        layers: As given, now built.
        shapes: The shape of a sample before the first layer, and after each.
        memory: The vector: first weights, then biases and their like, then what is not trained.
        weights: The part of it that is trained.
        outputs: What each layer gave for the last batch, until the next one.
        grads: The slope of the loss along the weights and biases, in the same order.
        decayed: How many of them are weights, and not biases.
        loss: The end of the network.

    Raises:
        ValueError: Two layers do not fit, or are one object; both are named. Or no layer has
            weights, or `input_shape` or `dtype` is none.
        TypeError: `rng` is no `numpy.random.Generator`.

    Examples:
        >>> from study.layers import Dense, ReLU
        >>> model = Sequential([Dense(50), ReLU(), Dense(10)], (784,), np.random.default_rng(0))
        >>> print(model.forward(np.zeros((3, 784))).shape, model.grads.size)
        (3, 10) 39760
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        input_shape: Shape,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        self.layers, self.loss, self.dtype = list(layers), SoftmaxLoss(), np.dtype(dtype)
        _check(self.layers, input_shape, self.dtype)
        self.shapes = build_all(self.layers, input_shape, rng, dtype)
        trained = [(layer, key) for _, layer in leaves(self.layers) for key in layer.params]
        if not trained:
            raise ValueError("a network needs a layer that can learn")
        trained.sort(key=lambda each: each[0].params[each[1]].ndim <= 1)
        arrays = [layer.params[key] for layer, key in trained]
        self.decayed = sum(array.size for array in arrays if array.ndim > 1)
        self._trained = trained
        self._own_memory()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """After `copy.deepcopy` and the like, which make arrays of their own out of views."""
        self.__dict__.update(state)
        self._own_memory(self.memory, self.grads)

    def _own_memory(self, memory: Vector = None, grads: Vector = None) -> None:
        places = [(layer.params, key) for layer, key in self._trained]
        places += [(layer.state, key) for _, layer in leaves(self.layers) for key in layer.state]
        self.memory = gather(places, self.dtype, memory)
        self._own_gradients(grads)

    def _own_gradients(self, grads: Vector = None) -> None:
        places = [(layer.grads, key) for layer, key in self._trained]
        self.grads = gather(places, self.dtype, grads)
        self.weights = self.memory[: self.grads.size]
        self.inputs: FloatArray | None = None
        self.outputs: list[FloatArray] = []
        for layer in self.layers:
            layer.reuse_buffers()

    def forward(self, x: ArrayLike, training: bool = False) -> FloatArray:
        """The scores.

        Args:
            x: A batch, shape (batch, *input_shape); an image may also be flat.
            training: Whether dropout and batch normalisation act as in training.

        Returns:
            Shape (batch, *shapes[-1]).

        Raises:
            ValueError: `x` has another shape.
        """
        return self._forward(x, training).copy()

    def predict(self, x: ArrayLike) -> IntArray:
        """The class with the highest score for each sample; int64.

        Args:
            x: Samples, as for `forward`, but as many as you like: a hundred are looked at at once.

        Raises:
            ValueError: `x` has another shape, or the network ends in images, not in scores.
        """
        self._ends_in_scores()
        samples = np.atleast_1d(x)
        parts = [samples[i : i + 100] for i in range(0, len(samples), 100)] or [samples]
        answers = [self._forward(part, training=False).argmax(axis=1) for part in parts]
        return np.concatenate(answers).astype(np.int64)

    def evaluate(self, x: ArrayLike, t: ArrayLike, batch_size: int = 100) -> tuple[float, float]:
        """The mean loss and the accuracy of a whole data set, while not training.

        Args:
            x: Samples, as for `forward`, but as many as you like.
            t: Their truths, as for `gradient`.
            batch_size: How many to look at at once.

        Raises:
            ValueError: The shapes do not fit, there is no sample, or `batch_size` is not positive.
        """
        samples, truth = self._pairs(x, t)
        positive(batch_size=batch_size)
        loss, correct = 0.0, 0
        for start in range(0, len(samples), batch_size):
            part = slice(start, start + batch_size)
            scores = self._forward(samples[part], training=False)
            loss += self.loss.forward(scores, truth[part], len(samples))
            correct += self.loss.correct
        return loss, correct / len(samples)

    def gradient(self, x: ArrayLike, t: ArrayLike, count: int | None = None) -> float:
        """Forward and backward: fills `grads`.

        Args:
            x: A batch, as for `forward`.
            t: The truth, as integer labels or one-hot.
            count: What the sum of losses is divided by, if this is a part of a larger batch.

        Returns:
            The mean loss.

        Raises:
            ValueError: The shapes do not fit, or the batch is empty.
        """
        samples, truth = self._pairs(x, t)
        loss = self.loss.forward(self._forward(samples, training=True), truth, count)
        grad = self.loss.backward()
        first = next(i for i, layer in enumerate(self.layers) if layer.params or layer.inner)
        for layer in reversed(self.layers[first + 1 :]):
            grad = layer.backward(grad)
        self.layers[first].backward_params(grad)  # nobody asks for the slope along the pixels
        return loss

    def replica(self) -> Sequential:
        """A network with the same weights, not copies of them, that runs in another thread."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.loss = SoftmaxLoss()
        other.layers = [layer.replica() for layer in self.layers]
        by_name = dict(leaves(other.layers))
        names = {id(layer): name for name, layer in leaves(self.layers)}
        other._trained = [(by_name[names[id(layer)]], key) for layer, key in self._trained]
        other._own_gradients()
        return other

    def named(self) -> Iterator[tuple[str, FloatArray]]:
        """Every weight, bias and running average: `"1.W"`, `"1.b"`, …, views of `memory`."""
        for place, layer in leaves(self.layers):
            for name, array in [*layer.params.items(), *layer.state.items()]:
                yield f"{place}.{name}", array

    def not_finite(self) -> str:
        """Where the first NaN or infinity is: samples, weights, outputs, gradient; or `""`."""
        if self.inputs is not None and not np.isfinite(self.inputs).all():
            return "the samples"
        for place, layer in leaves(self.layers):
            for name, array in layer.params.items():
                if not np.isfinite(array).all():
                    return f"{name} of layer {place}, {layer}"
        for number, (layer, output) in enumerate(zip(self.layers, self.outputs, strict=False), 1):
            if not np.isfinite(output).all():
                return f"the output of layer {number}, {layer}"
        for place, layer in reversed(list(leaves(self.layers))):
            for name, array in layer.grads.items():
                if not np.isfinite(array).all():
                    return f"the slope along {name} of layer {place}, {layer}"
        return ""

    def summary(self) -> str:
        """A table: each layer's output shape, trained numbers, and multiply-adds for a sample."""
        rows = [("", "layer", "output", "parameters", "multiply-adds")]
        total = sum(layer.multiply_adds for layer in self.layers)
        for number, (layer, shape) in enumerate(zip(self.layers, self.shapes[1:], strict=True), 1):
            parameters = sum(a.size for _, leaf in leaves([layer]) for a in leaf.params.values())
            counts = f"{parameters:,}", f"{layer.multiply_adds:,}"
            rows.append((str(number), str(layer), "×".join(map(str, shape)), *counts))
        rows.append(("", "total", "", f"{self.grads.size:,}", f"{total:,}"))
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = (
            f"{n:>{widths[0]}}  {layer:<{widths[1]}}  {shape:<{widths[2]}}"
            f"  {parameters:>{widths[3]}}  {adds:>{widths[4]}}"
            for n, layer, shape, parameters, adds in rows
        )
        return "\n".join(line.rstrip() for line in lines)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes all numbers by name as `.npz`, whole or not at all."""
        write_npz(path, self._arrays())

    def load(self, path: str | os.PathLike[str]) -> None:
        """Reads what `save` wrote from a network of the same layers.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The file is damaged, or another network's; then nothing was changed.
        """
        arrays = read_npz(path, "a network's file")
        there, here = outline(arrays), outline(self._arrays())
        for name in [*here, *there]:
            found, wanted = there.get(name, "missing"), here.get(name, "missing")
            if found != wanted:
                what = f"{name}: {found} there, {wanted} here"
                raise ValueError(f"{os.fspath(path)} holds another network; {what}")
        for name, array in self.named():
            array[...] = arrays[name]

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """What is in a file: the layers' names, so that other layers are refused, and `named`."""
        return {"layers": np.array(list(map(str, self.layers))), **dict(self.named())}

    def _forward(self, x: ArrayLike, training: bool) -> FloatArray:
        self.inputs = z = self._entrance(as_float(x))
        self.outputs = []
        for layer in self.layers:
            z = layer.forward(z, training)
            self.outputs.append(z)
        return z if z.ndim == 2 else np.moveaxis(z, -1, 0)

    def _ends_in_scores(self) -> None:
        if len(self.shapes[-1]) != 1:
            raise ValueError(f"{self.shapes[-1]} is no row of scores: end with Flatten and Dense")

    def _pairs(self, x: ArrayLike, t: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
        """Samples and truths as arrays, seen to be as many as each other."""
        self._ends_in_scores()
        samples, truth = np.asarray(x), np.asarray(t)
        if not (samples.ndim and truth.ndim and len(samples) == len(truth) > 0):
            raise ValueError(f"x of shape {samples.shape} does not fit t of shape {truth.shape}")
        return samples, truth

    def _entrance(self, x: FloatArray) -> FloatArray:
        """The batch in this network's dtype; images with the batch innermost."""
        shape = self.shapes[0]
        size = int(np.prod(shape))
        if x.ndim < 2 or x.shape[1:] not in (shape, (size,)):
            raise ValueError(f"x of shape {x.shape} does not fit the input (batch, *{shape})")
        if len(shape) == 1:
            return x.astype(self.dtype, copy=False)
        turned = np.empty((size, len(x)), self.dtype)
        turned[...] = x.reshape(len(x), size).T
        return turned.reshape(*shape, len(x))


def _check(layers: Sequence[Layer], input_shape: Shape, dtype: np.dtype[Any]) -> None:
    """What `Sequential` was given: layers, each an object of its own, a shape, a dtype."""
    if not isinstance(input_shape, tuple) or len(input_shape) not in (1, 3):
        kinds = "(784,) or, with channels, height and width of an image, (1, 28, 28)"
        raise ValueError(f"input_shape is a tuple, as {kinds}; got {input_shape}")
    for side in input_shape:
        positive(input_shape=side)
    if dtype not in (np.float32, np.float64):
        raise ValueError(f"a network computes in float32 or float64, not in {dtype}")
    places: dict[int, str] = {}
    for place, layer in everywhere(layers):
        if not isinstance(layer, Layer):
            raise ValueError(f"layer {place} is no layer: {layer!r}")
        if layer.reuse or id(layer) in places:
            other = f"layer {places[id(layer)]}" if id(layer) in places else "of another network"
            raise ValueError(
                f"layer {place}, {layer}, is also {other}; "
                "it remembers its last batch, so make one for each place"
            )
        places[id(layer)] = place
