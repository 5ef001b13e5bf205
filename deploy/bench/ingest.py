"""Ingest: alerts a second of the whole hub and of the bare floor, in interleaved rounds."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.bench.alerta import start_alerta
from deploy.bench.client import Line, request
from deploy.bench.meters import cpu, quantile
from deploy.bench.targets import Store, Target, start_floor, start_hub
from deploy.bench.traffic import Sender, key, webhook

CONNECTIONS: Final = 8
POOL: Final = 10_000
MOST: Final = 30_000
PRELOADED: Final = 200


@dataclass(frozen=True)
class Run:
    """What one run of one target amounted to. `right`: exactly the expected alerts fire."""

    store: str
    target: str
    batch: int
    round: int
    alerts: int
    rate: float
    p50_ms: float
    p99_ms: float
    server_cpu: float
    database_cpu: float
    sender_cpu: float
    right: bool
    refused: int
    wrong: int


@dataclass(frozen=True)
class Plan:
    """How much to run."""

    batches: Sequence[int] = (1, 10, 100)
    rounds: int = 5
    seconds: float = 4.0


@dataclass(frozen=True)
class _Step:
    """One request, made before the clock starts, and which of its alerts fire after it."""

    data: bytes
    firing: dict[int, bool]


async def rounds(plan: Plan, stores: Iterable[Store], folder: Path) -> list[Run]:
    """Run hub, floor and peers on each store in turn, the order alternating."""
    runs: list[Run] = []
    with ExitStack() as ending:
        sets = [_targets(store, folder, ending) for store in stores]
        listeners = [asyncio.create_task(_listen(hub)) for hub, *_ in sets]
        first = 0
        for number in range(plan.rounds):
            for batch in plan.batches:
                first += POOL
                for targets in sets:
                    for target in targets if number % 2 else reversed(targets):
                        run = await one(target, batch, number, first, plan.seconds)
                        runs.append(run)
                        _say(run)
        for listener in listeners:
            listener.cancel()
            with suppress(asyncio.CancelledError):
                await listener
    return runs


def _targets(store: Store, folder: Path, ending: ExitStack) -> list[Target]:
    """Start what is compared on a store, the hub first."""
    hub = start_hub(folder / f"hub-{store.name}", store, ending)
    floor = start_floor(folder / f"floor-{store.name}", store, ending)
    peer = start_alerta(folder / f"alerta-{store.name}", store, ending)
    return [hub, floor] if peer is None else [hub, floor, peer]


async def one(target: Target, batch: int, number: int, first: int, seconds: float) -> Run:
    """Send for some seconds, then compare which alerts fire."""
    lines = [Line(target.base) for _ in range(CONNECTIONS)]
    senders = [Sender.of(n, CONNECTIONS, first=first, pool=POOL) for n in range(CONNECTIONS)]
    state: dict[int, bool] = {}
    for line, sender in zip(lines, senders, strict=True):
        await line.send(_post(target, webhook(sender.fresh(PRELOADED // CONNECTIONS))))
        state |= dict.fromkeys(sender.open, True)
    plans = [_steps(target, sender, batch) for sender in senders]
    server, database = [target.pid], target.store.pids
    used = cpu(server), cpu(database), time.process_time()
    latencies: list[float] = []
    refused = done = 0
    began = time.perf_counter()
    ends = began + seconds

    async def send(line: Line, steps: list[_Step]) -> None:
        nonlocal refused, done
        for step in steps:
            at = time.perf_counter()
            if at > ends:
                break
            status, _ = await line.send(step.data)
            latencies.append((time.perf_counter() - at) * 1e3)
            refused += status >= 300  # noqa: PLR2004
            done += len(step.firing)
            state.update(step.firing)

    await asyncio.gather(*map(send, lines, plans))
    took = time.perf_counter() - began
    spent = [
        now - then
        for now, then in zip((cpu(server), cpu(database), time.process_time()), used, strict=True)
    ]
    for line in lines:
        line.close()
    target.expected |= {key(number) for number, fires in state.items() if fires}
    wrong = len(target.expected ^ await target.firing())
    per = 1000 / done
    return Run(
        target.store.name, target.name, batch, number, done, done / took,
        quantile(latencies, 0.5), quantile(latencies, 0.99),
        spent[0] * per, spent[1] * per, spent[2] * per, wrong == 0 and refused == 0, refused, wrong,
    )  # fmt: skip


def _post(target: Target, body: bytes) -> bytes:
    return request("POST", target.path, target.headers, body)


def _steps(target: Target, sender: Sender, batch: int) -> list[_Step]:
    steps, left = [], MOST // CONNECTIONS
    while left > 0:
        body, firing = sender.body(min(batch, left))
        steps.append(_Step(_post(target, body), firing))
        left -= len(firing)
    return steps


async def _listen(hub: Target) -> None:
    """Be a dashboard: take every event of the live stream."""
    line = Line(hub.base)
    async for _ in line.events(request("GET", "/api/v1/events", hub.reading)):
        pass


def _say(run: Run) -> None:
    """Show that something goes on."""
    state = "right" if run.right else f"WRONG by {run.wrong}, refused {run.refused}"
    print(
        f"round {run.round + 1}  {run.store:10} batch {run.batch:3}  {run.target:15} "
        f"{run.rate:8.0f}/s  p50 {run.p50_ms:6.2f}  p99 {run.p99_ms:6.2f} ms  "
        f"CPU {run.server_cpu:.3f}+{run.database_cpu:.3f} s per 1000  {state}",
        flush=True,
    )
