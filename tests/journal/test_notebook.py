"""The lab: outputs taken from mkdocs-jupyter's page and put under their blocks."""

import base64
import json
import re

import pytest

from journal import extension, notebook, pages

PAGE = """\
---
title: A lab
kind: lab
jupyter:
  jupytext: {text_representation: {extension: .md, format_name: markdown}}
  kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A lab

Back to [the note](../notes/mnist.md#look), or [elsewhere](https://example.org/x.md).

## First {#first}

```python
x = 1
print(x)
```

<!--pytest-codeblocks:cont-->
```python
import matplotlib.pyplot as plt

plt.plot([x, 2])
plt.show()
```
<!--figure
alt: A "line".
caption: 5 < 6
-->

The end.
"""
SVG = '<?xml version="1.0"?>\n<svg viewBox="0 0 72 36"><path id="p" fill="#23211d"/></svg>'
IMAGE = f'<img src="data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"/>'


def cell(*outputs: str) -> str:
    shown = "".join(f'<div class="jp-OutputArea-output">{each}</div>' for each in outputs)
    # mkdocs-jupyter nests two elements of the same class; only the inner one has an id.
    inner = f'<div class="jp-Cell jp-CodeCell" id="cell-id=1">{shown}</div>'
    return f'<div class="jp-Cell jp-CodeCell">{inner}</div>'


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(notebook, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(notebook, "ROOT", tmp_path)
    monkeypatch.setattr(notebook.mnist, "available", lambda: False)
    path = tmp_path / "docs" / "en" / "lab" / "a.md"
    path.parent.mkdir(parents=True)
    path.write_text(PAGE, encoding="utf-8")
    return pages.read(path, tmp_path / "docs", "en")


def test_outputs_are_read_cell_by_cell():
    found = notebook.read(cell("<pre>1 &lt; 2\n</pre>") + cell() + cell("<pre>a\n</pre>", IMAGE))
    assert found == [
        [notebook.Output("text", "1 < 2\n")],
        [],
        [notebook.Output("text", "a\n"), notebook.Output("svg", SVG)],
    ]


def test_an_output_that_no_page_can_show_is_an_error():
    with pytest.raises(notebook.NotebookError, match="text and SVG figures"):
        notebook.read(cell('<img src="data:image/png;base64,AAAA"/>'))


def test_the_notebook_runs_once(page):
    runs = []

    def run() -> str:
        runs.append(1)
        return cell("<pre>1\n</pre>") + cell(IMAGE)

    first = notebook.outputs(page, run)
    assert notebook.outputs(page, run) == first
    assert len(runs) == 1


def test_prose_does_not_run_it_again_and_code_does(page):
    key = notebook._key(notebook.parse(page.body).python)
    assert notebook._key(notebook.parse(page.body.replace("The end.", "End.")).python) == key
    assert notebook._key(notebook.parse(page.body.replace("x = 1", "x = 2")).python) != key


def test_a_failing_cell_is_named_by_its_line(page):
    class CellFailed(Exception):
        ename, evalue = "NameError", "name 'y' is not defined"
        traceback = "\x1b[31mCell In[2], line 3\x1b[0m"

    def run() -> str:
        raise CellFailed

    wanted = PAGE.splitlines().index("plt.plot([x, 2])") + 1
    with pytest.raises(notebook.NotebookError) as caught:
        notebook.outputs(page, run)
    assert str(caught.value) == f"docs/en/lab/a.md:{wanted}: NameError: name 'y' is not defined"


def test_other_errors_are_not_taken_for_a_cell_s(page):
    def run() -> str:
        raise OSError("no kernel")

    with pytest.raises(OSError, match="no kernel"):
        notebook.outputs(page, run)


def test_outputs_stand_under_their_blocks(page):
    import markdown

    place = extension.PLACE.set(extension.Place("docs/en/lab/a.md", "en", kind="lab"))
    html = markdown.markdown(page.body, extensions=["pymdownx.superfences", "journal.extension"])
    extension.PLACE.reset(place)
    found = [[notebook.Output("text", "1\n")], [notebook.Output("svg", SVG)]]
    html = notebook.with_outputs(html, page, found, extension.output_html)
    assert re.search(
        r'</div>\s*<div class="output"[^>]*aria-label="Output"[^>]*><pre[^>]*>1\n', html
    )
    assert (
        '<figure class="plot" data-block="1"><svg role="img" aria-label="A &quot;line&quot;." '
        in html
    )
    assert "<figcaption>5 &lt; 6</figcaption></figure>" in html
    assert 'fill="var(--fig-ink)"' in html and 'id="lab1-0-p"' in html
    assert html.index("output") < html.index("figure") < html.index("The end.")
    assert "journal:cell" not in html and "alt:" not in html


def test_the_download_is_a_plain_notebook(page):
    text = notebook.ipynb(page, address="https://a.b/en/lab/a/", install="pip install study")
    cells = json.loads(text)["cells"]
    kinds = [cell["cell_type"] for cell in cells]
    assert kinds == ["markdown", "code", "code", "code", "markdown"]
    prose = "".join(cells[0]["source"])
    assert prose.startswith("# A lab") and prose.endswith("## First")
    assert "(https://a.b/en/notes/mnist/#look)" in prose and "(https://example.org/x.md)" in prose
    assert cells[1]["source"] == ["%pip install study"]
    assert "pytest-codeblocks" not in text and "figure" not in text and "title: A lab" not in text
    assert text == notebook.ipynb(
        page, address="https://a.b/en/lab/a/", install="pip install study"
    )
