"""MNIST found, fetched, checked, and parsed strictly."""

from __future__ import annotations

import multiprocessing
import os
import socket
import struct
import sys
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tiny_mnist import Mirrors, idx

from study import mnist


def folder_of(mirrors: Mirrors, folder: Path) -> Path:
    folder.mkdir()
    for name, data in mirrors.files.items():
        (folder / name).write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def cache() -> Path:
    return Path(os.environ["STUDY_CACHE"])


def test_files_are_fetched_once(mirrors: Mirrors) -> None:
    paths = mnist.fetch()
    assert {name: path.read_bytes() for name, path in paths.items()} == mirrors.files
    assert len(mirrors.asked) == 4
    assert mnist.fetch() == paths
    assert len(mirrors.asked) == 4


def test_no_partial_file_is_left(mirrors: Mirrors) -> None:
    mnist.fetch()
    assert contents(cache()) == mirrors.files


def test_mirrors_are_asked_in_turn(mirrors: Mirrors) -> None:
    folders = ["missing", "tampered", "truncated", "good", "never"]
    mnist.fetch(mirrors=mirrors.at(*folders))
    assert contents(cache()) == mirrors.files
    first = [path.split("/")[1] for path in mirrors.asked if "train-images" in path]
    assert first == folders[:-1]


def test_what_no_mirror_has_right_is_not_kept(mirrors: Mirrors) -> None:
    with pytest.raises(mnist.MnistUnavailable) as caught:
        mnist.fetch(mirrors=mirrors.at("missing", "tampered", "truncated"))
    assert not cache().exists()
    for tried in ("/missing/: HTTP Error 404", "/tampered/: sent", "/truncated/: "):
        assert tried in str(caught.value)


def test_a_mirror_that_cannot_be_reached_is_tried_once(
    mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    opened = []
    real = urllib.request.urlopen
    monkeypatch.setattr(
        urllib.request, "urlopen", lambda url, **how: opened.append(url) or real(url, **how)
    )
    mnist.fetch(mirrors=[dead, *mirrors.at("good")])
    assert len([url for url in opened if url.startswith(dead)]) == 1
    assert contents(cache()) == mirrors.files


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 5000])
def test_a_damaged_cache_is_fetched_again(mirrors: Mirrors, damage: bytes) -> None:
    paths = mnist.fetch()
    name = "t10k-images-idx3-ubyte.gz"
    paths[name].write_bytes(damage)
    mirrors.asked.clear()
    mnist.fetch()
    assert mirrors.asked == [f"/good/{name}"]
    assert contents(cache()) == mirrors.files


def test_a_single_flipped_bit_is_noticed(mirrors: Mirrors) -> None:
    path = mnist.fetch()["train-labels-idx1-ubyte.gz"]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    mnist.fetch()
    assert contents(cache()) == mirrors.files


