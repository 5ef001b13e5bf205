"""What people write into the cells of a plan: dates, spans, amounts, yes and no. Pure.

Each reader takes a cell's value as openpyxl or a CSV file gives it and raises Unreadable, with the
remedy, for what it cannot read without guessing.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from connectors.msproject.parse.hours import standard_hours
from connectors.msproject.parse.words import FIRST_YEAR, LAST_YEAR
from connectors.msproject.sheet.faults import Unreadable, quoted

DateOrder = Literal["ymd", "dmy", "mdy"]

DAY_MINUTES: Final = sum(end - begin for begin, end in standard_hours())
WEEK_MINUTES: Final = 5 * DAY_MINUTES
MONTH_MINUTES: Final = 20 * DAY_MINUTES
"""What a day, a week and a month of work are in Microsoft Project, unless somebody changed it."""

_ELAPSED_DAY: Final = 24 * 60
_MOST_MINUTES: Final = 166 * 366 * _ELAPSED_DAY
_WORKING: Final = (1, 60, DAY_MINUTES, WEEK_MINUTES, MONTH_MINUTES)
_ELAPSED: Final = (1, 60, _ELAPSED_DAY, 7 * _ELAPSED_DAY, 30 * _ELAPSED_DAY)
_UNITS: Final = (
    ("m", "min", "mins", "minute", "minutes", "分", "分钟", "分钟工时"),
    ("h", "hr", "hrs", "hour", "hours", "时", "小时", "工时", "小时工时"),
    ("d", "dy", "dys", "day", "days", "天", "日", "工作日", "人天", "工日"),
    ("w", "wk", "wks", "week", "weeks", "周", "星期", "周工时", "工作周"),
    ("mo", "mon", "mons", "month", "months", "月", "月工时", "个月"),
)
_UNIT: Final = {word: n for n, words in enumerate(_UNITS) for word in words}
_NUMBER: Final = r"\d{1,9}(?:[.,]\d{1,6})?"
_SPAN: Final = re.compile(
    rf"({_NUMBER})\s*(?:个\s*)?(elapsed\s*|e(?=[a-z])|已用|占用|连续|延隔)?\s*(?:个\s*)?"
    rf"({'|'.join(sorted(_UNIT, key=len, reverse=True))})?\s*\??",
    re.ASCII,
)
_TIME: Final = (
    r"(?:(?P<zh>上午|下午)\s*)?(?P<h>\d{1,2})\s*[:时点]\s*(?:(?P<mi>\d{1,2})\s*分?"
    r"(?::?(?P<s>\d{1,2})(?:\.0+)?\s*秒?)?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_WEEKDAY: Final = r"(?:(?:周|星期|礼拜)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?)"
_BEFORE: Final = re.compile(rf"{_WEEKDAY}[,\s]*")
_MONTHS: Final = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_MONTH: Final = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_FORMS: Final = tuple(
    re.compile(rf"{form}(?:[(,\s]*{_WEEKDAY}\)?)?(?:(?:[t,\s]\s*|(?<=日)){_TIME})?", re.ASCII)
    for form in (
        r"(?P<y>\d{4})\s*(?P<sep>[-/.年])\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*日?",
        r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<c>\d{4}|\d{2})",
        rf"(?P<name>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}})",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-.\s]+(?P<name>{_MONTH})[-,\s]+(?P<y>\d{{4}})",
    )
)
_WRITE: Final = "write it as 2026-11-23 or 2026-11-23 17:00"
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "是", "真", "√", "✓", "✔", "对"})
_NO: Final = frozenset({"no", "n", "false", "0", "否", "假", "×", "-"})
_MONEY: Final = re.compile(r"(?:cny|rmb|usd|eur|gbp|hkd|元|[¥$€£])", re.IGNORECASE)
_PLAIN: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
_GROUPED: Final = re.compile(r"-?\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,6})?", re.ASCII)
_COMMA: Final = re.compile(r"-?\d{1,3}(?:\.\d{3}){0,5},\d{1,2}|-?\d{1,15},\d{1,2}", re.ASCII)
_NOON: Final = 12


def plain(value: object) -> str:
    """Return text as it is meant: full-width letters as usual ones, blanks at the ends gone."""
    return unicodedata.normalize("NFKC", str(value)).strip()


@dataclass(frozen=True, slots=True)
class At:
    """A date of a plan. Shape: `hour` None: nobody said at what hour."""

    day: date
    hour: time | None

    def at(self, hour: time) -> datetime:
        """Return the wall-clock time, at this hour unless one was said."""
        return datetime.combine(self.day, self.hour or hour)


def when(value: object, order: DateOrder | None) -> At:
    """Read a date. Raises: Unreadable, for one that could be two days too."""
    if isinstance(value, datetime):
        at = value.time()
        # A cell that is formatted as date and time, and got only a day, holds midnight.
        found = At(value.date(), at.replace(microsecond=0) if at != time.min else None)
        return _bounded(found, value)
    if isinstance(value, date):
        return _bounded(At(value, None), value)
    if isinstance(value, time | timedelta):
        # What a formula gives that points at an empty cell, or was never computed.
        remedy = f"{_WRITE}, or open the file in Excel and save it if this is a formula"
        raise Unreadable(f"{quoted(value)} is an hour without a day", remedy)
    if not isinstance(value, str):
        shown = quoted(value)
        raise Unreadable(f"{shown} is a number, no date", "format the cell as a date")
    text = re.sub(r"\s+", " ", _BEFORE.sub("", plain(value).lower(), count=1))
    for form in _FORMS:
        if match := form.fullmatch(text):
            return _bounded(_dated(match, value, order), value)
    raise Unreadable(f"{quoted(value)} is no date", _WRITE)


def _dated(match: re.Match[str], value: str, order: DateOrder | None) -> At:
    said = match.groupdict()
    if said.get("name"):
        year, month, day = int(said["y"]), 1 + _MONTHS.index(said["name"][:3]), int(said["d"])
    elif said.get("y"):
        year, month, day = int(said["y"]), int(said["m"]), int(said["d"])
    else:
        year, month, day = _ordered(match, value, order)
    try:
        return At(date(year, month, day), _hour(said))
    except ValueError:
        raise Unreadable(f"{quoted(value)} is no date", _WRITE) from None


def _ordered(match: re.Match[str], value: str, order: DateOrder | None) -> tuple[int, int, int]:
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    short = len(match["c"]) == 2  # noqa: PLR2004 - a year of two digits
    if short and order == "ymd":
        return 2000 + a, b, c
    year = 2000 + c if short else c
    # Only countries that write the day first write dots.
    if order == "dmy" or (order != "mdy" and match["sep"] == "." and not short):
        return year, b, a
    if order == "mdy":
        return year, a, b
    if not short and (a > _NOON or a == b):
        return year, b, a
    if not short and b > _NOON:
        return year, a, b
    remedy = f"{_WRITE}, or say date_order (dmy or mdy) in the settings of the connector"
    if short:
        raise Unreadable(f"{quoted(value)} has a year of two digits", remedy)
    words = f"{year}-{b:02}-{a:02} or {year}-{a:02}-{b:02}"
    raise Unreadable(f"{quoted(value)} may be {words}", remedy)


def _hour(said: dict[str, str | None]) -> time | None:
    if said["h"] is None:
        return None
    hour, minute, second = (int(said[name] or 0) for name in ("h", "mi", "s"))
    half = said["half"] or {"上午": "a", "下午": "p"}.get(said["zh"] or "")
    if half and said["half"] and not 1 <= hour <= _NOON:
        raise ValueError(hour)
    if half == "p" and hour < _NOON:
        hour += _NOON
    elif half == "a" and hour == _NOON:
        hour = 0
    return time(hour, minute, second)


def _bounded(found: At, value: object) -> At:
    if FIRST_YEAR <= found.day.year <= LAST_YEAR:
        return found
    remedy = f"a plan's dates lie between {FIRST_YEAR} and {LAST_YEAR}"
    raise Unreadable(f"{quoted(value)} is out of range", remedy)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time. Shape: minutes of work, or of the clock when `elapsed`."""

    minutes: float
    elapsed: bool = False


