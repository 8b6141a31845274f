"""Use cases: consent to sign in to a mailbox with tokens: kept sealed, replaced whole, ended when an issuer says so."""

from datetime import timedelta

from sqlalchemy import delete, update

from crm.models import Consent, ConsentRequest, Mailbox
from kit.errors import RefusedError, say
from kit.ids import hash_token, new_token
from kit.seal import Seal
from kit.tx import Tx
from mailer.oauth import Tokens

REQUEST_FOR = timedelta(minutes=10)
_VERIFIER = 48  # bytes: 64 characters, of the 43 to 128 that RFC 7636 4.1 allows


def find_consent(tx: Tx, mailbox_id: int) -> Consent | None:
    """Return what a mailbox signs in with."""
    return tx.session.get(Consent, mailbox_id)


def record_consent(tx: Tx, mailbox: Mailbox, provider: str, tokens: Tokens, *, seal: Seal, actor: str) -> Consent:
    """Keep a consent just given, in place of the one before and of a password. `tokens` hold a refresh token."""
    consent = find_consent(tx, mailbox.id) or Consent(mailbox_id=mailbox.id)
    consent.provider, consent.given_at, consent.given_by = provider, tx.now, actor
    consent.access_token = _seal(seal, mailbox.id, tokens.access)
    consent.refresh_token = _seal(seal, mailbox.id, tokens.refresh or "")
    consent.expires_at, consent.refreshed_at, consent.ended_at = tokens.expires_at, None, None
    mailbox.auth = "xoauth2"
    tx.session.add(consent)
    tx.session.flush()
    return consent


def open_token(seal: Seal, mailbox_id: int, sealed: str) -> str:
    """Return a stored token."""
    return seal.open(sealed, about=f"consent:{mailbox_id}")


def replace_tokens(tx: Tx, before: Consent, tokens: Tokens, *, seal: Seal) -> bool:
    """Store renewed tokens; False when another consent was given meanwhile: that one counts."""
    refresh = _seal(seal, before.mailbox_id, tokens.refresh) if tokens.refresh else before.refresh_token
    return _change(
        tx,
        before,
        access_token=_seal(seal, before.mailbox_id, tokens.access),
        refresh_token=refresh,
        expires_at=tokens.expires_at,
        refreshed_at=tx.now,
    )


def end_consent(tx: Tx, before: Consent) -> bool:
    """Write down that an issuer does not honour a consent any more; False when another was given meanwhile."""
    return _change(tx, before, ended_at=tx.now)


def open_request(tx: Tx, mailbox: Mailbox, provider: str, *, user_id: int, seal: Seal) -> tuple[str, str]:
    """Begin one way to an issuer's page and back; return its signed `state` and the PKCE verifier."""
    tx.session.execute(delete(ConsentRequest).where(ConsentRequest.expires_at <= tx.now))
    state, verifier = seal.sign(new_token(), about="consent"), new_token(_VERIFIER)
    request = ConsentRequest(
        state_hash=hash_token(state),
        mailbox_id=mailbox.id,
        user_id=user_id,
        provider=provider,
        verifier=seal.seal(verifier, about=f"verifier:{hash_token(state)}"),
        expires_at=tx.now + REQUEST_FOR,
    )
    tx.session.add(request)
    tx.session.flush()
    return state, verifier


def check_request(tx: Tx, state: str, *, user_id: int, seal: Seal) -> ConsentRequest:
    """Return the request that came back with this `state`, or refuse: it is for one person, one use, ten minutes."""
    found = tx.session.get(ConsentRequest, hash_token(state)) if seal.check(state, about="consent") else None
    if found is None or found.user_id != user_id or found.used_at or found.expires_at <= tx.now:
        raise RefusedError(say("This consent was used already or took too long. Begin again."), code="link_used")
    return found


def use_request(tx: Tx, state: str, *, user_id: int, seal: Seal) -> tuple[ConsentRequest, str]:
    """Take the request: it works this once, also when two ask at the same moment. Returns the verifier with it."""
    found = check_request(tx, state, user_id=user_id, seal=seal)
    taken = tx.session.execute(
        update(ConsentRequest)
        .where(ConsentRequest.state_hash == found.state_hash, ConsentRequest.used_at.is_(None))
        .values(used_at=tx.now)
        .returning(ConsentRequest.state_hash)
    ).first()
    if taken is None:
        raise RefusedError(say("This consent was used already. Begin again."), code="link_used")
    return found, seal.open(found.verifier, about=f"verifier:{found.state_hash}")


def _change(tx: Tx, before: Consent, **values: object) -> bool:
    """Change a consent if its refresh token is still the one that was read."""
    changed = tx.session.execute(
        update(Consent)
        .where(Consent.mailbox_id == before.mailbox_id, Consent.refresh_token == before.refresh_token)
        .values(**values)
        .returning(Consent.mailbox_id)
    ).first()
    return changed is not None


def _seal(seal: Seal, mailbox_id: int, token: str) -> str:
    return seal.seal(token, about=f"consent:{mailbox_id}")
