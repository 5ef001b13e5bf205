import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.lab.ports import until
from deploy.lab.postgres import Postgres

pytestmark = pytest.mark.needs_system("postgres")


async def value(dsn: str, statement: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_every_test_gets_an_empty_database_of_its_own(
    postgres: str, postgres_server: Postgres
) -> None:
    await value(postgres, "CREATE TABLE t (n int)")
    other = postgres_server.create_database()
    assert await value(postgres, "SELECT to_regclass('t')::text") == "t"
    assert await value(other, "SELECT to_regclass('t')::text") is None
    postgres_server.drop_database(other)


async def test_the_server_keeps_the_durability_it_ships_with(postgres: str) -> None:
    assert await value(postgres, "SHOW fsync") == "on"
    assert await value(postgres, "SHOW synchronous_commit") == "on"


@pytest.mark.slow
async def test_what_was_committed_is_there_after_a_crash(
    postgres: str, postgres_server: Postgres
) -> None:
    await value(postgres, "CREATE TABLE t AS SELECT 7 AS n")
    postgres_server.kill()
    postgres_server.start()
    assert await value(postgres, "SELECT n FROM t") == 7


HOLDER = """
import sys, time
from deploy.lab.processes import House
from deploy.lab.ports import until
from deploy.lab.postgres import Postgres
house = House.temporary()
Postgres(house).start()
print(house.root, house.servers()["postgres"]["pid"], flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_a_killed_session_leaves_no_server_behind(pytestconfig: pytest.Config) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)},
    ) as holder:
        assert holder.stdout
        root, pid = holder.stdout.readline().split()
        server = psutil.Process(int(pid))
        holder.send_signal(signal.SIGKILL)
    server.wait(20)
    assert not server.is_running()
    until(lambda: not Path(root).exists(), lambda: True, seconds=20)
