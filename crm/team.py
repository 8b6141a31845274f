"""Use cases: the people of the team: inviting, roles, switching off, new links. There is always an admin."""

from sqlalchemy import delete, select

from crm.changes import record_change
from crm.models import OneTimeLink, Session, User
from crm.models.user import ROLES
from crm.users import add_user, create_link
from kit.errors import InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx


def list_team(tx: Tx) -> list[User]:
    """Return everybody, those who may sign in first."""
    return list(tx.session.scalars(select(User).order_by(User.disabled_at.is_not(None), User.name, User.id)))


def invite(tx: Tx, email: str, *, role: str, name: str = "", actor: str) -> tuple[User, str]:
    """Add a colleague; return the account and the token of the link that sets its password."""
    user = add_user(tx, email, role=role, name=name)
    words = say("Invited %(email)s as %(role)s", email=user.email, role=role)
    record_change(tx, "user_invited", actor=actor, summary=words, data={"user_id": user.id})
    return user, create_link(tx, "password", user=user)


def new_link(tx: Tx, user_id: int, *, actor: str) -> tuple[User, str]:
    """Return a new link that sets a colleague's password; older links work no more, sessions go on."""
    user = get_user(tx, user_id)
    if user.disabled_at is not None:
        raise RefusedError(say("%(name)s is switched off. Switch the account on first.", name=user.name))
    record_change(
        tx, "user_link", actor=actor, summary=_say(say("New link for %(email)s"), user), data={"user_id": user.id}
    )
    return user, create_link(tx, "password", user=user)


def change_role(tx: Tx, user_id: int, role: str, *, actor: str) -> User:
    """Give somebody another role; the last admin stays one."""
    if role not in ROLES:
        raise InvalidError(say("Choose a role."))
    user = get_user(tx, user_id)
    if role != user.role:
        _keep_an_admin(tx, user)
        data = {"user_id": user.id, "before": user.role, "after": role}
        words = say("Role of %(email)s: %(before)s to %(after)s", email=user.email, before=user.role, after=role)
        record_change(tx, "user_role", actor=actor, summary=words, data=data)
        user.role = role
        tx.session.flush()
    return user


def switch_off(tx: Tx, user_id: int, *, actor: str) -> User:
    """Close an account: its sessions and links end now, its work stays."""
    user = get_user(tx, user_id)
    if user.disabled_at is None:
        _keep_an_admin(tx, user)
        user.disabled_at = tx.now
        for table in (Session, OneTimeLink):
            tx.session.execute(delete(table).where(table.user_id == user_id))
        record_change(
            tx, "user_off", actor=actor, summary=_say(say("Switched off %(email)s"), user), data={"user_id": user.id}
        )
    return user


def switch_on(tx: Tx, user_id: int, *, actor: str) -> User:
    """Open an account again, with the password it had."""
    user = get_user(tx, user_id)
    if user.disabled_at is not None:
        user.disabled_at = None
        record_change(
            tx, "user_on", actor=actor, summary=_say(say("Switched on %(email)s"), user), data={"user_id": user.id}
        )
    return user


def get_user(tx: Tx, user_id: int) -> User:
    """Return an account, or refuse."""
    user = tx.session.get(User, user_id)
    if user is None:
        raise NotFoundError(say("There is no such colleague."))
    return user


def _keep_an_admin(tx: Tx, user: User) -> None:
    """Refuse to lose the last admin; two who step down at once wait for each other here."""
    admins = select(User.id).where(User.role == "admin", User.disabled_at.is_(None)).with_for_update()
    if user.role == "admin" and user.disabled_at is None and set(tx.session.scalars(admins)) <= {user.id}:
        raise RefusedError(
            say("%(name)s is the only admin. Make somebody else an admin first; nothing was changed.", name=user.name),
            code="last_admin",
        )


def _say(shape: str, user: User) -> str:
    return say(shape, email=user.email)
