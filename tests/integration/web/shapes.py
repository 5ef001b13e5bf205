"""Whether an answer has just the fields that its shape in the API document has."""

from typing import Any

from pydantic import BaseModel


def strangers(value: Any, shape: Any, place: str = "") -> list[str]:
    """Name the fields of an answer that its shape does not know, at any depth."""
    if isinstance(value, list):
        return [found for one in value for found in strangers(one, shape, place)]
    if not isinstance(value, dict) or not isinstance(shape, type):
        return []
    if not issubclass(shape, BaseModel):
        return []
    found = [f"{place}/{name}" for name in value if name not in shape.model_fields]
    for name, known in shape.model_fields.items():
        for inner in models(known.annotation):
            found += strangers(value.get(name), inner, f"{place}/{name}")
    return found


def models(annotation: Any) -> list[type[BaseModel]]:
    """Return the models that an annotation speaks of, except in mappings by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if getattr(annotation, "__origin__", None) is dict:
        return []
    return [one for inner in getattr(annotation, "__args__", ()) for one in models(inner)]
