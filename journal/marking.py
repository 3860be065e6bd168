"""Marking an exercise: a check looks at what the reader's code left behind and says what is wrong.

Runs in the reader's browser and, for every solution, starter and wrong answer, in the tests. A
file of checks, `docs/exercises/<note>.py`, holds for each exercise

    @exercise("nor")
    def nor(answer: Answer) -> None:
        gate = answer.function("NOR")
        for x in CORNERS:
            answer.equal(gate(x), int(not any(x)))

    nor.wrong("the bias is too large", '''...code...''')

where "nor" stands for the heading's id, `exercise-nor`.
"""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from journal.browser import FILE, describe

_MESSAGES = {
    "no-name": (
        "`{name}`이라는 이름이 없어요. 시작 코드에 있던 이름을 그대로 써 주세요.",
        "There is no `{name}`. Keep the name that the starter has.",
    ),
    "not-yet": (
        "`{name}`에 아직 `...`이 남아 있어요. 그 자리를 채워 주세요.",
        "`{name}` is still `...`. Put your answer in its place.",
    ),
    "not-function": (
        "`{name}`을 함수처럼 부를 수가 없어요. 지금은 {kind}이에요.",
        "`{name}` cannot be called like a function; it is a {kind}.",
    ),
    "raised": (
        "`{call}`을 부르니 {type} 오류가 났어요: {message}",
        "`{call}` failed with {type}: {message}",
    ),
    "none": (
        "`{what}`이 아무것도 돌려주지 않았어요(None). `return`을 잊지 않았나요?",
        "`{what}` gave nothing back (None). Is a `return` missing?",
    ),
    "not-number": (
        "`{what}`은 수나 배열이어야 하는데, 나온 것은 {got}이에요.",
        "`{what}` should be a number or an array; it is {got}.",
    ),
    "shape": (
        "`{what}`의 형상이 달라요. 나와야 할 형상: {wanted}, 나온 형상: {got}",
        "`{what}` has the wrong shape. Expected: {wanted}. Got: {got}",
    ),
    "one-number": (
        "`{what}`은 수 하나여야 하는데, 형상이 {got}인 배열이에요.",
        "`{what}` should be one number; it is an array of shape {got}.",
    ),
    "value": (
        "`{what}`의 값이 달라요. 나와야 할 값: {wanted}, 나온 값: {got}",
        "`{what}` has the wrong value. Expected: {wanted}. Got: {got}",
    ),
    "place": (
        "`{what}`에서 {place} 자리의 값이 달라요. 나와야 할 값: {wanted}, 나온 값: {got}",
        "`{what}` is wrong at {place}. Expected: {wanted}. Got: {got}",
    ),
    "changed": (
        "`{what}`을 부르고 나니 넘겨준 배열이 바뀌어 있어요. 복사본에 계산해 주세요.",
        "`{what}` changed the array it was given. Work on a copy.",
    ),
}


class Feedback(Exception):
    """What is wrong with an answer, in the reader's language."""


