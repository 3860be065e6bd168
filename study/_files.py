"""Files that appear whole or not at all, and `.npz` files that are read without trust."""

from __future__ import annotations

import glob
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write into. It takes the place of `path` when all is written, or never.

    Several processes may do this at once. What a killed one left is removed an hour later.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    target = Path(path).resolve()  # a link stays; the file that it points to is replaced
    if not target.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {target.parent}: make it first")
    with suppress(OSError):
        for old in target.parent.glob(f".{glob.escape(target.name)}.*.partial"):
            if time.time() - old.stat().st_mtime > 3600:
                old.unlink()
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.partial")
    try:
        with open(partial, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())  # on the disk before it gets the name
        os.replace(partial, target)
    except BaseException:
        with suppress(OSError):  # nothing is there if the interrupt came after the last line
            partial.unlink()
        raise
    with suppress(OSError):  # the new name on the disk as well; not every system can
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_npz(path: str | os.PathLike[str], arrays: Mapping[str, ArrayLike]) -> None:
    """Writes named arrays; an existing file is replaced."""
    with replacing(path) as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_npz(path: str | os.PathLike[str], what: str) -> dict[str, NDArray[Any]]:
    """Reads every array of a file. Never unpickles, so a file from a stranger runs no code.

    Raises:
        FileNotFoundError: There is no such file.
        PermissionError: It is not ours to read.
        IsADirectoryError: It is a folder.
        ValueError: The file is damaged, no `.npz` file, or holds NaN or infinity; `what` says what
            it should have been.
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            # A text among the arrays would come as bytes.
            found = {name: np.asarray(arrays[name]) for name in arrays.files}
    except (FileNotFoundError, PermissionError, IsADirectoryError):
        raise
    except Exception as error:  # a damaged zip fails in a dozen ways, an OSError among them
        raise ValueError(f"{os.fspath(path)} is not {what}, or is damaged") from error
    for name, array in found.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{os.fspath(path)} is not {what}: {name} holds NaN or infinity")
    return found


def outline(arrays: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    """By which two files are told apart: texts as they are, and of numbers dtype and shape."""
    return {
        name: str(array.tolist()) if array.dtype.kind == "U" else f"{array.dtype} {array.shape}"
        for name, array in arrays.items()
    }
