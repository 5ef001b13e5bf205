"""What stays in memory for every incident is as large as what it says."""

import tracemalloc

import orjson

from hub.services.reasons import kept_json

MANY = 1000


def test_what_is_kept_takes_no_more_than_its_words() -> None:
    tracemalloc.start()
    try:
        kept = [kept_json([n]) for n in range(MANY)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert orjson.loads(orjson.dumps(kept)) == [[n] for n in range(MANY)]
    assert taken / MANY < 500
