"""Reasons as the API and the store write them."""

from typing import Any

from hub.model.links import Reason


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason as the API writes it."""
    return {"code": reason.code, "values": dict(reason.values)}
