"""Use cases: consent to a mailbox: whom to ask, the ways of asking, and what a consent sets right."""

from sqlalchemy import select

from crm.consents import record_consent
from crm.mailboxes import resume_mailbox
from crm.models import ConsentRequest, Mailbox
from kit.errors import RefusedError, say
from kit.tx import Tx
from mailer.errors import ConsentError, IssuerError, MailError
from mailer.oauth import DeviceCode, Tokens, Waiting
from mailer.oauth_providers import Provider, choose_provider
from mailer.servers import parse_server
from sequences.engine import Engine
from sequences.incidents import close_incident
from sequences.models import Incident

_SLOWER_S, _SLOWEST_S = 5, 60  # RFC 8628 3.5
_MOST_ASKS = 400


def find_provider(engine: Engine, mailbox: Mailbox, wanted: str | None = None) -> Provider:
    """Return the OAuth client for a mailbox, or refuse."""
    hosts = {parse_server(url).host for url in (mailbox.smtp_url, mailbox.imap_url)}
    try:
        return choose_provider(engine.issuers.providers, hosts, wanted=wanted)
    except ConsentError as error:
        raise RefusedError(str(error), code="no_oauth_client") from error


def begin_device(engine: Engine, provider: Provider) -> DeviceCode:
    """Ask the issuer for a code to be typed in elsewhere, or refuse."""
    try:
        return engine.issuers.begin_device(provider, now=engine.clock.now())
    except MailError as error:
        raise RefusedError(str(error), code="consent") from error


def await_device(engine: Engine, provider: Provider, code: DeviceCode) -> Tokens:
    """Ask until the person has answered or the code has ended; at the pace the issuer wants (RFC 8628 3.5)."""
    pause_s = code.interval_s
    for _ in range(_MOST_ASKS):
        engine.clock.sleep(pause_s)
        if engine.clock.now() >= code.expires_at:
            break
        try:
            found = engine.issuers.ask_device(provider, code.code, now=engine.clock.now())
        except IssuerError:
            pause_s = min(pause_s * 2, _SLOWEST_S)  # out of reach for a moment: its answer waits for us
            continue
        except MailError as error:
            raise RefusedError(str(error), code="consent") from error
        if isinstance(found, Tokens):
            return found
        pause_s += _SLOWER_S if found is Waiting.SLOW_DOWN else 0
    raise RefusedError(
        say("The code was not typed in at %(title)s in time. Begin again.", title=provider.title), code="consent"
    )


def redeem_code(engine: Engine, provider: Provider, code: str, *, redirect_uri: str, verifier: str) -> Tokens:
    """Give a code from a browser for tokens, or refuse. No transaction may be open."""
    now = engine.clock.now()
    try:
        return engine.issuers.redeem(provider, code, redirect_uri=redirect_uri, verifier=verifier, now=now)
    except MailError as error:
        raise RefusedError(say("%(error)s Nothing was changed.", error=error), code="consent") from error


def redeem_request(engine: Engine, request: ConsentRequest, verifier: str, code: str, *, redirect_uri: str) -> Tokens:
    """Give the code that a page's request came back with for tokens, or refuse. No transaction may be open."""
    try:
        provider = engine.issuers.find(request.provider)
    except IssuerError as error:
        raise RefusedError(str(error), code="no_oauth_client") from error
    return redeem_code(engine, provider, code, redirect_uri=redirect_uri, verifier=verifier)


def accept_consent(engine: Engine, mailbox_id: int, provider: str, tokens: Tokens, *, actor: str) -> bool:
    """Keep the tokens; what stood still for want of them goes on. Returns whether the mailbox may send now."""
    with engine.database.transaction() as tx:
        mailbox = tx.session.get_one(Mailbox, mailbox_id)
        record_consent(tx, mailbox, provider, tokens, seal=engine.seal, actor=actor)
        if _close_incidents(tx, mailbox_id, actor=actor) and mailbox.paused_at is not None:
            resume_mailbox(tx, mailbox_id)
        return mailbox.paused_at is None


def _close_incidents(tx: Tx, mailbox_id: int, *, actor: str) -> int:
    """Close what was open about signing in; return how many there were."""
    is_open = Incident.closed_at.is_(None)
    query = select(Incident.id).where(Incident.kind == "login", Incident.mailbox_id == mailbox_id, is_open)
    found = list(tx.session.scalars(query))
    for incident_id in found:
        close_incident(tx, incident_id, actor=actor)
    return len(found)
