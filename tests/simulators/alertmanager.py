"""An Alertmanager that fails on demand; that it lists as the real one does, the live tests show."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from deploy.lab.endpoints import Endpoint

_BEGAN = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@dataclass
class SimulatedAlertmanager(Endpoint):
    """One server behind a token; `alert` begins an alert, `end` lets it vanish from the list.

    Shape: `silences` are those that were asked for, by id; they silence nothing. `beats` tells
           whether a Watchdog is heard.
    """

    path: str = "/{tail:.*}"
    token: str = "sim-token"  # noqa: S105 - of a stand-in
    alerts: dict[int, dict[str, Any]] = field(default_factory=dict)
    silences: dict[str, dict[str, Any]] = field(default_factory=dict)
    beats: bool = False

    @property
    def base(self) -> str:
        """Return what an admin fills in."""
        return f"http://{self.target}"

    def alert(self, number: int) -> None:
        """Begin an alert."""
        self.alerts[number] = _alert(number, f"Rule{number}")

    def end(self, number: int) -> None:
        """End an alert: it is not listed any more."""
        del self.alerts[number]

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one question of the API v2."""
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response("Unauthorized", status=401)
        if request.path == "/api/v2/alerts":
            heart = [_alert(0, "Watchdog")] if self.beats else []
            return web.json_response([*heart, *self.alerts.values()])
        if request.path == "/api/v2/status":
            up = (datetime.now(UTC) - timedelta(hours=9)).isoformat()
            return web.json_response({"uptime": up, "versionInfo": {"version": "0.25.0"}})
        if request.path == "/api/v2/silences":
            return await self._silences(request)
        if request.path.startswith("/api/v2/silence/") and request.method == "DELETE":
            self.silences[request.path.rpartition("/")[2]]["status"] = {"state": "expired"}
            return web.Response()
        return web.json_response("not simulated", status=404)

    async def _silences(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response(list(self.silences.values()))
        name = f"silence-{len(self.silences)}"
        made = {**await request.json(), "id": name, "status": {"state": "active"}}
        self.silences[name] = made
        return web.json_response({"silenceID": name})


def _alert(number: int, name: str) -> dict[str, Any]:
    return {
        "fingerprint": hashlib.sha256(str(number).encode()).hexdigest()[:16],
        "startsAt": (_BEGAN + timedelta(seconds=number)).isoformat(),
        "updatedAt": datetime.now(UTC).isoformat(),
        "endsAt": (datetime.now(UTC) + timedelta(minutes=4)).isoformat(),
        "labels": {"alertname": name, "severity": "critical"},
        "annotations": {},
        "generatorURL": "http://prometheus.example/graph",
        "receivers": [{"name": "hub"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    }
