"""The JSON of each thing, as a Cloud and as a Data Center write it.

Shapes follow the vendor's OpenAPI document and issues of a real Cloud site; what those two disagree
on follows the real one.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.simulators.jira.adf import document
from tests.simulators.jira.site import (
    CATEGORIES,
    LINK_TYPES,
    PRIORITIES,
    RESOLUTIONS,
    STATUSES,
    TYPES,
    Issue,
    Link,
    Project,
    Site,
    Sprint,
    User,
    Version,
)

Json = dict[str, Any]

_KINDS: Final = "com.atlassian.jira.plugin.system.customfieldtypes"
_AGILE: Final = "com.pyxis.greenhopper.jira"
CUT: Final = 20
"""So many comments and worklogs come embedded; the others are paged."""
CLOUD_FIELDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "customfield_10015": ("Start date", f"{_KINDS}:datepicker", "date"),
    "customfield_10016": ("Story point estimate", f"{_AGILE}:jsw-story-points", "number"),
    "customfield_10020": ("Sprint", f"{_AGILE}:gh-sprint", "array"),
    "customfield_10026": ("Story Points", f"{_KINDS}:float", "number"),
    "customfield_10040": ("Target", f"{_KINDS}:datepicker", "date"),
    "customfield_10041": ("Target", f"{_KINDS}:textfield", "string"),
}  # fmt: skip
SERVER_FIELDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "customfield_10100": ("Sprint", f"{_AGILE}:gh-sprint", "array"),
    "customfield_10101": ("Epic Link", f"{_AGILE}:gh-epic-link", "any"),
    "customfield_10102": ("Story Points", f"{_KINDS}:float", "number"),
    "customfield_10103": ("Epic Name", f"{_AGILE}:gh-epic-label", "string"),
    "customfield_10104": ("目标开始日期", f"{_KINDS}:datepicker", "date"),
    "customfield_10105": ("Target", f"{_KINDS}:datepicker", "date"),
    "customfield_10106": ("Target", f"{_KINDS}:textfield", "string"),
}  # fmt: skip
SYSTEM_FIELDS: Final = (
    "summary", "issuetype", "project", "status", "priority", "resolution", "labels", "assignee",
    "reporter", "creator", "created", "updated", "duedate", "fixVersions", "versions",
    "components", "issuelinks", "subtasks", "parent", "description", "timetracking",
    "timeoriginalestimate", "timespent", "timeestimate", "comment", "worklog", "resolutiondate",
)  # fmt: skip


class Shapes:
    """Writes what a site holds, under one address."""

    def __init__(self, site: Site, base: str) -> None:
        self.site = site
        self.base = base

    def iso(self, at: int) -> str:
        """Write an instant as Jira does: milliseconds, in the zone of who asks."""
        zone = ZoneInfo(self.site.users[self.site.browser].zone)
        text = datetime.fromtimestamp(at / 1000, zone).isoformat(timespec="milliseconds")
        return text[:-3] + text[-2:]

    def user(self, key: str) -> Json:
        """Write a person."""
        one = self.site.users.get(key) or User(key, key)
        about: Json = {"displayName": one.name, "active": True, "timeZone": one.zone}
        if self.site.cloud:
            link = f"{self.base}/rest/api/2/user?accountId={key}"
            about |= {"self": link, "accountId": key, "accountType": "atlassian"}
        else:
            link = f"{self.base}/rest/api/2/user?username={key}"
            about |= {"self": link, "name": key, "key": f"JIRAUSER{key}"}
        if one.email is not None:
            about["emailAddress"] = one.email
        return about

    def project(self, one: Project) -> Json:
        """Write a project as lists of projects have it."""
        made = self.project_of_issue(one)
        return made | ({"style": "classic", "isPrivate": False} if self.site.cloud else {})

    def project_of_issue(self, one: Project) -> Json:
        """Write a project as an issue shows it."""
        link = f"{self.base}/rest/api/2/project/{one.id}"
        made: Json = {"self": link, "id": str(one.id), "key": one.key, "name": one.name}
        made |= {"projectTypeKey": "software", "avatarUrls": {}}
        return made | ({"simplified": False} if self.site.cloud else {})

    def version(self, one: Version) -> Json:
        """Write a fix version; days that nobody set are not there."""
        made: Json = {
            "self": f"{self.base}/rest/api/2/version/{one.id}", "id": str(one.id),
            "name": one.name, "archived": one.archived, "released": one.released,
            "projectId": one.project,
        }  # fmt: skip
        if one.release_date:
            made["releaseDate"] = one.release_date
        if one.start_date:
            made["startDate"] = one.start_date
        return made

    def status(self, name: str) -> Json:
        """Write a status."""
        id_, category = STATUSES[name]
        number, said = CATEGORIES[category]
        base = f"{self.base}/rest/api/2"
        return {
            "self": f"{base}/status/{id_}", "id": id_, "name": name, "description": "",
            "iconUrl": f"{self.base}/",
            "statusCategory": {
                "self": f"{base}/statuscategory/{number}", "id": number, "key": category,
                "colorName": "blue-gray", "name": said,
            },
        }  # fmt: skip

    def type(self, name: str) -> Json:
        """Write an issue type; only a Cloud tells its level."""
        id_, level = TYPES[name]
        made: Json = {
            "self": f"{self.base}/rest/api/2/issuetype/{id_}", "id": id_, "name": name,
            "description": "", "iconUrl": f"{self.base}/type.svg", "subtask": level < 0,
        }  # fmt: skip
        return made | ({"hierarchyLevel": level} if self.site.cloud else {})

    def priority(self, name: str | None) -> Json | None:
        """Write a priority."""
        if name is None:
            return None
        link = f"{self.base}/rest/api/2/priority/{PRIORITIES[name]}"
        return {"self": link, "id": PRIORITIES[name], "name": name, "iconUrl": f"{self.base}/p.svg"}

    def link_type(self, name: str) -> Json:
        """Write a type of links."""
        id_, inward, outward = LINK_TYPES[name]
        link = f"{self.base}/rest/api/2/issueLinkType/{id_}"
        return {"self": link, "id": id_, "name": name, "inward": inward, "outward": outward}

    def link(self, one: Link, seen_by: int) -> Json:
        """Write a link as one of its two issues shows it."""
        made: Json = {
            "self": f"{self.base}/rest/api/2/issueLink/{one.id}", "id": str(one.id),
            "type": self.link_type(one.type),
        }  # fmt: skip
        if one.outward == seen_by:
            return made | {"outwardIssue": self.short(one.inward)}
        return made | {"inwardIssue": self.short(one.outward)}

    def short(self, id_: int) -> Json:
        """Write an issue as another one shows it."""
        one = self.site.issues.get(id_)
        made: Json = {"id": str(id_), "self": f"{self.base}/rest/api/2/issue/{id_}"}
        if one is None:
            return made | {"key": f"GONE-{id_}"}
        fields: Json = {
            "summary": one.summary, "status": self.status(one.status),
            "priority": self.priority(one.priority), "issuetype": self.type(one.type),
        }  # fmt: skip
        return made | {"key": one.key, "fields": fields}

    def sprint(self, one: Sprint) -> Json | str:
        """Write a sprint as an issue shows it: an object, or the text of an older Data Center."""
        if self.site.cloud:
            made: Json = {"id": one.id, "name": one.name, "state": one.state, "boardId": one.board}
            made |= {"goal": ""} | ({"startDate": one.start} if one.start else {})
            return made | ({"endDate": one.end} if one.end else {})
        return (
            f"com.atlassian.greenhopper.service.sprint.Sprint@1f3[id={one.id},"
            f"rapidViewId={one.board},state={one.state.upper()},name={one.name},"
            f"startDate={one.start or '<null>'},endDate={one.end or '<null>'},"
            f"completeDate=<null>,sequence={one.id},goal=]"
        )

    def issue(self, one: Issue, fields: Iterable[str], version: int) -> Json:
        """Write an issue with the fields that were asked for."""
        return {
            "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
            "id": str(one.id), "self": f"{self.base}/rest/api/{version}/issue/{one.id}",
            "key": one.key,
            **({"fields": said} if (said := self.fields(one, fields, version)) else {}),
        }  # fmt: skip

    def fields(self, one: Issue, asked: Iterable[str], version: int) -> Json:
        """Write the fields of an issue. Shape: `asked` may hold *all, *navigable and -field."""
        known = {**self._plain(version), **self._custom()}
        wanted = {name for name in asked if not name.startswith("-")}
        if wanted & {"*all", "*navigable"}:
            wanted = set(known)
        wanted -= {name[1:] for name in asked if name.startswith("-")}
        return {name: write(one) for name, write in known.items() if name in wanted}

    def _plain(self, version: int) -> Mapping[str, Callable[[Issue], Any]]:
        site = self.site
        return {
            "summary": lambda one: one.summary,
            "issuetype": lambda one: self.type(one.type),
            "project": lambda one: self.project_of_issue(site.projects[one.project]),
            "status": lambda one: self.status(one.status),
            "priority": lambda one: self.priority(one.priority),
            "resolution": self._resolution,
            "resolutiondate": lambda one: self.iso(one.updated) if one.resolution else None,
            "labels": lambda one: list(one.labels),
            "assignee": lambda one: None if one.assignee is None else self.user(one.assignee),
            "reporter": lambda one: self.user(one.reporter),
            "creator": lambda one: self.user(one.reporter),
            "created": lambda one: self.iso(one.created),
            "updated": lambda one: self.iso(one.updated),
            "duedate": lambda one: one.due,
            "fixVersions": lambda one: [self.version(site.versions[v]) for v in one.versions
                                        if v in site.versions],
            "versions": lambda _: [],
            "components": lambda one: [{"self": f"{self.base}/c", "id": str(sum(map(ord, name))),
                                        "name": name} for name in one.components],
            "issuelinks": lambda one: [self.link(link, one.id)
                                       for link in site.links_of.get(one.id, ())],
            "subtasks": lambda one: [self.short(sub.id) for sub in site.issues.values()
                                     if sub.parent == one.id and TYPES[sub.type][1] < 0],
            "description": lambda one: self.rich(one.description, version),
            "timetracking": self._tracking,
            "timeoriginalestimate": lambda one: one.estimate,
            "timeestimate": lambda one: one.remaining,
            "timespent": lambda one: one.spent,
            "comment": lambda one: self.comments(one, 0, CUT, version),
            "worklog": lambda one: self.worklogs(one, 0, CUT, version),
            **self._parents(),
        }  # fmt: skip

    def _parents(self) -> Mapping[str, Callable[[Issue], Any]]:
        """Write the parent: at every level on a Cloud, of sub-tasks only on a Data Center."""

        def parent(one: Issue) -> Json | None:
            above = self.site.issues.get(one.parent or 0)
            if above is None or (not self.site.cloud and TYPES[one.type][1] >= 0):
                return None
            return self.short(above.id)

        return {"parent": parent}

    def _custom(self) -> Mapping[str, Callable[[Issue], Any]]:
        site = self.site

        def sprints(one: Issue) -> Any:
            found = [self.sprint(site.sprints[number]) for number in one.sprints]
            return found or None

        def epic(one: Issue) -> str | None:
            above = site.issues.get(one.parent or 0)
            return above.key if above is not None and TYPES[one.type][1] >= 0 else None

        if site.cloud:
            return {
                "customfield_10015": lambda one: one.start,
                "customfield_10016": lambda one: one.points,
                "customfield_10020": sprints,
                "customfield_10026": lambda _: None,
                "customfield_10040": lambda _: None,
                "customfield_10041": lambda _: None,
            }
        return {
            "customfield_10100": sprints,
            "customfield_10101": epic,
            "customfield_10102": lambda one: one.points,
            "customfield_10103": lambda one: one.summary if one.type == "Epic" else None,
            "customfield_10104": lambda one: one.start,
            "customfield_10105": lambda _: None,
            "customfield_10106": lambda _: None,
        }

    def _resolution(self, one: Issue) -> Json | None:
        if one.resolution is None:
            return None
        id_ = RESOLUTIONS[one.resolution]
        link = f"{self.base}/rest/api/2/resolution/{id_}"
        return {"self": link, "id": id_, "name": one.resolution, "description": ""}

    def _tracking(self, one: Issue) -> Json:
        said = {
            "originalEstimateSeconds": one.estimate, "remainingEstimateSeconds": one.remaining,
            "timeSpentSeconds": one.spent,
        }  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    def rich(self, text: str | None, version: int) -> Any:
        """Write rich text: a document in version 3 of the API, a string in version 2."""
        if text is None:
            return None
        return document(text) if version > 2 else text

    def comments(self, one: Issue, start: int, most: int, version: int) -> Json:
        """Write a page of comments."""
        rows = one.comments[start : start + most]
        made = [
            {
                "self": f"{self.base}/rest/api/{version}/issue/{one.id}/comment/{row['id']}",
                "id": str(row["id"]), "author": self.user(row["author"]),
                "updateAuthor": self.user(row["author"]), "body": self.rich(row["text"], version),
                "created": self.iso(row["at"]), "updated": self.iso(row["at"]),
            }
            for row in rows
        ]  # fmt: skip
        total = len(one.comments)
        return {"comments": made, "maxResults": most, "total": total, "startAt": start}

    def worklogs(self, one: Issue, start: int, most: int, version: int) -> Json:
        """Write a page of worklogs."""
        rows = [self.worklog(one, row, version) for row in one.worklogs[start : start + most]]
        total = len(one.worklogs)
        return {"worklogs": rows, "maxResults": most, "total": total, "startAt": start}

    def worklog(self, one: Issue, row: Mapping[str, Any], version: int) -> Json:
        """Write logged work."""
        return {
            "self": f"{self.base}/rest/api/{version}/issue/{one.id}/worklog/{row['id']}",
            "id": str(row["id"]), "issueId": str(one.id), "author": self.user(row["author"]),
            "updateAuthor": self.user(row["author"]), "created": self.iso(row["at"]),
            "updated": self.iso(row["at"]), "started": self.iso(row["at"]),
            "timeSpent": f"{row['seconds'] // 60}m", "timeSpentSeconds": row["seconds"],
        }  # fmt: skip

    def history(self, row: Mapping[str, Any]) -> Json:
        """Write an entry of the changelog."""
        items = [{"fieldtype": "jira", "fieldId": one["field"], **one} for one in row["items"]]
        return {
            "id": str(row["id"]), "author": self.user(row["author"]),
            "created": self.iso(row["at"]), "items": items,
        }  # fmt: skip

    def all_fields(self) -> list[Json]:
        """Write the list of fields."""
        plain: list[Json] = [
            {"id": name, "key": name, "name": name.capitalize(), "custom": False,
             "orderable": True, "navigable": True, "searchable": True, "clauseNames": [name],
             "schema": {"type": "string", "system": name}}
            for name in SYSTEM_FIELDS
        ]  # fmt: skip
        known = CLOUD_FIELDS if self.site.cloud else SERVER_FIELDS
        custom = [
            {"id": id_, "key": id_, "name": name, "custom": True, "orderable": True,
             "navigable": True, "searchable": True, "clauseNames": [f"cf[{id_[12:]}]", name],
             "schema": {"type": type_, "custom": kind, "customId": int(id_[12:]),
                        **({"items": "json"} if type_ == "array" else {})}}
            for id_, (name, kind, type_) in known.items()
        ]  # fmt: skip
        return plain + custom
