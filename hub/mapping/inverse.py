"""From our word back to the tool's: only where a table says one word for one. Pure."""

from hub.errors import Unmappable
from hub.mapping.document import Document
from hub.mapping.words import written


def inverse(document: Document, field: str, value: object) -> str:
    """Return the tool's word that a field's table turns into `value`.

    Raises: Unmappable, when no word does, or more than one: then writing and reading back would
            not end in the same place, and two systems could correct each other for ever.
    """
    rule = next((rule for rule in document.rules if rule.field == field), None)
    if rule is None or rule.lookup is None:
        raise Unmappable(f"{document.mapping}: {field} has no table to read backwards", path=field)
    found = [word for word, ours in rule.lookup.entries.items() if ours == value]
    if len(found) == 1:
        return found[0]
    said = written(getattr(value, "word", value))
    if not found:
        raise Unmappable(f"{document.mapping}: no word of the tool means {said}", path=field)
    several = ", ".join(sorted(found)[:5])
    raise Unmappable(
        f"{document.mapping}: several words of the tool mean {said} ({several}); leave one",
        path=field,
    )
