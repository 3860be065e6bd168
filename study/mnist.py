"""MNIST: 70,000 handwritten digits, found, fetched and checked.

The files are looked for in the folder that `STUDY_DATA` names, then in the cache, then at public
mirrors in turn. What has not the right SHA-256 is not MNIST and is passed over, wherever it lies.

| variable | meaning |
|---|---|
| `STUDY_DATA` | a folder with the four files; it is only ever read |
| `STUDY_CACHE` | where downloads are kept; by default `study/mnist` in the user's cache folder |
| `STUDY_OFFLINE` | `1`: never ask a mirror |

The data is © Yann LeCun and Corinna Cortes, CC BY-SA 3.0.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.client
import math
import os
import struct
import urllib.error
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from study import losses
from study._download import download
from study._files import replacing

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)
"""Where the files can be had, in the order in which they are asked."""

TRAINING_FILES = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz")
TEST_FILES = ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")

_SHA256 = """
440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c
8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6
f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6
"""
CHECKSUMS = dict(zip((*TRAINING_FILES, *TEST_FILES), _SHA256.split(), strict=True))
"""The four files of MNIST and their SHA-256."""

_LARGEST_DOWNLOAD = 64 * 2**20  # no file of MNIST is near it: a mirror that sends more is broken


class MnistUnavailable(Exception):
    """MNIST is neither here nor to be had. The message lists what was tried and what to do."""


class Mnist(NamedTuple):
    """The images and labels, for training and for the final test."""

    x_train: NDArray[Any]
    """60,000 images, shape (60000, 784) or (60000, 28, 28): 0 is paper, 1 (or 255) is ink."""
    t_train: NDArray[Any]
    """Their digits, shape (60000,), int64; or (60000, 10), float32, one-hot."""
    x_test: NDArray[Any]
    """10,000 more images."""
    t_test: NDArray[Any]
    """Their digits."""


def load(*, flatten: bool = True, normalize: bool = True, one_hot: bool = False) -> Mnist:
    """Loads MNIST, fetching it first if need be.

    Args:
        flatten: Each image as 784 numbers in a row; otherwise 28×28.
        normalize: Pixels as float32 from 0 to 1; otherwise uint8 from 0 to 255.
        one_hot: Labels as rows with a single 1; otherwise as integers.

    Returns:
        `(x_train, t_train, x_test, t_test)`.

    Raises:
        MnistUnavailable: The files are neither here nor to be had.

    Examples:
        ```python
        x_train, t_train, x_test, t_test = mnist.load()
        x_train.shape  # (60000, 784)
        ```
    """
    paths = fetch()
    training = _read(paths, TRAINING_FILES, flatten, normalize, one_hot)
    return Mnist(*training, *_read(paths, TEST_FILES, flatten, normalize, one_hot))


def load_test(
    *, flatten: bool = True, normalize: bool = True, one_hot: bool = False
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Loads the 10,000 test images alone: a sixth of the data, enough to try a trained network.

    Args:
        flatten: As for `load`.
        normalize: As for `load`.
        one_hot: As for `load`.

    Returns:
        `(x_test, t_test)`.

    Raises:
        MnistUnavailable: The files are neither here nor to be had.
    """
    paths = fetch(checksums={name: CHECKSUMS[name] for name in TEST_FILES})
    return _read(paths, TEST_FILES, flatten, normalize, one_hot)


def fetch(
    progress: bool = True,
    *,
    mirrors: Sequence[str] | None = None,
    checksums: Mapping[str, str] | None = None,
) -> dict[str, Path]:
    """Sees to it that the files are on this machine, intact.

    Several processes may do this at once: a file appears in the cache whole or not at all.

    Args:
        progress: Show a progress bar on a terminal's standard error.
        mirrors: Addresses of folders to ask, each ending in `/`; by default `MIRRORS`.
        checksums: The files' names and SHA-256; by default `CHECKSUMS`.

    Returns:
        Where each file is, by its name.

    Raises:
        MnistUnavailable: A file is neither here nor to be had.
    """
    checksums = CHECKSUMS if checksums is None else checksums
    unreachable: set[str] = set()
    asked = (MIRRORS if mirrors is None else mirrors, unreachable, progress)
    return {name: _fetch_one(name, checksum, *asked) for name, checksum in checksums.items()}


