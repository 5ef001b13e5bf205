"""Refs: deterministic names of entities, `<connector>:<kind>:<key>` (design 3)."""

import re

CONNECTOR_ID = re.compile(r"[a-z][a-z0-9-]*\Z")


def ref(connector: str, kind: str, key: str) -> str:
    """Make the ref of an entity."""
    return f"{connector}:{kind}:{key}"


def parts(value: str) -> tuple[str, str, str]:
    """Split a ref into connector, kind and key; the key may itself hold colons.

    Raises: ValueError, when it is not a ref.
    """
    connector, kind, key = value.split(":", 2)
    return connector, kind, key
