"""The world of a simulated Jira, and what people do to it.

Every change sets `updated` and writes a changelog, as Jira does. Search sees a change only after
`index_lag` seconds; single reads see it at once.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Dialect = Literal["cloud", "server"]

CATEGORIES: Final = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}
TYPES: Final = {
    "Epic": ("10000", 1),
    "Story": ("10001", 0),
    "Task": ("10002", 0),
    "Bug": ("10003", 0),
    "Sub-task": ("10004", -1),
    "故障": ("10005", 0),
}
STATUSES: Final = {
    "To Do": ("10010", "new"),
    "In Progress": ("10011", "indeterminate"),
    "In Review": ("10012", "indeterminate"),
    "Done": ("10013", "done"),
    "已完成": ("10014", "done"),
}
LINK_TYPES: Final = {
    "Blocks": ("10020", "is blocked by", "blocks"),
    "Relates": ("10021", "relates to", "relates to"),
}
PRIORITIES: Final = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
RESOLUTIONS: Final = {"Done": "10030", "Won't Do": "10031", "Duplicate": "10032"}


@dataclass
class User:
    """Somebody. Shape: `email` None: hidden by the person's privacy settings."""

    key: str
    name: str
    email: str | None = None
    zone: str = "UTC"


@dataclass
class Project:
    """A project. Shape: `visible` False: the hub's user lost the permission to browse it."""

    id: int
    key: str
    name: str
    visible: bool = True


@dataclass
class Version:
    """A fix version."""

    id: int
    project: int
    name: str
    release_date: str | None = None
    start_date: str | None = None
    released: bool = False
    archived: bool = False


@dataclass
class Sprint:
    """A sprint. Shape: `state` is future, active or closed."""

    id: int
    board: int
    name: str
    state: str = "future"
    start: str | None = None
    end: str | None = None


@dataclass
class Board:
    """A board over a project."""

    id: int
    name: str
    project: int


@dataclass
class Link:
    """A link: `outward` does to `inward` what the type says."""

    id: int
    type: str
    outward: int
    inward: int


@dataclass
class Issue:
    """An issue. Units: `created`, `updated` milliseconds since the epoch, spans seconds."""

    id: int
    key: str
    project: int
    summary: str
    type: str
    status: str
    created: int
    updated: int
    reporter: str
    assignee: str | None = None
    priority: str | None = "Medium"
    resolution: str | None = None
    parent: int | None = None
    due: str | None = None
    start: str | None = None
    points: float | None = None
    estimate: int | None = None
    spent: int | None = None
    remaining: int | None = None
    description: str | None = None
    labels: list[str] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    components: list[str] = field(default_factory=list)
    sprints: list[int] = field(default_factory=list)
    former_keys: list[str] = field(default_factory=list)
    changelog: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    worklogs: list[dict[str, Any]] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    remote: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Event:
    """Something that a webhook would tell: what happened to which issue."""

    name: str
    issue: Issue
    at: int


