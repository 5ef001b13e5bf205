"""The `jira` library, made to go through the hub's wire. Imported when it is first needed.

The library opens sessions of its own, asks when it is built, tries again by itself and knows no
time-out; here it does none of that. It is asked for what is read once.
"""

from collections.abc import Callable, Mapping
from typing import Any

import requests
from jira import JIRA, JIRAError
from requests.adapters import BaseAdapter

from connectors.jira.dialect import Dialect
from connectors.jira.faults import refusal, said
from connectors.jira.settings import Settings
from hub.errors import Anomalous, HubError


class _Through(BaseAdapter):
    """Sends by the thread's own session, with the admin's TLS, proxy and time-outs."""

    def __init__(self, session: requests.Session) -> None:
        super().__init__()
        self._session = session

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """Send once. Raises: Transient, Misconfigured, Anomalous."""
        return self._session.get_adapter(request.url or "").send(request, *args, **kwargs)

    def close(self) -> None:
        """Keep the connections: they belong to the thread."""


def ask(
    work: Callable[[JIRA], Any],
    settings: Settings,
    session: requests.Session,
    headers: Mapping[str, str],
    dialect: Dialect | None,
) -> Any:
    """Let a client do one piece of work; what it complains of becomes one of our errors."""
    jira = _client(settings, session, headers, dialect)
    try:
        return work(jira)
    except JIRAError as fault:
        path = str(fault.url or "").partition("?")[0].removeprefix(settings.base)
        body = fault.response.content if fault.response is not None else b""
        refused: HubError = refusal(int(fault.status_code or 0), said(body, settings.secrets), path)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        # The library does not look at what it is given.
        says = "what Jira answers is not what was promised"
        refused = Anomalous(says, evidence=repr(fault))
    # Out here, for the library's own errors hold the whole answer, and would stand behind ours.
    raise refused


def _client(
    settings: Settings,
    session: requests.Session,
    headers: Mapping[str, str],
    dialect: Dialect | None,
) -> JIRA:
    own = {name: str(value) for name, value in session.headers.items()}
    api = "2" if dialect is None else dialect.api
    jira = JIRA(
        server=settings.base,
        options={"headers": {**own, **headers}, "rest_api_version": api},
        get_server_info=False,
        max_retries=0,
        timeout=(settings.connect_seconds, settings.timeout_seconds),
    )
    jira.deploymentType = "Cloud" if dialect is not None and dialect.cloud else "Server"
    http: Any = jira._session  # noqa: SLF001 - there is no other way to hand it one
    http.trust_env = False  # no password out of a .netrc
    through = _Through(session)
    http.mount("https://", through)
    http.mount("http://", through)
    return jira
