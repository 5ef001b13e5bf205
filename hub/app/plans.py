"""Plan files on their ways in: uploads, and the journal's own copies again."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import BinaryIO

from hub.app.settings import Configured, Organisation
from hub.contract import Tabular
from hub.errors import HubError, Misconfigured, Transient
from hub.mapping import load
from hub.services.access import Principal
from hub.services.mapping_desk import DocumentVersion
from hub.services.plans.importing import Order, PlanImport, Progress
from hub.services.plans.ports import Watched
from hub.services.plans.tables import headed, template
from hub.services.refusals import Fault, Refusal, Why
from hub.services.replaying import Stored
from hub.store import Stores


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
        stored: int | None = None,
    ) -> dict[str, object]:
        """Import one file; return the summary of `import --json`.

        Shape: `stored` is the file's number in the journal when it comes from there.
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
            stored=stored,
        )
        documents = {
            stored.name.partition("/")[2]: load(stored.text, name=f"mappings/{stored.name}.yaml")
            for stored in await self._documents(order.type)
        }
        importer = headed(configured.connector.importer(settings), documents)
        run = PlanImport(self._stores.plans, importer, documents, order)
        if progress is not None:
            run = PlanImport(self._stores.plans, importer, documents, order, progress)
        if file.seekable():
            return await run.run(file)
        with tempfile.TemporaryFile() as whole:
            await asyncio.to_thread(shutil.copyfileobj, file, whole, 1 << 20)
            whole.seek(0)
            return await run.run(whole)

    async def template(self, configured: Configured, language: str) -> bytes | None:
        """Write an empty plan to fill in; None: the connector takes no tables.

        Raises: Misconfigured, when no document names the columns.
        """
        assert configured.connector.importer is not None  # noqa: S101 - the caller asked
        importer = configured.connector.importer(configured.settings)
        if not isinstance(importer, Tabular):
            return None
        name = f"{configured.connector.manifest.type}/{importer.columns}"
        found = await self._stores.documents.active_one("mapping", name)
        if found is None:
            raise Misconfigured(f"there is no mapping document {name}, which names the columns")
        document = load(found.text, name=f"mappings/{name}.yaml")
        return await asyncio.to_thread(template, importer, document, language)

    async def _documents(self, type_: str) -> list[DocumentVersion]:
        active = await self._stores.documents.active("mapping")
        return [one for one in active if one.name.startswith(f"{type_}/")]

    async def stamp(self, configured: Configured) -> str:
        """Return what tells the mappings of a connector from those of another time."""
        documents = await self._documents(configured.connector.manifest.type)
        return fingerprint(*(f"{one.name}@{one.number}" for one in documents))

    async def tidy(self) -> None:
        """Remove what imports left behind that were killed."""
        await self._stores.plans.tidy()

    async def seen(self, connector: str) -> Watched | None:
        """Return the newest file of a watched path that was dealt with."""
        return await self._stores.plans.watched(connector)

    async def saw(self, connector: str, watched: Watched) -> None:
        """Write down that a watched file was dealt with."""
        await self._stores.plans.saw(connector, watched)

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
                allow_removals=True, stored=stored.id,
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
                told = getattr(error, "problems", ()) or (str(error),)
                faults = tuple(Fault(place, type(error).__name__, one) for one in told)
                return Refusal(Why.INVALID, str(error), faults)

    async def template(self, connector: str, language: str) -> bytes | Refusal:
        """Write an empty plan to fill in."""
        configured = self._files.connector(connector)
        if configured is None:
            return Refusal(Why.NOT_FOUND, f"there is no connector {connector!r} that takes files")
        try:
            written = await self._files.template(configured, language)
        except HubError as error:
            return Refusal(Why.CONFLICT, str(error))
        if written is None:
            return Refusal(Why.NOT_FOUND, f"the connector {connector!r} takes no tables")
        return written


def fingerprint(*texts: str) -> str:
    """Return a short digest of texts."""
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=12).hexdigest()