@dataclass
class Site:
    """One Jira. Units: `clock` milliseconds since the epoch, `index_lag` seconds."""

    dialect: Dialect = "cloud"
    clock: int = 1_770_000_000_000
    index_lag: float = 0
    epoch_jql: bool = True
    browser: str = "hub"
    changes: int = 0
    users: dict[str, User] = field(default_factory=dict)
    projects: dict[int, Project] = field(default_factory=dict)
    versions: dict[int, Version] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)
    sprints: dict[int, Sprint] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    links_of: dict[int, list[Link]] = field(default_factory=dict)
    gone_worklogs: list[tuple[int, int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    _index: dict[int, list[tuple[int, Issue | None]]] = field(default_factory=dict)
    _next: int = 10_100
    _numbers: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let the hub's own user be there."""
        self.user("hub", "Milepost")

    @property
    def cloud(self) -> bool:
        """Whether it speaks as Cloud does."""
        return self.dialect == "cloud"

    def number(self) -> int:
        """Take the next id."""
        self._next += 1
        return self._next

    def advance(self, seconds: float) -> None:
        """Let time go by."""
        self.clock += int(seconds * 1000)

    def user(self, key: str, name: str, email: str | None = None, zone: str = "UTC") -> User:
        """Make a user."""
        self.users[key] = User(key, name, email, zone)
        return self.users[key]

    def project(self, key: str, name: str) -> Project:
        """Make a project."""
        made = Project(self.number(), key, name)
        self.projects[made.id] = made
        return made

    def version(self, project: Project, name: str, release_date: str | None = None) -> Version:
        """Make a fix version."""
        made = Version(self.number(), project.id, name, release_date)
        self.versions[made.id] = made
        self.changes += 1
        return made

    def board(self, project: Project, name: str) -> Board:
        """Make a board."""
        made = Board(self.number(), name, project.id)
        self.boards[made.id] = made
        return made

    def sprint(self, board: Board, name: str, state: str = "active") -> Sprint:
        """Make a sprint."""
        made = Sprint(self.number(), board.id, name, state, "2026-02-01T08:00:00.000Z")
        self.sprints[made.id] = made
        return made

    def issue(
        self,
        project: Project,
        summary: str,
        *,
        type: str = "Task",  # noqa: A002 - as Jira calls it
        **about: Any,
    ) -> Issue:
        """Create an issue."""
        number = self._numbers[project.id] = self._numbers.get(project.id, 0) + 1
        made = Issue(
            self.number(), f"{project.key}-{number}", project.id, summary, type,
            about.pop("status", "To Do"), self.clock, self.clock, self.browser, **about,
        )  # fmt: skip
        self.issues[made.id] = made
        self._indexed(made, event="jira:issue_created")
        return made

    def edit(self, issue: Issue, **about: Any) -> Issue:
        """Change fields of an issue, as a person does."""
        items = []
        for name, value in about.items():
            before = getattr(issue, name)
            items.append(
                {"field": name, "from": _word(before), "fromString": _word(before),
                 "to": _word(value), "toString": _word(value)}
            )  # fmt: skip
            setattr(issue, name, value)
        return self._changed(issue, items)

    def move(self, issue: Issue, project: Project) -> Issue:
        """Move an issue: it keeps its id and gets another key; the old one leads to it."""
        number = self._numbers[project.id] = self._numbers.get(project.id, 0) + 1
        issue.former_keys.append(issue.key)
        before, issue.key = issue.key, f"{project.key}-{number}"
        issue.project = project.id
        return self._changed(issue, [_item("Key", before, issue.key)])

    def delete(self, issue: Issue) -> None:
        """Delete an issue, its links with it."""
        del self.issues[issue.id]
        for link in list(self.links_of.get(issue.id, ())):
            self._cut(link)
        self._indexed(issue, gone=True, event="jira:issue_deleted")

    def link(self, outward: Issue, inward: Issue, type_: str = "Blocks") -> Link:
        """Link two issues: the first one blocks the second. `updated` of both is set."""
        made = Link(self.number(), type_, outward.id, inward.id)
        self.links[made.id] = made
        for one in (outward, inward):
            self.links_of.setdefault(one.id, []).append(made)
            self._changed(one, [_item("Link", None, type_)])
        return made

    def unlink(self, link: Link, *, seen_by: Issue | None = None) -> None:
        """Take a link away; only the issue where that was done is `updated`, if any."""
        self._cut(link)
        if seen_by is not None:
            self._changed(seen_by, [_item("Link", link.type, None)])

    def _cut(self, link: Link) -> None:
        del self.links[link.id]
        for end in (link.inward, link.outward):
            self.links_of[end].remove(link)

    def comment(self, issue: Issue, text: str, author: str = "hub") -> dict[str, Any]:
        """Comment an issue."""
        made = {"id": self.number(), "text": text, "author": author, "at": self.clock}
        issue.comments.append(made)
        self._changed(issue, [])
        return made

    def log_work(self, issue: Issue, seconds: int, author: str = "hub") -> dict[str, Any]:
        """Log work on an issue."""
        made = {"id": self.number(), "seconds": seconds, "author": author, "at": self.clock}
        issue.worklogs.append(made)
        issue.spent = (issue.spent or 0) + seconds
        self._changed(issue, [])
        return made

    def unlog_work(self, issue: Issue, worklog: dict[str, Any]) -> None:
        """Take logged work away: that is told by the feed of deleted worklogs only."""
        issue.worklogs.remove(worklog)
        issue.spent = (issue.spent or 0) - worklog["seconds"]
        self.gone_worklogs.append((worklog["id"], self.clock))

    def delete_project(self, project: Project) -> None:
        """Delete a project with all that is in it."""
        for issue in [one for one in self.issues.values() if one.project == project.id]:
            self.delete(issue)
        for version in [one for one in self.versions.values() if one.project == project.id]:
            del self.versions[version.id]
        del self.projects[project.id]

    def by_key(self, key: str) -> Issue | None:
        """Find an issue by its id, its key or a key of before."""
        if key.isdigit():
            return self.issues.get(int(key))
        issues = self.issues.values()
        found = next((one for one in issues if one.key == key), None)
        return found or next((one for one in issues if key in one.former_keys), None)

    def may_see(self, issue: Issue) -> bool:
        """Tell whether the hub's user may browse an issue."""
        project = self.projects.get(issue.project)
        return project is not None and project.visible

    def indexed(self, reconciled: frozenset[int] = frozenset()) -> Iterator[Issue]:
        """Yield every issue as search sees it now. Shape: `reconciled` are seen as they are."""
        if self.index_lag <= 0:
            yield from self.issues.values()
            return
        for id_, states in self._index.items():
            if id_ in reconciled:
                if id_ in self.issues:
                    yield self.issues[id_]
                continue
            seen = [state for at, state in states if at <= self.clock]
            if seen and seen[-1] is not None:
                yield seen[-1]

    def _changed(self, issue: Issue, items: list[dict[str, Any]]) -> Issue:
        issue.updated = self.clock
        if items:
            entry = {"id": self.number(), "at": self.clock, "author": self.browser, "items": items}
            issue.changelog.append(entry)
        self._indexed(issue, event="jira:issue_updated")
        return issue

    def _indexed(self, issue: Issue, *, event: str, gone: bool = False) -> None:
        self.changes += 1
        self.events.append(Event(event, copy(issue), self.clock))
        if self.index_lag > 0:
            at = self.clock + int(self.index_lag * 1000)
            shown = None if gone else copy(issue)
            self._index.setdefault(issue.id, []).append((at, shown))


def _item(name: str, before: str | None, now: str | None) -> dict[str, Any]:
    return {"field": name, "from": None, "fromString": before, "to": None, "toString": now}


def _word(value: Any) -> str | None:
    return None if value is None else str(value)
