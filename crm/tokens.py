"""Use cases: bearer tokens for other programs: made, shown once, stored as a hash, taken back."""

from sqlalchemy import select

from crm.changes import record_change
from crm.models import ApiToken
from kit.errors import InvalidError, NotFoundError, say
from kit.ids import hash_token, new_token
from kit.tx import Tx

SCOPES = ("read", "feedback")
MOST_TOKENS = 50
_PREFIX = "rapport_"


def create_token(tx: Tx, name: str, *, scopes: tuple[str, ...] = ("read",), actor: str) -> tuple[ApiToken, str]:
    """Make a token; return its row and the secret, which is known to nobody afterwards."""
    name = " ".join(name.split())[:80]
    if not name:
        raise InvalidError(say("Say what the token is for, so that you know later which one to take back."))
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InvalidError(say("Choose what the token may do: read, or hand in feedback."))
    if sum(row.revoked_at is None for row in list_tokens(tx)) >= MOST_TOKENS:
        raise InvalidError(say("There are %(num)s tokens already; take one back first.", num=MOST_TOKENS))
    secret = _PREFIX + new_token(32)
    row = ApiToken(
        name=name, token_hash=hash_token(secret), scopes=" ".join(scopes), created_at=tx.now, created_by=actor
    )
    tx.session.add(row)
    tx.session.flush()
    record_change(
        tx, "token_created", actor=actor, summary=say("Token made: %(name)s", name=name), data={"token_id": row.id}
    )
    return row, secret


def find_token(tx: Tx, secret: str) -> ApiToken | None:
    """Return the token with this secret if it holds; what it may do is in its scopes."""
    query = select(ApiToken).where(ApiToken.token_hash == hash_token(secret), ApiToken.revoked_at.is_(None))
    return tx.session.scalar(query)


def list_tokens(tx: Tx) -> list[ApiToken]:
    """Return the newest tokens, those in force first."""
    query = select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc())
    return list(tx.session.scalars(query.limit(2 * MOST_TOKENS)))


def revoke_token(tx: Tx, token_id: int, *, actor: str) -> ApiToken:
    """Take a token back: it opens nothing from now on."""
    row = tx.session.get(ApiToken, token_id)
    if row is None:
        raise NotFoundError(say("There is no such token."))
    if row.revoked_at is None:
        row.revoked_at = tx.now
        record_change(tx, "token_revoked", actor=actor, summary=say("Token taken back: %(name)s", name=row.name),
                      data={"token_id": row.id})  # fmt: skip
    return row
