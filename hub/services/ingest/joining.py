"""One alert out of shares of others: what a changed rule on identity makes of stored alerts. Pure.

Each share is the part of a stored alert whose series now speak of this one. The state follows from
the series, as ever; what happened stays what happened, and its episodes are numbered anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson

from hub.linking import FLAPS, Firing, FlapRule, Retold, retold, state
from hub.linking.flapping import flapping, stretches
from hub.model.ops import Alert, Spell
from hub.model.words import ENDED
from hub.services.ingest.rows import AlertRow, OccurrenceRow, Spoken
from hub.services.ingest.trace import past_of, refused_of, refusing, traced
from hub.services.ingest.words import alert_of
from hub.services.instants import instant, micros

_ENDS: Final = frozenset({"resolved", "expired", "incomplete"})


@dataclass(frozen=True, slots=True)
class Share:
    """Some series of a stored alert.

    Shape: `sources` are those of the row that belong to this share, `words` what the record says
           that told first of each; `whole` says that no series of the row is missing.
    """

    row: AlertRow
    ack: bytes | None
    sources: Mapping[str, list[Any]]
    words: Mapping[str, Spoken]

    @property
    def whole(self) -> bool:
        """Tell whether all series of the row are in it."""
        return len(self.sources) == len(orjson.loads(self.row.sources))

    @property
    def fires(self) -> bool:
        """Tell whether anything in it is not over."""
        return any(source[3] not in ENDED for source in self.sources.values())


@dataclass(frozen=True, slots=True)
class Joined:
    """An alert as it will be stored, and the episode of each of its source keys."""

    row: AlertRow
    ack: bytes | None
    told: Retold


def joined(
    ref: str,
    shares: Sequence[Share],
    history: Sequence[OccurrenceRow],
    incident: int | None,
    rule: FlapRule = FLAPS,
) -> Joined:
    """Make the alert of its shares; `history` is what happened to their source keys."""
    sources = _sources(shares)
    speaks = max(shares, key=lambda share: max(map(_latest, share.sources.values())))
    row, words = speaks.row, _words(speaks)
    alert = _remembering(alert_of(row, dict(sources)), shares, rule)
    status, severity, starts_at, ends_at = state(alert.sources.values())
    told = retold(_firings(sources, history), gap=rule.gap)
    if len(shares) == 1 and speaks.whole:
        told = Retold({o.source_key: o.episode for o in history}, row.flaps)
        told = Retold({**told.episodes, sources[_speaker(speaks)][0]: row.episode}, row.flaps)
    over = status in ENDED
    new = AlertRow(
        ref, row.connector, words.title, status.value, int(severity), words.service,
        words.confidence, incident, micros(starts_at),
        None if ends_at is None else micros(ends_at),
        min(share.row.first_seen_at for share in shares),
        max(share.row.last_seen_at for share in shares),
        sum(_seen(share) for share in shares),
        told.last, told.flaps, over and bool(row.incomplete),
        max(share.row.version for share in shares) + 1, row.receipt, orjson.dumps(sources),
        words.body, None if alert.flapping is None else micros(alert.flapping.until),
        _trace(alert, shares),
    )  # fmt: skip
    return Joined(new, None if over else _ack(shares, told.last), told)


def _remembering(alert: Alert, shares: Sequence[Share], rule: FlapRule) -> Alert:
    """Give an alert the former source keys of its shares, and let it flap by them."""
    past = [
        spell
        for share in shares
        for spell in past_of(share.row.trace)[0]
        if spell.series in share.sources
    ]
    known = [mark for share in shares if (mark := past_of(share.row.trace)[1]) is not None]
    past = sorted(past, key=lambda spell: spell.starts_at)[-4 * rule.transitions :]
    now = [Spell(name, one.starts_at, one.ends_at) for name, one in alert.sources.items()]
    mark = flapping(stretches((*past, *now)), max(known, default=None), rule)
    return replace(alert, past=tuple(past), flapping=mark)


def _trace(alert: Alert, shares: Sequence[Share]) -> bytes | None:
    """Keep what was refused lately of any of them."""
    trace = traced(None, alert)
    for entry in sorted(
        (entry for share in shares for entry in refused_of(share.row.trace)),
        key=lambda entry: str(entry["at"]),
    ):
        trace = refusing(trace, entry) or trace
    return trace


def _sources(shares: Sequence[Share]) -> dict[str, list[Any]]:
    """Put the series together; of one that two alerts had, the later telling counts."""
    found: dict[str, list[Any]] = {}
    for share in shares:
        for series, source in share.sources.items():
            known = found.get(series)
            if known is None or (source[2], source[7]) > (known[2], known[7]):
                found[series] = source
    return dict(sorted(found.items()))


def _latest(source: Sequence[Any]) -> tuple[bool, int, int]:
    """Order what is told by its beginning, then by when it came first.

    Shape: what was never told to fire shows its words only while nothing else does, the first one.
    """
    if source[6] is None:
        return False, -source[7], 0
    return True, source[2], int(source[6].rpartition(":")[2].partition("#")[0])


def _speaker(share: Share) -> str:
    return max(share.sources, key=lambda series: _latest(share.sources[series]))


def _words(share: Share) -> Spoken:
    """Return what the alert shows: what its row shows, or what the record says that began last."""
    row, series = share.row, _speaker(share)
    shown = orjson.loads(row.body).get("source", {}).get("key")
    if shown in share.sources or series not in share.words:
        return Spoken(row.title, row.service, row.confidence, row.body)
    return share.words[series]


def _seen(share: Share) -> int:
    """Count what was heard; of an alert that is parted, its shown series keeps the repeats."""
    if share.whole:
        return share.row.seen
    everywhere = len(orjson.loads(share.row.sources))
    shown = orjson.loads(share.row.body).get("source", {}).get("key")
    rest = share.row.seen - everywhere
    return len(share.sources) + (max(0, rest) if shown in share.sources else 0)


def _firings(
    sources: Mapping[str, list[Any]], history: Sequence[OccurrenceRow]
) -> dict[str, Firing]:
    """Say from when to when each source key fired, by what happened and by what is known now."""
    found: dict[str, Firing] = {}
    for one in history:
        if not one.source_key:
            continue
        at, known = instant(one.at), found.get(one.source_key)
        begin = at if known is None else min(known.begin, at)
        end = at if one.event in _ENDS else known and known.end
        found[one.source_key] = Firing(begin, end)
    # One that was followed by another of its series and whose end nobody told.
    found = {key: one._replace(end=one.end or one.begin) for key, one in found.items()}
    for key, _, starts, _, _, ends, *_ in sources.values():
        found[key] = Firing(instant(starts), None if ends is None else instant(ends))
    return found


def _ack(shares: Sequence[Share], episode: int) -> bytes | None:
    """Return the newest word of a person on what fires, as a word on the present episode."""
    said = [
        ack
        for share in shares
        if share.fires and share.ack is not None
        if (ack := orjson.loads(share.ack))["episode"] == share.row.episode
    ]
    newest = max(said, key=lambda ack: str(ack["at"]), default=None)
    return None if newest is None else orjson.dumps({**newest, "episode": episode})
