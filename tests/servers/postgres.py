"""A private PostgreSQL: its own cluster in a temporary folder, on a Unix socket and a free loopback port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.pool import Pool

from kit.db import make_engine
from web.schema import upgrade_schema

TEMPLATE = "rapport_template"


_opened: list[psycopg.Connection[Any]] = []


@event.listens_for(Pool, "connect")
def _note(connection: object, _record: object) -> None:
    """Keep every connection of this process in hand: one that a test forgets shows in that test, not in a later one."""
    if isinstance(connection, psycopg.Connection):
        _opened.append(connection)


def _close_left(name: str) -> int:
    """Close what is still open to a database, and return how many that were."""
    left = [connection for connection in _opened if not connection.closed and connection.info.dbname == name]
    for connection in left:
        connection.close()
    _opened[:] = [connection for connection in _opened if not connection.closed]
    return len(left)


def find_postgres() -> Path | None:
    """Return the newest PostgreSQL's program folder."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if Path("/usr/lib/postgresql").exists() else []
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


@dataclass(slots=True)
class PostgresServer:
    """A running cluster."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    made: int = 0

    def url(self, name: str) -> str:
        return f"postgresql://rapport@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """Give a migrated, empty database, and drop it afterwards."""
        self.made += 1
        name = f"test_{os.getpid()}_{self.made}"
        # Copied as files: to write the copy to the log as well costs a third more.
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        try:
            yield self.url(name)
        finally:
            left = _close_left(name)
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
        assert left == 0, f"{left} connections to PostgreSQL are still open: dispose of the engine in a fixture"

    def prepare(self) -> None:
        self._run(f'CREATE DATABASE "{TEMPLATE}"')
        engine = make_engine(self.url(TEMPLATE))
        upgrade_schema(engine)
        engine.dispose()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def start_postgres(**settings: str) -> PostgresServer:
    """Start a private cluster with its defaults but for `settings`; as root it runs as the system's `postgres` user."""
    programs = find_postgres()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="rapport-pg-"))
    identity: dict[str, int] = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        identity = {"user": owner.pw_uid, "group": owner.pw_gid}
    data = folder / "data"
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "rapport", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        **identity,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", *chosen],
            stdout=log,
            stderr=log,
            cwd=folder,
            **identity,
        )
    server = PostgresServer(folder=folder, port=port, process=process)
    for _ in range(200):
        try:
            psycopg.connect(server.url("postgres")).close()
            break
        except psycopg.OperationalError:
            threading.Event().wait(0.05)
    server.prepare()
    return server
