"""A tiny MNIST, and the server on this machine that the tests ask for it."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


def idx(array: NDArray[np.uint8]) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@dataclass
class Mirrors:
    """A server on this machine: `/good/` has the files, the other folders misbehave."""

    base: str
    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    @property
    def checksums(self) -> dict[str, str]:
        return {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}

    def at(self, *folders: str) -> list[str]:
        return [f"{self.base}/{folder}/" for folder in folders]
