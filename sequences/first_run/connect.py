"""Use cases: connecting the first mailbox: find the servers, sign in to both, and say what went wrong and why.

Nothing here holds a transaction while it talks. A sign-in that fails blocks; the domain's records never do.
"""

from collections.abc import Callable, Sequence
from typing import Any

from crm.mailboxes import find_mailbox
from crm.models import Mailbox
from kit.errors import InvalidError, say
from kit.tx import Tx
from mailer.addresses import domain_of, normalise_email
from mailer.errors import LoginError, MailError, TlsError, UnreachableError
from mailer.server_guess import Servers, find_provider, guess_servers
from mailer.servers import parse_server
from sequences.course.windows import read_window, write_window
from sequences.engine import Engine
from sequences.first_run.progress import keep_progress
from sequences.mailboxes.health import check_records
from sequences.mailboxes.line import Line
from sequences.mailboxes.round_trip import Trip, go_round

_CAP = 80
_RANK = ("unreachable", "tls", "app_password", "password", "other")


def find_servers(engine: Engine, address: str, smtp_url: str, imap_url: str) -> tuple[Servers, ...]:
    """Return the servers that were named, else where they probably are; DNS is asked once, for MX."""
    if smtp_url or imap_url:
        for url, protocol in ((smtp_url, "smtp"), (imap_url, "imap")):
            _check_url(url, protocol)
        return (Servers(smtp_url=smtp_url, imap_url=imap_url),)
    return guess_servers(address, engine.make_resolver().find(domain_of(address), "MX") or ())


def make_mailbox(address: str, name: str, servers: Servers, secret: str, *, zone: str, owner_id: int) -> Mailbox:
    """Return a mailbox with limits that are safe for a beginning: it warms up, 5 a day at first; not yet stored."""
    email = normalise_email(address)
    if email is None:
        raise InvalidError(say("“%(address)s” is not an email address.", address=address))
    return Mailbox(
        address=email, name=name.strip(), smtp_url=servers.smtp_url, imap_url=servers.imap_url, user=email,
        auth="password", secret=secret, daily_cap=_CAP, gap_min_s=480, gap_max_s=840, ramp=True,
        window=write_window(read_window("always")), zone=zone, owner_id=owner_id, folders={},
    )  # fmt: skip


def try_mailbox(engine: Engine, mailbox: Mailbox) -> list[dict[str, Any]]:
    """Sign in to send and to read; two findings with state, cause and seconds."""
    with Line(engine, mailbox) as line:
        return [
            _try(engine, "smtp", mailbox.smtp_url, line.smtp),
            _try(engine, "imap", mailbox.imap_url, lambda: line.imap().select("INBOX")),
        ]


def is_connected(findings: Sequence[dict[str, Any]]) -> bool:
    """Whether mail can go and come."""
    return all(one["state"] == "ok" for one in findings)


def is_better(findings: Sequence[dict[str, Any]], than: Sequence[dict[str, Any]]) -> bool:
    """Whether one try came further than another: a server that refuses a password tells more than silence."""
    return _far(findings) > _far(than) if than else True


def keep_mailbox(tx: Tx, mailbox: Mailbox, findings: Sequence[dict[str, Any]]) -> Mailbox:
    """Store a mailbox that signed in; one with that address takes over the new servers and password."""
    found = find_mailbox(tx, mailbox.address)
    if found is None:
        mailbox.created_at = tx.now
        tx.session.add(mailbox)
        found = mailbox
    else:
        found.smtp_url, found.imap_url, found.user = mailbox.smtp_url, mailbox.imap_url, mailbox.user
        found.secret, found.auth = mailbox.secret, "password"
    tx.session.flush()
    keep_progress(tx, mailbox_id=found.id, trial=make_trial(mailbox, findings), trip={})
    return found


def make_trial(mailbox: Mailbox, findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what is kept of a try, so that the form comes back as it was; the password only sealed."""
    return {
        "address": mailbox.address, "name": mailbox.name, "smtp": mailbox.smtp_url, "imap": mailbox.imap_url,
        "secret": mailbox.secret, "findings": list(findings),
    }  # fmt: skip


def check_round(engine: Engine, mailbox: Mailbox) -> None:
    """Send the mailbox a message and see it arrive, look at the domain's records, and keep both."""
    trip = _tell(go_round(engine, mailbox))
    check_records(engine, mailbox)
    with engine.database.transaction() as tx:
        keep_progress(tx, trip=trip)


def _tell(trip: Trip) -> dict[str, Any]:
    if trip.stage == "arrived":
        return _finding("trip", "ok", seconds=trip.arrived_s)
    return _finding("trip", "unclear", cause="other" if trip.fault else "late", sentence=trip.fault)


def _try(engine: Engine, name: str, url: str, enter: Callable[[], object]) -> dict[str, Any]:
    began = engine.clock.now()
    try:
        enter()
    except MailError as error:
        return _finding(name, "bad", cause=_cause(error, url), sentence=str(error))
    return _finding(name, "ok", seconds=(engine.clock.now() - began).total_seconds())


def _cause(error: MailError, url: str) -> str:
    if isinstance(error, LoginError):
        provider = find_provider(url)
        return "app_password" if provider and provider.app_password else "password"
    if isinstance(error, UnreachableError):
        return "unreachable"
    return "tls" if isinstance(error, TlsError) else "other"


def _finding(name: str, state: str, *, cause: str = "", sentence: str = "", seconds: float = 0.0) -> dict[str, Any]:
    return {"name": name, "state": state, "cause": cause, "sentence": sentence, "seconds": round(seconds, 1)}


def _far(findings: Sequence[dict[str, Any]]) -> int:
    return sum(len(_RANK) if one["state"] == "ok" else _RANK.index(one["cause"]) for one in findings)


def _check_url(url: str, protocol: str) -> None:
    try:
        server = parse_server(url)
    except ValueError as error:
        raise InvalidError(str(error)) from error
    if server.protocol != protocol:
        raise InvalidError(say("“%(url)s” is no address of an %(kind)s server.", url=url, kind=protocol.upper()))
