"""Writing back: one call of event.acknowledge, found again by a mark in its message.

The hub should have a Zabbix user of its own: Zabbix never tells the author of an update about it,
so a webhook that belongs to another user never brings the hub's own write back as news.
"""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from connectors.zabbix import parse
from connectors.zabbix.events import Events
from connectors.zabbix.faults import NotThere, Refused
from connectors.zabbix.session import Session
from connectors.zabbix.settings import Settings
from hub.contract import Operation, Wire
from hub.errors import Misconfigured, Transient

WRITES: Final = ("acknowledge", "comment", "severity", "suppress", "unsuppress", "close")
_BITS: Final = {
    "acknowledge": parse.ACKNOWLEDGED,
    "comment": 0,
    "severity": 8,
    "suppress": 32,
    "unsuppress": 64,
    "close": 1,
}
_SUPPRESSION: Final = _BITS["suppress"] | _BITS["unsuppress"]
_LATER: Final = ("suppress", "unsuppress", "close")
"""The API writes these down at once, and the server carries them out some time after."""
_LONGEST: Final = 2048
"""What Zabbix stores of a message."""
_FOREVER: Final = 0
_LAST: Final = 2**31 - 1
"""The last instant that Zabbix knows, in 2038."""
_KEY: Final = re.compile(r"[^A-Za-z0-9._:-]")


