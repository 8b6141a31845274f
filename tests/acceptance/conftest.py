"""Installations to drive from outside: with real servers, and with a recording one."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from kit.clock import SystemClock
from mailer.sandbox import SandboxMailWorld
from tests.acceptance.nursery import Nursery
from tests.acceptance.program import Program
from tests.acceptance.recorder import Recorder
from tests.servers import Dovecot, Postfix, make_certificate, start_dovecot, start_postfix

MIA = "mia@brand.test"
GONE = "gone@creator.test"
CREATORS = tuple(f"creator{number:02}@creator.test" for number in range(1, 51))
MakeProgram = Callable[..., Program]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """A loaded program that others are forked from."""
    nursery = Nursery(os.environ)
    yield nursery
    nursery.close()


@pytest.fixture
def make_program(tmp_path: Path, nursery: Nursery) -> MakeProgram:
    def make(name: str = "house", **environment: str) -> Program:
        (tmp_path / name).mkdir()
        return Program(tmp_path / name / "home", nursery, environment)

    return make


@dataclass(frozen=True)
class Post:
    """A recording submission server, and an IMAP server with our mailbox; both on loopback."""

    recorder: Recorder
    world: SandboxMailWorld

    @property
    def smtp(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.recorder.port}"

    @property
    def imap(self) -> str:
        return f"imap+plain://127.0.0.1:{self.world.imap_port}"


@pytest.fixture
def post() -> Iterator[Post]:
    recorder = Recorder()
    world = SandboxMailWorld(now=SystemClock().now)
    recorder.start()
    world.start({MIA: "secret"})
    yield Post(recorder, world)
    recorder.stop()
    world.stop()


@dataclass(frozen=True)
class Town:
    """Dovecot with our mailbox and fifty creators, and a Postfix that also takes mail for one who is gone."""

    dovecot: Dovecot
    postfix: Postfix

    @property
    def smtp(self) -> str:
        return f"smtp://localhost:{self.postfix.port}"

    @property
    def imap(self) -> str:
        return f"imaps://localhost:{self.dovecot.imaps_port}"


@pytest.fixture
def town() -> Iterator[Town]:
    """Give each test servers of its own: what lies in an inbox from before would be read at the first poll."""
    with TemporaryDirectory(prefix="rapport-town-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the servers' own users must enter
        for part in ("dovecot", "postfix"):
            (folder / part).mkdir()
        users = dict.fromkeys((MIA, *CREATORS), "secret")
        dovecot = start_dovecot(folder / "dovecot", users, make_certificate(folder / "dovecot"))
        try:
            postfix = start_postfix(folder / "postfix", replace(dovecot, users={**users, GONE: "secret"}))
            try:
                yield Town(dovecot, postfix)
            finally:
                postfix.stop()
        finally:
            dovecot.stop()
