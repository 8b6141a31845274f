"""Use cases: how many of those who raised a theme were told. What a theme took in by merging counts as its own."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, and_, distinct, func, select
from sqlalchemy.orm import aliased

from crm.models import Feedback, Theme
from kit.tx import Tx
from sequences.models import Send
from sequences.tell_models import ThemeTell


def family_of(theme_ids: Collection[int]) -> CTE:
    """Return themes with all that were merged into them: columns `root` and `id`."""
    merged = aliased(Theme)
    begin: Any = select(Theme.id.label("root"), Theme.id.label("id")).where(Theme.id.in_(theme_ids))
    family: CTE = begin.cte("family", recursive=True)
    return family.union_all(select(family.c.root, merged.id).join(family, merged.merged_into_id == family.c.id))


def count_told(tx: Tx, theme_ids: Collection[int]) -> dict[int, int]:
    """Return by theme how many people who raised it were told. One query."""
    if not theme_ids:
        return {}
    family = family_of(theme_ids)
    told = and_(
        ThemeTell.theme_id == family.c.id, ThemeTell.contact_id == Feedback.contact_id, ThemeTell.state == "told"
    )
    rows = tx.session.execute(
        select(family.c.root, func.count(distinct(Feedback.contact_id)))
        .join(Feedback, Feedback.theme_id == family.c.root)
        .join(ThemeTell, told)
        .outerjoin(Send, Send.id == ThemeTell.send_id)
        .where(Send.bounced_at.is_(None))  # what came back told nobody
        .group_by(family.c.root)
    )
    return {row[0]: row[1] for row in rows}
