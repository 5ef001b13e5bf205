"""Rows of links: who touches whom, why, and how sure."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import orjson

from hub.linking import Resolution
from hub.model.links import Evidence, Reason
from hub.model.ops import Exposure
from hub.model.words import LinkState, LinkType
from hub.services.ingest.rows import LinkRow
from hub.services.instants import instant
from hub.services.reasons import kept_json, reason_json

METHOD: Final = "1"
"""Version of the method; it changes with the formulas, so that old links can be told apart."""
_WORDS: Final = 4096
"""Resolutions whose words are kept: arbitrary, more than a large site has services."""


class Words:
    """What resolutions say, encoded once: the alerts of one service share a resolution."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[Resolution, orjson.Fragment, orjson.Fragment]] = {}

    def of(self, resolution: Resolution) -> tuple[orjson.Fragment, orjson.Fragment]:
        """Return the evidence and the reasons as JSON."""
        known = self._of.get(id(resolution))  # the entry holds it, so nobody else gets its id
        if known is None:
            if len(self._of) >= _WORDS:
                self._of.clear()
            evidence = kept_json([_evidence_json(piece) for piece in resolution.evidence])
            reasons = kept_json([reason_json(reason) for reason in resolution.reasons])
            known = resolution, evidence, reasons
            self._of[id(resolution)] = known
        return known[1], known[2]


def link_id(source: str, target: str, type_: LinkType) -> str:
    """Return the id of a link: the same edge is the same link."""
    edge = f"{source}\n{type_}\n{target}".encode()
    return hashlib.blake2b(edge, digest_size=10).hexdigest()


def alert_link(alert: str, resolution: Resolution, words: Words, at: int) -> LinkRow:
    """Make the link from an alert to its service."""
    assert resolution.service is not None  # noqa: S101 - the caller asked
    state = resolution.state or LinkState.SUGGESTED
    rule = resolution.evidence[0].rule if resolution.evidence else "none"
    return _row(
        alert, resolution.service, LinkType.AFFECTS, state, resolution.confidence, rule, at,
        *words.of(resolution),
    )  # fmt: skip


def service_link(incident: str, service: str, confidence: float, at: int) -> LinkRow:
    """Make the link from an incident to a service of its alerts."""
    state = LinkState.LINKED if confidence >= 0.8 else LinkState.SUGGESTED  # noqa: PLR2004
    why = Reason("incident_affects", {"service": service, "confidence": round(confidence, 3)})
    return _row(
        incident, service, LinkType.AFFECTS, state, confidence, "alerts", at, [], [reason_json(why)]
    )


def threat_link(incident: str, exposure: Exposure, at: int) -> LinkRow:
    """Make the link from an incident to a milestone that it threatens."""
    sure = min(1.0, max(0.0, exposure.factors.get("L", 0.0)))
    state = LinkState.LINKED if sure >= 0.5 else LinkState.SUGGESTED  # noqa: PLR2004
    return _row(
        incident, exposure.milestone, LinkType.THREATENS, state, sure, "impact-closure", at, [],
        [reason_json(reason) for reason in exposure.reasons],
    )  # fmt: skip


def expired_link(source: str, target: str, type_: LinkType, at: int) -> LinkRow:
    """Make what is left of a link that nothing speaks for any more."""
    return _row(source, target, type_, LinkState.EXPIRED, 0.0, "none", at, [], [])


def _row(
    source: str,
    target: str,
    type_: LinkType,
    state: LinkState,
    confidence: float,
    rule: str,
    at: int,
    evidence: object,
    reasons: object,
) -> LinkRow:
    id_ = link_id(source, target, type_)
    body = {
        "id": id_,
        "source": source,
        "target": target,
        "type": type_.value,
        "confidence": round(confidence, 4),
        "rule": rule,
        "method": METHOD,
        "evidence": evidence,
        "reasons": reasons,
        "at": _written(at),
    }
    return LinkRow(
        id_, source, target, type_.value, state.value, confidence, rule, None, at, 1,
        orjson.dumps(body),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _written(at: int) -> str:
    """Write an instant; all links of a group have the same."""
    return instant(at).isoformat()


def _evidence_json(piece: Evidence) -> Mapping[str, object]:
    return {
        "kind": piece.kind,
        "family": piece.family,
        "strength": round(piece.strength, 4),
        "rule": piece.rule,
        "matched": dict(piece.matched),
    }
