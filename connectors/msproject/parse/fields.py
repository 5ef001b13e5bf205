"""Custom fields: what the project calls them, and the texts behind their look-up tables."""

from lxml.etree import _Element

from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import Words, child, many, text, words


class Fields:
    """The definitions of a file.

    Shape: `names` maps what people see to the field's own name (`Text1`), for the project record.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._by_table: dict[str, str] = {}
        self._values: dict[tuple[str, str], str] = {}

    def define(self, element: _Element) -> None:
        """Take in the project's ExtendedAttributes or OutlineCodes."""
        found = words(element)
        for one in many(found, "ExtendedAttribute"):
            self._define(one, text(one, "FieldID") or "")
            self._by_table[text(one, "Ltuid") or ""] = text(one, "FieldID") or ""
        for one in many(found, "OutlineCode"):
            field = text(one, "FieldID") or self._by_table.get(text(one, "Guid") or "", "")
            self._define(one, field)
            self._look_up_table(many(one, "Values", "Value"), field)

    def custom(self, body: Words, place: str, tally: Tally) -> dict[str, str]:
        """Return the values of one element by the names that people see."""
        found: dict[str, str] = {}
        for one in (*many(body, "ExtendedAttribute"), *many(body, "OutlineCode")):
            field = text(one, "FieldID") or ""
            value = self._value(one, field)
            if field not in self._labels:
                tally.note("custom_field_unknown", f"{place}: FieldID {field}")
            if value is not None:
                found[self._labels.get(field, field)] = value
        return found

    def _define(self, one: Words, field: str) -> None:
        own = text(one, "FieldName") or field
        label = text(one, "Alias") or own
        if not field or field in self._labels:
            return
        # A task's and a resource's field may share one alias, and so may two fields of a task.
        if label in self.names:
            label = f"{label} ({own})"
        self._labels[field] = label
        self.names[label] = own
        self._look_up_table(many(child(one, "ValueList"), "Value"), field)

    def _look_up_table(self, values: list[Words], field: str) -> None:
        for value in values:
            shown = text(value, "Value") or text(value, "Description") or ""
            for name in ("ValueID", "ID", "FieldGUID", "ValueGUID"):
                key = text(value, name)
                if key:
                    self._values[field, key.lower()] = self._below(value, field, shown)

    def _below(self, value: Words, field: str, shown: str) -> str:
        parent = self._values.get((field, text(value, "ParentValueID") or ""))
        return f"{parent}.{shown}" if parent else shown

    def _value(self, one: Words, field: str) -> str | None:
        plain = one.get("Value")
        if isinstance(plain, str):
            return plain
        for name in ("ValueGUID", "ValueID"):
            key = text(one, name)
            if key and (field, key.lower()) in self._values:
                return self._values[field, key.lower()]
        return text(one, "ValueGUID") or text(one, "ValueID")
