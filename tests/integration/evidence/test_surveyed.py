"""A hub asks a real Zabbix what it knows, and holds it against its own catalogue."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import yaml

from deploy.lab.zabbix import Zabbix
from deploy.lab.zabbix_objects import Corner, Trigger, administrator_token
from hub.web.shapes.surveys import Survey
from tests.integration.conftest import MakeHub
from tests.integration.hub.running import RunningHub
from tests.integration.web.shapes import strangers

pytestmark = pytest.mark.slow
RELEASES = [
    pytest.param("zabbix", id="6.0", marks=pytest.mark.needs_system("zabbix")),
    pytest.param("zabbix7", id="7.0", marks=pytest.mark.needs_system("zabbix-7.0")),
]


@pytest.fixture(scope="module")
def empty_store() -> Callable[[], str]:
    """Take the embedded store: what is shown here does not depend on it."""
    return lambda: "sqlite"


@pytest.fixture(params=RELEASES)
async def site(
    request: pytest.FixtureRequest, running_hub: MakeHub
) -> AsyncIterator[tuple[Corner, RunningHub]]:
    zabbix: Zabbix = request.getfixturevalue(request.param)
    corner = Corner.make(zabbix, f"world-{secrets.token_hex(3)}")
    corner.host(f"{corner.name}-db", [Trigger("load")], tags={"service": "shop-db"})
    corner.host(f"{corner.name}-old", [Trigger("load")])
    leaf = served(zabbix, f"{corner.name} database", tags={"service": "shop-db"})
    layer = served(zabbix, f"{corner.name} layer", leaf)
    top = served(zabbix, f"{corner.name} shop", layer, tags={"service": "shop"})
    hub = running_hub(
        connectors={
            "zbx": {
                "type": "zabbix",
                "url": zabbix.url,
                "token": administrator_token(zabbix),
                "host_groups": [corner.name],
            },
            "dead": {"type": "zabbix", "url": "http://127.0.0.1:1/", "token": "x"},
            "am": {"type": "prometheus", "webhook_secret": "s"},
        }
    )
    hub.services({"ref": "shop", "name": "Shop"}, {"ref": "shop-db", "name": "Shop database"})
    await asyncio.to_thread(hub.restart)
    yield corner, hub
    zabbix.api("service.delete", [top, layer, leaf])
    corner.remove()


def served(zabbix: Zabbix, name: str, *below: str, tags: dict[str, str] | None = None) -> str:
    """Make a service of Zabbix; only one with none below may have tags of problems."""
    rules = [{"tag": k, "operator": 0, "value": v} for k, v in (tags or {}).items() if not below]
    own = [{"tag": k, "value": v} for k, v in (tags or {}).items()]
    found = zabbix.api(
        "service.create",
        {"name": name, "algorithm": 2, "sortorder": 0, "problem_tags": rules, "tags": own,
         "children": [{"serviceid": one} for one in below]},
    )  # fmt: skip
    return str(found["serviceids"][0])


async def test_what_the_tool_knows_is_held_against_the_catalogue(
    site: tuple[Corner, RunningHub],
) -> None:
    await asyncio.to_thread(surveyed, *site)


def surveyed(corner: Corner, hub: RunningHub) -> None:
    found = hub.api.get("/connectors/zbx/survey")
    assert strangers(found, Survey) == []
    Survey.model_validate(found)
    assert (found["hosts"]["total"], found["hosts"]["bound"]) == (2, 1)
    assert [one["name"] for one in found["hosts"]["unbound"]] == [f"{corner.name}-old"]
    assert found["hosts"]["groups"] == [{"name": corner.name, "hosts": 1}]
    (claim,) = claims(corner, found)
    assert (claim["service"], claim["needs"], claim["standing"]) == ("shop", "shop-db", "new")
    assert claim["why"] == [f"{corner.name} {one}" for one in ("shop", "layer", "database")]
    assert f"{corner.name} layer" in found["unknown_services"]
    (offered,) = yaml.safe_load(found["snippet"])["services"]
    assert offered == {
        "ref": "shop", "depends_on": [{"service": "shop-db", "hardness": "hard"}],
    }  # fmt: skip

    text = yaml.safe_dump({"services": [offered, {"ref": "shop-db", "name": "Shop database",
                           "match": {"host_groups": [corner.name]}}]})  # fmt: skip
    put = hub.api.ask("PUT", "/services", {"text": text})
    assert put.status == 200, put.body
    again = hub.api.get("/connectors/zbx/survey")
    assert again["as_of"] == found["as_of"], "the tool is not asked again for a new catalogue"
    assert (again["hosts"]["bound"], again["hosts"]["unbound"]) == (2, [])
    assert [one["standing"] for one in claims(corner, again)] == ["known"]
    assert "shop-db" not in again["snippet"]
    anew = hub.api.get("/connectors/zbx/survey?anew=true")
    assert anew["as_of"] > found["as_of"]

    dead = hub.api.ask("GET", "/connectors/dead/survey")
    assert (dead.status, "refuses the connection" in dead.json["detail"]) == (503, True)
    assert hub.api.ask("GET", "/connectors/am/survey").status == 404


def claims(corner: Corner, found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is said of the services of one corner."""
    return [one for one in found["dependencies"] if one["why"][0].startswith(corner.name)]