def span(value: object, *, bare: Literal["h", "d"] = "d", what: str = "duration") -> Span:
    """Read `5d`, `5 days?`, `5个工作日`, `2w`, `1ed`; `bare` is the unit of a number alone."""
    if isinstance(value, timedelta):
        return _lasting(Span(value.total_seconds() / 60), value, what)
    text = plain(value).lower()
    match = _SPAN.fullmatch(text) if not isinstance(value, bool | date | time) else None
    if match is None:
        example = "8h, 5d" if bare == "h" else "5d, 2w, 3h or 5个工作日"
        raise Unreadable(f"{quoted(value)} is no {what}", f"write it as {example}")
    elapsed = match[2] is not None
    sizes = _ELAPSED if elapsed else _WORKING
    minutes = float(match[1].replace(",", ".")) * sizes[_UNIT[match[3] or bare]]
    return _lasting(Span(minutes, elapsed), value, what)


def _lasting(found: Span, value: object, what: str) -> Span:
    if 0 <= found.minutes <= _MOST_MINUTES:
        return found
    raise Unreadable(f"{quoted(value)} is more than a plan can last", f"mend the {what}")


def percent(value: object, form: str = "") -> float:
    """Read a share of 0 to 100; `form` is the cell's number format."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Unreadable(f"{quoted(value)} is no percentage", "write it as 50%")
    if isinstance(value, str):
        text = plain(value).lower()
        bare = text.removesuffix("%").strip().replace(",", ".")
        if not _PLAIN.fullmatch(bare):
            raise Unreadable(f"{quoted(value)} is no percentage", "write it as 50%")
        found, sure = float(bare), text.endswith("%")
    else:
        sure = "%" in form
        found = round(float(value) * (100 if sure else 1), 6)
    if not sure and 0 < found < 1:
        words = f"{quoted(value)} may be {found * 100:g}% or {found:g}%"
        raise Unreadable(words, "format the cell as a percentage, or write 50%")
    if not 0 <= found <= 100:  # noqa: PLR2004 - per cent
        raise Unreadable(f"{quoted(value)} is not between 0% and 100%", "mend it")
    return found


def amount(value: object) -> float:
    """Read money or another decimal number, with or without a currency and groups of digits."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) < 1e15:  # noqa: PLR2004 - what a float holds to the cent
            return float(value)
    elif isinstance(value, str):
        text = _MONEY.sub("", plain(value)).strip()
        if re.fullmatch(r"-?\d{1,3}\.\d{3}", text):
            words = f"{quoted(value)} may be thousands or a fraction"
            raise Unreadable(words, "write it without a point, or with two digits behind it")
        if _PLAIN.fullmatch(text):
            return float(text)
        if _GROUPED.fullmatch(text):
            return float(text.replace(",", ""))
        if _COMMA.fullmatch(text):
            return float(text.replace(".", "").replace(",", "."))
    raise Unreadable(f"{quoted(value)} is no amount", "write it as 1200.50")


def flag(value: object) -> bool:
    """Read yes or no."""
    word = plain(value).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Unreadable(f"{quoted(value)} is neither yes nor no", "write Yes or No (是, 否)")


def whole(value: object, what: str) -> int:
    """Read a whole number of at most 9 digits."""
    text = plain(value)
    if isinstance(value, float) and value.is_integer():
        text = str(int(value))
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise Unreadable(f"{quoted(value)} is no {what}", "write a whole number")
    return int(text)


def text(value: object, form: str = "") -> str:
    """Read what stands in a cell as text; a number as it is shown."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        digits = re.fullmatch(r"0\.(0{1,6})", form)
        shown = f"{value:.{len(digits[1])}f}" if digits else f"{value:.15g}"
        return str(int(value)) if value.is_integer() and not digits else shown
    if isinstance(value, datetime):
        return (value.date() if value.time() == time.min else value).isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value).strip()


def code(value: object, form: str = "") -> str:
    """Read a WBS or an identifier. Raises: Unreadable, for what Excel made of `1-2` or `1/2`."""
    if isinstance(value, date | time | timedelta):
        words = f"Excel made a date of this: {quoted(value)}"
        raise Unreadable(words, "format the column as text and write it again")
    return " ".join(plain(text(value, form)).split())
