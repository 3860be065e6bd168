"""The site's shared files, brought together once for both languages: fonts, styles, search.

Everything lies in `static/` at the site's root, so that a reader who changes language has it
already. Our own files come from `theme/static`, other people's from `node_modules`, which
`npm ci` fills from `package-lock.json`; their licences are served beside them.
"""

from __future__ import annotations

import filecmp
import html
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from journal import fonts, runtime
from journal.runtime import Runtime

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "theme" / "static"
PACKAGES = ROOT / "node_modules"

# What a package gives: files by pattern, and where below `static/` they go.
COPIES = [
    ("pretendard/dist/web/variable/woff2-dynamic-subset", "*.woff2", "pretendard"),
    ("@fontsource/jetbrains-mono/files", "jetbrains-mono-latin-400-normal.woff2", "jetbrains-mono"),
    ("@fontsource/jetbrains-mono/files", "jetbrains-mono-latin-600-normal.woff2", "jetbrains-mono"),
    ("katex/dist/fonts", "*.woff2", "katex/fonts"),
]
PRETENDARD_CSS = "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css"
KATEX_CSS = "katex/dist/katex.min.css"
MINISEARCH = "minisearch/dist/umd/index.js"

# What Material brings and no page loads, as search is ours; and our own files a second time, which
# MkDocs copies for each language.
UNUSED = [
    *(f"{root}assets/javascripts/{each}" for root in ("", "en/") for each in ("lunr", "workers")),
    "en/static",
]


@dataclass(frozen=True)
class Licence:
    """Whose work the site carries, and where the text of its licence is.

    Attributes:
        name: What it is.
        version: Of the copy that the site carries.
        kind: The licence, by its SPDX name.
        text: The licence's words, or the file that has them.
        served_as: Its name below `static/licences/`.
    """

    name: str
    version: str
    kind: str
    text: Path | str
    served_as: str


class MissingPackage(Exception):
    """A file that `npm ci` should have brought is not there."""


def install(site: Path, python: Runtime) -> list[Path]:
    """Puts the shared files into a built site.

    Args:
        site: The site's root, Korean build included.
        python: What the reader's browser runs Python with.

    Returns:
        Every file that now stands in `static/`; files that had not changed were left alone.

    Raises:
        MissingPackage: `node_modules` lacks something; the message says what to run.
    """
    static = site / "static"
    own = [path for path in _files(OWN) if path.parent.name not in {"run", "widgets"}]
    installed = [_copy(path, static / path.relative_to(OWN)) for path in own]
    for place, content in python.files.items():
        installed.append(_put(content, static / place))
    for folder, pattern, target in COPIES:
        found = sorted(_package(folder).glob(pattern))
        if not found:
            raise _missing(f"{folder}/{pattern}")
        installed += [_copy(path, static / target / path.name) for path in found]
    installed += [
        _write(pretendard_css(_text(PRETENDARD_CSS)), static / "pretendard" / "pretendard.css"),
        _write(katex_css(_text(KATEX_CSS)), static / "katex" / "katex.css"),
        _write(_without_source_map(_text(MINISEARCH)), static / "minisearch.js"),
    ]
    for name, path in fonts.cut(_texts(site)).items():
        installed.append(_copy(path, static / "journal-sans" / name))
    for unused in UNUSED:
        shutil.rmtree(site / unused, ignore_errors=True)
    # MkDocs copies the service worker for each language; there is one for the whole site.
    (site / "en" / "sw.js").unlink(missing_ok=True)
    licences = static / "licences"
    found_licences = third_party()
    for licence in found_licences:
        served = licences / licence.served_as
        if isinstance(licence.text, str):
            installed.append(_write(licence.text, served))
        else:
            installed.append(_copy(licence.text, served))
    installed.append(_write(licences_page(found_licences), licences / "index.html"))
    return installed


def versions() -> dict[str, str]:
    """A digest of each script and style of ours: pages name them with it, so that a kept page finds
    the very file it was built with."""
    return {path.name: runtime.digest(path.read_bytes()) for path in OWN.glob("*.*")}


