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
import email
import hashlib
import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import threading
import venv
import zipfile
from html import escape
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "browser"), str(ROOT)]

from playwright.sync_api import Browser, BrowserContext, sync_playwright  # noqa: E402

import bootstrap  # noqa: E402
from conftest import FLAGS, StaticHost  # noqa: E402
from journal import runtime  # noqa: E402

NUMPY = "import numpy as np\nprint('answer', (np.arange(10) ** 2).sum())"
FIGURE = "import matplotlib.pyplot as plt\nplt.plot([0, 1, 4, 9])\nplt.show()"
# Elsewhere a figure has to be asked for as SVG; nobody has listed the fonts there, and there
# is no thread that could tell of it. Here that is done: so is it done for them.
PRINTED = {
    "numpy": NUMPY,
    "figure": """\
import io, os, threading
import matplotlib
threading.Timer.start = lambda self: None
os.environ['MPLCONFIGDIR'] = matplotlib.get_data_path()
matplotlib.use('agg')
import matplotlib.pyplot as plt
plt.plot([0, 1, 4, 9])
buffer = io.StringIO()
plt.savefig(buffer, format='svg')
print('answer', buffer.getvalue().count('path d=') > 5)""",
}
OTHERS = ["jupyterlite-core==0.8.6", "jupyterlite-pyodide-kernel==0.8.6", "markdown-exec==1.12.6"]
SCRIPTS = ["ace-builds@1.43.4", "@highlightjs/cdn-assets@11.11.1"]
# What JupyterLite's kernel asks its Pyodide for.
KERNEL = [
    *("asttokens==3.0.2", "comm==0.2.3", "executing==2.3.0", "ipython==9.18.1"),
    *("ipython_pygments_lexers==1.1.1", "jedi==0.20.1", "matplotlib_inline==0.2.2"),
    *("parso==0.8.7", "prompt_toolkit==3.0.53", "pure_eval==0.2.4", "pygments==2.21.0"),
    *("stack_data==0.6.3", "traitlets==5.16.1", "wcwidth==0.9.4"),
]
LIMIT = 120_000


class Host(StaticHost):
    """Counts the bytes that it sends."""

    compressible = re.compile(StaticHost.compressible.pattern + "|wasm")
    sent = 0

    def setup(self) -> None:
        super().setup()
        write = self.wfile.write

        def counted(data: bytes) -> int:
            Host.sent += len(data)
            return write(data)

        self.wfile.write = counted


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
    before = Host.sent
    cold = start(context, address, what)
    sent = Host.sent - before
    warm = start(context, address, what)
    context.close()
    return {"cold": cold, "warm": warm, "MB": sent / 1e6}


# Timed inside the page, from its own beginning or from the press of Run, to the frame that shows
# the answer: asking from outside would add the time of the asking.
WATCH = """(([selector, pressed, press]) => {
  let began = pressed ? undefined : 0
  addEventListener("click", () => (began ??= performance.now()), true)
  const seen = () => {
    const button = press && document.querySelector(press)
    if (button?.onclick && document.querySelector(selector).textContent === "") {
      press = null
      button.click()
    }
    const answers = [...document.querySelectorAll(selector)]
    const there = answers.some(each => each.matches("svg, img") || /^answer/m.test(each.innerText))
    if (began === undefined || !there) return setTimeout(seen, 10)
    requestAnimationFrame(() => (window.answered = performance.now() - began))
  }
  seen()
})(%s)"""


def timed(context: BrowserContext, address: str, answer: str, run: str = "", by: str = "") -> float:
    """Seconds to the answer: after a press of `run`, or from the page's beginning.

    `by` is a button that the page itself has made ready: it is pressed at once, on no one's time.
    """
    page = context.new_page()
    page.set_default_timeout(LIMIT)
    page.add_init_script(WATCH % json.dumps([answer, bool(run), by]))
    page.goto(address)
    if run:
        page.wait_for_load_state("networkidle")
        page.locator(run).first.click()
    seconds = float(page.wait_for_function("window.answered").json_value()) / 1000
    page.wait_for_timeout(3000)  # what is kept for later is kept
    page.close()
    return seconds


