"""Find connectors by entry point: ours and third parties' alike (ADR 0006)."""

from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files

from hub.contract import Connector
from hub.errors import Misconfigured

GROUP = "milepost.connectors"


@cache
def connectors() -> dict[str, Connector]:
    """Return every installed connector by its type.

    Raises: Misconfigured, when one cannot be loaded or two share a type.
    """
    found: dict[str, Connector] = {}
    for entry in entry_points(group=GROUP):
        try:
            connector = entry.load()
        except ImportError as error:
            raise Misconfigured(
                f"the connector {entry.name} ({entry.value}) cannot be loaded: {error}; reinstall "
                "or remove its package"
            ) from error
        type_ = connector.manifest.type
        if type_ in found:
            raise Misconfigured(f"two connectors call themselves {type_!r}; remove one package")
        found[type_] = connector
    return found


def shipped_documents(connector: Connector) -> dict[str, str]:
    """Return the default mapping documents of a connector, `<tool>/<kind>` to text."""
    package, folder = connector.manifest.mappings
    place = files(package).joinpath(folder)
    return {
        f"{folder}/{document.name.removesuffix('.yaml')}": document.read_text("utf-8")
        for document in sorted(place.iterdir(), key=lambda entry: entry.name)
        if document.name.endswith(".yaml")
    }