def third_party() -> list[Licence]:
    """Everything of other people's that the site serves; `THIRD_PARTY.md` says more."""
    material, material_licence = _distribution("mkdocs-material")
    reference, reference_licence = _distribution("mkdocstrings-python")
    return [
        Licence("Pretendard", _version("pretendard"), "OFL-1.1",
                _package("pretendard/dist/LICENSE.txt"), "pretendard.txt"),
        Licence("JetBrains Mono", _version("@fontsource/jetbrains-mono"), "OFL-1.1",
                _package("@fontsource/jetbrains-mono/LICENSE"), "jetbrains-mono.txt"),
        Licence("KaTeX", _version("katex"), "MIT", _package("katex/LICENSE"), "katex.txt"),
        Licence("MiniSearch", _version("minisearch"), "MIT",
                _package("minisearch/LICENSE.txt"), "minisearch.txt"),
        Licence("Material for MkDocs", material, "MIT", material_licence, "mkdocs-material.txt"),
        Licence("mkdocstrings-python", reference, "ISC",
                reference_licence, "mkdocstrings-python.txt"),
        Licence("RxJS, Material Design Icons", "as bundled by Material", "Apache-2.0",
                OWN / "licences" / "apache-2.0.txt", "apache-2.0.txt"),
        Licence("clipboard.js, escape-html, focus-visible, tslib", "as bundled by Material",
                "MIT, W3C-20150513, 0BSD",
                OWN / "licences" / "material-bundle.txt", "material-bundle.txt"),
        Licence("CodeMirror, Lezer, style-mod, crelt, w3c-keyname", _version("@codemirror/view"),
                "MIT", _package("@codemirror/view/LICENSE"), "codemirror.txt"),
        Licence("Pyodide", _version("pyodide"), "MPL-2.0",
                OWN / "licences" / "mpl-2.0.txt", "pyodide.txt"),
        *(Licence(name, version, kind, text, f"{name.lower()}.txt")
          for name, version, kind, text in runtime.licences()),
    ]  # fmt: skip


def pretendard_css(css: str) -> str:
    """Pretendard's style sheet without its 92 comments, with the files' new places."""
    head, rest = css.split("*/", 1)
    rest = re.sub(r"/\*.*?\*/", "", rest, flags=re.DOTALL)
    rest = rest.replace("./woff2-dynamic-subset/", "")
    rest = re.sub(r"\s*\n\s*", "", rest).replace("}@", "}\n@")
    return f"{head}*/\n{rest}\n"


def katex_css(css: str) -> str:
    """KaTeX's style sheet naming only the fonts that are served (woff2)."""
    return re.sub(r',url\(fonts/[^)]*\.(?:woff|ttf)\) format\("[a-z]+"\)', "", css)


def licences_page(licences: list[Licence]) -> str:
    rows = "\n".join(
        f"<tr><td>{html.escape(each.name)}</td><td>{html.escape(each.version)}</td>"
        f'<td><a href="{each.served_as}">{html.escape(each.kind)}</a></td></tr>'
        for each in licences
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Licences</title>
<link rel="icon" href="../favicon.svg">
<style>
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem;
  background: #fbfaf6; color: #23211d }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #dcd7cb;
  vertical-align: top }}
a {{ color: #2b4c9b }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #1a1916; color: #e9e4d8 }}
  th, td {{ border-color: #3b3831 }}
  a {{ color: #9db4f0 }}
}}
</style>
</head>
<body>
<h1>Licences</h1>
<p>Other people’s work that this site carries, with thanks.</p>
<table>
<tr><th>Work</th><th>Version</th><th>Licence</th></tr>
{rows}
</table>
</body>
</html>
"""


def _texts(site: Path) -> Iterator[str]:
    """All that may be shown; pages with their tags, as a few letters too many do no harm."""
    static = site / "static"  # of which the licences' page has a font of its own
    for page in sorted(set(site.rglob("*.html")) - set(static.rglob("*.html"))):
        yield html.unescape(page.read_text(encoding="utf-8"))
    for own in [*OWN.glob("journal.*"), *OWN.glob("run/*.js"), *OWN.glob("widgets/*.js")]:
        yield own.read_text(encoding="utf-8")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _package(path: str) -> Path:
    found = PACKAGES / path
    if not found.exists():
        raise _missing(path)
    return found


def _text(path: str) -> str:
    return _package(path).read_text(encoding="utf-8")


def _version(package: str) -> str:
    match = re.search(r'^\s*"version":\s*"([^"]+)"', _text(f"{package}/package.json"), re.MULTILINE)
    assert match is not None, f"{package}/package.json has no version"
    return match[1]


def _distribution(name: str) -> tuple[str, Path]:
    """Version and licence file of an installed Python package."""
    found = metadata.distribution(name)
    licence = next(path for path in found.files or [] if path.name == "LICENSE")
    return found.version, Path(str(found.locate_file(licence)))


def _missing(path: str) -> MissingPackage:
    return MissingPackage(f"node_modules/{path} is missing; run `python3 bootstrap.py`")


def _without_source_map(script: str) -> str:
    return re.sub(r"^//# sourceMappingURL=.*$", "", script, flags=re.MULTILINE)


def _copy(source: Path, target: Path) -> Path:
    if not (target.exists() and filecmp.cmp(source, target, shallow=False)):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return target


def _put(content: bytes | Path, target: Path) -> Path:
    if isinstance(content, Path):
        return _copy(content, target)
    # Its address holds its digest: what has the size that it should have is the file.
    if not (target.exists() and target.stat().st_size == len(content)):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return target


def _write(text: str, target: Path) -> Path:
    if not (target.exists() and target.read_text(encoding="utf-8") == text):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return target
