"""How many events a query counted in a window, as PromQL. Pure.

A counter begins anew when its process does, and only the counter itself shows that: a sum of
counters has fallen by a little where one of them began anew. So the increase is taken first.
"""

import re
from datetime import timedelta
from typing import Final

from hub.errors import Misconfigured

_SELECTOR: Final = (
    r'[a-zA-Z_:][a-zA-Z0-9_:]*\s*(?:\{(?:[^{}"\']|"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')*\})?'
)
_COUNTER: Final = re.compile(rf"(?:sum\s*\(\s*({_SELECTOR})\s*\)|({_SELECTOR}))", re.DOTALL)


def counted(query: str, window: timedelta, *, counter: bool) -> str:
    """Write the query for the number of events in the window that ends now.

    Shape:  a number that is no counter is taken for a rate per second.
    Raises: Misconfigured, when a counter is not written so that its beginnings are seen.
    """
    seconds = int(window.total_seconds())
    if not counter:
        return f"sum(avg_over_time(({query})[{seconds}s:])) * {seconds}"
    match = _COUNTER.fullmatch(query.strip())
    if match is None:
        raise Misconfigured(
            f"the query {query!r} is not the name of a counter with its labels, nor the sum of one;"
            " anything else hides that a counter began anew"
        )
    return f"sum(increase({match[1] or match[2]}[{seconds}s]))"
