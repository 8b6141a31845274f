"""Use cases: looking after a connected mailbox: limits, hours, password, pausing, connecting again."""

from dataclasses import dataclass

from sqlalchemy import delete

from crm.changes import record_change
from crm.mailboxes import pause_mailbox, resume_mailbox
from crm.models import Consent, Mailbox
from crm.zones import is_zone
from kit.errors import InvalidError, NotFoundError, say
from kit.seal import Seal
from kit.tx import Tx
from sequences.course.windows import read_window, write_window
from sequences.pitches.brand_letters import set_reply_to

MOST_A_DAY, LONGEST_GAP_MIN = 2000, 24 * 60
BY_HAND = say("Paused by hand.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a mailbox may do. `window` is a document, or "always"; the gap is in minutes; `daily_cap` None: no limit."""

    name: str
    reply_to: str
    daily_cap: int | None
    gap_min: int
    gap_max: int
    ramp: bool
    window: object
    zone: str


def get_box(tx: Tx, mailbox_id: int) -> Mailbox:
    """Return a mailbox, or refuse."""
    mailbox = tx.session.get(Mailbox, mailbox_id)
    if mailbox is None:
        raise NotFoundError(say("There is no such mailbox."))
    return mailbox


def edit_limits(tx: Tx, mailbox_id: int, limits: Limits, *, actor: str) -> Mailbox:
    """Change what a mailbox may do; it holds from the next mail on."""
    mailbox = get_box(tx, mailbox_id)
    if limits.daily_cap is not None and not 0 <= limits.daily_cap <= MOST_A_DAY:
        raise InvalidError(say("A mailbox sends %(num)s mails a day at most.", num=MOST_A_DAY))
    if not 0 <= limits.gap_min <= limits.gap_max <= LONGEST_GAP_MIN:
        raise InvalidError(say("The pause between two mails goes from a smaller to a larger number of minutes."))
    if not is_zone(limits.zone):
        raise InvalidError(say("Choose a time zone."))
    before = {"daily_cap": mailbox.daily_cap, "gap": [mailbox.gap_min_s, mailbox.gap_max_s], "ramp": mailbox.ramp,
              "window": mailbox.window, "zone": mailbox.zone, "name": mailbox.name}  # fmt: skip
    mailbox.window = write_window(read_window(limits.window))  # type: ignore[assignment]
    set_reply_to(tx, mailbox, limits.reply_to)
    mailbox.name, mailbox.zone, mailbox.ramp = " ".join(limits.name.split())[:200], limits.zone, limits.ramp
    mailbox.daily_cap = limits.daily_cap
    mailbox.gap_min_s, mailbox.gap_max_s = limits.gap_min * 60, limits.gap_max * 60
    _note(tx, mailbox, "mailbox_limits", say("Limits of %(address)s changed"), actor, before=before)
    return mailbox


def pause_box(tx: Tx, mailbox_id: int, *, actor: str) -> Mailbox:
    """Let nothing leave; answers are read all the same."""
    mailbox = get_box(tx, mailbox_id)
    if mailbox.paused_at is None:
        pause_mailbox(tx, mailbox_id, BY_HAND)
        _note(tx, mailbox, "mailbox_paused", "%(address)s paused", actor)
    return mailbox


def resume_box(tx: Tx, mailbox_id: int, *, actor: str) -> Mailbox:
    """Let mail leave again."""
    mailbox = get_box(tx, mailbox_id)
    if mailbox.paused_at is not None:
        resume_mailbox(tx, mailbox_id)
        _note(tx, mailbox, "mailbox_resumed", say("%(address)s sends again"), actor)
    return mailbox


def disconnect_box(tx: Tx, mailbox_id: int, *, actor: str) -> Mailbox:
    """Read and send no more, and forget password and consent; messages and the log of what was sent stay."""
    mailbox = get_box(tx, mailbox_id)
    if mailbox.disconnected_at is None:
        mailbox.paused_at, mailbox.pause_reason = mailbox.paused_at or tx.now, "Disconnected."
        mailbox.disconnected_at, mailbox.secret, mailbox.auth = tx.now, "", "password"
        tx.session.execute(delete(Consent).where(Consent.mailbox_id == mailbox_id))
        _note(tx, mailbox, "mailbox_disconnected", say("Mailbox disconnected: %(address)s"), actor)
    return mailbox


def with_password(mailbox: Mailbox, password: str, seal: Seal) -> Mailbox:
    """Return a copy to try a new password with; nothing is kept."""
    if not password:
        raise InvalidError(say("Enter the new password."))
    columns = {column.key: getattr(mailbox, column.key) for column in Mailbox.__table__.columns}
    sealed = seal.seal(password, about=f"mailbox:{mailbox.address}")
    return Mailbox(**{**columns, "secret": sealed, "auth": "password"})


def keep_password(tx: Tx, mailbox_id: int, secret: str, *, actor: str) -> Mailbox:
    """Keep a sealed password that both servers took; a mailbox that was disconnected is connected again, paused."""
    mailbox = get_box(tx, mailbox_id)
    mailbox.secret, mailbox.auth = secret, "password"
    tx.session.execute(delete(Consent).where(Consent.mailbox_id == mailbox_id))
    if mailbox.disconnected_at is not None:
        mailbox.disconnected_at, mailbox.pause_reason = None, BY_HAND
    _note(tx, mailbox, "mailbox_password", say("Password of %(address)s changed"), actor)
    return mailbox


def _note(tx: Tx, mailbox: Mailbox, kind: str, shape: str, actor: str, **data: object) -> None:
    words = say(shape, address=mailbox.address)
    record_change(tx, kind, actor=actor, summary=words, data={"mailbox_id": mailbox.id, **data})
