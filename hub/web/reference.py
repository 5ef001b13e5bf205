"""The API document as one readable page. No script, nothing from elsewhere."""

import json
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, Final

from hub.web.api import COMMITTED
from hub.web.problems import TITLES

Json = dict[str, Any]

_HEAD: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Milepost API</title>
<link rel="icon" href="data:,">
<style nonce="__CSP_NONCE__">
:root { color-scheme: light dark; --line: #8886; --quiet: #767676 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line) }
h3 { margin: 1.5rem 0 .2rem; font: 600 15px/1.5 ui-monospace, monospace; overflow-wrap: anywhere }
table { border-collapse: collapse; margin: .3rem 0 .6rem }
th, td { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0 }
th { font-weight: 500 }
tr + tr > * { border-top: 1px solid var(--line) }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere }
p { margin: .2rem 0 } .quiet { color: GrayText } nav a { margin-right: 1rem }
</style>
"""


@cache
def reference() -> bytes:
    """Return the page, made once of the committed document."""
    return rendered(json.loads(COMMITTED.read_text(encoding="utf-8"))).encode()


def rendered(document: Json) -> str:
    """Write the page."""
    return "\n".join([_HEAD, *_body(document), "</html>\n"])


def _body(document: Json) -> Iterator[str]:
    info = document["info"]
    tags = [tag["name"] for tag in document["tags"]]
    yield f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
    yield f"<p>{_prose(info['description'])}</p>"
    yield '<p>The same for machines: <a href="/api/openapi.json">/api/openapi.json</a>.</p>'
    sections = [*tags, "shapes", "problems"]
    links = (f'<a href="#{escape(name)}">{escape(name)}</a>' for name in sections)
    yield f"<nav>{' '.join(links)}</nav>"
    for tag in tags:
        yield f'<h2 id="{escape(tag)}">{escape(tag)}</h2>'
        yield from _operations(document, tag)
    yield '<h2 id="shapes">shapes</h2>'
    for name, schema in document["components"]["schemas"].items():
        yield from _shape(name, schema)
    yield '<h2 id="problems">problems</h2>'
    yield from _problems(document["components"]["responses"])


def _operations(document: Json, tag: str) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                yield from _operation(method, path, operation)


def _operation(method: str, path: str, operation: Json) -> Iterator[str]:
    yield f'<h3 id="{escape(operation["operationId"])}">{method.upper()} {escape(path)}</h3>'
    yield f"<p>{_prose(operation['summary'])}.</p>"
    for paragraph in operation["description"].split("\n\n"):
        yield f'<p class="quiet">{_prose(paragraph)}</p>'
    if parameters := operation.get("parameters"):
        yield _table(
            (f"{escape(p['name'])} ({p['in']})", p["schema"], p.get("description"))
            for p in parameters
        )
    if body := operation.get("requestBody"):
        yield f"<p>Takes {_content(body['content'])}.</p>"
    for status, response in operation["responses"].items():
        if "content" in response:
            yield f"<p>{status}: {_content(response['content'])}.</p>"


def _content(content: Json) -> str:
    return ", ".join(
        f"<code>{escape(kind)}</code> {_type(media.get('x-event-data') or media['schema'])}"
        for kind, media in content.items()
    )


def _shape(name: str, schema: Json) -> Iterator[str]:
    yield f'<h3 id="shape-{escape(name)}">{escape(name)}</h3>'
    yield f"<p>{_prose(schema.get('description', ''))}</p>"
    if properties := schema.get("properties"):
        needed = schema.get("required", ())
        yield _table(
            (escape(field) + ("" if field in needed else "?"), inner, inner.get("description"))
            for field, inner in properties.items()
        )
    else:
        yield f"<p>{_type(schema)}</p>"


def _problems(responses: Json) -> Iterator[str]:
    for status, title in TITLES.items():
        text = responses.get(f"Problem{status}", {}).get("description", "")
        yield f'<h3 id="problem-{status}">{status} {escape(title)}</h3><p>{_prose(text)}</p>'


def _table(rows: Iterator[tuple[str, Json, str | None]]) -> str:
    lines = (
        f"<tr><th scope=row><code>{name}</code><td>{_type(schema)}<td>{_prose(text or '')}"
        for name, schema, text in rows
    )
    return f"<table>{''.join(lines)}</table>"


def _type(schema: Json) -> str:
    """Say a schema in a few words."""
    match schema:
        case {"$ref": str(target)}:
            name = escape(target.rpartition("/")[2])
            return f'<a href="#shape-{name}">{name}</a>'
        case {"anyOf": list(options)}:
            return " or ".join(dict.fromkeys(map(_type, options)))
        case {"enum": list(words)}:
            return " | ".join(f"<code>{escape(str(word))}</code>" for word in words)
        case {"const": word}:
            return f"<code>{escape(str(word))}</code>"
        case {"type": "array"}:
            return f"list of {_type(schema.get('items', {}))}"
        case {"type": "object", "additionalProperties": dict(inner)}:
            return f"object of {_type(inner)}"
        case {"type": str(name)}:
            return escape(schema.get("format", name))
        case _:
            return "any"


def _prose(text: str) -> str:
    """Escape, and set what stands between backticks as code."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if n % 2 else part for n, part in enumerate(parts))
