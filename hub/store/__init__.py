"""The store: tables, migrations, and what the use cases ask for, on SQLite and on PostgreSQL.

`database` says what both offer; `hot_*` is the ingest path's own SQL. Lists are read by `lists`,
with `specs` (which lists there are), `filters` and `shown` (rows as JSON). Every other module fills
one port of `hub.services`.
"""

from pathlib import Path

from hub.errors import Misconfigured
from hub.store.access import Tokens
from hub.store.attic import StoredAttic
from hub.store.board import BoardRows
from hub.store.carrying import StoredCarrying
from hub.store.changelog import StoredChanges
from hub.store.database import Database
from hub.store.deliveries import Deliveries
from hub.store.documents import Documents
from hub.store.ingest import IngestStore
from hub.store.journal import Journal
from hub.store.measuring import StoredSeries
from hub.store.outbox import StoredOutbox
from hub.store.overview import OverviewRows
from hub.store.plans import Plans
from hub.store.polling import StoredPolling
from hub.store.postgres import Postgres
from hub.store.sample import StoredSample
from hub.store.schema import EmptyStore
from hub.store.sqlite import Sqlite
from hub.store.verdicts import Verdicts
from hub.store.work import StoredWork

__all__ = ["Database", "EmptyStore", "Stores", "open_database", "stands"]

_FILE = "milepost.db"


def open_database(url: str, data: Path) -> Database:
    """Choose the database that `store:` names; nothing is opened yet.

    Raises: Misconfigured, when it is neither SQLite nor PostgreSQL.
    """
    if url == "sqlite":
        return Sqlite(data / _FILE)
    if url.startswith(("postgresql://", "postgres://")):
        return Postgres(url.replace("postgres://", "postgresql://", 1))
    raise Misconfigured(
        "store: is neither sqlite nor an address; write sqlite or postgresql://user@host/database"
    )


def stands(url: str, data: Path) -> bool:
    """Tell whether there is a database to open: opening would make the embedded one."""
    return url != "sqlite" or (data / _FILE).exists()


class Stores:
    """Every port of the use cases, filled by one database."""

    def __init__(self, database: Database) -> None:
        self.access = Tokens(database)
        self.attic = StoredAttic(database)
        self.board = BoardRows(database)
        self.carrying = StoredCarrying(database)
        self.changes = StoredChanges(database)
        self.deliveries = Deliveries(database)
        self.documents = Documents(database)
        self.ingest = IngestStore(database)
        self.journal = Journal(database)
        self.outbox = StoredOutbox(database)
        self.overview = OverviewRows(database)
        self.plans = Plans(database)
        self.polling = StoredPolling(database)
        self.sample = StoredSample(database)
        self.series = StoredSeries(database)
        self.verdicts = Verdicts(database)
        self.work = StoredWork(database)
