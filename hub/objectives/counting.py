"""How the events of a window are asked for: the query of an SLO, compiled. Pure.

A counter is asked for its increase, which sees where it began anew; a sum of counters would not,
so only a bare selector is compiled. Source: Prometheus, "Query functions", `increase`.
"""

import re
from datetime import timedelta
from typing import Final

WINDOW: Final = "$window"
"""What a query that counts the events of a window itself says in the place of its length."""

_TEXT: Final = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`'
_SELECTOR: Final = re.compile(
    rf"(?=.)(?:[a-zA-Z_:][a-zA-Z0-9_:]*)?(?:\s*\{{(?:[^\"'`{{}}]|{_TEXT})*\}})?", re.DOTALL
)


def countable(query: str) -> bool:
    """Tell whether the events of a window can be asked for."""
    return WINDOW in query or _SELECTOR.fullmatch(query) is not None


def counted(query: str, window: timedelta, *, counter: bool) -> str:
    """Write the query that answers how many events there were in a window that ends now."""
    span = f"{int(window.total_seconds())}s"
    if WINDOW in query:
        return query.replace(WINDOW, span)
    # What is no counter tells with each sample how many events there were since the last one.
    return f"sum({'increase' if counter else 'sum_over_time'}({query}[{span}]))"