class Writer:
    """The port `hub.contract.Writer`."""

    def __init__(
        self, settings: Settings, wire: Wire, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._session = Session(settings, wire)
        self._events = Events(self._session)
        self._clock = clock

    async def holds(self, operation: Operation) -> bool:
        """Ask whether the problem is as the operation wants it, or was made so by it.

        Raises: Misconfigured too, when it can never be done; its sentence says why. Transient, too,
                while Zabbix knows the wish and its server has not carried it out.
        """
        found = await self._events.these([operation.on.key])
        if not found:
            raise Misconfigured(
                f"there is no problem {operation.on.key} in Zabbix, or its user may not see it"
            )
        (event,) = found
        said = sorted(event["acknowledges"], key=_number)
        mine = [one for one in said if _is_of(operation, one)]
        if mine and operation.write not in _LATER:
            return True
        if _so_already(operation, event, asked=bool(mine)):
            return True
        if mine and operation.write != "close" and _asked_last(event) is not mine[-1]:
            return True  # it came about, and somebody has changed it since
        await self._must_be_possible(operation, event)
        if mine:
            if operation.write == "suppress" and 0 < _until(operation) <= self._clock():
                raise Misconfigured("it ran out before the hub saw that Zabbix had suppressed it")
            # Not told as "no": what Zabbix has must not be sent again.
            raise Transient(
                f"Zabbix was asked to {operation.write} and its server has not done so yet"
            )
        return False

    async def apply(self, operation: Operation) -> Mapping[str, object]:
        """Send one event.acknowledge, never again by itself.

        Shape: what Zabbix refuses because it is so by now, such as a problem that ended meanwhile,
               is done.
        """
        asked: dict[str, object] = {
            "eventids": [operation.on.key],
            "action": _BITS[operation.write] | parse.COMMENTED,
            "message": _message(operation),
        }
        if operation.write == "severity":
            asked["severity"] = int(_severity(operation))
        if operation.write == "suppress":
            asked["suppress_until"] = _until(operation)
        try:
            answer = await self._session.call("event.acknowledge", asked)
        except NotThere as fault:
            raise Misconfigured(
                f"Zabbix does not let its user {_does(operation)}: {fault}; its role must allow "
                "this action, and its user group needs read-write permission to the host group"
            ) from None
        except Refused as fault:
            found = await self._events.these([operation.on.key])
            if found and _so_already(operation, found[0], asked=False):
                return {"eventids": [], "action": 0}
            raise Misconfigured(f"Zabbix will not {_does(operation)}: {fault}") from fault
        ids = answer.get("eventids", []) if isinstance(answer, Mapping) else []
        return {"eventids": [str(one) for one in ids], "action": asked["action"]}

    async def _must_be_possible(self, operation: Operation, event: Mapping[str, Any]) -> None:
        """Refuse what Zabbix never does, before it is sent."""
        if operation.write in {"suppress", "unsuppress"}:
            dialect = await self._session.dialect()
            if not dialect.suppresses:
                raise Misconfigured(
                    f"Zabbix {dialect.said} cannot suppress a problem by hand; 6.2 and newer can"
                )
            if event["r_eventid"] != "0":
                raise Misconfigured(f"the problem has ended, so Zabbix does not {operation.write}")
            by_hand, in_maintenance = _suppressions(event)
            if operation.write == "unsuppress" and in_maintenance and not by_hand:
                raise Misconfigured("the problem is in a maintenance of Zabbix; end that itself")
        if operation.write == "close":
            triggers = await self._events.triggers.of([event["objectid"]], anew=True)
            trigger = triggers.get(event["objectid"])
            if trigger is None or trigger.manual_close != "1":
                raise Misconfigured(
                    "the trigger of this problem does not allow closing by hand; "
                    "tick `Allow manual close` in the trigger, or wait for its recovery"
                )


def _so_already(operation: Operation, event: Mapping[str, Any], *, asked: bool) -> bool:
    """Compare values; what somebody is to read must be there as the hub's own.

    Shape: what the server was asked last and has not carried out yet counts too. `asked` tells that
           the hub's own update is there: beyond what that does, nothing is to be waited for.
    """
    by_hand, in_maintenance = _suppressions(event)
    last = _asked_last(event)
    bit = 0 if last is None else int(last["action"]) & _SUPPRESSION
    match operation.write:
        case "acknowledge":
            return event["acknowledged"] == "1" and not operation.values.get("message")
        case "severity":
            return bool(event["severity"] == _severity(operation))
        case "suppress":
            return str(_until(operation)) in by_hand and bit != _BITS["unsuppress"]
        case "unsuppress":
            lifted = not by_hand and bit != _BITS["suppress"]
            return lifted and (asked or not in_maintenance)
        case "close":
            return bool(event["r_eventid"] != "0")
        case _:
            return False


def _suppressions(event: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Return until when people suppressed a problem, and whether a maintenance does."""
    data = event["suppression_data"]
    by_hand = [str(s["suppress_until"]) for s in data if str(s.get("maintenanceid", "0")) == "0"]
    return by_hand, len(data) > len(by_hand)


def _asked_last(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the last update that asked for a suppression or for its end."""
    asked = [one for one in event["acknowledges"] if int(one["action"]) & _SUPPRESSION]
    return max(asked, key=_number, default=None)


def _is_of(operation: Operation, said: Mapping[str, Any]) -> bool:
    return bool(parse.marked(said["message"]) == _key(operation))


def _number(said: Mapping[str, Any]) -> int:
    return int(said["acknowledgeid"])


def _message(operation: Operation) -> str:
    """Write what a person reads in Zabbix, who said it, and the mark that finds it again."""
    said = str(operation.values.get("message") or "").strip()
    who = str(operation.values.get("by") or "").strip()
    text = f"{said} ({who})" if said and who else said or (f"({who})" if who else "")
    mark = parse.marker(_key(operation))
    return f"{text[: _LONGEST - len(mark) - 1]} {mark}".lstrip()


def _key(operation: Operation) -> str:
    return _KEY.sub("-", operation.key)[:80]


def _severity(operation: Operation) -> str:
    """Return Zabbix's number of the wanted severity."""
    word = operation.values.get("severity_raw", operation.values.get("severity"))
    if str(word) in {"0", "1", "2", "3", "4", "5"}:
        return str(word)
    raise Misconfigured(f"Zabbix has severities 0 to 5 and no {word!r}")


def _until(operation: Operation) -> int:
    """Return until when, in epoch seconds; 0 for ever.

    Raises: Misconfigured, when `until` is no instant.
    """
    until = operation.values.get("until")
    if until is None:
        return _FOREVER
    try:
        at = datetime.fromisoformat(str(until))
    except ValueError:
        raise Misconfigured(f"until is no time: {until!r}") from None
    return min(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()), _LAST)


def _does(operation: Operation) -> str:
    named = {"severity": "change the severity", "comment": "comment"}
    return named.get(operation.write, operation.write)
