"""From a device code to a mail in an inbox: a real issuer, Postfix and Dovecot, and tokens that end."""

from pathlib import Path

import pytest

from crm.mailboxes import get_mailbox
from mailer.oauth_door import Issuers
from sequences.mailboxes.consents import accept_consent, await_device, begin_device, find_provider
from sequences.mailboxes.health import check_mailbox
from tests.contracts.token_worlds import real_servers
from tests.servers.fixtures import server_folder
from tests.servers.issuer import running_issuer
from tests.stories.world import MIA, World

__all__ = ["server_folder"]
pytestmark = [pytest.mark.server("dovecot"), pytest.mark.server("postfix")]
USERS = {MIA: "unknown to us", "creator0@people.example": "unknown as well"}


def test_consent_sends_reads_renews_and_ends(small: World, server_folder: Path) -> None:
    with (
        running_issuer() as issuer,
        real_servers(server_folder / "consent", issuer, USERS, " xoauth2 oauthbearer") as servers,
    ):
        engine = small.engine
        engine.issuers, engine.transport = Issuers({"house": issuer.provider()}, timeout_s=5), servers.transport
        with small.database.transaction() as tx:
            mailbox = get_mailbox(tx, MIA)
            mailbox.smtp_url = f"smtp://localhost:{servers.smtp.port}"
            mailbox.imap_url = f"imaps://localhost:{servers.imap.port}"
        provider = find_provider(engine, mailbox)
        code = begin_device(engine, provider)
        issuer.answer_device("approved", MIA)
        assert accept_consent(engine, mailbox.id, provider.name, await_device(engine, provider, code), actor="user:1")

        small.enrol(small.people(1), small.load())
        assert small.tick().sent == 1

        issuer.active.clear()  # every token in use is worthless now, before its time
        with small.database.reading() as tx:
            mailbox = get_mailbox(tx, MIA)
        assert check_mailbox(engine, mailbox, dns=False)["ok"]
        assert len(issuer.requests("refresh_token")) == 1

        issuer.active.clear()
        issuer.refreshable.clear()
        assert "authorise" in "".join(small.poll().errors)
        with small.database.reading() as tx:
            assert "authorise" in get_mailbox(tx, MIA).pause_reason