@dataclass
class Answer:
    """What the reader's code left behind.

    Attributes:
        names: The names that it defined.
        printed: What it printed.
        code: The code itself.
        language: `ko` or `en`.
    """

    names: dict[str, Any]
    printed: str
    code: str
    language: str
    _last: str = ""

    def value(self, name: str) -> Any:
        """The value of a name that the starter has."""
        if name not in self.names:
            self._say("no-name", name=name)
        value = self.names[name]
        if value is ...:
            self._say("not-yet", name=name)
        self._last = name
        return value

    def function(self, name: str) -> Callable[..., Any]:
        """A function of the reader's; what it is called with is remembered for the messages."""
        function = self.value(name)
        if not callable(function):
            self._say("not-function", name=name, kind=type(function).__name__)

        def called(*arguments: Any, **named: Any) -> Any:
            shown = [_short(each) for each in arguments]
            shown += [f"{key}={_short(each)}" for key, each in named.items()]
            self._last = call = f"{name}({', '.join(shown)})"
            before = [each.copy() if isinstance(each, np.ndarray) else None for each in arguments]
            try:
                result = function(*arguments, **named)
            except Exception as error:
                kind = type(error).__name__
                self._say("raised", call=call, type=kind, message=str(error))
            if result is ...:
                self._say("not-yet", name=call)
            for was, now in zip(before, arguments, strict=True):
                if was is not None and not np.array_equal(was, now, equal_nan=True):
                    self._say("changed", what=call)
            return result

        return called

    def equal(self, got: Any, wanted: Any, what: str = "") -> None:
        """Demands exactly these values (integers, truth values), in this shape.

        Args:
            got: What the reader's code gave.
            wanted: What it should be.
            what: What it is called in the message; by default the name or call asked for last.
        """
        self.close(got, wanted, what, tolerance=0.0)

    def close(self, got: Any, wanted: Any, what: str = "", *, tolerance: float = 1e-6) -> None:
        """Demands these values up to a tolerance, absolute and relative, in this shape."""
        what = what or self._last
        if got is None:
            self._say("none", what=what)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                numbers = np.asarray(got, dtype=np.float64)
        except (TypeError, ValueError):
            self._say("not-number", what=what, got=_short(got))
        expected = np.asarray(wanted, dtype=np.float64)
        if numbers.shape != expected.shape and expected.shape == ():
            self._say("one-number", what=what, got=str(numbers.shape))
        if numbers.shape != expected.shape:
            self._say("shape", what=what, wanted=str(expected.shape), got=str(numbers.shape))
        alike = np.isclose(numbers, expected, rtol=tolerance, atol=tolerance, equal_nan=True)
        if alike.all():
            return
        if expected.size <= 12:
            self._say("value", what=what, wanted=_short(wanted), got=_short(got))
        place = tuple(int(each) for each in np.argwhere(~alike)[0])
        self._say(
            "place",
            what=what,
            place=str(list(place)),
            wanted=_short(expected[place]),
            got=_short(numbers[place]),
        )

    def that(self, condition: Any, *, ko: str, en: str) -> None:
        """Demands a condition; the two sentences say what is wrong, and how one sees it."""
        if not bool(condition):
            self.fail(ko=ko, en=en)

    def fail(self, *, ko: str, en: str) -> NoReturn:
        raise Feedback(ko if self.language == "ko" else en)

    def _say(self, key: str, **words: str) -> NoReturn:
        korean, english = _MESSAGES[key]
        self.fail(ko=korean.format(**words), en=english.format(**words))


@dataclass
class Exercise:
    """An exercise's check, and answers that it must refuse.

    Attributes:
        id: The heading's id without `exercise-`.
        check: Raises `Feedback` if the answer is wrong.
        wrongs: Typical wrong answers: why each is wrong, and its code.
    """

    id: str
    check: Callable[[Answer], None]
    wrongs: list[tuple[str, str]] = field(default_factory=list)

    def wrong(self, why: str, code: str) -> None:
        """Keeps a typical wrong answer beside the check; the tests see it refused."""
        self.wrongs.append((why, code.lstrip("\n")))


_collected: dict[str, Exercise] = {}


def exercise(id: str) -> Callable[[Callable[[Answer], None]], Exercise]:
    """Makes a function the check of an exercise."""

    def collect(check: Callable[[Answer], None]) -> Exercise:
        if id in _collected:
            raise ValueError(f"two checks for the exercise “{id}”")
        _collected[id] = Exercise(id, check)
        return _collected[id]

    return collect


def load(source: str, path: str) -> dict[str, Exercise]:
    """The exercises of a file of checks, by id."""
    _collected.clear()
    exec(compile(source, path, "exec"), {"__name__": path})
    return dict(_collected)


def mark_here(code: str, name: str, language: str) -> str:
    """`mark` in the browser, where the files of checks lie beside this one.

    Args:
        code: The answer.
        name: The exercise, as `perceptron/nor`.
        language: `ko` or `en`.

    Returns:
        JSON.
    """
    note, _, id = name.partition("/")
    path = Path(__file__).with_name("checks") / f"{note}.py"
    return json.dumps(mark(code, load(path.read_text("utf-8"), str(path))[id], language))


def mark(code: str, exercise: Exercise, language: str) -> dict[str, Any]:
    """Runs an answer and checks it.

    Returns:
        `passed`; `message`, what is wrong, if the check said so; `error`, as `browser.describe`
        tells it, if the answer itself did not run.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, FILE, "exec"), names)
    except BaseException as raised:
        return {"passed": False, "message": "", "error": describe(raised, code)}
    answer = Answer(names, printed.getvalue(), code, language)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exercise.check(answer)
    except Feedback as feedback:
        return {"passed": False, "message": str(feedback), "error": None}
    return {"passed": True, "message": "", "error": None}


def _short(value: Any) -> str:
    """A value as a reader would write it, on one line; a large array by its shape."""
    if isinstance(value, np.ndarray):
        if value.size > 12:
            return f"array{value.shape}"
        return str(np.round(value, 6).tolist() if value.dtype.kind == "f" else value.tolist())
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.6g}"
    if callable(value) and hasattr(value, "__name__"):
        return str(value.__name__)
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"
