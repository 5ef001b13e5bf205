"""A survey as people read it, and the lines that they may copy into services.yaml."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import yaml

from hub.contract import Survey
from hub.services.surveying.comparing import Claim, Findings, Standing, Touched

_MOST: Final = 200
"""So many hosts without a service are named; the others are counted."""


def survey_json(
    connector: str, as_of: datetime, survey: Survey, found: Findings
) -> Mapping[str, object]:
    """Return the answer of the API. Units: `target` and `reached` are ratios."""
    return {
        "connector": connector,
        "as_of": as_of,
        "hosts": {
            "total": len(survey.hosts),
            "bound": found.bound,
            "unbound": [
                {
                    "name": host.name,
                    "title": host.title,
                    "groups": host.groups,
                    "watched": host.watched,
                }
                for host in found.unbound[:_MOST]
            ],
            "groups": [{"name": name, "hosts": count} for name, count in found.groups[:_MOST]],
        },
        "dependencies": [_claim(one) for one in found.claims],
        "unknown_services": list(found.lost[:_MOST]),
        "agreements": [
            {
                "service": one.service,
                "name": one.name,
                "target": one.target,
                "reached": one.reached,
            }
            for one in found.promises
        ],
        "maintenance": [_window(one) for one in found.windows],
        "hidden": list(survey.hidden),
        "snippet": snippet(found.claims),
    }


def snippet(claims: Iterable[Claim]) -> str:
    """Write the dependencies that the catalogue lacks as entries of services.yaml."""
    needs = defaultdict[str, list[dict[str, Any]]](list)
    for one in claims:
        if one.standing is Standing.NEW:
            needs[one.service].append(_entry(one))
    if not needs:
        return ""
    services = [{"ref": ref, "depends_on": entries} for ref, entries in needs.items()]
    text: str = yaml.safe_dump(
        {"services": services}, sort_keys=False, allow_unicode=True, default_flow_style=None
    )
    return text


def _entry(one: Claim) -> dict[str, Any]:
    entry: dict[str, Any] = {"service": one.needs, "hardness": "hard"}
    return entry if one.any_of is None else {**entry, "group": one.any_of, "needed": 1}


def _claim(one: Claim) -> dict[str, object]:
    return {
        "service": one.service,
        "needs": one.needs,
        "standing": one.standing,
        "why": one.why,
        "any_of": one.any_of,
    }


def _window(one: Touched) -> dict[str, object]:
    window = one.window
    return {
        "name": window.name,
        "since": window.since,
        "until": window.until,
        "in_force": bool(window.in_force),
        "recurs": window.recurs,
        "services": one.services,
        "hosts": one.hosts[:_MOST],
    }
