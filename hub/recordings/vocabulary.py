"""The words that stay in a recording: those that a connector itself spells."""

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from hub.contract import Manifest

_WORD: Final = re.compile(r"\w+")
_SPACE: Final = re.compile(r"\s")
_NAMED: Final = (ast.Assign, ast.AnnAssign)
_COMMENT: Final = re.compile(r"(^|\s)#.*")
_LIBRARIES: Final = """
    http https api rpc jsonrpc id method params auth result results resultType error errors code
    message data status success errorType warnings infos metric value values vector matrix scalar
    string true false null none NaN Inf inf nan UTC GMT json html charset utf UTF
"""
"""What libraries spell for a connector: JSON-RPC 2.0, and the answers of Prometheus's HTTP API."""


def vocabulary(package: str, manifest: Manifest) -> frozenset[str]:
    """Return the words of a connector's code and of its mapping documents, without their prose."""
    found = set(_LIBRARIES.split())
    for text in _texts(files(package), ".py"):
        found.update(_spelt(ast.parse(text)))
    module, *folders = manifest.mappings
    for text in _texts(files(module).joinpath(*folders), ".yaml"):
        found.update(*(_WORD.findall(_COMMENT.sub("", line)) for line in text.splitlines()))
    return frozenset(found)


def _texts(folder: Traversable, ending: str) -> Iterator[str]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _texts(one, ending)
        elif one.name.endswith(ending):
            yield one.read_text("utf-8")


def _spelt(tree: ast.Module) -> Iterator[str]:
    """Yield names and the words of constants, but not of docstrings and sentences in passing."""
    named = {id(one) for line in tree.body if isinstance(line, _NAMED) for one in ast.walk(line)}
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in prose:
                if id(node) in named or not _SPACE.search(text.strip()):
                    yield from _WORD.findall(text)
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case _:
                pass
