"""Use cases: which topics of people or accounts there are: a few words, however many people have them."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from crm.folding import escape_like
from kit.db import lowered


def topics_like(column: Any, words: str) -> Select[Any]:
    """Return which of the topics there are fit: those are compared, and not each person's.

    They are read from the index one after the other, each the next after the last, however many people have it.
    """
    named = column.class_
    topics = select(func.min(aliased(named).topic).label("topic")).cte(recursive=True)
    after = aliased(named)
    onward = select(func.min(after.topic)).where(after.topic > topics.c.topic).scalar_subquery()
    topics = topics.union_all(select(onward).where(topics.c.topic.is_not(None)))
    return select(topics.c.topic).where(lowered(topics.c.topic).like(f"%{escape_like(words.lower())}%", escape="\\"))
