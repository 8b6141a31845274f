"""The worlds as fixtures; each test runs in all of them."""

from collections.abc import Iterator

import pytest

from tests.contracts.mail_worlds import MailWorld, fake_world, real_world, sandbox_world
from tests.servers.fixtures import dovecot, postfix, server_folder

__all__ = ["dovecot", "mail_world", "postfix", "server_folder"]

_WORLDS = [
    "fake",
    "sandbox",
    pytest.param("real", marks=[pytest.mark.server("dovecot"), pytest.mark.server("postfix")]),
]


@pytest.fixture(scope="module", params=_WORLDS)
def mail_world(request: pytest.FixtureRequest) -> Iterator[MailWorld]:
    match request.param:
        case "fake":
            with fake_world() as world:
                yield world
        case "sandbox":
            with sandbox_world() as world:
                yield world
        case _:
            yield real_world(request.getfixturevalue("dovecot"), request.getfixturevalue("postfix"))
