"""What a connector promises the hub, and the hub a connector. Pure values and ports.

A connector knows this package and `hub.errors`, nothing above. Read `records`, then `ports`;
`connection` and `wire` are how a tool is reached, `measuring` what one that keeps metrics answers,
`surveying` what one knows of hosts and services, `tables` the columns of tables.
"""

from hub.contract.bearer import Bearer
from hub.contract.connection import Connection
from hub.contract.measuring import Measurer, Point, Series
from hub.contract.ports import (
    Checker,
    Connector,
    Expiring,
    Expiry,
    Importer,
    Manifest,
    Onboarding,
    Operation,
    Reading,
    Receiver,
    Source,
    Standing,
    Step,
    Watch,
    Writer,
)
from hub.contract.records import Cursor, Delivery, Gone, Known, Named, Page, Record, Rejected
from hub.contract.surveying import Survey, Surveyor
from hub.contract.tables import Heading, Headings, Tabular
from hub.contract.wire import Answer, Budget, Exchange, Wire

__all__ = [
    "Answer",
    "Bearer",
    "Budget",
    "Checker",
    "Connection",
    "Connector",
    "Cursor",
    "Delivery",
    "Exchange",
    "Expiring",
    "Expiry",
    "Gone",
    "Heading",
    "Headings",
    "Importer",
    "Known",
    "Manifest",
    "Measurer",
    "Named",
    "Onboarding",
    "Operation",
    "Page",
    "Point",
    "Reading",
    "Receiver",
    "Record",
    "Rejected",
    "Series",
    "Source",
    "Standing",
    "Step",
    "Survey",
    "Surveyor",
    "Tabular",
    "Watch",
    "Wire",
    "Writer",
]
