"""What happens to alerts and incidents in a long week, by chance; and whether the counts hold."""

from collections import Counter
from random import Random
from typing import Any, Final

import orjson

from hub.services.replaying import ReplayDesk
from tests.integration.store.bench import ADA, SERVICES, Bench, alert

_NAMES: Final = [f"n{n}" for n in range(6)]
_SERVICES: Final = ["shop", "pay", "none", "other"]
_CATALOGUES: Final = [
    SERVICES,
    SERVICES.replace("service: [shop]", "service: [shop, other]"),
    SERVICES.replace("service: [pay]", "service: [paying]"),
]


class Week:
    """Lets one thing after another happen."""

    def __init__(self, bench: Bench, chance: Random) -> None:
        self._bench = bench
        self._chance = chance
        self._fired: dict[tuple[str, str], dict[str, Any]] = {}
        self._steps = (
            self._fire, self._fire, self._end, self._end, self._split, self._merge, self._judge,
            self._catalogue, self._replay, self._wait,
        )  # fmt: skip

    async def step(self) -> None:
        """Let something happen."""
        await self._chance.choice(self._steps)()

    async def _fire(self) -> None:
        name, service = self._chance.choice(_NAMES), self._chance.choice(_SERVICES)
        ago = self._chance.choice([0, 20, 50, 300, 800])
        severity = self._chance.choice(["critical", "warning"])
        one = alert(name, self._bench.at(-ago), service=service, severity=severity, host="h1")
        self._fired[name, service] = one
        await self._bench.told(one)

    async def _end(self) -> None:
        if self._fired:
            one = self._fired[self._chance.choice(sorted(self._fired))]
            ended = {"status": "resolved", "endsAt": self._bench.now.isoformat()}
            await self._bench.told({**one, **ended})

    async def _split(self) -> None:
        rows = await self._bench.rows("SELECT ref, incident FROM alert WHERE incident IS NOT NULL")
        if rows:
            one = self._chance.choice(rows)[1]
            refs = [ref for ref, number in rows if number == one]
            picked = self._chance.sample(refs, self._chance.randint(1, len(refs)))
            await self._bench.stores.verdicts.move(picked, [f"hub:incident:{one}"], None, "ada")

    async def _merge(self) -> None:
        numbers = sorted(await self._bench.states())
        if len(numbers) > 1:
            one, other = (f"hub:incident:{n}" for n in self._chance.sample(numbers, 2))
            await self._bench.stores.verdicts.move(None, [one], other, "ada")

    async def _judge(self) -> None:
        if numbers := sorted(await self._bench.states()):
            status = self._chance.choice(["open", "acknowledged", "resolved", "closed"])
            await self._bench.edit(self._chance.choice(numbers), status=status)

    async def _catalogue(self) -> None:
        await self._bench.catalogue(self._chance.choice(_CATALOGUES))
        await self._bench.after(1)

    async def _replay(self) -> None:
        desk = ReplayDesk(
            self._bench.stores.deliveries,
            self._bench.intake,
            self._bench.work,
            self._bench.receivers,
            _no_plan,
            ["am"],
        )
        await desk.start(None, None, diff=self._chance.random() < 0.5, who=ADA)

    async def _wait(self) -> None:
        await self._bench.after(self._chance.choice([1, 61, 300, 4000]))


async def _no_plan(*_: Any) -> dict[str, int]:
    raise AssertionError("there is no plan here")


async def wrong(bench: Bench) -> list[str]:
    """Say where an incident counts something else than its alerts say."""
    rows = await bench.rows("SELECT incident, severity, service FROM alert WHERE status = 'firing'")
    firing = Counter(number for number, _, _ in rows)
    loud = Counter((number, severity) for number, severity, _ in rows)
    of = Counter((number, service) for number, _, service in rows if service is not None)
    found = []
    for number, status, counted, state in await bench.rows(
        "SELECT no, status, firing, state FROM incident ORDER BY no"
    ):
        known = orjson.loads(bytes(state))
        services = {ref: told[1] for ref, told in known["services"].items() if told[1]}
        told = counted, known["firing"], services
        true = (
            firing[number],
            [loud[number, severity] for severity in range(6)],
            {ref: times for (one, ref), times in of.items() if one == number},
        )
        if told != true:
            found.append(f"incident {number} ({status}) says {told}, its alerts say {true}")
    return found