def ours(context: BrowserContext, address: str, what: str) -> float:
    answer = ".run-live .output pre" if what == "numpy" else ".run-live svg, .run-live img"
    return timed(context, f"{address}/ours/en/notes/{what}/", answer, run='[data-action="run"]')


def jupyterlite(context: BrowserContext, address: str, what: str) -> float:
    page = f"lite/repl/index.html?kernel=python&execute=1&code={quote(PRINTED[what])}"
    return timed(context, f"{address}/{page}", ".jp-OutputArea-output")


def markdown_exec(context: BrowserContext, address: str, what: str) -> float:
    return timed(context, f"{address}/exec/{what}.html", ".pyodide-output", by="[id$=run]")


def prepare(work: Path, www: Path) -> None:
    """Puts the three sites under `www`."""
    shutil.rmtree(www, ignore_errors=True)
    www.mkdir(parents=True)
    (www / "404.html").write_text("<!doctype html><title>404</title>", encoding="utf-8")
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
    """Pyodide and our wheels, with a list of packages and one of fonts, as its distribution has."""
    target.mkdir()
    for name in ["pyodide.js", *runtime.CORE_FILES, "python_stdlib.zip"]:
        shutil.copy(runtime.CORE / name, target / name)
    downloads = work / "wheels"
    if not downloads.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", downloads]
        command += ["--only-binary=:all:", *bootstrap.RUNTIME_TARGET]
        run([*command, "-r", ROOT / "runtime" / "requirements.txt"], work)
        run([*command, "micropip==0.11.1", *KERNEL], work)
    wheels = {
        path.name: path.read_bytes()
        for path in [*downloads.glob("*.whl"), *(ROOT / "runtime" / "wheels").glob("*.whl")]
    }
    plotting = next(name for name in wheels if name.startswith("matplotlib-3"))
    fonts = next(runtime.PACKED.glob("fontlist-*.json"))
    whole = io.BytesIO(wheels[plotting])
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.write(fonts, f"matplotlib/mpl-data/{fonts.name}")
    wheels[plotting] = whole.getvalue()
    (target / "pyodide-lock.json").write_text(json.dumps(package_list(wheels)))
    for name, content in wheels.items():
        (target / name).write_bytes(content)


def package_list(wheels: dict[str, bytes]) -> dict[str, Any]:
    """What Pyodide can load, as its own list has it, made from the wheels' metadata."""
    info = json.loads((runtime.CORE / "pyodide-lock.json").read_text(encoding="utf-8"))["info"]
    metadata = {name: _metadata(content) for name, content in wheels.items()}
    names = {_project(name) for name in wheels}
    packages = {}
    for name, content in wheels.items():
        message = metadata[name]
        required = [
            _normal(re.match(r"[\w.-]+", each)[0])  # type: ignore[index]
            for each in message.get_all("Requires-Dist") or []
            if "extra" not in each
        ]
        project = _project(name)
        packages[project] = {
            "name": project,
            "version": str(message["Version"]),
            "file_name": name,
            "install_dir": "site",
            "sha256": hashlib.sha256(content).hexdigest(),
            "package_type": "package",
            "imports": [{"pillow": "PIL", "python-dateutil": "dateutil"}.get(project, project)],
            "depends": [each for each in required if each in names],
            "unvendored_tests": False,
        }
    return {"info": info, "packages": packages}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _project(wheel: str) -> str:
    return _normal(wheel.split("-")[0])


def _metadata(wheel: bytes) -> email.message.Message:
    with zipfile.ZipFile(io.BytesIO(wheel)) as opened:
        name = next(each for each in opened.namelist() if each.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(opened.read(name))


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
    for what, install in (("numpy", "numpy"), ("figure", "matplotlib")):
        code = PRINTED[what]
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
