"""Tables of what was measured, in Markdown. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from deploy.bench.alerta import NAME as PEER_NAME
from deploy.bench.ingest import Run
from deploy.bench.lists import Pages
from deploy.bench.meters import quantile, spread
from deploy.bench.plans import Cost, Meanwhile
from deploy.bench.push import Told
from deploy.bench.tools import POLL_SECONDS, Reached


def report(results: Mapping[str, Sequence[Any]]) -> str:
    """Write everything."""
    makers: dict[str, Callable[[Any], str]] = {
        "ingest": _ingest, "lists": _lists, "plans": _plans, "push": _push,
        "tools": _tools, "peers": _peers,
    }  # fmt: skip
    return "\n".join(makers[part](found) for part, found in results.items())


def all_right(results: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether every run ended in the expected state and nothing was refused."""
    runs: Sequence[Run] = results.get("ingest", ())
    busy = [one for one in results.get("plans", ()) if isinstance(one, Meanwhile)]
    ours = (run for run in runs if run.target != PEER_NAME)
    return all(run.right for run in ours) and not any(one.refused for one in busy)


def ratios(runs: Sequence[Run]) -> dict[tuple[str, int], list[float]]:
    """Return hub divided by floor for each round, by store and batch."""
    return _divided(runs, "hub", lambda target: target.endswith("floor"))


def _divided(
    runs: Sequence[Run], above: str, below: Callable[[str], bool]
) -> dict[tuple[str, int], list[float]]:
    places = {(r.store, r.batch, r.round): r.rate for r in runs if below(r.target)}
    found: dict[tuple[str, int], list[float]] = {}
    for run in runs:
        rate = places.get((run.store, run.batch, run.round))
        if run.target == above and rate is not None:
            found.setdefault((run.store, run.batch), []).append(run.rate / rate)
    return found


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _ingest(runs: Sequence[Run]) -> str:
    floors = ratios(runs)
    peers = _divided(runs, "hub", lambda target: target == PEER_NAME)
    rows: list[list[object]] = []
    for store, batch, target in dict.fromkeys((r.store, r.batch, r.target) for r in runs):
        own = [r for r in runs if (r.store, r.batch, r.target) == (store, batch, target)]
        ratio, against = (
            spread(found[store, batch]) if target == "hub" and (store, batch) in found else "-"
            for found in (floors, peers)
        )
        rows.append(
            [
                store, batch, target, ratio, against, spread([r.rate for r in own], ".0f"),
                spread([r.p50_ms for r in own], ".1f"), spread([r.p99_ms for r in own], ".1f"),
                spread([r.server_cpu for r in own], ".3f"),
                spread([r.database_cpu for r in own], ".3f"),
                f"{sum(r.right for r in own)}/{len(own)}",
            ]
        )  # fmt: skip
    head = (
        "store", "alerts a request", "target", "÷ floor", "÷ Alerta", "alerts/s", "p50 ms",
        "p99 ms", "server CPU s per 1000", "database CPU s per 1000", "end state right",
    )  # fmt: skip
    said = "Median (min-max) of the rounds; the ratio is taken within each round.\n\n"
    return f"## Ingest, 8 connections\n\n{said}{_table(head, sorted(rows, key=_order))}"


def _order(row: Sequence[object]) -> tuple[str, int, str]:
    return str(row[0]), int(str(row[1])), str(row[2])


def _lists(pages: Sequence[Pages]) -> str:
    rows = []
    for few, many in zip(pages[::2], pages[1::2], strict=True):
        medians = [quantile(one.took_ms, 0.5) for one in (few, many)]
        pairs = zip(few.took_ms, many.took_ms, strict=True)
        paired = quantile([b / a for a, b in pairs], 0.5)
        rows.append([few.store, *(f"{m:.2f}" for m in medians), f"{paired:.2f}"])
    head = ("store", "10k stored, ms", "100k stored, ms", "100k ÷ 10k, median of pairs")
    return f"## First page of open alerts (50)\n\n{_table(head, rows)}"


def _plans(found: Sequence[Cost | Meanwhile]) -> str:
    costs = [one for one in found if isinstance(one, Cost)]
    busy = [one for one in found if isinstance(one, Meanwhile)]
    bare = costs[0].cpu_seconds
    rows = [
        [
            one.what, f"{one.seconds:.1f}", f"{one.cpu_seconds:.1f}",
            f"{one.cpu_seconds / bare:.1f}", f"{one.peak_mb:.0f}",
        ]
        for one in costs
    ]  # fmt: skip
    head = ("what", "seconds", "CPU seconds", "CPU ÷ bare", "peak resident MB")
    meanwhile = [
        [
            one.store, f"{one.seconds:.1f}", f"{one.peak_mb:.0f}", _three(one.quiet_ms),
            _three(one.busy_ms), len(one.busy_ms), one.refused,
        ]
        for one in busy
    ]  # fmt: skip
    head_busy = (
        "store", "upload, s", "server's peak MB", "quiet, p50/p99/max ms",
        "importing, p50/p99/max ms", "webhooks", "refused",
    )  # fmt: skip
    return (
        f"## A plan of 52,500 tasks and 50,000 assignments\n\n{_table(head, rows)}\n"
        f"Webhooks while a running hub imports it by upload:\n\n{_table(head_busy, meanwhile)}"
    )


def _three(values: Sequence[float]) -> str:
    return f"{quantile(values, 0.5):.0f} / {quantile(values, 0.99):.0f} / {max(values):.0f}"


def _push(told: Sequence[Told]) -> str:
    rows = [
        [
            one.store, one.clients, *(
                f"{quantile(values, 0.5):.0f} / {quantile(values, 0.95):.0f}"
                for values in (one.from_post_ms, one.from_answer_ms)
            ),
        ]
        for one in told
    ]  # fmt: skip
    head = ("store", "clients", "POST → last client, p50/p95 ms", "answer → last client, p50/p95")
    return f"## An alert on the live stream\n\n{_table(head, rows)}"


def _tools(reached: Sequence[Reached]) -> str:
    rows = [
        [
            one.tool, len(one.webhook), *(spread(v) for v in (one.webhook, one.told, one.looked)),
            f"{median(one.told) - median(one.webhook):+.2f}",
        ]
        for one in reached
    ]  # fmt: skip
    head = (
        "tool", "triggers", "to the tool's own webhook, s", "to the API, told by it, s",
        f"to the API, looking each {POLL_SECONDS} s", "median told - webhook, s",
    )  # fmt: skip
    return f"## From a trigger of a real tool to the API\n\n{_table(head, rows)}"


def _peers(absent: Sequence[str]) -> str:
    lines = [f"- {name}: not installed\n" for name in absent]
    return "## Peers\n\n" + "".join(lines or ["- Alerta: in the table of the ingest\n"])
