"""Connectors of a made-up organisation, one for each way in which one can be, and their detail."""

from datetime import datetime
from typing import Any

from tests.e2e.answers import Entity, connector, instant

WRITES = ["acknowledge", "close", "comment", "severity", "suppress", "unsuppress"]
STEPS = [
    {"code": "reach", "done": True, "says": "http://zabbix.example answers as Zabbix 7.0.3"},
    {
        "code": "log-in",
        "done": False,
        "says": "the token is refused; make a new one under Users, API tokens",
    },
    {"code": "hosts", "done": None, "says": "not tried: a step before it failed"},
]
ONBOARDING = (
    "route:\n  receiver: milepost\nreceivers:\n  - name: milepost\n    # <webhook_secret>\n"
)


def connectors(now: datetime) -> list[Entity]:
    """Return one that is well, and others that are not: the worst last."""
    hours = connector("x", "x", "x", now)["hours"]
    bad = [{**one, "failures": 40 if at > 18 else 0} for at, one in enumerate(hours)]
    worse = [{**one, "failures": 120} for one in hours[8:]]
    return [
        connector(
            "am-main",
            "prometheus",
            "Prometheus / Alertmanager",
            now,
            open=38,
            can=["suppress", "unsuppress"],
            may=["suppress", "unsuppress"],
            read_only=False,
        ),
        connector("plan-office", "msproject", "Microsoft Project", now, polls=False, quarantined=2,
                  receives=False),
        connector("hook-only", "prometheus", "Prometheus / Alertmanager", now, polls=False,
                  imports=False),
        connector(
            "zbx-main",
            "zabbix",
            "Zabbix",
            now,
            state="failing",
            message="62 alerts are no longer at the tool; too many to be believed",
            guard={"would_end": 62, "of": 100},
            open=38,
            backlog=62,
            error_rate=0.333,
            hours=bad,
            tls="unchecked",
            can=WRITES,
            may=["acknowledge", "comment"],
            read_only=False,
            stopped=True,
            stopped_by="li.na",
            stopped_at=instant(now, 25),
            quarantined=3,
            rate_limit={"limit": 100, "remaining": 7, "resets_at": instant(now, -40),
                        "held_until": instant(now, -2)},
            token_expires_at=instant(now, -60 * 24 * 9),
            token_expiry_known=True,
        ),
        connector(
            "zbx-branch",
            "zabbix",
            "Zabbix",
            now,
            state="misconfigured",
            message="http://zabbix-branch.example: does not know who asks (401); check token, user "
            "and password, and `headers`",
            last_success_at=instant(now, 60 * 17),
            lag_seconds=61_200,
            next_poll_at=instant(now, -8),
            error_rate=1.0,
            hours=[*({**one, "looks": 0} for one in hours[:8]), *worse],
            tls="none",
            can=WRITES,
        ),
    ]  # fmt: skip


def operations(now: datetime) -> list[Entity]:
    """Return writes to the Zabbix: one that holds, one that was refused."""
    common: Entity = {
        "connector": "zbx-main",
        "alert": "zbx-main:alert:1245463",
        "wanted": {"message": "磁盘已在扩容"},
        "answer": None,
        "attempts": 1,
        "by": "li.na",
        "next_at": None,
        "settled_at": instant(now, 3),
        "version": 2,
        "key": "k",
    }
    refused = "close is switched off for zbx-main; an admin adds it to `writes`"
    return [
        {**common, "ref": "hub:operation:2", "write": "close", "field": "status",
         "state": "refused", "says": refused, "created_at": instant(now, 4)},
        {**common, "ref": "hub:operation:1", "write": "acknowledge", "field": "acknowledgement",
         "state": "confirmed", "says": "done", "created_at": instant(now, 9)},
    ]  # fmt: skip


def health(one: Entity, now: datetime) -> Entity:
    """Return everything about a connector: what the list says, and what only the detail says."""
    brought = ("id", "type", "title", "last_received_at", "deliveries", "records", "quarantined",
               "receives", "pulls", "imports", "sample")  # fmt: skip
    alive = one["state"] != "misconfigured"
    polls = one["polls"]
    standing = {"alive": alive or None, "why": "", "seen_at": instant(now, 0.4)} if polls else None
    failed = {"at": instant(now, 12), "times": 40, "raw": '{"jsonrpc": "2.0", "error": {}}',
              "message": "http://zabbix.example: cannot answer now (503)"}  # fmt: skip
    return {
        **{name: value for name, value in one.items() if name not in brought},
        "connector": one["id"],
        "seconds": 0.21 if polls else None,
        "standing": standing,
        "hints": {"unreachable": 1, "odd": 2} if polls else {},
        "checks": polls,
        "onboards": one["receives"],
        "surveys": one["type"] == "zabbix",
        "errors": [failed, {**failed, "times": 1, "raw": None}] if one["error_rate"] else [],
    }


def done(one: Entity, act: str, body: dict[str, Any], now: datetime) -> Entity:
    """Do to a canned connector what an admin asks for, and answer as the hub does."""
    if act == "check":
        return {"connector": one["id"], "steps": STEPS}
    if act == "writes":
        at = {"stopped_by": "li.na", "stopped_at": now.isoformat()}
        one.update({"stopped": body["stopped"], **(at if body["stopped"] else {})})
        keys = ("can", "may", "read_only", "stopped", "stopped_by", "stopped_at")
        return {"connector": one["id"], **{key: one[key] for key in keys}}
    if act in {"pause", "resume"}:
        one.update(state="paused" if act == "pause" else "waiting", message=None)
    if body.get("accept_gone"):
        one.update(guard=None, state="ok", message=None, backlog=0)
    return health(one, now)


def survey(connector: str, now: datetime) -> Entity:
    """Return what a tool knows: something of each kind."""
    return {
        "connector": connector,
        "as_of": now.isoformat(),
        "hosts": {
            "total": 164,
            "bound": 141,
            "unbound": [
                {"name": f"wh-scan-{n:02}", "title": f"扫描枪 {n}", "groups": ["仓库"],
                 "watched": n != 3}
                for n in range(1, 24)
            ],
            "groups": [{"name": "仓库/扫描枪", "hosts": 21}, {"name": "Old racks", "hosts": 2}],
        },
        "dependencies": [
            {"service": "erp-app", "needs": "erp-db", "standing": "known",
             "why": ["ERP", "ERP 数据库"], "any_of": None},
            {"service": "erp-db", "needs": "storage", "standing": "new",
             "why": ["ERP 数据库", "机房", "存储阵列"], "any_of": "机房"},
            {"service": "storage", "needs": "monitoring", "standing": "opposite",
             "why": ["存储阵列", "Monitoring"], "any_of": None},
        ],
        "unknown_services": ["机房", "Old intranet"],
        "agreements": [
            {"service": "erp-db", "name": "金牌", "target": 0.999, "reached": 0.99871},
            {"service": "storage", "name": "金牌", "target": 0.999, "reached": None},
        ],
        "maintenance": [
            {"name": "存储扩容", "since": instant(now, 30), "until": instant(now, -90),
             "in_force": True, "recurs": False, "services": ["storage", "erp-db"],
             "hosts": ["san-01"]},
            {"name": "Patch day", "since": instant(now, -4000), "until": instant(now, -4120),
             "in_force": False, "recurs": True, "services": [], "hosts": ["wh-scan-01"]},
        ],
        "hidden": ["SLAs: the user may not call sla.get; allow the method in its role"],
        "snippet": "services:\n- ref: erp-db\n  depends_on:\n"
        "  - {service: storage, hardness: hard, group: 机房, needed: 1}\n",
    }  # fmt: skip
