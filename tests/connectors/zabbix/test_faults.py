"""What Zabbix and what stands before it say, by its remedy."""

import pytest

from connectors.zabbix import faults
from connectors.zabbix.dialect import Dialect
from hub.errors import Anomalous, Misconfigured, Transient


@pytest.mark.parametrize(
    "said", ["Not authorized.", "Not authorised.", "Session terminated, re-login, please."]
)
def test_fact_2_every_wording_of_being_logged_out_is_known(said: str) -> None:
    error = {"code": -32602, "message": "Invalid params.", "data": said}
    assert isinstance(faults.of_error(error, "x.get"), faults.LoggedOut)


@pytest.mark.parametrize(
    ("code", "data", "kind"),
    [
        (-32602, 'Invalid parameter "/": unexpected parameter "x".', faults.Refused),
        (-32601, 'Incorrect API "nope".', faults.Refused),
        (-32700, "Invalid JSON.", faults.Refused),
        (-32500, "Login name or password is incorrect.", Misconfigured),
        (-32602, 'No permissions to call "user.get".', Misconfigured),
        (-32500, "You do not have permission to perform this operation.", Misconfigured),
        (-32500, "No permissions to referred object or it does not exist!", faults.NotThere),
        (-32500, "SQL statement execution has failed.", Transient),
        (-32500, "Error connecting to database: too many clients", Transient),
        (-32603, "Internal error.", Transient),
    ],
)
def test_each_error_has_its_remedy(code: int, data: str, kind: type[Exception]) -> None:
    error = {"code": code, "message": "Application error.", "data": data}
    assert type(faults.of_error(error, "x.get")) is kind


@pytest.mark.parametrize(
    ("status", "text", "kind", "says"),
    [
        (412, "", Misconfigured, "Content-Type"),
        (200, "Fatal error: Allowed memory size of 1 bytes", Transient, "page_size"),
        (500, "Maximum execution time of 30 seconds exceeded", Transient, "max_execution_time"),
        (200, "<input type='password'>", Misconfigured, "log-in page"),
        (403, "no", Misconfigured, "403"),
        (503, "", Transient, "503"),
        (404, "not here", Anomalous, "address of the frontend"),
        (200, " ", Anomalous, "nothing in it"),
    ],
)
def test_what_is_no_answer_at_all_is_told_in_words(
    status: int, text: str, kind: type[Exception], says: str
) -> None:
    fault = faults.of_answer(status, text)
    assert type(fault) is kind
    assert says in str(fault)


@pytest.mark.parametrize(
    ("said", "bearer", "in_body", "groups", "acknowledges", "suppresses"),
    [
        ("6.0.14", False, True, "selectGroups", "select_acknowledges", False),
        ("6.2.1", False, True, "selectHostGroups", "select_acknowledges", True),
        ("6.4.0rc1", True, True, "selectHostGroups", "select_acknowledges", True),
        ("7.0.22", True, True, "selectHostGroups", "selectAcknowledges", True),
        ("7.2.0", True, False, "selectHostGroups", "selectAcknowledges", True),
        ("7.4.3", True, False, "selectHostGroups", "selectAcknowledges", True),
    ],
)
def test_fact_1_each_version_has_its_words(
    said: str, *, bearer: bool, in_body: bool, groups: str, acknowledges: str, suppresses: bool
) -> None:
    dialect = Dialect.of(said)
    assert dialect is not None
    assert (dialect.bearer, dialect.in_body, dialect.suppresses) == (bearer, in_body, suppresses)
    assert (dialect.groups[0], dialect.acknowledges, dialect.known) == (groups, acknowledges, True)


def test_what_is_no_version_is_none() -> None:
    assert Dialect.of("Apache") is None
