"""What changes something: bodies, versions, verdicts, uploads."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from hub.errors import Misconfigured, Transient, Unmappable
from tests.unit.web import examples
from tests.unit.web.conftest import Client, bearer
from tests.unit.web.fakes import Fakes, change

INCIDENT = "/api/v1/incidents/hub:incident:12"


async def test_an_incident_is_changed_at_the_version_that_was_read(
    client: Client, fakes: Fakes
) -> None:
    answer = await client.patch(
        INCIDENT,
        json={"status": "acknowledged", "commander": None},
        headers=bearer("ops", **{"If-Match": '"7"'}),
    )
    assert (answer.status, answer.headers["ETag"]) == (200, '"8"')
    assert fakes.incidents.patched == [
        ("hub:incident:12", {"status": "acknowledged", "commander": None}, "7")
    ]


@pytest.mark.parametrize("given", [None, "*"])
async def test_any_version_will_do_where_none_is_named(
    client: Client, fakes: Fakes, given: str | None
) -> None:
    headers = bearer("ops") | ({"If-Match": given} if given else {})
    answer = await client.patch(INCIDENT, json={"priority": 1}, headers=headers)
    assert (answer.status, fakes.incidents.patched[0][2]) == (200, None)


async def test_a_stale_edit_is_refused(client: Client, fakes: Fakes) -> None:
    answer = await client.patch(
        INCIDENT, json={"title": "New"}, headers=bearer("ops", **{"If-Match": 'W/"6"'})
    )
    assert (answer.status, (await answer.json())["title"]) == (412, "Changed since")
    assert not fakes.incidents.patched


@pytest.mark.parametrize(
    ("body", "loc"),
    [
        (b"{", "body"),
        (b"[]", "body"),
        (b"{}", "body"),
        (b'{"priority": 6}', "body/priority"),
        (b'{"priority": null}', "body"),
        (b'{"status": "burning"}', "body/status"),
        (b'{"severity": 5}', "body/severity"),
        (b'{"title": "a\\u0000b"}', "body/title"),
        (b'{"title": "\\ud800"}', "body"),
        (b"\xff\xfe", "body"),
    ],
)
async def test_a_body_that_does_not_fit_is_refused_by_place(
    client: Client, fakes: Fakes, body: bytes, loc: str
) -> None:
    answer = await client.patch(
        INCIDENT, data=body, headers=bearer("ops", **{"Content-Type": "application/json"})
    )
    assert (answer.status, answer.content_type) == (422, "application/problem+json")
    assert [fault["loc"] for fault in (await answer.json())["errors"]] == [loc]
    assert not fakes.incidents.patched


async def test_a_body_is_json_and_says_so(client: Client) -> None:
    answer = await client.patch(INCIDENT, data={"title": "form"}, headers=bearer("ops"))
    assert answer.status == 415


async def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    answer = await client.patch(INCIDENT, json={"title": "x" * 3000}, headers=bearer("ops"))
    assert answer.status == 413


async def test_a_conflict_is_told(client: Client) -> None:
    answer = await client.post(
        f"{INCIDENT}/merge", json={"incidents": ["hub:incident:12"]}, headers=bearer("ops")
    )
    assert answer.status == 409


async def test_alerts_are_split_into_a_new_incident(client: Client, fakes: Fakes) -> None:
    answer = await client.post(
        f"{INCIDENT}/split", json={"alerts": ["a", "b"]}, headers=bearer("ops")
    )
    assert (answer.status, (await answer.json())["ref"]) == (201, "hub:incident:13")
    assert fakes.incidents.moved == [("hub:incident:12", ("a", "b"))]


async def test_an_acknowledgement_carries_who_gave_it(client: Client, fakes: Fakes) -> None:
    path = f"/api/v1/alerts/{quote(examples.ALERT['ref'], safe='')}/ack"
    done = await client.post(path, json={"message": "在处理"}, headers=bearer("ops"))
    refused = await client.post(path, json={"message": "me too"}, headers=bearer("pm"))
    assert (done.status, refused.status) == (200, 403)
    assert fakes.alerts.acked == [(examples.ALERT["ref"], "在处理", "ops-person")]


async def test_a_verdict_on_a_link_carries_who_gave_it(client: Client, fakes: Fakes) -> None:
    confirmed = await client.post("/api/v1/links/l-1%2F2/confirm", headers=bearer("pm"))
    rejected = await client.post(
        "/api/v1/links/l-1%2F2/reject", json={"reason": "不是这个服务"}, headers=bearer("ops")
    )
    assert (confirmed.status, rejected.status) == (200, 200)
    assert fakes.links.verdicts == [
        ("confirmed", "l-1/2", "pm-person", ""),
        ("rejected", "l-1/2", "ops-person", "不是这个服务"),
    ]


async def test_a_broken_document_comes_back_with_all_its_faults(client: Client) -> None:
    answer = await client.put("/api/v1/mappings", json={"text": "broken"}, headers=bearer("admin"))
    assert answer.status == 422
    assert [fault["loc"] for fault in (await answer.json())["errors"]] == ["line 1", "line 2"]


async def test_a_catalogue_is_replaced_and_says_what_binds_nothing(
    client: Client, fakes: Fakes
) -> None:
    given = bearer("admin", **{"If-Match": '"3"'})
    answer = await client.put("/api/v1/services", json={"text": "services: []"}, headers=given)
    told = await answer.json()
    assert (answer.status, answer.headers["ETag"], told["services"]) == (200, '"4"', 2)
    assert [fault["loc"] for fault in told["unbound"]] == ["services.yaml:9"]
    assert fakes.catalogue.put_by == [("services: []", "admin-person")]


@pytest.mark.parametrize(
    ("role", "text", "etag", "status"),
    [
        ("admin", "broken", "*", 422),
        ("admin", "services: []", '"2"', 412),
        ("viewer", "services: []", "*", 403),
        ("ops", "services: []", "*", 403),
        ("pm", "services: []", "*", 403),
    ],
)
async def test_a_catalogue_is_refused_for_its_faults_its_age_or_the_role(
    client: Client, fakes: Fakes, role: str, text: str, etag: str, status: int
) -> None:
    headers = bearer(role, **{"If-Match": etag})
    answer = await client.put("/api/v1/services", json={"text": text}, headers=headers)
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert len((await answer.json()).get("errors", [])) == (2 if status == 422 else 0)
    assert fakes.catalogue.put_by == []


async def test_a_document_is_stored_and_made_active(client: Client) -> None:
    put = await client.put("/api/v1/mappings", json={"text": "mapping: x"}, headers=bearer("admin"))
    made = await client.post(
        "/api/v1/mappings/prometheus%2Falert@2/activate", headers=bearer("admin")
    )
    assert ((await put.json())["text"], (await made.json())["id"]) == (
        "mapping: x",
        "prometheus/alert@2",
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document": "prometheus/alert", "record": {"a": 1}}, 200),
        ({"text": "mapping: x", "receipt": "r-1#2"}, 200),
        ({"document": "prometheus/alert"}, 422),
        ({"document": "x", "text": "y", "record": {}}, 422),
        ({"record": {}}, 422),
    ],
)
async def test_a_preview_needs_one_document_and_one_record(
    client: Client, fakes: Fakes, body: dict[str, Any], status: int
) -> None:
    answer = await client.post("/api/v1/mappings/preview", json=body, headers=bearer("pm"))
    assert answer.status == status
    assert len(fakes.mappings.asked) == (status == 200)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document": "prometheus/alert"}, 200),
        ({"text": "mapping: x"}, 200),
        ({"document": "x", "text": "y"}, 422),
        ({}, 422),
    ],
)
async def test_a_preview_of_joined_alerts_needs_one_document(
    client: Client, fakes: Fakes, body: dict[str, Any], status: int
) -> None:
    path = "/api/v1/mappings/preview/alerts"
    answer = await client.post(path, json=body, headers=bearer("pm"))
    assert answer.status == status
    assert len(fakes.mappings.asked) == (status == 200)


async def test_a_replay_starts_from_a_time_with_a_zone(client: Client, fakes: Fakes) -> None:
    good = await client.post(
        "/api/v1/replays",
        json={"connector": "am-main", "since": "2026-03-01T00:00:00+08:00", "diff": True},
        headers=bearer("admin"),
    )
    naive = await client.post(
        "/api/v1/replays", json={"since": "2026-03-01T00:00:00"}, headers=bearer("admin")
    )
    assert ((await good.json())["diff"], naive.status) == (True, 422)
    assert fakes.replays.started == [("am-main", "2026-03-01T00:00:00+08:00", True)]


async def test_a_quarantined_record_is_tried_again(client: Client) -> None:
    answer = await client.post("/api/v1/quarantine/q-1/retry", headers=bearer("ops"))
    assert (await answer.json())["state"] == "solved"


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1000):
        yield b"x" * 1000


async def test_an_upload_is_streamed_to_the_importer(client: Client, fakes: Fakes) -> None:
    answer = await client.post(
        "/api/v1/imports?connector=plan-erp&project=ERP&name=%E8%AE%A1%E5%88%92.xml",
        data=pieces(900_000),
        headers=bearer("pm"),
    )
    assert (answer.status, await answer.json()) == (201, examples.IMPORTED)
    assert fakes.plans.uploads == [("plan-erp", "ERP", "计划.xml", 900_000)]
    assert fakes.plans.largest_chunk < 900_000


@pytest.mark.parametrize("data", [b"x" * 1_000_001, pieces(1_001_000)])
async def test_an_upload_over_the_limit_imports_nothing(
    client: Client, fakes: Fakes, data: Any
) -> None:
    answer = await client.post("/api/v1/imports", data=data, headers=bearer("pm"))
    assert (answer.status, fakes.plans.uploads) == (413, [])


async def test_an_empty_upload_is_refused(client: Client) -> None:
    assert (await client.post("/api/v1/imports", headers=bearer("pm"))).status == 422


async def test_changes_are_read_on_from_a_position(client: Client, fakes: Fakes) -> None:
    fakes.feed.add(*(change(n) for n in (1, 2, 5)))
    first = await (await client.get("/api/v1/changes?limit=2", headers=bearer("viewer"))).json()
    rest = await (
        await client.get(f"/api/v1/changes?after={first['next']}", headers=bearer("viewer"))
    ).json()
    assert [c["seq"] for c in first["items"]] == [1, 2]
    assert [c["seq"] for c in rest["items"]] == [5]
    assert (rest["next"], rest["last_seq"], rest["gap"]) == (None, 5, False)
    assert rest["items"][0] == {
        "seq": 5,
        "at": "2026-03-02T09:30:00+00:00",
        "type": "updated",
        "ref": "am-main:alert:1",
        "kind": "alert",
        "version": 5,
        "cause": "receipt-1",
    }


async def test_changes_that_are_no_longer_kept_are_owned_up_to(
    client: Client, fakes: Fakes
) -> None:
    fakes.feed.add(change(9))
    fakes.feed.kept_from = 8
    answer = await client.get("/api/v1/changes?after=3", headers=bearer("viewer"))
    assert (await answer.json())["gap"] is True


@pytest.mark.parametrize("after", ["-1", "x", "99999999999999999999"])
async def test_a_position_that_cannot_be_is_refused(client: Client, after: str) -> None:
    answer = await client.get(f"/api/v1/changes?after={after}", headers=bearer("viewer"))
    assert answer.status == 422


@pytest.mark.parametrize(
    ("failure", "status", "told"),
    [
        (Transient("the database is away"), 503, "the database is away"),
        (
            Misconfigured("no such store", problems=("milepost.yaml:3: fix",)),
            500,
            "milepost.yaml:3",
        ),
        (Unmappable("an unknown word", path="a.b"), 422, "a.b"),
        (ZeroDivisionError("hunter2"), 500, "request id"),
    ],
)
async def test_a_failure_is_told_by_its_remedy_and_a_bug_by_its_request_id(
    client: Client, fakes: Fakes, failure: Exception, status: int, told: str
) -> None:
    fakes.board.failure = failure
    answer = await client.get("/api/v1/alerts", headers=bearer("ops", **{"X-Request-Id": "me-1"}))
    text = await answer.text()
    assert (answer.status, answer.content_type) == (status, "application/problem+json")
    assert told in text
    assert "hunter2" not in text
    assert (answer.headers["X-Request-Id"], '"request_id":"me-1"' in text) == ("me-1", True)


async def test_a_request_id_that_could_forge_a_log_line_is_replaced(client: Client) -> None:
    answer = await client.get("/healthz", headers={"X-Request-Id": "a b=c"})
    assert answer.headers["X-Request-Id"] not in {"a b=c", ""}


async def test_a_token_is_never_in_the_log(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await client.get("/api/v1/search?q=hunter2", headers=bearer("admin", Cookie="milepost=hunter3"))
    told = capsys.readouterr()
    text = told.out + told.err
    assert "/api/v1/search" in text
    assert "admin-person" in text
    assert not any(word in text for word in ("hunter2", "hunter3", "Bearer"))


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/alerts", "/nothing"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_address_that_is_none_is_a_problem(client: Client, method: str, path: str) -> None:
    answer = await client.request(method, path, headers=bearer("admin"))
    assert (answer.status, answer.content_type) == (404, "application/problem+json")


async def test_a_method_that_is_none_names_those_that_are(client: Client) -> None:
    answer = await client.put(INCIDENT, json={}, headers=bearer("admin"))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, PATCH")
