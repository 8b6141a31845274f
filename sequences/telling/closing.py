"""Use cases: a loop is closed when its mail has left, never before: on the theme and on the person's timeline."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, update

from crm.models import Theme
from crm.timeline import record_entries
from kit.errors import say
from kit.tx import Tx
from sequences.tell_models import ThemeTell


def close_loops(tx: Tx, left: Mapping[int, datetime]) -> None:
    """Write down which of these sends told somebody about a theme; `left` is when each left."""
    if not left:
        return
    rows = tx.session.execute(
        select(ThemeTell.id, ThemeTell.contact_id, ThemeTell.send_id, ThemeTell.actor, Theme)
        .join(Theme, Theme.id == ThemeTell.theme_id)
        .where(ThemeTell.send_id.in_(left), ThemeTell.state == "queued")
    ).all()
    for tell_id, _contact, send_id, _actor, _theme in rows:
        told = update(ThemeTell).where(ThemeTell.id == tell_id)  # one mail each, a few in a batch
        tx.session.execute(told.values(state="told", told_at=left[send_id or 0]))
    record_entries(
        tx,
        [
            {
                "contact_id": contact_id,
                "kind": "loop_closed",
                "summary": say("Told what became of it: %(theme)s", theme=theme.name),
                "actor": actor,
                "brand_id": theme.brand_id,
                "data": {"theme": theme.id, "name": theme.name, "send": send_id},
            }
            for _tell, contact_id, send_id, actor, theme in rows
        ],
    )
