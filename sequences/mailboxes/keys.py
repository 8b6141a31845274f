"""Use cases: with what a mailbox signs in: its password, or an access token that is renewed before it ends.

Tokens are renewed by one worker at a time: claim (a lease), talk to the issuer with no transaction open, settle. The
new refresh token is committed before the new access token is used, because an issuer may honour the old one no more.
"""

from datetime import datetime, timedelta

from crm.consents import end_consent, find_consent, open_token, replace_tokens
from crm.mailboxes import pause_mailbox
from crm.models import Consent, Mailbox
from kit.errors import say
from mailer.errors import ConsentError, IssuerError
from mailer.types import Login
from sequences.engine import Engine
from sequences.incidents import record_incident
from sequences.leases import hold_lease

MARGIN = timedelta(minutes=5)
_LAST = timedelta(seconds=30)
_LEASE_S = 120.0
_LOOKS, _BETWEEN_S = 20, 0.5


def find_login(engine: Engine, mailbox: Mailbox) -> Login:
    """Return what to sign in with now; a token in its last five minutes is renewed first, if it can be.

    Raises:
        ConsentError: a person must give consent; the mailbox is paused. LoginError: the issuer does not know our
            client. IssuerError: no new token just now.
    """
    if mailbox.auth == "password":
        return Login(user=mailbox.user, secret=_open_secret(engine, mailbox))
    consent = _read(engine, mailbox)
    if consent is None:
        return _login(mailbox, _open_secret(engine, mailbox))
    token, now = open_token(engine.seal, mailbox.id, consent.access_token), engine.clock.now()
    if _is_fresh(consent, now):
        return _login(mailbox, token)
    is_good = consent.expires_at - now > _LAST
    try:
        return _login(mailbox, _renew(engine, mailbox, token, looks=1 if is_good else _LOOKS))
    except IssuerError:
        if is_good:  # the issuer has some minutes left to come back
            return _login(mailbox, token)
        raise


def renew_login(engine: Engine, mailbox: Mailbox, refused: Login) -> Login | None:
    """Return another login after a refused one: with a new token, once; None where nothing can be renewed.

    Errors as in `find_login`.
    """
    if mailbox.auth == "password" or _read(engine, mailbox) is None:
        return None
    return _login(mailbox, _renew(engine, mailbox, refused.secret))


def _renew(engine: Engine, mailbox: Mailbox, stale: str, *, looks: int = _LOOKS) -> str:
    """Return an access token other than `stale`, from the issuer or from whoever renewed it meanwhile."""
    for look in range(looks):
        if look:
            engine.clock.sleep(_BETWEEN_S)
        with hold_lease(engine.database, f"token:{mailbox.id}", _LEASE_S) as owner:
            consent = _read(engine, mailbox)
            if consent is None:
                raise ConsentError(_ask_for_consent(mailbox, say("There is no consent any more")))
            token = open_token(engine.seal, mailbox.id, consent.access_token)
            if token != stale and _is_fresh(consent, engine.clock.now()):
                return token
            if owner is not None:
                return _talk(engine, mailbox, consent)
    raise IssuerError(say("Somebody else is renewing the sign-in of %(address)s.", address=mailbox.address))


def _talk(engine: Engine, mailbox: Mailbox, consent: Consent) -> str:
    """Ask the issuer and settle what it says."""
    provider = engine.issuers.find(consent.provider)
    refresh_token = open_token(engine.seal, mailbox.id, consent.refresh_token)
    try:
        tokens = engine.issuers.refresh(provider, refresh_token, now=engine.clock.now())
    except ConsentError as error:
        sentence = _ask_for_consent(
            mailbox, say("Consent was withdrawn or has expired (%(title)s)", title=provider.title)
        )
        if _end(engine, mailbox, consent, sentence):
            raise ConsentError(sentence) from error
    else:
        with engine.database.transaction() as tx:
            if replace_tokens(tx, consent, tokens, seal=engine.seal):
                return tokens.access
    return _take_newer(engine, mailbox)


def _end(engine: Engine, mailbox: Mailbox, consent: Consent, sentence: str) -> bool:
    with engine.database.transaction() as tx:
        is_ended = end_consent(tx, consent)
        if is_ended:
            pause_mailbox(tx, mailbox.id, sentence)
            record_incident(
                tx,
                "login",
                say("%(address)s is paused: %(sentence)s", address=mailbox.address, sentence=sentence),
                mailbox_id=mailbox.id,
            )
        return is_ended


def _take_newer(engine: Engine, mailbox: Mailbox) -> str:
    """Return the token of a consent that a person gave while we talked: it counts, not what we were told."""
    newer = _read(engine, mailbox)
    if newer is None:
        raise IssuerError(
            say("The consent of %(address)s was taken away while it was being renewed.", address=mailbox.address)
        )
    return open_token(engine.seal, mailbox.id, newer.access_token)


def _read(engine: Engine, mailbox: Mailbox) -> Consent | None:
    with engine.database.reading() as tx:
        consent = find_consent(tx, mailbox.id)
    if consent is not None and consent.ended_at is not None:
        raise ConsentError(_ask_for_consent(mailbox, say("Consent was withdrawn or has expired")))
    return consent


def _is_fresh(consent: Consent, now: datetime) -> bool:
    return consent.expires_at - now > MARGIN


def _login(mailbox: Mailbox, token: str) -> Login:
    return Login(user=mailbox.user, secret=token, mechanism="xoauth2")


def _open_secret(engine: Engine, mailbox: Mailbox) -> str:
    secret = engine.seal.open(mailbox.secret, about=f"mailbox:{mailbox.address}")
    if not secret:
        raise ConsentError(_ask_for_consent(mailbox, say("Nobody has given consent yet")))
    return secret


def _ask_for_consent(mailbox: Mailbox, why: str) -> str:
    return say("%(why)s: run rapport mailboxes authorise %(address)s", why=why, address=mailbox.address)
