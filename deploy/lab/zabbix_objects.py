"""What a test needs in a Zabbix: groups, hosts whose values make problems, users with tokens."""

import itertools
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from deploy.lab.zabbix import Zabbix

_TRAPPER: Final = 2
_FLOAT: Final = 0
_READ_WRITE: Final = 3
# More in one call and PHP runs out of memory.
_AT_ONCE: Final = 1000


@dataclass(frozen=True)
class Trigger:
    """A trapper item with a trigger over it: a value above `over` is a problem.

    Shape: `severity` is 0 to 5; `each` makes a problem of every such value, not of the first only.
    """

    key: str
    over: float = 80
    severity: int = 4
    name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    each: bool = False


@dataclass(frozen=True)
class Host:
    """A host that was made; `items` and `triggers` have their ids by key."""

    name: str
    hostid: str
    items: Mapping[str, str]
    triggers: Mapping[str, str]


@dataclass
class Corner:
    """A host group of a Zabbix that one test has for itself."""

    zabbix: Zabbix
    name: str
    groupid: str
    _hosts: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def make(cls, zabbix: Zabbix, name: str) -> "Corner":
        """Make the group."""
        return cls(zabbix, name, zabbix.api("hostgroup.create", {"name": name})["groupids"][0])

    def host(
        self,
        name: str | None = None,
        triggers: Sequence[Trigger] = (Trigger("db.connections"),),
        tags: Mapping[str, str] | None = None,
    ) -> Host:
        """Make a host with triggers, and wait until the server knows them.

        Shape: without a name it gets one that no other host has.
        """
        names = [name or f"{self.name}-{next(self._numbers)}"]
        return self._made(names, triggers, tags or {})[0]

    def hosts(self, count: int, triggers: Sequence[Trigger]) -> list[Host]:
        """Make many hosts with the same triggers, two seconds for two thousand triggers.

        Many triggers on one host are slow to make: Zabbix compares each with all the others.
        """
        names = [f"{self.name}-{next(self._numbers)}" for _ in range(count)]
        return self._made(names, triggers, {})

    def _made(
        self, names: Sequence[str], triggers: Sequence[Trigger], tags: Mapping[str, str]
    ) -> list[Host]:
        groups = [{"groupid": self.groupid}]
        described = [{"host": name, "groups": groups, "tags": _tags(tags)} for name in names]
        ids = dict(zip(names, self._create("host", described), strict=True))
        self._hosts += ids.values()
        pairs = [(name, trigger) for name in names for trigger in triggers]
        items = iter(self._create("item", [_item(ids[name], t.key) for name, t in pairs]))
        overs = iter(self._create("trigger", [_over(name, t) for name, t in pairs]))
        self.zabbix.settle(names[-1])
        keys = [trigger.key for trigger in triggers]
        # `keys` ends first, so nothing is taken from the ids too much.
        return [
            Host(
                name,
                hostid,
                dict(zip(keys, items, strict=False)),
                dict(zip(keys, overs, strict=False)),
            )
            for name, hostid in ids.items()
        ]

    def user(self, name: str, role: str = "User role") -> str:
        """Make a user who sees and acknowledges what is in this group; return an API token.

        Shape: `role` is the name of a role that comes with Zabbix.
        """
        rights = "rights" if self.zabbix.release == "6.0" else "hostgroup_rights"
        # Closing a problem and changing its severity take more than reading.
        allowed = {rights: [{"id": self.groupid, "permission": _READ_WRITE}]}
        api = self.zabbix.api
        group = api("usergroup.create", {"name": f"{self.name} {name}", **allowed})["usrgrpids"][0]
        (found,) = api("role.get", {"filter": {"name": role}, "output": ["roleid"]})
        described = {
            "username": name,
            # Zabbix refuses a password with the user's name in it; nobody logs in with this one.
            "passwd": f"A1-{secrets.token_urlsafe(18)}",
            "usrgrps": [{"usrgrpid": group}],
            **found,
        }
        return token(self.zabbix, api("user.create", described)["userids"][0])

    def remove(self) -> None:
        """Remove the hosts and the group; users and what is not known here stay."""
        if self._hosts:
            self.zabbix.api("host.delete", self._hosts)
        self.zabbix.api("hostgroup.delete", [self.groupid])

    def _create(self, kind: str, described: Sequence[Mapping[str, Any]]) -> list[str]:
        made: list[str] = []
        for start in range(0, len(described), _AT_ONCE):
            part = described[start : start + _AT_ONCE]
            made += self.zabbix.api(f"{kind}.create", part)[f"{kind}ids"]
        return made


def token(zabbix: Zabbix, userid: str) -> str:
    """Make an API token of a user; without an end."""
    described = {"name": f"lab {secrets.token_hex(4)}", "userid": userid}
    made = zabbix.api("token.create", described)["tokenids"]
    return str(zabbix.api("token.generate", made)[0]["token"])


def administrator_token(zabbix: Zabbix) -> str:
    """Make an API token of the administrator."""
    (found,) = zabbix.api("user.get", {"filter": {"username": "Admin"}, "output": ["userid"]})
    return token(zabbix, found["userid"])


def _item(hostid: str, key: str) -> dict[str, Any]:
    return {"hostid": hostid, "name": key, "key_": key, "type": _TRAPPER, "value_type": _FLOAT}


def _over(host: str, trigger: Trigger) -> dict[str, Any]:
    return {
        "description": trigger.name or f"{trigger.key} on {{HOST.NAME}} is over {trigger.over:g}",
        "expression": f"last(/{host}/{trigger.key})>{trigger.over:g}",
        "priority": trigger.severity,
        "type": int(trigger.each),
        "manual_close": 1,
        "tags": _tags(trigger.tags),
    }


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"tag": key, "value": value} for key, value in tags.items()]
