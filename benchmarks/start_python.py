"""From the press of a button to the first result: this site beside JupyterLite and markdown-exec.

    python benchmarks/start_python.py WORKDIR      fetches the other two into WORKDIR the first time

All three run the same Pyodide and the same wheels, served by one host on this machine (gzip for
what a static host compresses), in headless Chromium, one after the other, in turn. Time runs from
what starts Python (the press of Run here; the opening of the page there, since both start by
themselves) to the result on the page. Cold: a new browser profile. Warm: the same page opened
again. The sizes are bytes over the wire of a cold start.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
import venv
from html import escape
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "browser"), str(ROOT)]

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

import bootstrap  # noqa: E402
from conftest import FLAGS, StaticHost  # noqa: E402
from journal import runtime  # noqa: E402

NUMPY = "import numpy as np\nprint('answer', (np.arange(10) ** 2).sum())"
FIGURE = """\
import base64, io
import matplotlib
matplotlib.use('agg')
import matplotlib.pyplot as plt
plt.plot([0, 1, 4, 9])
buffer = io.StringIO()
plt.savefig(buffer, format='svg')
print('answer', buffer.getvalue().count('<path') > 5)"""
OTHERS = ["jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6", "markdown-exec==1.12.6"]
SCRIPTS = ["ace-builds@1.43.4", "@highlightjs/cdn-assets@11.11.1"]
LIMIT = 120_000


class Host(StaticHost):
    zipped = re.compile(StaticHost.zipped.pattern + "|wasm")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workdir", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    www = options.workdir.resolve() / "www"
    prepare(options.workdir.resolve(), www)
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *a: Host(*a, directory=str(www)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    contenders = {"this site": ours, "JupyterLite": jupyterlite, "markdown-exec": markdown_exec}
    found: dict[str, dict[str, list[float]]] = {name: {} for name in contenders}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=bootstrap.find_browser(), args=FLAGS)
        for turn in range(options.rounds):
            for name, start in contenders.items():
                for what in ("numpy", "figure"):
                    for key, value in measure(browser, address, start, what).items():
                        found[name].setdefault(f"{what} {key}", []).append(value)
                print(f"{turn + 1}/{options.rounds} {name}", file=sys.stderr)
        browser.close()
    report(found)


def measure(browser: Browser, address: str, start: Any, what: str) -> dict[str, float]:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    sizes: dict[str, int] = {}
    context.on("requestfinished", lambda r: sizes.__setitem__(r.url, transferred(r)))
    cold = start(page, address, what)
    total = sum(sizes.values())
    page.wait_for_timeout(1500)  # what is kept for later is kept
    warm = start(page, address, what)
    context.close()
    return {"cold": cold, "warm": warm, "MB": total / 1e6}


def transferred(request: Any) -> int:
    try:
        sizes = request.sizes()
        return int(sizes["responseBodySize"] + sizes["responseHeadersSize"])
    except Exception:
        return 0


def ours(page: Page, address: str, what: str) -> float:
    page.goto(f"{address}/ours/en/notes/{what}/")
    page.wait_for_load_state("networkidle")
    began = time.perf_counter()
    page.locator('[data-action="run"]').first.click()
    page.locator(".run-live .output pre").filter(has_text="answer").wait_for()
    return time.perf_counter() - began


def jupyterlite(page: Page, address: str, what: str) -> float:
    code = quote(NUMPY if what == "numpy" else FIGURE)
    began = time.perf_counter()
    page.goto(f"{address}/lite/repl/index.html?kernel=python&execute=1&code={code}")
    page.locator(".jp-OutputArea-output").filter(has_text=re.compile("^answer")).first.wait_for()
    return time.perf_counter() - began


def markdown_exec(page: Page, address: str, what: str) -> float:
    began = time.perf_counter()
    page.goto(f"{address}/exec/{what}.html")
    page.wait_for_function(
        "document.querySelector('.pyodide-output').textContent === ''"
        " && document.querySelector('[id$=run]').onclick !== null"
    )
    page.locator("[id$=run]").click()
    page.locator(".pyodide-output").filter(has_text="answer").wait_for()
    return time.perf_counter() - began


def prepare(work: Path, www: Path) -> None:
    """Puts the three sites under `www`."""
    shutil.rmtree(www, ignore_errors=True)
    www.mkdir(parents=True)
    python = work / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(work / "venv", with_pip=True)
        run([python, "-m", "pip", "install", "-q", *OTHERS, "mkdocs-material"], work)
        run([bootstrap.BIN / "npm", "install", "--silent", "--prefix", work, *SCRIPTS], work)
    prepare_ours(www / "ours")
    prepare_pyodide(work, www / "pyodide")
    prepare_exec(work, python, www / "exec")
    prepare_lite(work, python, www)


def prepare_ours(target: Path) -> None:
    """The site as it is, and beside a note two pages with nothing but a block and its buttons."""
    shutil.copytree(ROOT / "site", target)
    notes = target / "en" / "notes"
    page = (notes / "perceptron" / "index.html").read_text(encoding="utf-8")
    bar = re.search(r'<div class="run".*?</div>', page, re.DOTALL)
    assert bar is not None
    for what, code in (("numpy", NUMPY), ("figure", FIGURE)):
        block = f'<div class="highlight"><pre><code>{escape(code)}</code></pre></div>{bar[0]}'
        article = f'<article class="md-content__inner md-typeset">{block}</article>'
        before, after = re.split(r"<article.*</article>", page, flags=re.DOTALL)
        (notes / what).mkdir()
        (notes / what / "index.html").write_text(before + article + after, encoding="utf-8")


def prepare_pyodide(work: Path, target: Path) -> None:
    """Pyodide and our wheels as they are, with a list of packages, as its own distribution has."""
    target.mkdir()
    for name in ["pyodide.js", *runtime.CORE_FILES, "python_stdlib.zip"]:
        shutil.copy(runtime.CORE / name, target / name)
    downloads = work / "wheels"
    if not downloads.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", downloads]
        command += ["--only-binary=:all:", *bootstrap.RUNTIME_TARGET]
        run([*command, "-r", ROOT / "runtime" / "requirements.txt"], work)
        run([*command, "micropip"], work)
    wheels = {
        path.name: path.read_bytes()
        for path in [*downloads.glob("*.whl"), *(ROOT / "runtime" / "wheels").glob("*.whl")]
    }
    lock = runtime.lock_file(wheels, {name: name for name in wheels})
    for package in lock["packages"].values():
        package["imports"] = [package["name"].replace("pillow", "PIL").replace("python-", "")]
    (target / "pyodide-lock.json").write_text(json.dumps(lock))
    for name, content in wheels.items():
        (target / name).write_bytes(content)


def prepare_exec(work: Path, python: Path, target: Path) -> None:
    target.mkdir()
    shutil.copy(work / "node_modules/ace-builds/src-min/ace.js", target / "ace.js")
    for name in ("mode-python.js", "theme-tomorrow.js", "theme-tomorrow_night.js"):
        shutil.copy(work / "node_modules/ace-builds/src-min" / name, target / name)
    shutil.copy(work / "node_modules/@highlightjs/cdn-assets/highlight.min.js", target / "hl.js")
    make = (
        "import sys, json, inspect\n"
        "from pathlib import Path\n"
        "import markdown_exec\n"
        "from markdown_exec._internal.formatters import pyodide\n"
        "code, install = json.load(sys.stdin)\n"
        "print(pyodide._format_pyodide(code, None, '', {'install': install}))\n"
        "print('<script>' + (Path(markdown_exec.__file__).parent / 'assets/pyodide.js').read_text()"
        " + '</script>')\n"
    )
    for what, code, install in (("numpy", NUMPY, "numpy"), ("figure", FIGURE, "matplotlib")):
        done = subprocess.run(
            [python, "-c", make], input=json.dumps([code, install]), text=True, capture_output=True
        )
        if done.returncode:
            sys.exit(done.stderr)
        body = re.sub(r"https://[^\"]*ace\.js", "ace.js", done.stdout)
        body = re.sub(r"https://[^\"]*highlight\.min\.js", "hl.js", body)
        body = re.sub(r"https://[^\"]*/pyodide\.js", "../pyodide/pyodide.js", body)
        body = re.sub(r'href="https://[^"]*"', 'href="data:text/css,"', body)
        page = f'<!doctype html><body data-md-color-scheme="default">{body}</body>'
        (target / f"{what}.html").write_text(page, encoding="utf-8")


def prepare_lite(work: Path, python: Path, www: Path) -> None:
    folder = work / "lite"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    settings = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "litePluginSettings": {
                "@jupyterlite/pyodide-kernel-extension:kernel": {
                    "pyodideUrl": "../../pyodide/pyodide.mjs",
                    "disablePyPIFallback": True,
                }
            }
        },
    }
    (folder / "jupyter-lite.json").write_text(json.dumps(settings))
    command = [python, "-m", "jupyter", "lite", "build", "--lite-dir", folder]
    run([*command, "--output-dir", www / "lite", "--apps", "repl"], folder)


def run(command: list[Any], folder: Path) -> None:
    done = subprocess.run(
        [str(each) for each in command], cwd=folder, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(
            f"{' '.join(map(str, command[:5]))} failed:\n{(done.stdout + done.stderr)[-3000:]}"
        )


def report(found: dict[str, dict[str, list[float]]]) -> None:
    keys = next(iter(found.values())).keys()
    print("| median |" + "".join(f" {name} |" for name in found))
    print("|---|" + "---|" * len(found))
    for key in keys:
        unit = "" if key.endswith("MB") else " s"
        cells = [f" {statistics.median(each[key]):.2f}{unit} |" for each in found.values()]
        print(f"| {key} |" + "".join(cells))


if __name__ == "__main__":
    main()
