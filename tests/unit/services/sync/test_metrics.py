"""What a scrape learns of each connector."""

from hub.contract import Budget, Expiry, Gone
from hub.errors import Misconfigured
from hub.services.sync.metrics import families
from hub.services.sync.ports import Polled
from hub.services.sync.syncing import Syncing
from tests.unit.services.sync.test_syncing import Heard, syncing
from tests.unit.services.sync.tools import NOW, Ingest, Tool, polled, record


def values(one: Syncing) -> dict[tuple[str, ...], float]:
    return {
        (sample.name.removeprefix("milepost_connector_"), *sample.labels.values()): sample.value
        for family in families(one)
        for sample in family.samples
    }


async def test_before_the_first_look_nothing_is_said_that_nobody_knows() -> None:
    found = values(syncing(Tool(), Ingest()))
    assert ("believed", "am") not in found
    assert ("last_success_timestamp_seconds", "am") not in found
    assert found["state", "am", "waiting"] == 1


async def test_a_good_look_is_counted_with_when_it_was() -> None:
    one = syncing(Tool(listed=[record("a"), record("b")]), Ingest())
    await one.once("am")
    found = values(one)
    assert found["last_success_timestamp_seconds", "am"] == NOW.timestamp()
    assert found["open", "am"] == 2
    assert (found["polls_total", "am"], found["poll_failures_total", "am"]) == (1, 0)
    assert found["believed", "am"] == 1


async def test_a_failure_is_counted_and_its_state_is_the_only_one() -> None:
    one = syncing(Tool(breaks={"read": Misconfigured("wrong token")}), Ingest())
    for _ in range(3):
        await one.once("am")
    found = values(one)
    assert (found["polls_total", "am"], found["poll_failures_total", "am"]) == (3, 3)
    states = {key[2]: value for key, value in found.items() if key[0] == "state"}
    assert [state for state, value in states.items() if value] == ["misconfigured"]


async def test_limits_and_the_end_of_a_secret_are_exposed_only_where_they_are_known() -> None:
    known = Polled("am", "p", "alert", source=Tool(), budget=lambda: Budget(100, 7, None, NOW))
    ingest = Ingest()
    one = Syncing([known, polled(Tool(), "zbx")], ingest, ingest, Heard(), now=lambda: NOW)
    one.pulses["am"].expiry = Expiry(NOW)
    one.pulses["zbx"].expiry = Expiry(None)  # never
    found = values(one)
    assert (found["rate_limit", "am"], found["rate_limit_remaining", "am"]) == (100, 7)
    assert found["held_until_timestamp_seconds", "am"] == NOW.timestamp()
    assert found["token_expires_timestamp_seconds", "am"] == NOW.timestamp()
    assert not [
        key for key in found if key[1:] == ("zbx",) and ("limit" in key[0] or "token" in key[0])
    ]


async def test_trap_6_what_the_guard_holds_and_what_is_missing_is_counted() -> None:
    tool, ingest = Tool(), Ingest()
    names = [f"s{n}" for n in range(12)]
    ingest.holds(*names)
    tool.became = {name: Gone("alert", name, f"{name}/a", "deleted") for name in names}
    one = syncing(tool, ingest)
    await one.once("am")
    found = values(one)
    assert (found["held_back", "am"], found["backlog", "am"]) == (12, 12)


def test_unchecked_tls_is_exposed_and_what_is_never_asked_is_not() -> None:
    unsafe = Polled("am", "prometheus", "alert", source=Tool(), tls="unchecked")
    others = [polled(Tool(), "zbx"), Polled("plan", "msproject", "task")]
    ingest = Ingest()
    one = Syncing([unsafe, *others], ingest, ingest, Heard(), now=lambda: NOW)
    found = values(one)
    assert found["tls_unverified", "am"] == 1
    assert ("tls_unverified", "zbx") not in found
    assert not [key for key in found if "plan" in key]
