"""Use cases: the posts of an account as somebody read them, and what they come to: views, spread, rhythm, sponsors."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from crm.account_figures import LAST_POSTS, engagement, median_views, spread_of_views, usual_gap_days
from crm.changes import Undone, is_its, record_change
from crm.handles import get_handle
from crm.models import Change, Handle, HandlePost
from crm.post_lines import PostLine
from crm.timeline import record_entry
from kit.errors import ConflictError, NotFoundError, say
from kit.tx import Tx

ADDED, REMOVED = "handle.posts", "handle.post_removal"


def add_posts(tx: Tx, handle_id: int, posts: Sequence[PostLine], *, source: str, actor: str) -> Change:
    """Keep posts; one that is known by its link, or by its day and views, is not kept twice."""
    handle = get_handle(tx, handle_id)
    known = {_mark(row) for row in tx.session.scalars(select(HandlePost).where(HandlePost.handle_id == handle.id))}
    rows: list[HandlePost] = []
    for post in posts:
        row = HandlePost(
            handle_id=handle.id,
            posted_on=post.posted_on,
            views=post.views,
            interactions=post.interactions,
            url=post.url,
            sponsor=post.sponsor,
            source=source,
            created_at=tx.now,
        )
        if _mark(row) not in known:
            known.add(_mark(row))
            rows.append(row)
    if not rows:
        raise ConflictError(say("All of these posts are known already. Nothing was changed."), field="lines")
    last_post_on = handle.last_post_on
    tx.session.add_all(rows)
    tx.session.flush()
    refresh_posts(tx, handle)
    newest = max(row.posted_on for row in rows)
    handle.last_post_on = newest if last_post_on is None else max(newest, last_post_on)
    data = {
        "handle": handle.id,
        "posts": [row.id for row in rows],
        "last_post_on": [_iso(last_post_on), _iso(handle.last_post_on)],
    }
    summary = say("Kept %(num)s posts of %(name)s", num=len(rows), name=handle.username)
    return _keep(tx, ADDED, handle, summary, data, actor, count=len(rows))


def remove_post(tx: Tx, post_id: int, *, actor: str) -> tuple[Change, int]:
    """Forget a post that was kept by mistake; return the change, and whose it was."""
    row = tx.session.get(HandlePost, post_id)
    if row is None:
        raise NotFoundError(say("There is no such post."))
    handle = get_handle(tx, row.handle_id)
    data: dict[str, Any] = {
        "handle": handle.id,
        "post": {name: getattr(row, name) for name in ("views", "interactions", "url", "sponsor", "source")},
        "posted_on": row.posted_on.isoformat(),
        "created_at": row.created_at.isoformat(),
    }
    tx.session.delete(row)
    tx.session.flush()
    refresh_posts(tx, handle)
    summary = say("Forgot a post of %(name)s", name=handle.username)
    return _keep(tx, REMOVED, handle, summary, data, actor), handle.contact_id


def refresh_posts(tx: Tx, handle: Handle) -> None:
    """Bring what the last ten posts come to up to date."""
    rows = list_posts(tx, [handle.id], limit=LAST_POSTS)
    seen = [row.views for row in rows]
    handle.median_views, handle.views_spread = median_views(seen), spread_of_views(seen)
    handle.post_gap_days = usual_gap_days([row.posted_on for row in rows])


def list_posts(tx: Tx, handle_ids: Sequence[int], *, limit: int = 200) -> list[HandlePost]:
    """Return posts of accounts, the newest first."""
    query = select(HandlePost).where(HandlePost.handle_id.in_(handle_ids))
    return list(tx.session.scalars(query.order_by(HandlePost.posted_on.desc(), HandlePost.id.desc()).limit(limit)))


def count_engagement(posts: Sequence[HandlePost]) -> float | None:
    """Return interactions / views over the last ten posts of which both are known, given newest first."""
    both = [(row.interactions, row.views) for row in posts if row.interactions is not None and row.views is not None]
    last = both[:LAST_POSTS]
    return engagement(sum(one for one, _ in last), sum(one for _, one in last)) if last else None


def reverse_posts(tx: Tx, change: Change, actor: str) -> Undone:
    """Forget posts that were kept; those forgotten meanwhile are gone already."""
    handle = get_handle(tx, change.data["handle"])
    query = select(HandlePost).where(HandlePost.handle_id == handle.id, HandlePost.id.in_(change.data["posts"]))
    rows = [row for row in tx.session.scalars(query) if is_its(change, row)]
    for row in rows:
        tx.session.delete(row)
    tx.session.flush()
    refresh_posts(tx, handle)
    before, after = change.data["last_post_on"]
    if _iso(handle.last_post_on) == after:
        handle.last_post_on = _day(before)
    _tell(tx, handle, say("Taken back: posts of %(name)s", name=handle.username), actor)
    left = len(change.data["posts"]) - len(rows)
    return Undone(change=change, undone=len(rows), left=left, why=say("Some were forgotten since.") if left else "")


def reverse_removal(tx: Tx, change: Change, actor: str) -> Undone:
    """Keep a forgotten post again."""
    handle = get_handle(tx, change.data["handle"])
    day = _day(change.data["posted_on"])
    # Older changes do not say since when it was kept.
    since = datetime.fromisoformat(change.data.get("created_at", tx.now.isoformat()))
    tx.session.add(HandlePost(handle_id=handle.id, posted_on=day, created_at=since, **change.data["post"]))
    tx.session.flush()
    refresh_posts(tx, handle)
    _tell(tx, handle, say("Taken back: a post of %(name)s was forgotten", name=handle.username), actor)
    return Undone(change=change, undone=1)


def _keep(
    tx: Tx, kind: str, handle: Handle, summary: str, data: dict[str, Any], actor: str, *, count: int = 1
) -> Change:
    change = record_change(tx, kind, actor=actor, summary=summary, data=data, count=count)
    _tell(tx, handle, summary, actor)
    return change


def _tell(tx: Tx, handle: Handle, summary: str, actor: str) -> None:
    record_entry(tx, handle.contact_id, "handle", str(summary), actor=actor, data={"handle": handle.id})


def _mark(row: HandlePost) -> tuple[object, ...]:
    return (row.url,) if row.url else (row.posted_on, row.views, row.sponsor)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
