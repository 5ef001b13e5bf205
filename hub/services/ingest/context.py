"""What a decision needs of the catalogue, the plan and the documents; made anew on change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from hub.linking import Catalogue, Delivers, Resolution, Target, Topology, confirmed
from hub.mapping import Document, load
from hub.model.words import LinkState, LinkType
from hub.services.catalogue.binding import MilestoneFacts, Unbound, bind
from hub.services.ingest.links import Words
from hub.services.ingest.ports import Facts
from hub.services.plans.networks import Network

REMEMBERED = 200_000
"""Arbitrary: some 40 MB of refs at most; then the memory begins anew."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Context:
    """Catalogue, topology, plan and documents, true for change number `seq`.

    Shape: `networks` are the computed plans by project. `refs` remembers the alert of a series
           (connector, series): an identity is a function of the labels, and so is an
           Alertmanager's fingerprint. `words` are what resolutions say, as JSON. `pinned` says of
           which service a person confirmed an alert to be, and who.
    """

    seq: int
    catalogue: Catalogue
    topology: Topology
    deliveries: tuple[Delivers, ...]
    targets: Mapping[str, Target]
    documents: Mapping[str, Document]
    projects: Mapping[str, str] = field(default_factory=dict)
    unbound: tuple[Unbound, ...] = ()
    rejected: frozenset[tuple[str, str]] = frozenset()
    networks: Mapping[str, Network] = field(default_factory=dict)
    refs: dict[tuple[str, str], str] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    pinned: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, facts: Facts, zone: tzinfo = UTC, networks: Mapping[str, Network] | None = None
    ) -> "Context":
        """Build the context from what the store holds.

        Raises: Misconfigured, when an active document is not valid any more.
        """
        services, own = _verdicts(facts, LinkState.REJECTED)
        confirmed, _ = _verdicts(facts, LinkState.CONFIRMED)
        bound, unbound = bind(facts.services, facts.milestones)
        catalogue = Catalogue.build(facts.services, rejected=services, confirmed=confirmed)
        return cls(
            seq=facts.seq,
            catalogue=catalogue,
            topology=Topology(catalogue.services.values()),
            deliveries=tuple(Delivers(b.service, b.milestone, b.role) for b in bound),
            targets={m.ref: _target(m, zone, networks or {}) for m in facts.milestones},
            networks=networks or {},
            projects={m.ref: m.project for m in facts.milestones},
            documents={
                name: load(text, name=f"mappings/{name}.yaml")
                for name, (text, _) in facts.documents.items()
            },
            unbound=unbound,
            rejected=own,
            pinned=_pinned(facts),
        )

    def service_of(self, ref: str, labels: Mapping[str, str], **about: Any) -> Resolution:
        """Find the service of an alert: what a person confirmed of it, else what speaks for one."""
        found = self.catalogue.resolve(labels, **about)
        service, who = self.pinned.get(ref, ("", ""))
        if service not in self.catalogue.services:
            return found
        spoken = next((c.evidence for c in found.candidates if c.service == service), ())
        return confirmed(service, who, spoken)

    def remember(self, connector: str, series: str, ref: str) -> None:
        """Remember which alert a series is."""
        if len(self.refs) >= REMEMBERED:
            self.refs.clear()
        self.refs[connector, series] = ref


def _target(facts: MilestoneFacts, zone: tzinfo, networks: Mapping[str, Network]) -> Target:
    """Take the tool's own float where it says one, else the hub's (domain 0.1)."""
    network = networks.get(facts.project)
    days = facts.float_days
    if network is not None:
        zone = network.zone
        if days is None and (own := network.float_minutes(facts.ref)) is not None:
            days = own / network.minutes_per_day
    return Target(facts.ref, facts.title, zone, facts.due, days, facts.achieved)


def _pinned(facts: Facts) -> dict[str, tuple[str, str]]:
    """Return of which service a person confirmed each alert to be; the latest word counts."""
    said = sorted(
        (link for link in facts.verdicts if link.state is LinkState.CONFIRMED and link.at),
        key=lambda link: link.at or _LONG_AGO,
    )
    return {
        link.source: (link.target, link.by or "")
        for link in said
        if link.type is LinkType.AFFECTS and not link.source.startswith("hub:")
    }


def _verdicts(
    facts: Facts, state: LinkState
) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """Return what a person judged so.

    Shape: (rule of an evidence, service), which holds for every alert; (incident, milestone or
           service), which holds for that incident.
    """
    judged = [link for link in facts.verdicts if link.state is state]
    services = frozenset(
        (piece.rule, link.target)
        for link in judged
        if link.type is LinkType.AFFECTS
        for piece in link.evidence
    )
    own = frozenset(
        (link.source, link.target)
        for link in judged
        if link.type is LinkType.THREATENS or not link.evidence
    )
    return services, own
