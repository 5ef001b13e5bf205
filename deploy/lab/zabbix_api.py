"""The JSON-RPC of a Zabbix of the lab, as its administrator or with a token."""

import http
import json
from dataclasses import dataclass
from typing import Any, Final

from deploy.lab.ports import request

# The account that Zabbix ships with; the server listens on loopback only and is thrown away.
ADMIN: Final = "Admin"
PASSWORD: Final = "zabbix"  # noqa: S105 - everybody knows it
# Thousands of triggers in one call take their time.
_PATIENCE: Final = 120.0


class Refused(ValueError):
    """Zabbix answered with an error."""


@dataclass
class Api:
    """One client: logs in as the administrator unless it is given a session or a token.

    Units: `patience` is seconds.
    """

    port: int
    release: str
    session: str | None = None
    patience: float = _PATIENCE

    def __call__(self, method: str, params: Any) -> Any:
        """Call a method; return its result.

        Raises: Refused, with the code and the words of Zabbix.
        """
        if self.session is None:
            login = {"username": ADMIN, "password": PASSWORD}
            self.session = str(self._post("user.login", login, None))
        return self._post(method, params, self.session)

    def _post(self, method: str, params: Any, session: str | None) -> Any:
        body = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
        headers = {}
        # 6.0 reads no header; 7.0 reads the body too, but calls it outdated.
        if session and self.release == "6.0":
            body["auth"] = session
        elif session:
            headers["Authorization"] = f"Bearer {session}"
        status, said = request(
            self.port,
            "POST",
            "/api_jsonrpc.php",
            json.dumps(body).encode(),
            headers=headers,
            seconds=self.patience,
        )
        if status != http.HTTPStatus.OK:
            raise Refused(f"{method}: HTTP {status}: {said[:500].decode(errors='replace')}")
        answer = json.loads(said)
        if "error" in answer:
            raise Refused(f"{method}: {json.dumps(answer['error'])}")
        return answer["result"]
