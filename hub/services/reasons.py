"""Reasons as the API and the store write them."""

from typing import Any

import orjson

from hub.model.links import Reason


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason as the API writes it."""
    return {"code": reason.code, "values": dict(reason.values)}


def kept_json(value: object) -> orjson.Fragment:
    """Encode what stays in memory: orjson's own bytes hold some KB however short they are."""
    return orjson.Fragment(bytes(memoryview(orjson.dumps(value))))
