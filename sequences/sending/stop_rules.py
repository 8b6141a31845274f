"""Pure: what forbids a mail, decided from facts read in the very transaction that would send it (A6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from kit.errors import say
from mailer.types import MailKind, ReplyKind

OUT_OF_OFFICE_DEFAULT = timedelta(days=14)
ON_LEAVE = "on_leave"
ARCHIVED = "sequence_archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """Nothing stands against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The end of this run: `reason` is stable (reply, bounce, opt_out, suppressed, ...), `sentence` is for people."""

    reason: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Not now: `until` None means until somebody acts."""

    reason: str
    sentence: str
    until: datetime | None = None


class Away(NamedTuple):
    """Who owns the mailbox and lets its sequences wait while on leave; back at an instant, on a day of their own."""

    name: str
    back_at: datetime
    back_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was read in the transaction. `is_by_hand` mail is stopped by suppression, erasure, pause and caps only."""

    now: datetime
    is_by_hand: bool = False
    enrolment_state: str = "active"
    enrolment_reason: str = ""
    hold_until: datetime | None = None
    suppression: str | None = None
    address_is_bad: bool = False
    replied_at: datetime | None = None
    is_erased: bool = False
    stage: str | None = None
    stop_on: frozenset[str] = frozenset()
    sequence_state: str = "live"
    mailbox_pause: str | None = None
    mailbox_is_gone: bool = False
    away: Away | None = None
    expires_at: datetime | None = None


def decide_stop(facts: Facts) -> Clear | Stop | Hold:
    """Decide whether a mail may leave, most final reason first."""
    if facts.is_erased:
        return Stop(reason="erased", sentence=say("The contact was erased."))
    if facts.suppression:
        return Stop(
            reason="suppressed",
            sentence=say("On the do-not-contact list: %(suppression)s.", suppression=facts.suppression),
        )
    if not facts.is_by_hand:
        verdict = _decide_run(facts)
        if not isinstance(verdict, Clear):
            return verdict
    if facts.mailbox_is_gone:
        return Hold(reason="mailbox_gone", sentence=say("The mailbox of this run was removed; choose another."))
    if facts.mailbox_pause is not None:
        return Hold(
            reason="mailbox_paused",
            sentence=say("The mailbox is paused: %(mailbox_pause)s", mailbox_pause=facts.mailbox_pause),
        )
    if facts.away and facts.away.back_at > facts.now and not facts.is_by_hand:
        words = say(
            "%(name)s, whose mailbox this is, is on leave and back on %(day)s.",
            name=facts.away.name,
            day=f"{facts.away.back_on:%d %B %Y}",
        )
        return Hold(reason=ON_LEAVE, sentence=words, until=facts.away.back_at)
    if facts.expires_at and facts.expires_at <= facts.now:
        return Stop(reason="expired", sentence=say("It waited too long to still make sense."))
    return Clear()


def _decide_run(facts: Facts) -> Clear | Stop | Hold:
    if facts.enrolment_state in ("stopped", "finished"):
        return Stop(reason=facts.enrolment_reason or "stopped", sentence=say("The run had already ended."))
    if facts.replied_at and "reply" in facts.stop_on:
        return Stop(reason="reply", sentence=say("They answered."))
    if facts.address_is_bad and "bounce" in facts.stop_on:
        return Stop(reason="bounce", sentence=say("The address does not take mail."))
    if facts.stage and f"stage:{facts.stage}" in facts.stop_on:
        return Stop(reason="stage", sentence=say("The contact is at the stage %(stage)s.", stage=facts.stage))
    if facts.sequence_state == "archived":
        return Stop(reason=ARCHIVED, sentence=say("The sequence was archived."))
    if facts.sequence_state != "live":
        return Hold(
            reason="sequence_paused",
            sentence=say("The sequence is %(state_words)s.", state_words=_state_words(facts.sequence_state)),
        )
    if facts.enrolment_state == "held" and (facts.hold_until is None or facts.hold_until > facts.now):
        return Hold(reason=facts.enrolment_reason or "held", sentence=say("This run is held."), until=facts.hold_until)
    return Clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What an incoming mail of a contact is, as far as runs care."""

    kind: MailKind
    opt_out: bool = False
    complaint: bool = False
    is_hard_bounce: bool = False
    is_permanent_auto_reply: bool = False
    back_on: datetime | None = None
    reply_kind: ReplyKind | None = None


def decide_effect(mail: Incoming, now: datetime) -> Clear | Stop | Hold:
    """Decide what an incoming mail does to the open runs of its contact."""
    if mail.complaint:
        return Stop(reason="complaint", sentence=say("They marked our mail as spam."))
    if mail.opt_out:
        return Stop(reason="opt_out", sentence=say("They asked for no more mail."))
    if mail.kind is MailKind.REPLY:
        return Stop(reason="reply", sentence=say("They answered."))
    if mail.kind is MailKind.BOUNCE:
        return Stop(reason="bounce", sentence=say("Our mail came back."))
    if mail.kind is MailKind.AUTO_REPLY:
        if mail.is_permanent_auto_reply:
            return Stop(reason="left", sentence=say("An automatic reply says they are no longer there."))
        until = mail.back_on or now + OUT_OF_OFFICE_DEFAULT
        return Hold(reason="auto_reply", sentence=say("An automatic reply says they are away."), until=until)
    return Clear()


def _state_words(state: str) -> str:
    return {"draft": "not started yet", "paused": "paused"}.get(state, state)
