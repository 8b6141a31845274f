"""Use cases: people who sign in: accounts, passwords, sessions, one-time links."""

from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, func, select

from crm.models import OneTimeLink, Session, User
from crm.models.user import ROLES
from kit.db import Instant
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.ids import hash_token, new_token
from kit.tx import Tx
from mailer.addresses import normalise_email

SESSION_FOR = timedelta(days=30)
LINK_FOR = timedelta(days=3)
MIN_PASSWORD = 10
_SIGNED_IN = (
    select(User)
    .join(Session, Session.user_id == User.id)
    .where(
        Session.token_hash == bindparam("token_hash"),
        Session.expires_at > bindparam("now", type_=Instant()),
        User.disabled_at.is_(None),
    )
)


def count_users(tx: Tx) -> int:
    """Return how many accounts there are."""
    return tx.session.scalar(select(func.count(User.id))) or 0


def list_users(tx: Tx) -> list[User]:
    """Return everybody who ever had an account, by name."""
    return list(tx.session.scalars(select(User).order_by(User.name, User.id)))


def add_user(tx: Tx, email: str, *, role: str, name: str = "") -> User:
    """Add a colleague, who signs in once a password is set through a one-time link."""
    normal = normalise_email(email)
    if normal is None:
        raise InvalidError(say("%(email)r is not an email address.", email=email))
    if role not in ROLES:
        raise InvalidError(say("There is no role %(role)r; choose one of: %(list)s.", role=role, list=", ".join(ROLES)))
    if tx.session.scalar(select(User.id).where(User.email == normal)):
        raise ConflictError(say("%(normal)s has an account already.", normal=normal))
    user = User(email=normal, name=name.strip() or normal.partition("@")[0], role=role, created_at=tx.now)
    tx.session.add(user)
    tx.session.flush()
    return user


def get_user_by_email(tx: Tx, email: str) -> User:
    """Return the account with this address, or refuse."""
    user = tx.session.scalar(select(User).where(User.email == (normalise_email(email) or "")))
    if user is None:
        raise NotFoundError(say("Nobody has an account with the address %(email)s.", email=email))
    return user


def create_link(tx: Tx, purpose: str, *, user: User | None = None) -> str:
    """Return a new token for a link that works once; older ones of the same purpose stop working."""
    same = OneTimeLink.user_id == user.id if user else OneTimeLink.user_id.is_(None)
    tx.session.execute(delete(OneTimeLink).where(OneTimeLink.purpose == purpose, same))
    token = new_token()
    tx.session.add(
        OneTimeLink(
            token_hash=hash_token(token),
            purpose=purpose,
            user_id=user.id if user else None,
            created_at=tx.now,
            expires_at=tx.now + LINK_FOR,
        )
    )
    return token


def check_link(tx: Tx, purpose: str, token: str) -> OneTimeLink:
    """Return a link that may still be used, or refuse."""
    link = tx.session.get(OneTimeLink, hash_token(token))
    if link is None or link.purpose != purpose or link.used_at or link.expires_at <= tx.now:
        raise RefusedError(say("This link does not work any more. Ask for a new one."), code="link_used")
    return link


def use_link(tx: Tx, purpose: str, token: str) -> OneTimeLink:
    """Take a link: it works this once."""
    link = check_link(tx, purpose, token)
    link.used_at = tx.now
    return link


def set_password(user: User, password: str, hasher: PasswordHasher) -> None:
    """Set a password; at least ten characters."""
    if len(password) < MIN_PASSWORD:
        raise InvalidError(say("Use at least %(min_password)s characters.", min_password=MIN_PASSWORD))
    user.password_hash = hasher.hash(password)


def check_password(tx: Tx, email: str, password: str, hasher: PasswordHasher) -> User | None:
    """Return the account if the password is right. A wrong address costs the same time as a wrong password."""
    user = tx.session.scalar(select(User).where(User.email == (normalise_email(email) or "")))
    if user is None or user.password_hash is None or user.disabled_at:
        hasher.hash(password)
        return None
    try:
        hasher.verify(user.password_hash, password)
    except (VerificationError, InvalidHashError):
        return None
    return user


def open_session(tx: Tx, user: User) -> str:
    """Return the token of a new session."""
    token = new_token()
    session = Session(token_hash=hash_token(token), user_id=user.id, created_at=tx.now, expires_at=tx.now + SESSION_FOR)
    tx.session.add(session)
    return token


def find_session_user(tx: Tx, token: str) -> User | None:
    """Return who is signed in with this token."""
    return tx.session.scalar(_SIGNED_IN, {"token_hash": hash_token(token), "now": tx.now})


def close_session(tx: Tx, token: str) -> None:
    """Sign out."""
    tx.session.execute(delete(Session).where(Session.token_hash == hash_token(token)))


def list_sessions(tx: Tx, user_id: int) -> list[Session]:
    """Return where somebody is signed in, the newest first."""
    query = select(Session).where(Session.user_id == user_id, Session.expires_at > tx.now)
    return list(tx.session.scalars(query.order_by(Session.created_at.desc()).limit(50)))


def close_other_sessions(tx: Tx, user_id: int, token: str) -> int:
    """Sign somebody out everywhere but where `token` is held; return from how many places."""
    others = delete(Session).where(Session.user_id == user_id, Session.token_hash != hash_token(token))
    return len(tx.session.scalars(others.returning(Session.token_hash)).all())


def is_password(user: User, password: str, hasher: PasswordHasher) -> bool:
    """Tell whether this is somebody's password."""
    try:
        return bool(hasher.verify(user.password_hash or "", password))
    except (VerificationError, InvalidHashError):
        return False
