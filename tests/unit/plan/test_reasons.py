"""The list of reasons is closed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import hub.plan

ROOM = Path(hub.plan.__file__).parent


def given() -> Iterator[str]:
    """Find the codes that the room writes down: in a Reason, a note, a call or a `code`."""
    for path in ROOM.glob("*.py"):
        for item in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match item:
                case ast.Call(func=ast.Name(id="Reason"), args=[word, *_]):
                    yield from words(word)
                case ast.Call(func=ast.Attribute(attr="note"), args=[_, word, *_]):
                    yield from words(word)
                case ast.Call(func=ast.Attribute(attr="_late"), args=[word, *_]):
                    yield from words(word)
                case ast.Assign(targets=[ast.Name(id="code")], value=value):
                    yield from words(value)
                case _:
                    pass


def words(item: ast.expr) -> Iterator[str]:
    for part in ast.walk(item):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def test_every_reason_is_of_the_list_and_every_one_of_the_list_is_given() -> None:
    assert set(given()) == hub.plan.REASON_CODES
