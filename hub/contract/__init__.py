"""What a connector promises the hub, and the hub a connector. Pure values and ports.

A connector knows this package and `hub.errors`, nothing above. Read `records`, then `ports`.
"""

from hub.contract.ports import (
    Connector,
    Importer,
    Manifest,
    Reading,
    Receiver,
    Source,
    Watch,
    Writer,
)
from hub.contract.records import Cursor, Delivery, Page, Record, Rejected

__all__ = [
    "Connector",
    "Cursor",
    "Delivery",
    "Importer",
    "Manifest",
    "Page",
    "Reading",
    "Receiver",
    "Record",
    "Rejected",
    "Source",
    "Watch",
    "Writer",
]
