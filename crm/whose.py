"""Use cases: mine or everyone's: what a colleague looks after, or those they stand in for, and what is nobody's.

Whoever has left looks after nobody, so that no conversation is out of everybody's sight.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, literal_column, select

from crm.leaves import HAND_OVER, is_on
from crm.models import Contact, Leave, Thread, User
from crm.models.user import EVERYONE, MINE
from kit.db import is_one_of

__all__ = ["EVERYONE", "MINE", "WHO", "is_mine", "is_thread_mine"]

WHO = (MINE, EVERYONE)


def is_mine(user_id: int, now: datetime) -> ColumnElement[bool]:
    """Return the condition that no other colleague looks after a contact."""
    return Contact.owner_id.is_(None) | ~_is_others(user_id, now)


def is_thread_mine(user_id: int, now: datetime) -> ColumnElement[bool]:
    """Return the condition that no other colleague looks after whom a conversation is with; strangers are anybody's."""
    others: Select[Any] = select(literal_column("1")).where(Contact.id == Thread.contact_id, _is_others(user_id, now))
    # Ends with "offset 0", or PostgreSQL would read all contacts to ask it of the few conversations that are open.
    return ~exists(others.correlate(Thread).offset(0))


def _is_others(user_id: int, now: datetime) -> ColumnElement[bool]:
    away = select(Leave.user_id).where(Leave.deputy_id == user_id, Leave.mode == HAND_OVER, is_on(now))
    others = select(User.id).where(User.id != user_id, User.disabled_at.is_(None), User.id.not_in(away))
    return is_one_of(Contact.owner_id, others.scalar_subquery())
