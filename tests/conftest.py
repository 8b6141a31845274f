"""What every test stands on: databases of both kinds, servers named when they are missing."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine

from kit.clock import FixedClock
from kit.db import make_engine
from kit.tx import Database
from tests.servers.postgres import PostgresServer, find_postgres, start_postgres
from web.garbage import look_seldom, settle_garbage
from web.schema import upgrade_schema

settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("here", deadline=None)
settings.register_profile("long", deadline=None, max_examples=3000, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "here"))

# Thousands of tests are collected next, and all of them stay.
look_seldom()

_missing: set[str] = set()
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def _is_there(name: str) -> bool:
    if name == "postgresql":
        return find_postgres() is not None
    programs = {"redis": "redis-server", "chromium": "chromium"}
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin"
    return shutil.which(programs.get(name, name), path=path) is not None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, in the order it was dealt: a minute's test that begins last is waited for alone."""
    items.sort(key=lambda item: "acceptance" not in item.path.parts and not item.get_closest_marker("simulation"))


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what was loaded: a tenth of the time of a story went into that."""
    settle_garbage()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("server"):
        name = mark.args[0]
        if _is_there(name):
            continue
        _missing.add(name)
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing; run: make services")
        pytest.skip(f"{name} is not installed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = {
        name for name in ("dovecot", "postfix", "postgresql", "redis", "chromium", "s-nail") if not _is_there(name)
    }
    if skipped | _missing:
        terminalreporter.write_line(
            f"Not installed, so tests that need them were left out: {', '.join(sorted(skipped | _missing))}. "
            "Install with: make services"
        )


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share, for what can be made again."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def kept_templates(shared_folder: Path) -> None:
    """Keep the pages' compiled templates: each application, in each worker, would compile hundreds anew."""
    folder = shared_folder / "templates"
    folder.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}


@pytest.fixture
def clock() -> FixedClock:
    """A Monday morning in November, 09:00 UTC."""
    return FixedClock(MONDAY)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, copied by each test that wants one."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    upgrade_schema(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database: each test runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "rapport.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.fresh_database() as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Open a migrated, empty database; also a test that fails leaves no connection behind."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine, clock: FixedClock) -> Database:
    return Database(engine, clock, Random(1))


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    """One SQLite database, for tests where the kind does not matter."""
    path = tmp_path / "rapport.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    yield Database(engine, clock, Random(1))
    engine.dispose()


def dump_sqlite(path: Path, *, without: tuple[str, ...] = ("heartbeats",)) -> str:
    """Return an SQL dump of a SQLite file, some tables left out."""
    text = subprocess.run(
        ["python3", "-c", "import sqlite3,sys; print('\\n'.join(sqlite3.connect(sys.argv[1]).iterdump()))", str(path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return "\n".join(line for line in text.splitlines() if not any(f'"{name}"' in line for name in without))
