"""The identity of an alert: which deliveries speak of one condition. Pure."""

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import Final

import orjson

DEFAULT_EXCLUDED: Final[frozenset[str]] = frozenset({"replica", "prometheus", "prometheus_replica"})
"""Labels that name the observer, not the condition. More leave by an admin's rule only."""


def identity(
    connector: str,
    labels: Mapping[str, str],
    excluded: AbstractSet[str] = DEFAULT_EXCLUDED,
) -> str:
    """Hash a connector and the identity labels of an alert.

    Shape: 64 hexadecimal digits. The hashed bytes are JSON with sorted names, so no two different
           label sets share them, whatever characters the labels hold.
    """
    kept = labels if excluded.isdisjoint(labels) else _without(labels, excluded)
    return sha256(_encoded([connector, dict(kept)])).hexdigest()


def _without(labels: Mapping[str, str], excluded: AbstractSet[str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name not in excluded}


def _encoded(value: list[object]) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Lone surrogates: legal in a JSON escape, not in UTF-8. Escaped, they stay distinct.
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
