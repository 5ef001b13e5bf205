"""The shapes that answers are read into: what is known of them, as plain objects.

A typed decoder skips what is not asked about (links to itself, icons, avatars), which is most of
what Jira writes. Source: Atlassian, Jira Cloud platform REST API v3; ids are strings there.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypedDict, cast

import msgspec

Json = dict[str, Any]


class Named(TypedDict, total=False):
    """What has an id and a name."""

    id: str
    name: str


class Category(TypedDict, total=False):
    """What a status amounts to, in one of four words that are not translated."""

    id: int
    key: str


class Status(TypedDict, total=False):
    """A status."""

    id: str
    name: str
    statusCategory: Category


class Type(TypedDict, total=False):
    """A type of issues. Shape: a Data Center tells no level."""

    id: str
    name: str
    subtask: bool
    hierarchyLevel: int | None


class ProjectOf(TypedDict, total=False):
    """The project of an issue."""

    id: str
    key: str
    name: str


class User(TypedDict, total=False):
    """A person. Shape: a Cloud tells an `accountId` only, and no address that is hidden."""

    accountId: str
    key: str
    name: str
    displayName: str
    emailAddress: str | None
    active: bool
    accountType: str


class Version(TypedDict, total=False):
    """A fix version. Shape: days are bare."""

    id: str
    name: str
    description: str | None
    archived: bool
    released: bool
    overdue: bool
    startDate: str | None
    releaseDate: str | None
    projectId: int


class LinkType(TypedDict, total=False):
    """A type of links, and how it reads from either side."""

    id: str
    name: str
    inward: str
    outward: str


class End(TypedDict, total=False):
    """The issue at the other end of a link, or above."""

    id: str
    key: str


class Link(TypedDict, total=False):
    """A link as one of its issues shows it: with the other one."""

    id: str
    type: LinkType
    inwardIssue: End
    outwardIssue: End


class Project(TypedDict, total=False):
    """A project as lists of projects have it."""

    id: str
    key: str
    name: str
    projectTypeKey: str
    style: str
    archived: bool
    simplified: bool


_FIELDS: Final[dict[str, Any]] = {
    "summary": str,
    "status": Status,
    "issuetype": Type,
    "project": ProjectOf,
    "priority": Named | None,
    "assignee": User | None,
    "labels": list[str] | None,
    "components": list[Named] | None,
    "fixVersions": list[Version] | None,
    "created": str | None,
    "updated": str,
    "duedate": str | None,
    "resolution": Named | None,
    "resolutiondate": str | None,
    "parent": End | None,
    "issuelinks": list[Link] | None,
    "timeoriginalestimate": int | None,
    "timeestimate": int | None,
    "timespent": int | None,
}


class Stamp(msgspec.Struct):
    """The one field that a census asks for."""

    updated: str


class Seen(msgspec.Struct):
    """An issue in a census."""

    id: str
    fields: Stamp


class Found(msgspec.Struct):
    """One page of a search in either dialect.

    Shape: `next_token` and `last` are a Cloud's, the numbers a Data Center's.
    """

    issues: list[msgspec.Raw]
    next_token: str | None = msgspec.field(name="nextPageToken", default=None)
    last: bool | None = msgspec.field(name="isLast", default=None)
    start: int | None = msgspec.field(name="startAt", default=None)
    most: int | None = msgspec.field(name="maxResults", default=None)
    total: int | None = None


class Whole(Found, kw_only=True):
    """The same with its issues read, as whoever makes it says."""

    issues: list[Any] = []


@lru_cache(maxsize=16)
def issue_type(custom: tuple[str, ...]) -> Any:
    """Return the type of an issue of a site with these fields beside the system's own.

    Shape: what those hold is left as it is; their types are the site's business.
    """
    make = cast("Any", TypedDict)
    fields = make("Fields", _FIELDS | dict.fromkeys(custom, Any), total=False)
    return make("Issue", {"id": str, "key": str, "fields": fields})


@lru_cache(maxsize=32)
def page_decoder(of: Any) -> Callable[[bytes], Whole]:
    """Return what reads a page whose issues are of one type."""
    made = msgspec.defstruct("Page", [("issues", list[of])], bases=(Whole,), kw_only=True)
    return cast("Callable[[bytes], Whole]", msgspec.json.Decoder(made).decode)
