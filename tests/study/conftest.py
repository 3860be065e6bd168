"""What the tests of `study` share: strict warnings, no stopwatch, a tiny MNIST and its mirrors."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from tiny_mnist import Mirrors, idx

from study import mnist

# No deadline: a test never fails because the machine is busy.
settings.register_profile("study", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("study")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.filterwarnings("error"))


@pytest.fixture(scope="session")
def genuine() -> mnist.Mnist:
    if not mnist.available():
        pytest.skip("MNIST is not available: set STUDY_DATA to a folder with its four files")
    return mnist.load()


@pytest.fixture
def mirrors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirrors]:
    """Tiny files under MNIST's names, an empty cache, and nothing set in the environment."""
    rng = np.random.default_rng(0)
    files = {}
    for part, count in {"train": 20, "t10k": 10}.items():
        images = rng.integers(0, 256, (count, 28, 28), np.uint8)
        labels = rng.integers(0, 10, count, np.uint8)
        files[f"{part}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
        files[f"{part}-labels-idx1-ubyte.gz"] = gzip.compress(idx(labels))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            folder, name = self.path.strip("/").split("/")
            body = served.files[name]
            sent = {
                "tampered": body[:-1] + bytes([body[-1] ^ 1]),
                "truncated": body[: len(body) // 2],
            }.get(folder, body)
            if folder == "missing":
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Mirrors(f"http://127.0.0.1:{server.server_port}", files)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
    )
    thread.start()
    monkeypatch.setenv("STUDY_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STUDY_DATA", raising=False)
    monkeypatch.delenv("STUDY_OFFLINE", raising=False)
    monkeypatch.setattr(mnist, "MIRRORS", tuple(served.at("good")))
    monkeypatch.setattr(mnist, "CHECKSUMS", served.checksums)
    mnist.available.cache_clear()
    yield served
    mnist.available.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()
