"""The bench's traffic: deterministic, of the mix it claims, and with an end state that is known."""

from collections import Counter
from typing import Any

import orjson

from connectors.prometheus.parse import page
from deploy.bench.traffic import Sender, alert, key, webhook


def sent(size: int, requests: int) -> tuple[list[dict[str, Any]], dict[int, bool]]:
    sender, events, state = Sender.of(0, 8, first=0), [], dict[int, bool]()
    for _ in range(requests):
        body, firing = sender.body(size)
        events += orjson.loads(body)["alerts"]
        state |= firing
    assert {number for number, fires in state.items() if fires} == set(sender.open)
    return events, state


def test_the_same_arguments_give_the_same_bytes() -> None:
    one, other = (Sender.of(3, 8, first=500).body(10)[0] for _ in range(2))
    assert one == other


def test_the_end_state_is_the_last_word_on_each_alert() -> None:
    events, state = sent(10, 200)
    last = {
        (one["labels"]["alertname"], one["labels"]["instance"]): one["status"] for one in events
    }
    assert last == {key(n): "firing" if fires else "resolved" for n, fires in state.items()}


def test_a_body_names_each_alert_once() -> None:
    body, firing = Sender.of(0, 8, first=0).body(100)
    prints = Counter(one["fingerprint"] for one in orjson.loads(body)["alerts"])
    assert set(prints.values()) == {1}
    assert len(prints) == len(firing)


def test_seven_of_ten_events_repeat_and_one_of_ten_ends() -> None:
    events, _ = sent(1, 5000)
    seen: set[tuple[object, object, object]] = set()
    kinds = Counter[str]()
    for one in events:
        told = (one["fingerprint"], one["startsAt"], one["status"])
        kinds["ends" if one["status"] == "resolved" else "repeats" if told in seen else "news"] += 1
        seen.add(told)
    shares = {kind: count / len(events) for kind, count in kinds.items()}
    assert 0.67 < shares["repeats"] < 0.73
    assert 0.08 < shares["ends"] < 0.12


def test_two_senders_never_speak_of_one_alert() -> None:
    numbers = [set(Sender.of(place, 8, first=0, pool=800).unseen) for place in range(8)]
    assert len(set().union(*numbers)) == sum(map(len, numbers)) == 800


def test_the_hub_takes_every_element() -> None:
    assert len(page(webhook([alert(number) for number in range(40)])).records) == 40
