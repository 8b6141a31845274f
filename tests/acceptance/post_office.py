"""What creators do: read their mailboxes over IMAP, and answer through the submission server."""

import smtplib
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP, default
from pathlib import Path
from threading import Event

from imapclient import IMAPClient

from tests.acceptance.conftest import MIA, Town
from tests.acceptance.reply_shapes import Delivered

_PATIENCE = 200  # looks, a tenth of a second apart


def read_inbox(town: Town, address: str, count: int) -> list[EmailMessage]:
    """Return the mails in an inbox, oldest first, once there are `count`."""
    parser = BytesParser(policy=default)
    return [_as_message(parser.parsebytes(raw)) for raw in read_raw(town, address, count)]


def read_raw(town: Town, address: str, count: int) -> list[bytes]:
    with _signed_in(town, address) as client:
        _wait(client, address, count)
        client.select_folder("INBOX", readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
    return [found[uid][b"BODY[]"] for uid in sorted(found)]


def wait_for_mail(town: Town, address: str, count: int) -> None:
    """Wait until an inbox holds `count` mails."""
    with _signed_in(town, address) as client:
        _wait(client, address, count)


def _wait(client: IMAPClient, address: str, count: int) -> None:
    """Delivery goes on after the 250."""
    seen = 0
    for _ in range(_PATIENCE):
        seen = int(client.folder_status("INBOX", ["MESSAGES"])[b"MESSAGES"])
        if seen >= count:
            return
        Event().wait(0.1)
    raise AssertionError(f"{address} has {seen} mails, not {count}")


def flags_of(town: Town, address: str) -> set[bytes]:
    """Return every flag that any mail of an inbox carries."""
    with _signed_in(town, address) as client:
        client.select_folder("INBOX", readonly=True)
        return {flag for flags in client.get_flags(client.search()).values() for flag in flags} - {b"\\Recent"}


def submit(town: Town, sender: str, mails: Sequence[EmailMessage]) -> None:
    """Hand mails to Postfix as a creator's program does: STARTTLS, password, our mailbox as the recipient."""
    with smtplib.SMTP("localhost", town.postfix.port, "client.test", timeout=20) as smtp:
        smtp.starttls(context=town.dovecot.certificate.client_context())
        smtp.login(sender, "secret")
        for mail in mails:
            smtp.sendmail(sender, [MIA], mail.as_bytes(policy=SMTP))


def reply_with_s_nail(town: Town, creator: str, words: str, folder: Path) -> None:
    """Let s-nail open the creator's mail and answer it, quoting all of it."""
    mbox = folder / f"{creator}.mbox"
    raw = read_raw(town, creator, 1)[-1].replace(b"\r\n", b"\n")
    mbox.write_bytes(b"From mia@brand.test Mon Nov 23 10:02:00 2026\n" + raw + b"\n")
    user = creator.replace("@", "%40")
    settings = (
        "v15-compat=yes",
        f"mta=smtp://{user}:secret@localhost:{town.postfix.port}",
        "smtp-use-starttls",
        "smtp-auth=plain",
        f"tls-ca-file={town.dovecot.certificate.path}",
        "tls-ca-no-defaults",
        "tls-verify=strict",
        "sendwait",
        "dot",
        f"from={creator}",
        "quote",
        "indentprefix=> ",
        "nosave",
        "noheader",
        "ttycharset=utf-8",
        "hostname=creator.test",
    )
    options = [part for setting in settings for part in ("-S", setting)]
    done = subprocess.run(
        ["s-nail", "-:/", "-#", *options, "-Rf", str(mbox)],
        input=f"reply 1\n{words}\n.\nxit\n",
        text=True,
        capture_output=True,
        timeout=30,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def delivered(town: Town, creator: str) -> Delivered:
    """Return the newest mail of a creator."""
    return Delivered(read_inbox(town, creator, 1)[-1], creator)


@contextmanager
def _signed_in(town: Town, address: str) -> Iterator[IMAPClient]:
    with IMAPClient("127.0.0.1", town.dovecot.imap_port, ssl=False, timeout=10) as client:
        client.login(address, "secret")
        yield client


def _as_message(mail: object) -> EmailMessage:
    assert isinstance(mail, EmailMessage)
    return mail
