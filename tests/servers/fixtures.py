"""Session-wide fixtures: one Dovecot and one Postfix for all tests that ask."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.servers import Dovecot, Postfix, make_certificate, start_dovecot, start_postfix

USERS = {
    "anna@brand.test": "anna-secret",
    "bo@brand.test": "bo-secret",
    "cy@creator.test": "cy-secret",
    "mila@creator.test": "mila-secret",
}


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Give a folder that the servers' own users may enter; pytest closes its folders to them."""
    with TemporaryDirectory(prefix="rapport-servers-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def dovecot(server_folder: Path) -> Iterator[Dovecot]:
    folder = server_folder / "dovecot"
    folder.mkdir()
    server = start_dovecot(folder, USERS, make_certificate(folder))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postfix(server_folder: Path, dovecot: Dovecot) -> Iterator[Postfix]:
    folder = server_folder / "postfix"
    folder.mkdir()
    server = start_postfix(folder, dovecot)
    yield server
    server.stop()
