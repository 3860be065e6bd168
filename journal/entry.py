"""A new log entry: a Korean and an English page that pass every check from the first minute."""

from __future__ import annotations

import datetime
import json
import re
import sys
from pathlib import Path

from journal import freshness

TEMPLATE = """\
---
title: {title}
description: {title}
kind: log
date: {date}
chapters: []
tags: []
---

# {heading}

## {section} {{#code}}

```python
import numpy as np

x = np.array([1.0, 0.5])
print(x.sum())
```
<!--pytest-codeblocks:expected-output-->
```
1.5
```
"""

SECTION = {"ko": "오늘 돌려 본 코드", "en": "Code I ran today"}

NEXT = """\
{korean}
{english}

1. Write the Korean page first. Leave an output empty: `make update-outputs` writes it.
2. `make serve` shows it as you save.
3. `make test` says, line by line, what the English page still lacks.
4. When both say the same: `make reviewed`.
"""


def new(docs: Path, title: str, title_en: str = "", today: datetime.date | None = None) -> int:
    """Writes the pair of pages.

    Args:
        docs: The folder with `ko` and `en`.
        title: The title, in Korean or English.
        title_en: The English title; by default the date stands in for it.
        today: The entry's date; by default today's.

    Returns:
        The exit code.
    """
    title = " ".join(title.split())
    if not title:
        print('a title is needed: make new TITLE="…"', file=sys.stderr)
        return 2
    day = today or datetime.date.today()
    english_title = " ".join(title_en.split())
    if not english_title:
        plain = not re.search(r"[가-힣]", title)
        english_title = title if plain else f"Entry of {day.day} {day:%B %Y}"
    name = free_name(docs, day, english_title if title_en or english_title == title else title)
    paths = {language: docs / language / "log" / f"{name}.md" for language in ("ko", "en")}
    for language, text in (("ko", title), ("en", english_title)):
        paths[language].parent.mkdir(parents=True, exist_ok=True)
        page = TEMPLATE.format(
            title=json.dumps(text, ensure_ascii=False),
            heading=text,
            section=SECTION[language],
            date=day.isoformat(),
        )
        with paths[language].open("x", encoding="utf-8") as file:  # never over another entry
            file.write(page)
    freshness.record(docs, [f"log/{name}"])
    root = docs.parent
    print(
        NEXT.format(
            **{
                key: paths[short].relative_to(root)
                for key, short in (("korean", "ko"), ("english", "en"))
            }
        )
    )
    return 0


def free_name(docs: Path, day: datetime.date, title: str) -> str:
    """A file name made of the date and the title's Latin words, unlike any other entry's."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    base = "-".join([day.isoformat(), *words[:6]])
    name, number = base, 2
    while any((docs / language / "log" / f"{name}.md").exists() for language in ("ko", "en")):
        name, number = f"{base}-{number}", number + 1
    return name
