"""The built dashboard: small enough, whole, and its own types and tests pass."""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "hub/web/static"
FIRST_LOAD_KB = 180
CSS_KB = 15
ROUTE_KB = 40


def packed(name: str) -> float:
    """Return the size of a built file in kB as it travels."""
    return len(gzip.compress((STATIC / name).read_bytes(), 9)) / 1024


def manifest() -> dict[str, Any]:
    path = STATIC / ".vite/manifest.json"
    assert path.is_file(), "the dashboard is not built: run make ui"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def first_load() -> Iterator[str]:
    """Yield what the entry needs at once, and the larger of its two catalogues."""
    chunks = manifest()
    wanted = ["index.html"]
    for name in wanted:
        wanted += [one for one in chunks[name].get("imports", []) if one not in wanted]
        yield chunks[name]["file"]
    catalogues = [one["file"] for name, one in chunks.items() if re.match("words:.*/first$", name)]
    assert len(catalogues) == 2
    yield max(catalogues, key=packed)


def test_the_first_load_stays_within_its_budget() -> None:
    assert sum(packed(name) for name in first_load()) <= FIRST_LOAD_KB


def test_the_styles_stay_within_their_budget() -> None:
    styles = [name for one in manifest().values() for name in one.get("css", [])]
    assert styles
    assert sum(packed(name) for name in set(styles)) <= CSS_KB


def test_what_is_loaded_later_stays_within_its_budget() -> None:
    at_once = set(first_load())
    later = {one["file"] for one in manifest().values()} - at_once
    assert {name: packed(name) for name in later if packed(name) > ROUTE_KB} == {}


def test_the_page_has_a_place_for_the_nonce_and_no_inline_script() -> None:
    page = (STATIC / "index.html").read_text("utf-8")
    assert 'property="csp-nonce" nonce="__CSP_NONCE__"' in page
    assert page.count("<script") == page.count(' src="/assets/')


def test_the_types_of_the_api_are_those_of_its_document() -> None:
    document = json.loads((ROOT / "hub/web/openapi.json").read_text("utf-8"))
    types = (ROOT / "hub/dashboard/src/api/api.gen.ts").read_text("utf-8")
    assert [one for one in document["components"]["schemas"] if f" {one}: " not in types] == []
    assert [one for one in document["paths"] if f'"{one}": ' not in types] == []
