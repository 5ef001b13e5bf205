"""Use cases, and the ports that they need. `Services` is what web and the command line get."""

from dataclasses import dataclass

from hub.services.access import Access
from hub.services.board import Board
from hub.services.desks import (
    Acts,
    Alerts,
    Catalogue,
    Connectors,
    Feed,
    Health,
    Incidents,
    Intake,
    Links,
    Mappings,
    Measures,
    Overview,
    Plans,
    Replays,
    Sample,
    Surveys,
)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything the outside may ask of the hub, handed in at one place."""

    intake: Intake
    board: Board
    feed: Feed
    access: Access
    links: Links
    alerts: Alerts
    acts: Acts
    incidents: Incidents
    plans: Plans
    catalogue: Catalogue
    connectors: Connectors
    mappings: Mappings
    measures: Measures
    surveys: Surveys
    replays: Replays
    sample: Sample
    health: Health
    overview: Overview