@functools.cache
def available() -> bool:
    """Whether `load()` works here. Fetches the files if that is what it takes.

    The answer is found once and kept as long as the process runs.
    """
    try:
        fetch(progress=False)
    except MnistUnavailable:
        return False
    return True


def parse_idx(data: bytes) -> NDArray[np.uint8]:
    """Reads IDX, the format of MNIST's files.

    Two zero bytes, one byte for the type (8: unsigned bytes, the only one MNIST uses), one for
    the number of dimensions, each dimension as a big-endian 32-bit integer, then the values.

    Args:
        data: A whole file, uncompressed.

    Returns:
        The array, in the dimensions that the file states.

    Raises:
        ValueError: This is not IDX of unsigned bytes, or is longer or shorter than it states.
    """
    if len(data) < 4 or data[:3] != b"\x00\x00\x08" or data[3] == 0:
        raise ValueError(f"not an IDX file of unsigned bytes: it begins with {data[:4].hex(' ')}")
    values_start = 4 + 4 * data[3]
    if len(data) < values_start:
        raise ValueError(f"IDX file of {len(data)} bytes ends within its header")
    shape = struct.unpack(f">{data[3]}I", data[4:values_start])
    expected = values_start + math.prod(shape)
    if len(data) != expected:
        raise ValueError(f"IDX file states {shape}, {expected} bytes in all, but has {len(data)}")
    return np.frombuffer(data, np.uint8, offset=values_start).reshape(shape).copy()


def _read(
    paths: Mapping[str, Path], files: tuple[str, str], flatten: bool, normalize: bool, one_hot: bool
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The images and labels of two of the files, in the form that `load` was asked for."""
    pixels, digits = (parse_idx(gzip.decompress(paths[name].read_bytes())) for name in files)
    images = pixels.reshape(len(pixels), -1) if flatten else pixels
    images = np.divide(images, 255, dtype=np.float32) if normalize else images
    labels = digits.astype(np.int64)
    return images, losses.one_hot(labels, 10, np.float32) if one_hot else labels


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("STUDY_CACHE") or Path(base, "study", "mnist"))


def _fetch_one(
    name: str, checksum: str, mirrors: Sequence[str], unreachable: set[str], progress: bool
) -> Path:
    folder = os.environ.get("STUDY_DATA")
    tried = [] if folder else ["STUDY_DATA is not set"]
    cached = _cache() / name
    for path in [Path(folder) / name, cached] if folder else [cached]:
        problem = _problem(path, checksum)
        if problem is None:
            return path
        tried.append(f"{path}: {problem}")
    if os.environ.get("STUDY_OFFLINE") == "1":
        tried.append("mirrors: not asked, because STUDY_OFFLINE is 1")
        mirrors = ()
    for mirror in mirrors:
        if mirror in unreachable:
            tried.append(f"{mirror}: could not be reached")
            continue
        try:
            content = download(mirror + name, _LARGEST_DOWNLOAD, progress=progress)
        except (OSError, http.client.HTTPException) as error:
            if not isinstance(error, urllib.error.HTTPError | http.client.HTTPException):
                unreachable.add(mirror)  # no answer to one file: do not wait for it again
            tried.append(f"{mirror}: {error}")
            continue
        if hashlib.sha256(content).hexdigest() != checksum:
            tried.append(f"{mirror}: sent {len(content)} bytes with another SHA-256")
            continue
        try:
            cached.parent.mkdir(parents=True, exist_ok=True)
            with replacing(cached) as file:
                file.write(content)
        except OSError as error:
            tried.append(f"{mirror}: fetched, but cannot be kept: {error}")
            break
        return cached
    raise MnistUnavailable(
        "\n  - ".join([f"{name} is not to be had. Tried:", *tried])
        + "\nWhat to do: connect to the network and try again; or get the four files elsewhere "
        f"({', '.join(CHECKSUMS)}), put them into one folder and set STUDY_DATA to it. "
        "If the cache cannot be written, set STUDY_CACHE to a folder that can. "
        "`study.digits` makes digits that need no download."
    )


def _problem(path: Path, checksum: str) -> str | None:
    """What is wrong with a file, or None."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "not there"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if hashlib.sha256(content).hexdigest() != checksum:
        return f"{len(content)} bytes with another SHA-256 than MNIST's: damaged or another file"
    return None
