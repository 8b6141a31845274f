"""Use cases: connecting a mailbox: finding its servers, a live sign-in to both, and keeping it once they agreed."""

from collections.abc import Callable
from dataclasses import dataclass

from crm.changes import record_change
from crm.mailboxes import add_mailbox, find_mailbox
from crm.models import Mailbox
from kit.errors import ConflictError, InvalidError, say
from kit.tx import Tx
from mailer.addresses import domain_of, normalise_email
from mailer.errors import LoginError, MailError, TlsError, UnreachableError
from mailer.oauth_providers import find_advice
from mailer.resolver import Resolver
from mailer.server_guess import Servers, find_provider, guess_servers, knows
from mailer.servers import parse_server
from sequences.engine import Engine
from sequences.mailboxes.line import Line

FIRST_CAP, GAP_MIN_S, GAP_MAX_S = 30, 480, 840


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wrote into the form."""

    address: str
    name: str = ""
    user: str = ""
    password: str = ""
    smtp_url: str = ""
    imap_url: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One sign-in that was tried: which way, and why it failed; empty for one that went through."""

    way: str
    fault: str = ""


def discover(address: str, resolver: Resolver) -> Servers:
    """Return where the servers of an address probably are; whoever is offline gets the usual names."""
    email = check_address(address)
    domain = domain_of(email)
    return guess_servers(email, () if knows(domain) else resolver.find(domain, "MX") or ())[0]


def check_address(address: str) -> str:
    """Return an address as it is kept, or refuse."""
    email = normalise_email(address)
    if email is None:
        raise InvalidError(say("%(address)s is not an email address.", address=address.strip() or "–"))
    return email


def prepare(engine: Engine, wish: Wish) -> Mailbox:
    """Return a mailbox as wished for, kept nowhere yet, its password sealed; or refuse what cannot be."""
    email = check_address(wish.address)
    if not wish.password:
        raise InvalidError(say("Enter the password, or an app password where the provider asks for one."))
    return Mailbox(
        address=email,
        name=" ".join(wish.name.split())[:200],
        smtp_url=_server(wish.smtp_url, "smtp"),
        imap_url=_server(wish.imap_url, "imap"),
        user=wish.user.strip() or email,
        auth="password",
        secret=engine.seal.seal(wish.password, about=f"mailbox:{email}"),
        daily_cap=FIRST_CAP,
        gap_min_s=GAP_MIN_S,
        gap_max_s=GAP_MAX_S,
        ramp=True,
        window={"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "17:00"},
        zone=wish.zone,
        folders={},
    )


def require_new(tx: Tx, address: str) -> None:
    """Refuse an address that is connected already, before anybody is asked for anything."""
    found = find_mailbox(tx, check_address(address))
    if found is not None:
        raise ConflictError(say("%(address)s is connected already. Nothing was changed.", address=found.address))


def try_servers(engine: Engine, mailbox: Mailbox) -> tuple[Trial, ...]:
    """Sign in to both servers, and say of each what came of it. No transaction may be open."""
    with Line(engine, mailbox) as line:
        return _try("smtp", mailbox.smtp_url, line.smtp), _try("imap", mailbox.imap_url, line.imap)


def keep_new(tx: Tx, mailbox: Mailbox, *, actor: str) -> Mailbox:
    """Keep a mailbox whose servers agreed."""
    add_mailbox(tx, mailbox)
    words = say("Mailbox connected: %(address)s", address=mailbox.address)
    record_change(tx, "mailbox_connected", actor=actor, summary=words, data={"mailbox_id": mailbox.id})
    return mailbox


def _try(way: str, url: str, enter: Callable[[], object]) -> Trial:
    try:
        enter()
    except MailError as error:
        return Trial(way=way, fault=_cause(error, url))
    return Trial(way=way)


def _cause(error: MailError, url: str) -> str:
    """Return a failure by its cause, with what to do."""
    server = parse_server(url)
    at = f"{server.host}:{server.port}"
    if isinstance(error, LoginError):
        advice = find_advice(server.host)
        if advice:
            return say("Password refused at %(at)s. %(advice)s", at=at, advice=advice)
        known = find_provider(url)
        if known and known.app_password:
            shape = say("Password refused at %(at)s. %(title)s wants an app password: make one in your account there.")
            return say(shape, at=at, title=known.title)
        return say("Password refused at %(at)s: %(why)s Check user name and password.", at=at, why=_end(error))
    if isinstance(error, TlsError):
        return say("No safe connection to %(at)s: %(why)s", at=at, why=_end(error))
    if isinstance(error, UnreachableError):
        shape = say("%(at)s cannot be reached: %(why)s The name may be mistyped, or a firewall blocks the port.")
        return say(shape, at=at, why=_end(error))
    return say("%(at)s did not go along: %(why)s", at=at, why=_end(error))


def _end(error: MailError) -> str:
    text = str(error).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _server(url: str, protocol: str) -> str:
    try:
        server = parse_server(url)
    except ValueError as error:
        raise InvalidError(str(error)) from error
    if server.protocol != protocol:
        raise InvalidError(say("%(url)s is no address of %(protocol)s.", url=url, protocol=protocol.upper()))
    return url.strip()
