"""`milepost token create`, `milepost token list` and `milepost token revoke`."""

import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from hub.app.hub import Hub
from hub.cli.program import DATA, ConfigOption, DataOption, JsonOption, app, configured, run
from hub.errors import Misconfigured
from hub.services.access import KnownToken, Role
from hub.store import EmptyStore, stands

tokens = typer.Typer(help="Tokens for scripts and people.", no_args_is_help=True)
app.add_typer(tokens, name="token")

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,5})([hdw])", text)
    if match is None or int(match[1]) == 0:
        raise typer.BadParameter("write a number and h, d or w, like 90d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


@tokens.command("create")
def create(
    role: Annotated[Role, typer.Option(help="What it may do.")],
    name: Annotated[str, typer.Option(help="Whose it is, for the audit log.")] = "token",
    expires: Annotated[
        str | None, typer.Option(help="After how long it ends, like 90d; never without it.")
    ] = None,
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    json: JsonOption = False,
) -> None:
    """Make a token; it is shown once."""
    span = None if expires is None else _span(expires)
    run(_create(role, name, span, config, data, json=json))


async def _create(
    role: Role,
    name: str,
    expires: timedelta | None,
    config: Path | None,
    data: Path,
    *,
    json: bool,
) -> int:
    hub = Hub(configured(config), data)
    await hub.open(documents=False)
    try:
        made = await hub.services.access.create_token(role, name, expires)
    finally:
        await hub.close()
    told = {"token": made.token, "id": made.id, "role": made.role.value}
    if json:
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
    else:
        sys.stdout.write(f"{made.token}\n")
        sys.stderr.write(f"Token {made.id} of role {made.role}; it is shown only now.\n")
    return 0


@tokens.command("list")
def list_(
    config: ConfigOption = None, data: DataOption = DATA, *, json: JsonOption = False
) -> None:
    """List the tokens: whose they are, what they may do, when they were last used."""
    run(_list(config, data, json=json))


@tokens.command("revoke")
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `token list` shows it.")],
    config: ConfigOption = None,
    data: DataOption = DATA,
    *,
    json: JsonOption = False,
) -> None:
    """End a token and its sessions at once, also for a running server."""
    run(_revoke(id_, config, data, json=json))


async def _revoke(id_: str, config: Path | None, data: Path, *, json: bool) -> int:
    hub = Hub(configured(config), data)
    ended: KnownToken | None = None
    if stands(hub.configuration.hub.store, data):
        try:
            await hub.database.start(migrate=False)
            ended = await hub.stores.access.revoke_token(id_, "command line")
        except EmptyStore:
            pass  # nobody has made one yet
        finally:
            await hub.close()
    if ended is None:
        raise Misconfigured(f"there is no token {id_}; milepost token list shows their ids")
    told = {"id": ended.id, "name": ended.name, "role": ended.role, "revoked_at": ended.revoked_at}
    if json:
        sys.stdout.write(orjson.dumps(told).decode() + "\n")
    else:
        sys.stdout.write(f"Token {ended.id} ({ended.name}) is revoked.\n")
    return 0


async def _list(config: Path | None, data: Path, *, json: bool) -> int:
    hub = Hub(configured(config), data)
    found: list[KnownToken] = []
    if stands(hub.configuration.hub.store, data):
        try:
            await hub.database.start(migrate=False)
            found = await hub.stores.access.tokens()
        except EmptyStore:
            pass  # nobody has made one yet
        finally:
            await hub.close()
    if json:
        sys.stdout.write(
            orjson.dumps({"tokens": found}, option=orjson.OPT_INDENT_2).decode() + "\n"
        )
        return 0
    table = Table("id", "name", "role", "created", "expires", "last used")
    for one in found:
        ends = "revoked" if one.revoked_at else _day(one.expires_at) or "never"
        used = one.used_at.isoformat(" ", "minutes") if one.used_at else "never"
        table.add_row(one.id, one.name, one.role.value, _day(one.created_at), ends, used)
    Console().print(table)
    return 0


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
