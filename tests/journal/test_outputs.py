"""The updater of printed outputs, on before and after texts."""

from pathlib import Path

from journal import outputs

BEFORE = """\
# Page

```python
print(1 + 1)
```
<!--pytest-codeblocks:expected-output-->
```
3
```

```python
print("new")
print()
print("lines")
```

```python
x = 1
```
<!--pytest-codeblocks:expected-output-->
```
gone
```

??? success "Solution"

    ```python
    print("inside")
    ```
    <!--pytest-codeblocks:expected-output-->
    ```
    ```
"""

AFTER = """\
# Page

```python
print(1 + 1)
```
<!--pytest-codeblocks:expected-output-->
```
2
```

```python
print("new")
print()
print("lines")
```
<!--pytest-codeblocks:expected-output-->
```
new

lines
```

```python
x = 1
```

??? success "Solution"

    ```python
    print("inside")
    ```
    <!--pytest-codeblocks:expected-output-->
    ```
    inside
    ```
"""


def write(folder: Path, text: str) -> Path:
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return page


def test_rewrites_adds_and_removes_outputs(tmp_path):
    page = write(tmp_path, BEFORE)
    changed, messages = outputs.update([page], progress=False)
    assert (changed, messages) == ([page], [])
    assert page.read_text(encoding="utf-8") == AFTER


def test_a_second_run_changes_nothing(tmp_path):
    page = write(tmp_path, AFTER)
    assert outputs.update([page], progress=False) == ([], [])
    assert page.read_text(encoding="utf-8") == AFTER


def test_a_block_that_fails_keeps_its_output_and_is_named(tmp_path):
    text = BEFORE.replace("print(1 + 1)", "print(1 / 0)")
    page = write(tmp_path, text)
    _, (message,) = outputs.update([page], progress=False)
    assert message == f"{page}:4: ZeroDivisionError: division by zero"
    assert "```\n3\n```" in page.read_text(encoding="utf-8")
