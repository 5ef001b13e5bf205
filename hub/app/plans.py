"""Plan files on their ways in: uploads, watched paths, and the journal's own copies again."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import structlog

from hub.app.settings import Configured, Organisation
from hub.contract import Cursor
from hub.errors import HubError, Transient
from hub.mapping import Document, load
from hub.services.access import Principal
from hub.services.plans.importing import Order, PlanImport, Progress
from hub.services.refusals import Fault, Refusal, Why
from hub.services.replaying import Stored
from hub.services.vitals import Vitals
from hub.store import Stores

log = structlog.get_logger(__name__)


class PlanFiles:
    """Imports files of the configured connectors."""

    def __init__(
        self, stores: Stores, connectors: Mapping[str, Configured], organisation: Organisation
    ) -> None:
        self._stores = stores
        self._connectors = connectors
        self._organisation = organisation

    def connector(self, name: str) -> Configured | None:
        """Return a connector that imports files; None when there is none of that name."""
        found = self._connectors.get(name)
        return found if found is not None and found.connector.importer is not None else None

    async def bring_in(
        self,
        configured: Configured,
        file: BinaryIO,
        name: str,
        *,
        project: str | None,
        who: str,
        allow_removals: bool = False,
        progress: Progress | None = None,
        dry: bool = False,
    ) -> dict[str, object]:
        """Import one file; return the summary of `import --json`.

        Raises: every error of `PlanImport.run`; then nothing was changed.
        """
        assert configured.connector.importer is not None  # noqa: S101 - the caller asked
        settings = configured.settings
        order = Order(
            connector=configured.id,
            type=configured.connector.manifest.type,
            name=name,
            project_key=project or getattr(settings, "project", None),
            stem=Path(name).stem,
            who=who,
            zone=getattr(settings, "timezone", None) or self._organisation.timezone,
            allow_removals=allow_removals,
            dry=dry,
        )
        importer = configured.connector.importer(settings)
        documents = await self._documents(order.type)
        run = PlanImport(self._stores.plans, importer, documents, order)
        if progress is not None:
            run = PlanImport(self._stores.plans, importer, documents, order, progress)
        if file.seekable():
            return await run.run(file)
        with tempfile.TemporaryFile() as whole:
            await asyncio.to_thread(shutil.copyfileobj, file, whole, 1 << 20)
            whole.seek(0)
            return await run.run(whole)

    async def _documents(self, type_: str) -> dict[str, Document]:
        return {
            stored.name.partition("/")[2]: load(stored.text, name=f"mappings/{stored.name}.yaml")
            for stored in await self._stores.documents.active("mapping")
            if stored.name.startswith(f"{type_}/")
        }

    async def again(self, stored: Stored, diff: bool) -> Mapping[str, int]:  # noqa: FBT001
        """Import the journal's copy of a plan again, or only say what that would change."""
        configured = self.connector(stored.delivery.connector)
        if configured is None or stored.plan is None:
            return {"records": 0, "created": 0, "updated": 0, "removed": 0}
        key = stored.plan.split(":", 2)[2]
        with tempfile.TemporaryFile() as file:
            await self._stores.deliveries.copy_file(stored.id, file)
            file.seek(0)
            summary = await self.bring_in(
                configured, file, stored.name or "plan", project=key, who="replay", dry=diff,
                allow_removals=True,
            )  # fmt: skip
        changed = summary["changed"]
        assert isinstance(changed, dict)  # noqa: S101 - PlanImport returns one
        tasks = summary.get("tasks")
        return {"records": tasks if isinstance(tasks, int) else 0, **changed}


class PlanUploads:
    """The port `hub.services.desks.Plans`."""

    def __init__(self, files: PlanFiles) -> None:
        self._files = files

    async def upload(
        self,
        connector: str,
        project: str | None,
        name: str,
        chunks: AsyncIterator[bytes],
        who: Principal,
    ) -> Mapping[str, object] | Refusal:
        """Import an uploaded file."""
        configured = self._files.connector(connector)
        if configured is None:
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r} that takes files")
        with tempfile.TemporaryFile() as file:
            async for chunk in chunks:
                file.write(chunk)
            file.seek(0)
            try:
                return await self._files.bring_in(
                    configured, file, Path(name).name, project=project, who=who.name
                )
            except Transient as error:
                return Refusal(Why.UNAVAILABLE, str(error))
            except HubError as error:
                place = getattr(error, "path", "") or "file"
                return Refusal(
                    Why.INVALID, str(error), (Fault(place, type(error).__name__, str(error)),)
                )


class PlanWatch:
    """Looks at watched plan files and imports them when they change."""

    def __init__(
        self, files: PlanFiles, connectors: Mapping[str, Configured], vitals: Vitals
    ) -> None:
        self._files = files
        self.watched = [
            (one, watch)
            for one in connectors.values()
            if one.connector.watch is not None
            and (watch := one.connector.watch(one.settings)) is not None
        ]
        self._vitals = vitals
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to look."""
        self._tasks = [
            asyncio.create_task(self._looking(one, watch), name=f"watch-{one.id}")
            for one, watch in self.watched
        ]

    async def stop(self) -> None:
        """End."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _looking(self, one: Configured, watch: object) -> None:
        cursor: Cursor | None = None
        while True:
            cursor = await self.look(one, watch, cursor)
            await asyncio.sleep(one.settings.poll_seconds)

    async def look(self, one: Configured, watch: object, cursor: Cursor | None) -> Cursor | None:
        """Import the file if it changed; return the cursor that now holds."""
        try:
            found = await asyncio.to_thread(watch.poll, cursor)  # type: ignore[attr-defined]
            if found is None:
                return cursor
            file, following = found
            with file:
                name = Path(getattr(one.settings, "path", None) or "plan").name
                await self._files.bring_in(one, file, name, project=None, who=one.id)
        except HubError as error:
            self._vitals.failed(one.id, str(error), datetime.now(UTC))
            return cursor
        except Exception:  # the one broad guard of this entry point
            log.exception("plan not imported", connector=one.id)
            self._vitals.failed(
                one.id, "the hub failed on this file; see its log", datetime.now(UTC)
            )
            return cursor
        self._vitals.recovered(one.id)
        return following  # type: ignore[no-any-return]
