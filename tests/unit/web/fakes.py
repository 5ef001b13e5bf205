"""Services that live in memory: enough of each desk to see what web asked of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.services import Services
from hub.services.access import NewToken, Principal, Role
from hub.services.acting.words import Write
from hub.services.board import Listing, ListQuery
from hub.services.changes import Batch, Change
from hub.services.desks import Accepted, Check, Readiness
from hub.services.refusals import Fault, Refusal, Why
from hub.services.sample import LOADED, NOT_LOADED, SampleState
from tests.unit.web import examples

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def change(seq: int, ref: str = "am-main:alert:1", kind: str = "alert") -> Change:
    return Change(seq, NOW, "updated", ref, kind, seq, "receipt-1")


@dataclass
class FakeIntake:
    max_body: int = 1000
    received: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    answer: Accepted | Refusal | Exception = field(default_factory=lambda: Accepted(3, "r-1"))

    def known(self, connector: str) -> bool:
        return connector == "am-main"

    async def receive(
        self, connector: str, headers: Mapping[str, str], body: bytes
    ) -> Accepted | Refusal:
        self.received.append((connector, headers, body))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class FakeBoard:
    asked: list[tuple[str, ListQuery]] = field(default_factory=list)
    entities: dict[tuple[str, str], dict[str, Any]] = field(default_factory=examples.entities)
    failure: Exception | None = None

    async def page(self, kind: str, query: ListQuery) -> Listing | Refusal:
        self.asked.append((kind, query))
        if self.failure is not None:
            raise self.failure
        if query.sort in {"nonsense", "-nonsense"}:
            return Refusal(Why.INVALID, "no such sort", (Fault("sort", "unknown", "unknown"),))
        items = [
            json.dumps(entity).encode() for (of, _), entity in self.entities.items() if of == kind
        ][: query.limit]
        return Listing(items, None, len(items) if query.count else None, NOW)

    async def tally(self, query: ListQuery) -> Mapping[str, object] | Refusal:
        self.asked.append(("counts", query))
        return {"items": [{"status": "firing", "severity": 4, "alerts": 3}], "as_of": NOW}

    async def groups(self, by: str, query: ListQuery) -> Mapping[str, object] | Refusal:
        self.asked.append((by, query))
        group = {"key": None, "title": None, "alerts": 3, "firing": 2, "severity": 4}
        items = [{**group, "newest_at": NOW}]
        return {"items": items, "next": None, "total": 1, "as_of": NOW}

    async def one(self, kind: str, ref: str) -> bytes | None:
        found = self.entities.get((kind, ref))
        return None if found is None else json.dumps(found).encode()

    async def search(self, text: str, limit: int) -> list[bytes]:
        hits = [
            {"ref": ref, "kind": kind, "title": entity["title"]}
            for (kind, ref), entity in self.entities.items()
            if text in str(entity.get("title"))
        ]
        return [json.dumps(hit).encode() for hit in hits[:limit]]

    async def schedule(self, project: str) -> bytes | None:
        return _of(project, examples.SCHEDULE)

    async def earned_value(self, project: str) -> bytes | None:
        return _of(project, examples.EARNED_VALUE)

    async def forecast(self, project: str) -> bytes | None:
        return _of(project, examples.FORECAST)

    async def topology(self) -> bytes:
        return json.dumps(examples.TOPOLOGY).encode()


def _of(project: str, body: dict[str, Any]) -> bytes | None:
    return json.dumps(body).encode() if project == examples.PROJECT["ref"] else None


class FakeFeed:
    """A change log that a test adds to; `kept_from` forgets what is older."""

    def __init__(self) -> None:
        self.log: list[Change] = []
        self.kept_from = 0
        self.more = asyncio.Event()

    def add(self, *changes: Change) -> None:
        self.log += changes
        self.more.set()
        self.more = asyncio.Event()

    @property
    def last_seq(self) -> int:
        return self.log[-1].seq if self.log else 0

    async def after(self, seq: int, limit: int = 1000) -> Batch:
        changes = tuple(one for one in self.log if one.seq > seq)[:limit]
        return Batch(changes, gap=seq < self.kept_from)

    async def wait(self, seq: int) -> tuple[Change, ...]:
        while not (changes := tuple(one for one in self.log if one.seq > seq)):
            await self.more.wait()
        return changes


@dataclass
class FakeAccess:
    tokens: dict[str, Principal] = field(
        default_factory=lambda: {
            role.value: Principal(f"{role.value}-person", role, "token", role.value)
            for role in Role
        }
    )
    sessions: dict[str, Principal] = field(default_factory=dict)
    links: dict[str, Principal] = field(
        default_factory=lambda: {"once": Principal("first", Role.ADMIN, "session", "0")}
    )
    failure: Exception | None = None

    async def by_token(self, token: str) -> Principal | None:
        if self.failure is not None:
            raise self.failure
        return self.tokens.get(token)

    async def by_session(self, session: str) -> Principal | None:
        return self.sessions.get(session)

    async def open_session(self, principal: Principal) -> str:
        session = f"session-{len(self.sessions)}"
        self.sessions[session] = Principal(principal.name, principal.role, "session", session)
        return session

    async def close_session(self, session: str) -> None:
        self.sessions.pop(session, None)

    async def redeem(self, admin_link: str) -> Principal | None:
        return self.links.pop(admin_link, None)

    async def create_token(self, role: Role, name: str, expires: timedelta | None) -> NewToken:
        raise NotImplementedError


@dataclass
class FakeLinks:
    verdicts: list[tuple[str, str, str, str]] = field(default_factory=list)

    async def confirm(self, link: str, who: Principal) -> bytes | Refusal:
        return self._verdict("confirmed", link, who, "")

    async def reject(self, link: str, who: Principal, reason: str) -> bytes | Refusal:
        return self._verdict("rejected", link, who, reason)

    def _verdict(self, state: str, link: str, who: Principal, reason: str) -> bytes | Refusal:
        if link != examples.LINK["id"]:
            return Refusal(Why.NOT_FOUND, "there is no such link")
        self.verdicts.append((state, link, who.name, reason))
        return json.dumps(examples.LINK | {"state": state}).encode()


@dataclass
class FakeAlerts:
    acked: list[tuple[str, str, str]] = field(default_factory=list)
    assigned: list[tuple[str, str | None, str]] = field(default_factory=list)

    async def acknowledge(self, ref: str, message: str, who: Principal) -> bytes | Refusal:
        if ref != examples.ALERT["ref"]:
            return Refusal(Why.NOT_FOUND, "there is no such alert")
        self.acked.append((ref, message, who.name))
        ack = {"by": who.name, "at": examples.ALERT["starts_at"], "message": message}
        return json.dumps(examples.ALERT | {"ack": ack}).encode()

    async def assign(self, ref: str, service: str | None, who: Principal) -> bytes | Refusal:
        if ref != examples.ALERT["ref"]:
            return Refusal(Why.NOT_FOUND, "there is no such alert")
        self.assigned.append((ref, service, who.name))
        return json.dumps(examples.ALERT | {"service": service}).encode()


@dataclass
class FakeActs:
    done: list[tuple[object, ...]] = field(default_factory=list)
    answer: Mapping[str, object] | Refusal = field(
        default_factory=lambda: {"operations": [examples.OPERATION]}
    )

    async def want(
        self, ref: str, write: Write, values: Mapping[str, object], who: Principal
    ) -> Mapping[str, object] | Refusal:
        self.done.append((ref, write.value, dict(values), who.name))
        return self.answer

    async def cancel(self, ref: str, who: Principal) -> bytes | Refusal:
        self.done.append(("cancel", ref, who.name))
        return json.dumps(examples.OPERATION).encode()

    async def retry(self, ref: str, who: Principal) -> bytes | Refusal:
        self.done.append(("retry", ref, who.name))
        return json.dumps(examples.OPERATION).encode()

    async def stop_writes(
        self, connector: str, *, stopped: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        self.done.append(("stop", connector, stopped, who.name))
        return examples.WRITES | {"stopped": stopped}


@dataclass
class FakeConnectors:
    done: list[tuple[object, ...]] = field(default_factory=list)

    async def health(self, connector: str) -> Mapping[str, object] | Refusal:
        if connector != "am-main":
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r}")
        return examples.HEALTH

    async def check(self, connector: str, who: Principal) -> Mapping[str, object] | Refusal:
        self.done.append(("check", connector, who.name))
        return examples.CHECKED

    async def sync(
        self, connector: str, *, full: bool, accept_gone: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        self.done.append(("sync", connector, full, accept_gone, who.name))
        return examples.HEALTH

    async def pause(
        self, connector: str, *, paused: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        self.done.append(("pause", connector, paused, who.name))
        return examples.HEALTH

    async def onboarding(self, connector: str, hook: str) -> Mapping[str, object] | Refusal:
        if connector != "am-main":
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r}")
        return {"connector": connector, "hook": hook, "text": "route: {}"}


@dataclass
class FakeIncidents:
    patched: list[tuple[str, Mapping[str, object], str | None]] = field(default_factory=list)
    moved: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    async def patch(
        self, ref: str, fields: Mapping[str, object], if_match: str | None, who: Principal
    ) -> bytes | Refusal:
        del who
        if ref != examples.INCIDENT["ref"]:
            return Refusal(Why.NOT_FOUND, "there is no such incident")
        if if_match not in (None, "7"):
            return Refusal(Why.STALE, "the incident is at version 7: read it again")
        self.patched.append((ref, fields, if_match))
        return json.dumps(examples.INCIDENT | dict(fields) | {"version": 8}).encode()

    async def merge(self, ref: str, others: tuple[str, ...], who: Principal) -> bytes | Refusal:
        del who
        if ref in others:
            return Refusal(Why.CONFLICT, "an incident cannot be merged into itself")
        self.moved.append((ref, others))
        return json.dumps(examples.INCIDENT).encode()

    async def split(self, ref: str, alerts: tuple[str, ...], who: Principal) -> bytes | Refusal:
        del who
        self.moved.append((ref, alerts))
        return json.dumps(examples.INCIDENT | {"ref": "hub:incident:13"}).encode()

    async def gather(
        self, alerts: tuple[str, ...], target: str | None, title: str | None, who: Principal
    ) -> bytes | Refusal:
        del who
        if "am-main:alert:none" in alerts:
            fault = Fault("alerts.0", "not_found", "there is no alert am-main:alert:none")
            return Refusal(Why.INVALID, "1 of 1 are no alerts", (fault,))
        self.moved.append((target or "new", alerts))
        return json.dumps(examples.INCIDENT | ({"title": title} if title else {})).encode()


@dataclass
class FakePlans:
    uploads: list[tuple[str, str | None, str, int]] = field(default_factory=list)
    largest_chunk: int = 0

    async def upload(
        self,
        connector: str,
        project: str | None,
        name: str,
        chunks: AsyncIterator[bytes],
        who: Principal,
    ) -> Mapping[str, object] | Refusal:
        del who
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            self.largest_chunk = max(self.largest_chunk, len(chunk))
        if size == 0:
            return Refusal(Why.INVALID, "the file is empty")
        self.uploads.append((connector, project, name, size))
        return examples.IMPORTED

    async def template(self, connector: str, language: str) -> bytes | Refusal:
        if connector not in {"file", "plan-erp"}:
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r} that takes files")
        return f"PK template in {language}".encode()


@dataclass
class FakeCatalogue:
    put_by: list[tuple[str, str]] = field(default_factory=list)

    async def put(self, text: str, if_match: str | None, who: Principal) -> bytes | Refusal:
        if text == "broken":
            faults = (
                Fault("services.yaml:1", "services", "no"),
                Fault("services.yaml:2", "", "no"),
            )
            return Refusal(Why.INVALID, "services.yaml: the service catalogue has faults", faults)
        if if_match not in (None, str(examples.CATALOGUE["version"])):
            return Refusal(Why.STALE, "the service catalogue is not at that version any more")
        self.put_by.append((text, who.name))
        return json.dumps(examples.CATALOGUE | {"version": 4}).encode()


class FakeMeasures:
    def __init__(self) -> None:
        self.asked: list[tuple[str, str, datetime | None, datetime | None, int | None]] = []

    async def service(self, ref: str) -> bytes | None:
        return json.dumps(examples.MEASURED).encode() if ref == examples.SERVICE["ref"] else None

    async def series(
        self, ref: str, name: str, start: datetime | None, end: datetime | None, step: int | None
    ) -> bytes | Refusal:
        self.asked.append((ref, name, start, end, step))
        if ref != examples.SERVICE["ref"]:
            return Refusal(Why.NOT_FOUND, f"there is no metric {name!r} of a service {ref!r}")
        return json.dumps(examples.SERIES).encode()

    async def objectives(self, query: ListQuery) -> Listing | Refusal:
        total = 1 if query.count else None
        return Listing([json.dumps(examples.OBJECTIVE).encode()], None, total, datetime.now(UTC))


class FakeSurveys:
    async def survey(self, connector: str, *, anew: bool) -> Mapping[str, object] | Refusal:
        if connector != "am-main":
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r} that knows hosts")
        return {**examples.SURVEY, "hidden": ["asked anew"] if anew else []}


@dataclass
class FakeMappings:
    asked: list[object] = field(default_factory=list)

    async def preview(
        self, document: str | None, text: str | None, record: object | None, receipt: str | None
    ) -> Mapping[str, object] | Refusal:
        self.asked.append((document, text, record, receipt))
        return examples.PREVIEWED

    async def joins(self, document: str | None, text: str | None) -> Mapping[str, object] | Refusal:
        self.asked.append((document, text))
        return examples.JOINS

    async def coverage(self, document: str) -> Mapping[str, object] | Refusal:
        return examples.COVERAGE | {"document": document}

    async def put(self, text: str, who: Principal) -> bytes | Refusal:
        del who
        if text == "broken":
            faults = (Fault("line 1", "syntax", "not a mapping"), Fault("line 2", "path", "no"))
            return Refusal(Why.INVALID, "the document has 2 faults", faults)
        return json.dumps(examples.MAPPING | {"text": text}).encode()

    async def activate(self, version: str, who: Principal) -> bytes | Refusal:
        del who
        return json.dumps(examples.MAPPING | {"id": version, "text": ""}).encode()


@dataclass
class FakeReplays:
    started: list[tuple[str | None, str | None, bool]] = field(default_factory=list)

    async def start(
        self, connector: str | None, since: str | None, *, diff: bool, who: Principal
    ) -> Mapping[str, object] | Refusal:
        del who
        self.started.append((connector, since, diff))
        return examples.REPLAYED | {"diff": diff}

    async def retry(self, quarantined: str, who: Principal) -> Mapping[str, object] | Refusal:
        del who
        return {"id": quarantined, "state": "solved", "message": None}


@dataclass
class FakeHealth:
    is_ready: bool = True

    async def ready(self) -> Readiness:
        checks = {"store": Check.OK, "connectors": Check.FAILING}
        faults = {"connectors": {"zbx": "http://zbx.internal:8080 answers 502: <h1>Bad</h1>"}}
        return Readiness(self.is_ready, checks, faults)

    async def metrics(self) -> bytes:
        return b"milepost_up 1\n"


class FakeOverview:
    async def intake(self) -> Mapping[str, object]:
        return examples.INTAKE

    async def unmapped(self) -> Mapping[str, object]:
        return examples.UNMAPPED


class FakeSample:
    """A sample that comes and goes."""

    def __init__(self) -> None:
        self.now = SampleState(loaded=False, since=None, by=None, offered=True)

    async def state(self) -> SampleState:
        return self.now

    async def load(self, who: Principal) -> SampleState | Refusal:
        if self.now.loaded:
            return Refusal(Why.CONFLICT, LOADED)
        self.now = SampleState(loaded=True, since=NOW, by=who.name, offered=False)
        return self.now

    async def remove(self, who: Principal) -> SampleState | Refusal:
        if not self.now.loaded:
            return Refusal(Why.CONFLICT, f"{NOT_LOADED}, {who.name}")
        self.now = SampleState(loaded=False, since=None, by=None, offered=True)
        return self.now


class Fakes:
    """All fakes by name, and the `Services` made of them."""

    def __init__(self) -> None:
        self.intake = FakeIntake()
        self.board = FakeBoard()
        self.feed = FakeFeed()
        self.access = FakeAccess()
        self.links = FakeLinks()
        self.alerts = FakeAlerts()
        self.acts = FakeActs()
        self.incidents = FakeIncidents()
        self.plans = FakePlans()
        self.catalogue = FakeCatalogue()
        self.connectors = FakeConnectors()
        self.mappings = FakeMappings()
        self.measures = FakeMeasures()
        self.surveys = FakeSurveys()
        self.replays = FakeReplays()
        self.sample = FakeSample()
        self.health = FakeHealth()
        self.overview = FakeOverview()

    def services(self) -> Services:
        return Services(**vars(self))