def test_study_data_comes_first(
    mirrors: Mirrors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = folder_of(mirrors, tmp_path / "own")
    monkeypatch.setenv("STUDY_DATA", str(own))
    assert {path.parent for path in mnist.fetch().values()} == {own}
    assert mirrors.asked == []
    assert not cache().exists()
    folder_of(mirrors, cache())
    assert {path.parent for path in mnist.fetch().values()} == {own}


def test_a_bad_file_in_study_data_is_passed_over_and_left_alone(
    mirrors: Mirrors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = folder_of(mirrors, tmp_path / "own")
    bad = own / "train-images-idx3-ubyte.gz"
    bad.write_bytes(b"not MNIST")
    before = contents(own)
    monkeypatch.setenv("STUDY_DATA", str(own))
    paths = mnist.fetch()
    assert paths[bad.name].parent == cache()
    assert contents(own) == before


def test_offline_the_error_lists_what_was_tried_and_what_to_do(
    mirrors: Mirrors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    bad = own / "train-images-idx3-ubyte.gz"
    bad.write_bytes(b"not MNIST")
    monkeypatch.setenv("STUDY_DATA", str(own))
    monkeypatch.setenv("STUDY_OFFLINE", "1")
    with pytest.raises(mnist.MnistUnavailable) as caught:
        mnist.load()
    message = str(caught.value)
    assert f"{bad}: 9 bytes with another SHA-256" in message
    assert f"{cache() / bad.name}: not there" in message
    assert "STUDY_OFFLINE is 1" in message
    assert "What to do:" in message
    assert "set STUDY_DATA" in message
    assert mirrors.asked == []


def test_a_cache_that_cannot_be_written_is_reported(
    mirrors: Mirrors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("STUDY_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(mnist.MnistUnavailable, match="set STUDY_CACHE"):
        mnist.fetch()


def test_an_interrupted_write_leaves_nothing(
    mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mnist.fetch()
    assert contents(cache()) == {}


def fetch_elsewhere(addresses: list[str], checksums: dict[str, str], barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    for _ in range(5):
        paths = mnist.fetch(mirrors=addresses, checksums=checksums)
        next(iter(paths.values())).write_bytes(b"damaged by somebody")
    mnist.fetch(mirrors=addresses, checksums=checksums)


def test_several_processes_may_fetch_at_once(mirrors: Mirrors) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    work = (mirrors.at("good"), mirrors.checksums, barrier)
    processes = [context.Process(target=fetch_elsewhere, args=work) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    mnist.fetch()  # whoever came last may have left damage: it is mended, like any other
    assert contents(cache()) == mirrors.files


def test_available_tells_whether_load_works_and_asks_once(
    mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDY_OFFLINE", "1")
    assert not mnist.available()
    monkeypatch.delenv("STUDY_OFFLINE")
    assert not mnist.available()
    mnist.available.cache_clear()
    assert mnist.available()
    mirrors.asked.clear()
    assert mnist.available()
    assert mirrors.asked == []


def test_progress_is_shown_on_a_terminal_only(
    mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mnist.fetch(checksums={name: mirrors.checksums[name] for name in list(mirrors.files)[:1]})
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    mnist.fetch()
    shown = capsys.readouterr()
    assert "t10k-images" in shown.err
    assert "█" * 24 in shown.err
    assert shown.out == ""


def test_load_in_every_form(mirrors: Mirrors) -> None:
    data = mnist.load()
    assert [part.shape for part in data] == [(20, 784), (20,), (10, 784), (10,)]
    assert [part.dtype for part in data] == [np.float32, np.int64] * 2
    raw = mnist.load(flatten=False, normalize=False, one_hot=True)
    assert [part.shape for part in raw] == [(20, 28, 28), (20, 10), (10, 28, 28), (10, 10)]
    assert [part.dtype for part in raw] == [np.uint8, np.float32] * 2
    assert np.array_equal(np.round(data.x_train * 255), raw.x_train.reshape(20, 784))
    assert np.array_equal(raw.t_test.argmax(axis=1), data.t_test)
    assert 0 <= data.x_train.min() and data.x_train.max() <= 1
    data.x_train[0] = 0  # the reader's own copy, not a view of a file


@given(hnp.arrays(np.uint8, hnp.array_shapes(max_dims=4, max_side=6, min_side=0)))
def test_idx_round_trip(array: np.ndarray) -> None:
    parsed = mnist.parse_idx(idx(array))
    assert parsed.dtype == np.uint8
    assert parsed.shape == array.shape
    assert np.array_equal(parsed, array)


@given(st.data())
def test_idx_of_the_wrong_length_is_refused(data: st.DataObject) -> None:
    whole = idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
    shorter = data.draw(st.integers(0, len(whole) - 1))
    for wrong in (whole[:shorter], whole + bytes(1 + shorter)):
        with pytest.raises(ValueError, match="IDX"):
            mnist.parse_idx(wrong)


@pytest.mark.parametrize(
    "header",
    [b"\x01\0\x08\x01", b"\0\x01\x08\x01", b"\0\0\x09\x01", b"\0\0\x0d\x01", b"\0\0\x08\x00"],
)
def test_idx_of_another_kind_is_refused(header: bytes) -> None:
    with pytest.raises(ValueError, match="not an IDX file"):
        mnist.parse_idx(header + struct.pack(">I", 2) + b"ab")


def test_the_genuine_files(genuine: mnist.Mnist) -> None:
    assert [part.shape for part in genuine] == [(60000, 784), (60000,), (10000, 784), (10000,)]
    # The counts of the digits, as the files' publishers drew them.
    assert np.bincount(genuine.t_test).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert genuine.t_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert genuine.x_train.min() == 0 and genuine.x_train.max() == 1


def test_the_test_images_come_without_the_training_images(mirrors: Mirrors) -> None:
    x_test, t_test = mnist.load_test()
    assert set(contents(cache())) == set(mnist.TEST_FILES)
    everything = mnist.load()
    assert np.array_equal(x_test, everything.x_test)
    assert np.array_equal(t_test, everything.t_test)
    assert mnist.load_test(flatten=False, normalize=False, one_hot=True)[0].dtype == np.uint8
