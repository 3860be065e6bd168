"""`pack.mjs`, the part that runs inside the runtime."""

import os
import shutil
import sys
import zipfile
from pathlib import Path

import slim

SITE_PACKAGES = "/lib/python3.14/site-packages"
STDLIB = "/lib/python314.zip"

# What a page does: with these, every module that a first run needs has been imported.
PROBE = """
import ast, base64, io, json, linecache, time, traceback, warnings
from itertools import product
import numpy as np
np.random.default_rng(0).normal()
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
figure, ax = plt.subplots()
ax.plot([0, 1]); ax.contourf(np.eye(3)); ax.imshow(np.eye(3)); ax.set_title("$x^2$")
figure.savefig(io.StringIO(), format="svg")
"""


def main(core: str, out: str, wheels: list[str]) -> None:
    """Writes everything into `out`; the paths are the host's."""
    target = Path("/host" + out)
    target.mkdir(parents=True, exist_ok=True)
    for wheel in wheels:
        with zipfile.ZipFile("/host" + wheel) as archive:
            kept = [name for name in archive.namelist() if not slim.DROPPED.search(name)]
            archive.extractall(SITE_PACKAGES, kept)
    os.environ["MPLCONFIGDIR"] = "/tmp/matplotlib"
    import threading

    threading.Timer.start = lambda self: None  # no threads here; the font manager would start one
    exec(PROBE, {})
    fonts = next(Path("/tmp/matplotlib").glob("fontlist-*.json"))
    shutil.copy(fonts, target / fonts.name)
    files = [str(getattr(module, "__file__", "")) for module in list(sys.modules.values())]
    archives = [(wheel, SITE_PACKAGES + "/") for wheel in wheels]
    archives.append((core + "/python_stdlib.zip", STDLIB + "/"))
    for archive, place in archives:
        used = {file.removeprefix(place) for file in files if file.startswith(place)}
        source = Path("/host" + archive)
        slim.slim(source, target / source.name, place, used)
        slim.packed(target / source.name)
