"""Use cases: sending the letters that were read: each through the same outbox as every mail, once, undoable a while."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from crm.changes import Undone, record_change
from crm.models import Change, Theme
from kit.errors import ConflictError, InvalidError, NotFoundError, RefusedError, say
from kit.tx import Tx
from sequences.models import Send
from sequences.sending.answers import Letter, cancel_answer, queue_mail
from sequences.sending.links import Links
from sequences.tell_models import TELL_KEY, ThemeTell
from sequences.telling.drafting import hold, lock_theme
from sequences.telling.raisers import Raiser, read_raisers
from sequences.telling.safety import Bar, Teller, find_bars

TOLD = "theme.tell"
AT_ONCE = 50  # as many as the page shows: nothing leaves that nobody could read


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What one press sent: how many wait to leave, how many were held at the last look, how many are left to send."""

    queued: int
    held: int
    left: int
    change: Change | None


def post_letters(
    tx: Tx, theme_id: int, teller: Teller, *, links: Links, undo_s: float, only: Collection[int] | None = None
) -> Posted:
    """Queue letters that were written, all or `only` some; everything that forbids one is looked at again."""
    theme = lock_theme(tx, theme_id)
    waiting = [one for one in read_raisers(tx, theme).having("draft") if one.tell is not None]
    chosen = [one for one in waiting if only is None or (one.tell and one.tell.id in only)][:AT_ONCE]
    if not chosen:
        raise ConflictError(say("No letter waits to be sent. Nothing was changed."))
    bars = find_bars(tx, theme, [one.contact for one in chosen], teller)
    queued = [tell for one in chosen if (tell := _post(tx, theme, one, bars, teller, links, undo_s)) is not None]
    change = _keep(tx, theme, queued, teller.actor) if queued else None
    held = len(chosen) - len(queued)
    return Posted(queued=len(queued), held=held, left=len(waiting) - len(chosen), change=change)


def take_back(tx: Tx, change: Change, _actor: str) -> Undone:
    """Take back what has not left; those letters wait to be read again."""
    taken = 0
    for tell in tx.session.scalars(select(ThemeTell).where(ThemeTell.id.in_(change.data["tells"]))):
        if tell.state != "queued" or tell.send_id is None or tell.tries != change.data["tries"].get(str(tell.id)):
            continue
        try:
            cancel_answer(tx, tell.send_id)
        except (ConflictError, NotFoundError):
            continue
        tell.state, tell.send_id = "draft", None
        taken += 1
    left = len(change.data["tells"]) - taken
    why = say("What has left cannot be taken back.") if left else ""
    return Undone(change=change, undone=taken, left=left, why=why)


def _post(
    tx: Tx, theme: Theme, one: Raiser, bars: dict[int, Bar], teller: Teller, links: Links, undo_s: float
) -> ThemeTell | None:
    """Queue one letter, or hold it; a fault of one never touches the others."""
    tell, bar = one.tell, bars.get(one.contact.id)
    if tell is None:
        return None
    if bar is not None and not (bar.is_team and tell.anyway):
        hold(tell, bar)
        return None
    letter = Letter(text=tell.text, subject=tell.subject, signed=True, undo_s=undo_s, to_many=links)
    tell.tries += 1
    key = f"{TELL_KEY}{theme.id}:{tell.contact_id}:{tell.tries}"
    try:
        send: Send = queue_mail(
            tx,
            tell.contact_id,
            letter,
            mailbox_id=teller.mailbox.id,
            brand_id=teller.brand_id,
            request_key=key,
            actor=teller.actor,
        )
    except (InvalidError, RefusedError, NotFoundError) as error:
        hold(tell, Bar(rule="fault", sentence=error.sentence))
        return None
    tell.state, tell.send_id, tell.actor = "queued", send.id, teller.actor
    tx.session.flush()
    return tell


def _keep(tx: Tx, theme: Theme, queued: list[ThemeTell], actor: str) -> Change:
    place = f"/feedback/themes/{theme.id}/telling"
    data = {
        "theme": theme.id,
        "place": place,
        "tells": [one.id for one in queued],
        "tries": {str(one.id): one.tries for one in queued},
    }
    summary = say("Told %(num)s people about %(name)s.", num=len(queued), name=theme.name)
    return record_change(tx, TOLD, actor=actor, summary=summary, data=data, count=len(queued))
