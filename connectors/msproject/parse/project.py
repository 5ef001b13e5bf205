"""The project's own record: the header of the file, and the row with UID 0, wherever it stood."""

from typing import Final

from connectors.msproject.parse.calendar import STANDARD_KEY, Calendars
from connectors.msproject.parse.fields import Fields
from connectors.msproject.parse.tally import Tally
from connectors.msproject.parse.words import Words, digest, text, wall
from hub.contract import Record

KEY: Final = "0"
"""The key of a file's only project: the UID of the row that stands for it."""

STANDARD_NAME: Final = "Standard"


def calendar(header: Words, calendars: Calendars) -> str:
    """Return the project's calendar; `STANDARD_KEY` when the file has none."""
    used = calendars.used(header)
    return used or calendars.names.get(STANDARD_NAME) or STANDARD_KEY


def record(header: Words, row: Words, fields: Fields, calendar: str, tally: Tally) -> Record:
    """Make the project's record, once the whole file was seen."""
    start, finish = text(header, "StartDate"), text(header, "FinishDate")
    derived: Words = {"calendar": calendar, "custom_fields": fields.names}
    if start is None and tally.earliest:
        start = tally.earliest.isoformat()
    if finish is None and tally.latest:
        finish = tally.latest.isoformat()
    if start:
        derived["start"] = start
    if finish:
        derived["finish"] = finish
    said = wall(text(header, "StartDate")) and wall(text(header, "FinishDate"))
    if said is None and (start or finish):
        tally.note("project_dates_derived", f"{start} to {finish}")
    body: Words = {**header, "derived": derived}
    if row:
        body["row"] = row
    return Record(kind="project", key=KEY, body=body, version=digest(body))
