"""SQLite's page cache while a plan comes in: a page is written once and seldom read again."""

from typing import Final

from sqlalchemy import Connection

KIBIBYTES: Final = 4000
"""Arbitrary: some pieces of a plan. Eight times as much makes no import faster."""


class SmallCache:
    """Keeps the writer's cache small from the first import to the end of the last one."""

    def __init__(self) -> None:
        self._inside: set[int] = set()
        self._usual = 0

    def enter(self, connection: Connection, number: int) -> None:
        """Begin an import."""
        if connection.dialect.name == "sqlite" and not self._inside:
            self._usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
            connection.exec_driver_sql(f"PRAGMA cache_size=-{KIBIBYTES}")
        self._inside.add(number)

    def leave(self, connection: Connection, number: int) -> None:
        """End an import; one that never began is no matter."""
        if number in self._inside:
            self._inside.remove(number)
            if connection.dialect.name == "sqlite" and not self._inside:
                connection.exec_driver_sql(f"PRAGMA cache_size={self._usual}")
