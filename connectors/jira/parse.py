"""What an issue is, as records: itself, its links, who works on it. Pure: no clock, no network.

A body is what Jira answered, of the fields that are known; what it says in several ways, or in
another one in each dialect, stands beside it in `derived`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import msgspec

from connectors.jira.fields import Layout
from connectors.jira.sprints import current, sprints
from hub.contract import Record

ISSUE: Final = "issue"
LINK: Final = "link"
PROJECT: Final = "project"
USER: Final = "user"
VERSION: Final = "version"
_UTC: Final = "+0000"
_HIGHEST: Final = 2
_digest = msgspec.json.Encoder(order="deterministic").encode


def project_key(id_: object) -> str:
    """Return the key of a project's record: its id, told from those of issues."""
    return f"p{id_}"


def version_key(id_: object) -> str:
    """Return the key of a version's record."""
    return f"v{id_}"


def link_key(id_: object) -> str:
    """Return the key of a link's record."""
    return f"l{id_}"


def stamp(text: str) -> str:
    """Write an instant of Jira in UTC, so that two of them compare as texts.

    Shape:  2026-03-01T12:00:00.000+0000, in the zone of who asks.
    Raises: ValueError, when it is none.
    """
    if text.endswith(_UTC) and len(text) == 28:  # noqa: PLR2004 - most sites; ten times as fast
        return text[:-2] + ":00"
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without its offset")
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def milliseconds(stamped: str) -> int:
    """Return the instant of a stamp in milliseconds since the epoch."""
    return int(datetime.fromisoformat(stamped).timestamp() * 1000)


class Issues:
    """Makes records of the issues of one site."""

    def __init__(self, base: str, layout: Layout) -> None:
        self._browse = f"{base}/browse/"
        self._layout = layout

    def record(self, issue: dict[str, Any]) -> Record:
        """Make the record of an issue; it keeps the issue as its body.

        Raises: KeyError, TypeError, ValueError, AttributeError, when what every issue has is not
                there.
        """
        fields = issue["fields"]
        updated = stamp(fields["updated"])
        custom = self._layout
        type_ = fields["issuetype"]
        level = type_.get("hierarchyLevel")
        if level is None:
            level = (
                -1 if type_.get("subtask") else int(_first(fields, custom.epic_name) is not None)
            )
        derived: dict[str, Any] = {
            "url": self._browse + issue["key"],
            "project": project_key(fields["project"]["id"]),
            "level": level,
            # One word for a table: how high it stands, and among the ordinary ones its type.
            "what": type_["name"] if level == 0 else str(min(level, _HIGHEST)),
            "updated": updated,
            "links": [link_key(one["id"]) for one in fields.get("issuelinks") or ()],
            "versions": [version_key(one["id"]) for one in fields.get("fixVersions") or ()],
        }
        if created := fields.get("created"):
            derived["created"] = stamp(created)
        if assignee := fields.get("assignee"):
            derived["assignee"] = who = account(assignee)
            derived["people"] = [assignee.get("displayName") or assignee.get("name") or who]
        self._place(fields, derived)
        for name, ids in (("start", custom.start), ("points", custom.points)):
            if ids and (value := _first(fields, ids)) is not None:
                derived[name] = value
        issue["derived"] = derived
        return Record(ISSUE, issue["id"], issue, updated)

    def _place(self, fields: Mapping[str, Any], derived: dict[str, Any]) -> None:
        """Say what the issue is part of, and the sprint that it is in."""
        custom = self._layout
        if parent := fields.get("parent"):
            derived["parent"] = parent["id"]
        elif (above := _first(fields, custom.epic) or _first(fields, custom.above)) is not None:
            _above(above, derived)
        if custom.sprint and (said := _first(fields, custom.sprint)):
            found = sprints(said)
            if (now := current(found)) is not None:
                derived["sprints"] = found
                derived["sprint"] = now.get("name")


def _first(fields: Mapping[str, Any], ids: Iterable[str]) -> Any:
    for one in ids:
        if (value := fields.get(one)) is not None:
            return value
    return None


def _above(value: Any, derived: dict[str, Any]) -> None:
    """Read an epic link (a key) or a parent link (a key, or an object around the issue)."""
    if isinstance(value, str):
        derived["parent_key"] = value
    elif isinstance(value, Mapping) and isinstance(held := value.get("data"), Mapping):
        if isinstance(held.get("id"), int | str):
            derived["parent"] = str(held["id"])
        elif isinstance(held.get("key"), str):
            derived["parent_key"] = held["key"]


def account(user: Mapping[str, Any]) -> str:
    """Return the key of a person: on a Cloud the account, on a Data Center the key, which stays."""
    found = user.get("accountId") or user.get("key") or user["name"]
    return str(found)


class Beside:
    """Makes records of what issues show besides themselves, each once for a page."""

    def __init__(self) -> None:
        self._links: set[str] = set()
        self._users: set[str] = set()

    def records(self, issue: Record) -> Iterable[Record]:
        """Yield the links of an issue and who works on it, what this page has not had yet."""
        fields: Any = issue.body["fields"]
        for one in fields.get("issuelinks") or ():
            if one["id"] not in self._links:
                self._links.add(one["id"])
                yield link(one, issue.key)
        if (user := fields.get("assignee")) and (key := account(user)) not in self._users:
            self._users.add(key)
            yield Record(USER, key, user, digest(user))


def link(one: Mapping[str, Any], seen_by: str) -> Record:
    """Make the record of a link, the same from whichever of its two issues it is read.

    Shape: as Jira shows a link by itself: the inward issue does to the outward one what the type
           says outward ("blocks"). An issue shows the other one only, under the name of its end.
    """
    if "outwardIssue" in one:
        inward, outward = seen_by, one["outwardIssue"]["id"]
    else:
        inward, outward = one["inwardIssue"]["id"], seen_by
    body = {"id": one["id"], "type": one["type"], "inward": inward, "outward": outward}
    return Record(LINK, link_key(one["id"]), body, f"{one['type']['id']}:{inward}:{outward}")


def project(one: Mapping[str, Any], base: str) -> Record:
    """Make the record of a project."""
    derived = {"url": f"{base}/browse/{one['key']}"}
    return Record(PROJECT, project_key(one["id"]), {**one, "derived": derived}, digest(one))


def version(one: Mapping[str, Any], of: Mapping[str, Any], base: str) -> Record:
    """Make the record of a fix version of a project."""
    derived = {
        "project": project_key(of["id"]),
        "url": f"{base}/projects/{of['key']}/versions/{one['id']}",
        "state": "released" if one.get("released") else "unreleased",
        "active": not one.get("archived"),
    }
    body = {**one, "derived": derived}
    return Record(VERSION, version_key(one["id"]), body, digest(body))


def digest(body: object) -> str:
    """Digest what has no version of its own."""
    return blake2b(_digest(body), digest_size=8).hexdigest()


def newest(records: Sequence[Record], known: str) -> str:
    """Return the last change among issues, or the one known before."""
    return max((one.version for one in records if one.kind == ISSUE), default=known)
