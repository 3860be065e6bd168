"""Files that appear whole or not at all, and `.npz` files that are read without trust."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write into. It takes the place of `path` when all is written, or never."""
    target = Path(path)
    handle, partial = tempfile.mkstemp(dir=target.parent, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(partial, 0o644)  # mkstemp's files are for their owner only
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, ArrayLike]) -> None:
    """Writes named arrays; an existing file is replaced."""
    with replacing(path) as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_npz(path: str | os.PathLike[str], what: str) -> dict[str, NDArray[Any]]:
    """Reads every array of a file. Never unpickles, so a file from a stranger runs no code.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: The file is damaged, or no `.npz` file; `what` says what it should have been.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except OSError:
        raise  # not there, or not ours to read
    except Exception as error:  # a damaged zip fails in a dozen ways
        raise ValueError(f"{os.fspath(path)} is not {what}: {error}") from error
