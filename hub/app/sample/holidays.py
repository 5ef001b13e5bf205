"""Days off and swap working days in mainland China, as the demo's calendar has them.

2025 and 2026 follow the published notices; 2027 and 2028 are the demo's own guess until theirs
is out; later years know the fixed feasts only. A demo needs no more.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

_OFF: Final[dict[int, tuple[tuple[str, str, str], ...]]] = {
    2025: (
        ("元旦 New Year", "01-01", "01-01"),
        ("春节 Spring Festival", "01-28", "02-04"),
        ("清明节 Qingming", "04-04", "04-06"),
        ("劳动节 Labour Day", "05-01", "05-05"),
        ("端午节 Dragon Boat", "05-31", "06-02"),
        ("国庆节、中秋节 National Day", "10-01", "10-08"),
    ),
    2026: (
        ("元旦 New Year", "01-01", "01-03"),
        ("春节 Spring Festival", "02-15", "02-23"),
        ("清明节 Qingming", "04-04", "04-06"),
        ("劳动节 Labour Day", "05-01", "05-05"),
        ("端午节 Dragon Boat", "06-19", "06-21"),
        ("中秋节 Mid-Autumn", "09-25", "09-27"),
        ("国庆节 National Day", "10-01", "10-07"),
    ),
    2027: (
        ("元旦 New Year", "01-01", "01-03"),
        ("春节 Spring Festival", "02-05", "02-11"),
        ("清明节 Qingming", "04-03", "04-05"),
        ("劳动节 Labour Day", "05-01", "05-05"),
        ("端午节 Dragon Boat", "06-09", "06-09"),
        ("中秋节 Mid-Autumn", "09-15", "09-15"),
        ("国庆节 National Day", "10-01", "10-07"),
    ),
    2028: (
        ("元旦 New Year", "01-01", "01-03"),
        ("春节 Spring Festival", "01-25", "01-31"),
        ("清明节 Qingming", "04-04", "04-04"),
        ("劳动节 Labour Day", "05-01", "05-05"),
        ("端午节 Dragon Boat", "05-27", "05-29"),
        ("国庆节、中秋节 National Day", "10-01", "10-08"),
    ),
}
_FIXED: Final = (
    ("元旦 New Year", "01-01", "01-01"),
    ("劳动节 Labour Day", "05-01", "05-01"),
    ("国庆节 National Day", "10-01", "10-03"),
)
_SWAPPED: Final[dict[int, tuple[str, ...]]] = {
    2025: ("01-26", "02-08", "04-27", "09-28", "10-11"),
    2026: ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
    2027: ("01-31", "02-20", "05-08", "09-26", "10-09"),
    2028: ("01-22", "02-05", "04-29", "09-24", "10-14"),
}


def days_off(year: int) -> Iterator[tuple[str, date, date]]:
    """Yield the holidays of a year: title, first and last day."""
    for title, first, last in _OFF.get(year, _FIXED):
        yield title, date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")


def swap_days(year: int) -> Iterator[date]:
    """Yield the weekend days of a year on which people work in exchange for a holiday."""
    for day in _SWAPPED.get(year, ()):
        yield date.fromisoformat(f"{year}-{day}")


def is_working(day: date) -> bool:
    """Tell whether people work on this day."""
    if day in set(swap_days(day.year)):
        return True
    off = any(first <= day <= last for _, first, last in days_off(day.year))
    return day.weekday() < 5 and not off  # noqa: PLR2004 - Saturday


def working_days(day: date, step: int) -> Iterator[date]:
    """Yield working days from `day` on, itself included, forwards (1) or backwards (-1)."""
    while True:
        if is_working(day):
            yield day
        day += timedelta(days=step)
