"""All operations of the API, in the order of the document."""

from pathlib import Path
from typing import Any, Final

from hub.services.access import Role
from hub.web.document import document
from hub.web.events import events
from hub.web.hooks import hooks
from hub.web.operations import Operation
from hub.web.routes.acts import acts
from hub.web.routes.admin import admin, mappings
from hub.web.routes.catalogue import catalogue, links
from hub.web.routes.connectors import connectors
from hub.web.routes.hub import hub, people
from hub.web.routes.ops import ops
from hub.web.routes.overview import overview
from hub.web.routes.plan import plans

# Raised by hand when the API changes in a way that its users must know.
VERSION: Final = "1.0.0"

COMMITTED: Final = Path(__file__).with_name("openapi.json")
"""The copy of the document that is committed and served; `python -m hub.web.openapi` writes it."""

OPERATIONS: Final[tuple[Operation, ...]] = tuple(
    operation
    for subject in (
        ops,
        acts,
        plans,
        catalogue,
        links,
        mappings,
        overview,
        admin,
        connectors,
        hub,
        events,
        people,
        hooks,
    )
    for operation in subject.all
)


def may(role: Role) -> tuple[str, ...]:
    """Return the names of the operations that a role may call; what is open to all is not named."""
    return tuple(one.name for one in OPERATIONS if role in one.roles)


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of all operations."""
    return document(OPERATIONS, "Milepost", VERSION)
