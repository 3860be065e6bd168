"""How long the site takes to build, beside mkdocs-jupyter executing the same snippets.

    python benchmarks/build_site.py              100 pages in 2 languages, 3 figures a page
    python benchmarks/build_site.py --pages 10   a small run

Both build the same synthetic pages, one after the other, in temporary folders, cold (nothing
cached) and after one line of one page was edited. What counts is the ratio: machines differ. For
the edit, the journal's time is that of its live server, from the saved file to the finished site;
mkdocs-jupyter builds the edited page's language again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ["journal", "study", "theme", "mkdocs.yml", "mkdocs.en.yml", "pyproject.toml"]
NEEDED += ["package.json", "THIRD_PARTY.md", "LICENSE", "README.md"]
LANGUAGES = ("ko", "en")
ENVIRONMENT = {"NO_MKDOCS_2_WARNING": "1", "OPENBLAS_NUM_THREADS": "1"}
FIGURES = 3

BLOCK = """\
```python
import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 10, 200)
plt.plot(x, np.sin(x + {number}), label="{label} {number}")
plt.legend()
plt.show()
```
"""
DIRECTIVE = "<!--figure\nalt: {alt} {number}.\n-->\n"
WORDS = {
    "ko": ("쪽", "사인 곡선", "이 문단은 쪽마다 다른 글이에요. 한 줄을 고쳐 볼 자리예요."),
    "en": (
        "Page",
        "A sine curve",
        "This paragraph differs from page to page, and is to be edited.",
    ),
}

# Run in the folder of the synthetic project, where `journal` is the copy.
OURS = """\
import json, sys, time
from pathlib import Path
from journal import serve
builder = serve.Builder(Path("site"))
started = time.perf_counter()
builder.everything()
cold = time.perf_counter() - started
assert not builder.failure, builder.failure
page = Path("docs/ko/notes/page-000.md")
page.write_text(page.read_text(encoding="utf-8").replace("고쳐 볼", "고쳐 본"), encoding="utf-8")
started = time.perf_counter()
builder.changed()
edit = time.perf_counter() - started
assert "고쳐 본" in Path("site/notes/page-000/index.html").read_text(encoding="utf-8")
print(json.dumps({"cold": cold, "edit": edit}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=100, help="pages in each language")
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as folder:
        ours = measure_ours(Path(folder, "journal"), pages)
        theirs = measure_jupyter(Path(folder, "jupyter"), pages)
    print(f"\n{pages} pages x 2 languages x {FIGURES} figures, {os.cpu_count()} processors\n")
    print("|  | journal | mkdocs-jupyter | ratio |\n|---|---|---|---|")
    for key, name in (("cold", "cold, seconds"), ("edit", "one line edited, seconds")):
        ratio = theirs[key] / ours[key]
        print(f"| {name} | {ours[key]:.1f} | {theirs[key]:.1f} | {ratio:.1f} |")


def measure_ours(folder: Path, pages: int) -> dict[str, float]:
    """Our tools in a copy of the project that holds only synthetic pages."""
    folder.mkdir()
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    for language in LANGUAGES:
        write_pages(folder / "docs" / language, language, pages)
    for name in ("book.yml", "glossary.yml"):
        shutil.copy(ROOT / "docs" / name, folder / "docs" / name)
    output = run([sys.executable, "-c", OURS], folder)
    times: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    print(f"journal: {times}", file=sys.stderr)
    return times


def write_pages(docs: Path, language: str, pages: int) -> None:
    title, alt, paragraph = WORDS[language]
    (docs / "notes").mkdir(parents=True)
    home = f"---\ntitle: {title}\ndescription: d\nkind: home\n---\n# {title}\n"
    (docs / "index.md").write_text(home, encoding="utf-8")
    for page in range(pages):
        name = f"{title} {page}"
        text = (
            f"---\ntitle: {name}\ndescription: {name}\nkind: note\norder: {page}\nchapters: [2]\n"
            f"goal: {name}\nneeds: []\n---\n# {name}\n\n{paragraph}\n\n"
        )
        for figure in range(FIGURES):
            number = page * FIGURES + figure
            text += BLOCK.format(number=number, label=alt)
            text += DIRECTIVE.format(alt=alt, number=number) + f"\n{paragraph}\n\n"
        (docs / "notes" / f"page-{page:03}.md").write_text(text, encoding="utf-8")


def measure_jupyter(folder: Path, pages: int) -> dict[str, float]:
    """mkdocs-jupyter with its defaults and `execute`, the same snippets as jupytext Markdown."""
    for language in LANGUAGES:
        docs = folder / language
        docs.mkdir(parents=True)
        title, alt, paragraph = WORDS[language]
        (docs / "index.md").write_text(f"# {title}\n", encoding="utf-8")
        for page in range(pages):
            text = "---\njupyter:\n  kernelspec:\n    name: python3\n    language: python\n"
            text += "    display_name: Python 3\n---\n\n"
            text += f"# {title} {page}\n\n{paragraph}\n\n"
            for figure in range(FIGURES):
                number = page * FIGURES + figure
                text += BLOCK.format(number=number, label=alt) + f"\n{paragraph}\n\n"
            (docs / f"page-{page:03}.md").write_text(text, encoding="utf-8")
        config = (
            f"site_name: x\ndocs_dir: {language}\nsite_dir: site/{language}\n"
            "theme: {name: material, font: false}\nplugins:\n  search: {}\n"
            "  mkdocs-jupyter: {execute: true, include: ['page-*.md']}\n"
        )
        (folder / f"{language}.yml").write_text(config, encoding="utf-8")
    cold = build_jupyter(folder, LANGUAGES)
    print(f"mkdocs-jupyter: cold {cold:.1f}", file=sys.stderr)
    last = folder / "site" / "en" / f"page-{pages - 1:03}" / "index.html"
    if last.read_text(encoding="utf-8").count("<img alt=") != FIGURES:
        sys.exit("mkdocs-jupyter did not draw the figures: nothing to compare")
    page = folder / "ko" / "page-000.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("고쳐 볼", "고쳐 본"), encoding="utf-8"
    )
    return {"cold": cold, "edit": build_jupyter(folder, ("ko",))}


def build_jupyter(folder: Path, languages: tuple[str, ...]) -> float:
    """Both languages at the same time: the journal draws on all processors, too."""
    started = time.perf_counter()
    builds = [
        subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "build", "-q", "-f", f"{language}.yml"],
            cwd=folder,
            env=os.environ | ENVIRONMENT,
        )
        for language in languages
    ]
    if any([build.wait() for build in builds]):
        sys.exit("mkdocs-jupyter failed in the benchmark")
    return time.perf_counter() - started


def run(command: list[str], folder: Path) -> str:
    environment = os.environ | ENVIRONMENT | {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[:4])} failed in the benchmark")
    return done.stdout


if __name__ == "__main__":
    main()
