"""Metric queries: instant and over a range, however long. What is not known is not zero.

The library asks and does not retry: the hub does that, with the time that the server wants.
"""

import ast
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from connectors.prometheus.answers import sentence
from connectors.prometheus.settings import Settings
from hub.contract import Point, Series, Wire
from hub.errors import Anomalous, Misconfigured, Transient

if TYPE_CHECKING:
    import requests
    from prometheus_api_client import PrometheusConnect

MOST_POINTS: Final = 11_000
"""What Prometheus answers for one series at once."""

_REFUSED: Final = re.compile(r"HTTP Status Code (\d{3}) \((.*)\)", re.DOTALL)
_SECOND: Final = timedelta(seconds=1)
_PAIR: Final = 2
_SHOWN: Final = 300


class Queries:
    """Asks one Prometheus: the port `hub.contract.Measurer`."""

    def __init__(self, wire: Wire, url: str) -> None:
        self._wire = wire
        self._url = url.rstrip("/")

    async def instant(self, query: str, at: datetime | None = None) -> tuple[Series, ...]:
        """Ask for what a query is at an instant, now where none is said.

        Raises: Misconfigured, when the query cannot be answered, with Prometheus's own sentence.
        """
        params = {} if at is None else {"time": f"{at.timestamp():.3f}"}

        def work(library: "PrometheusConnect") -> object:
            return library.custom_query(query, params)

        return series(await self._ask(work))

    async def ranged(
        self, query: str, start: datetime, end: datetime, step: timedelta
    ) -> tuple[Series, ...]:
        """Ask for a query over a span of time, both ends included, in as many parts as it takes.

        Units: whole seconds: the library knows no finer ones, so `start` is cut to its second.
        Raises: Misconfigured, when the query cannot be answered, with Prometheus's own sentence.
        """
        if step < _SECOND or step % _SECOND:
            raise ValueError("a step is a whole number of seconds")
        found: list[tuple[Series, ...]] = []
        for first, last in parts(start, end, step):

            def work(
                library: "PrometheusConnect", first: datetime = first, last: datetime = last
            ) -> object:
                each = str(int(step.total_seconds()))
                return library.custom_query_range(query, first, last, each)

            found.append(series(await self._ask(work)))
        return joined(found)

    async def _ask(self, work: "Callable[[PrometheusConnect], object]") -> object:
        # 60 ms that a hub without Prometheus does not spend.
        from prometheus_api_client.exceptions import PrometheusApiClientException  # noqa: PLC0415

        heard: list[bytes] = []

        def overheard(session: "requests.Session") -> object:
            # The library drops what Prometheus says beside the result.
            session.hooks["response"] = [lambda answer, **_: heard.append(answer.content)]
            try:
                return work(self._library(session))
            finally:
                session.hooks["response"] = []

        try:
            result = await self._wire.blocking(overheard)
        except PrometheusApiClientException as refusal:
            raise _meant(str(refusal)) from refusal
        except (ValueError, KeyError, TypeError) as fault:
            words = f"Prometheus at {self._url} answered what it never promised: {fault}"
            raise Anomalous(words) from fault
        _whole(heard)
        return result

    def _library(self, session: "requests.Session") -> "PrometheusConnect":
        from prometheus_api_client import PrometheusConnect  # noqa: PLC0415
        from urllib3.util.retry import Retry  # noqa: PLC0415

        client = PrometheusConnect(self._url, session=session, retry=Retry(0))
        # It puts a transport of its own in the place of the wire's; back to the wire's.
        session.adapters.pop(self._url, None)
        return client


def measurer(settings: Settings, wire: Wire) -> Queries | None:
    """Return what asks for metrics, or None where no Prometheus is named."""
    url = settings.prometheus_url
    return None if url is None else Queries(wire, str(url))


def _whole(answers: Iterable[bytes]) -> None:
    """Let answers through that Prometheus, or what stands in its place, does not call incomplete.

    Raises: Anomalous, with its words: a part of the truth taken for the whole is a wrong number.
    """
    for body in answers:
        if b'"warnings"' not in body:
            continue
        said = msgspec.json.decode(body).get("warnings")
        if said:
            words = "; ".join(str(one) for one in said)[:_SHOWN]
            raise Anomalous(f"Prometheus answered with a warning, so it may not be all: {words}")


def parts(
    start: datetime, end: datetime, step: timedelta, most: int = MOST_POINTS
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a range into parts of at most so many points, which together are the same points."""
    first = start.replace(microsecond=0)
    while first <= end:
        last = min(first + (most - 1) * step, end)
        yield first, first + (last - first) // step * step
        first += most * step


def joined(found: Iterable[Iterable[Series]]) -> tuple[Series, ...]:
    """Put the parts of each series together, in the order in which they were asked for."""
    points: dict[tuple[tuple[str, str], ...], list[Point]] = {}
    for part in found:
        for one in part:
            points.setdefault(tuple(sorted(one.labels.items())), []).extend(one.points)
    return tuple(Series(dict(labels), tuple(values)) for labels, values in points.items())


def series(result: object) -> tuple[Series, ...]:
    """Read the result of a query: a vector, a matrix or a bare number.

    Raises: Misconfigured, when it is of a type without numbers; Anomalous, when it is none.
    """
    if not isinstance(result, list):
        raise Anomalous("a result of Prometheus is a list", evidence=result)
    try:
        if len(result) == _PAIR and not isinstance(result[0], dict):
            return (Series({}, (_point(result),)),)
        return tuple(_series(one) for one in result)
    except (ValueError, KeyError, TypeError, OverflowError, OSError) as fault:
        raise Anomalous(
            f"a result of Prometheus cannot be read: {fault}", evidence=result
        ) from fault


def _series(one: Mapping[str, Any]) -> Series:
    if "histogram" in one or "histograms" in one:
        raise Misconfigured(
            "the query answers whole histograms; ask for a number of them, as with"
            " histogram_quantile"
        )
    pairs = one["values"] if "values" in one else [one["value"]]
    return Series(dict(one["metric"]), tuple(_point(pair) for pair in pairs))


def _point(pair: list[Any]) -> Point:
    at, value = pair
    number = float(value)
    return Point(datetime.fromtimestamp(at, UTC), None if math.isnan(number) else number)


def _meant(message: str) -> Misconfigured | Transient | Anomalous:
    """Say what the library's one exception is about."""
    match = _REFUSED.fullmatch(message)
    if match is None:
        return Anomalous(f"Prometheus: {message}")
    status = int(match[1])
    words = f"Prometheus answered {status}: {sentence(_bytes(match[2]))}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Transient(words)
    return Misconfigured(words)


def _bytes(shown: str) -> bytes:
    """Read back the bytes that the library printed into its message."""
    try:
        content = ast.literal_eval(shown)
    except (ValueError, SyntaxError):
        return shown.encode()
    return content if isinstance(content, bytes) else shown.encode()
