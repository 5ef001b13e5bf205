"""What went wrong at Zabbix, in the four errors of the hub. Pure.

Zabbix tells almost everything by texts: "Invalid params." is its code both for a bad token and for
a bad argument.
"""

import re
from collections.abc import Mapping
from typing import Final

from hub.errors import Anomalous, HubError, Misconfigured, Transient

_FORBIDDEN: Final = (401, 403, 407)
_PRECONDITION_FAILED: Final = 412
_BUSY_STATUS: Final = (408, 425, 429)
_SERVER_ERROR: Final = 500
_METHOD_NOT_FOUND: Final = -32601
_INVALID_PARAMS: Final = -32602

_LOGGED_OUT: Final = (
    "not authorized",
    "not authorised",
    "session terminated",
    "re-login",
    "api token expired",
)
_BAD_LOGIN: Final = (
    "incorrect user name or password",
    "login name or password is incorrect",
    "temporarily blocked",
    "gui access disabled",
)
_NO_ACCESS: Final = (
    "no permissions to call",
    "not have permission to perform",
    "no api access",
    "access to api",
)
_BUSY: Final = ("database", "sql statement", "deadlock", "internal error", "lock wait")
_SHOWN: Final = 300
_MEMORY: Final = "raise memory_limit there, or make page_size smaller"


class LoggedOut(Exception):
    """The token or the session does not count (any more)."""


class NotThere(Misconfigured):
    """The thing does not exist, or the user has no right to it: Zabbix says the same of both."""


class Refused(Anomalous):
    """The API itself said no to a call, so nothing came of it."""


def of_error(error: Mapping[str, object], method: str) -> HubError | LoggedOut:
    """Name the failure that an `error` of JSON-RPC speaks of.

    Shape: `error` has code, message and data.
    Source: Zabbix manual, API, error handling.
    """
    code = error.get("code")
    said = f"{error.get('message', '')} {error.get('data', '')}".strip()[:_SHOWN]
    text = said.lower()
    if any(word in text for word in _LOGGED_OUT):
        return LoggedOut(said)
    if any(word in text for word in _BAD_LOGIN):
        return Misconfigured(f"Zabbix refuses the log-in: {said}; check user and password")
    if any(word in text for word in _NO_ACCESS):
        return Misconfigured(
            f"the user's role does not allow {method}: {said}; allow API access and this method"
        )
    if "no permissions to referred object" in text:
        return NotThere(f"{method}: {said}")
    if any(word in text for word in _BUSY) and code != _INVALID_PARAMS:
        return Transient(f"Zabbix cannot answer {method} now: {said}")
    if code == _METHOD_NOT_FOUND:
        return Refused(
            f"this Zabbix does not know {method}: {said}; versions from 6.0 on are supported",
            evidence=dict(error),
        )
    return Refused(f"Zabbix refuses {method}: {said}", evidence=dict(error))


def of_answer(status: int, text: str) -> HubError:
    """Name the failure of an answer that is no JSON-RPC at all."""
    head = text[:20_000].lower()
    if status == _PRECONDITION_FAILED:
        return Misconfigured(
            "Zabbix answered 412: the content type did not reach it; "
            "a proxy between here and the frontend changes the header Content-Type"
        )
    if (tired := _tired(head)) is not None:
        return tired
    if status in _FORBIDDEN:
        return Misconfigured(f"something before the API of Zabbix refuses the hub: HTTP {status}")
    if status in _BUSY_STATUS or status >= _SERVER_ERROR:
        return Transient(f"Zabbix answered HTTP {status}")
    if re.search(r'type=["\']?password', head):
        return Misconfigured(
            "a log-in page answers instead of the API of Zabbix; "
            "let the hub through to api_jsonrpc.php, or mend `url`"
        )
    if not text.strip():
        return Anomalous(f"Zabbix answered {status} with nothing in it", evidence=text)
    return Anomalous(
        f"the answer ({status}) is not the API of Zabbix; is `url` the address of the frontend?",
        evidence=text[:2000],
    )


def of_php(fault: HubError) -> HubError | None:
    """Say what a page of PHP's own, met on the way, means; None when it was none."""
    text = str(fault)
    if (tired := _tired(text.lower())) is not None:
        return tired
    if isinstance(fault, Transient) and "(500" in text:
        # PHP that shows no errors answers so when its memory ends.
        return Transient(f"{text}; if it stays so, {_MEMORY}", retry_after=fault.retry_after)
    return None


def _tired(text: str) -> Transient | None:
    if "allowed memory size" in text or "out of memory" in text:
        return Transient(f"PHP ran out of memory at the Zabbix frontend; {_MEMORY}")
    if "maximum execution time" in text:
        return Transient(
            "PHP ran out of time at the Zabbix frontend; "
            "raise max_execution_time there, or make page_size smaller"
        )
    return None
