"""Use cases: what is wrong with this installation, and the mend: by command and on the page of the system."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import and_, func, or_, select

from crm.mailboxes import list_mailboxes
from crm.models import Mailbox, Quarantined
from kit.errors import say
from kit.tx import Tx
from sequences.incidents import list_open_incidents
from sequences.mailboxes.deliverability import list_bad_looks
from sequences.mailboxes.health import password_advice
from sequences.models import Heartbeat, Send
from sequences.upkeep import NAME as UPKEEP

Fault = dict[str, str]
_LATE, _SILENT = timedelta(hours=1), timedelta(minutes=10)


def find_faults(tx: Tx) -> list[Fault]:
    """Return what is wrong: `what`, `mend` as a command, and `place` in the pages. Five queries."""
    named = or_(Heartbeat.name.in_(("beat", UPKEEP)), Heartbeat.name.startswith("poll:"))
    beats = {row.name: row for row in tx.session.scalars(select(Heartbeat).where(named))}
    return [
        *_mailboxes(tx, beats), *_looks(tx), *_mails(tx, beats.get("beat")), *_upkeep(beats.get(UPKEEP)),
        *_incidents(tx),
    ]  # fmt: skip


def _mailboxes(tx: Tx, beats: Mapping[str, Heartbeat]) -> list[Fault]:
    boxes = [box for box in list_mailboxes(tx) if box.disconnected_at is None]
    return [fault for box in boxes for fault in _mailbox(box, beats.get(f"poll:{box.id}"))]


def _mailbox(box: Mailbox, beat: Heartbeat | None) -> list[Fault]:
    faults: list[Fault] = []
    place = f"/settings/mailboxes/{box.id}"
    if box.paused_at:
        mend = say("Mend the cause, then: rapport mailboxes resume %(address)s", address=box.address)
        faults.append(
            {
                "what": say("%(address)s is paused: %(why)s", address=box.address, why=box.pause_reason),
                "mend": mend,
                "place": place,
            }
        )
    elif beat is not None and beat.note:
        mend = say("rapport mailboxes check %(address)s", address=box.address)
        faults.append(
            {
                "what": say("%(address)s cannot be read: %(why)s", address=box.address, why=beat.note),
                "mend": mend,
                "place": place,
            }
        )
    advice = password_advice(box)
    if advice:
        mend = say("Set RAPPORT_OAUTH_MICROSOFT_ID, then: rapport mailboxes authorise %(address)s", address=box.address)
        what = say("%(address)s signs in with a password. %(why)s", address=box.address, why=advice)
        faults.append({"what": what, "mend": mend, "place": f"/mailboxes/{box.id}/consent"})
    return faults


def _looks(tx: Tx) -> list[Fault]:
    return [
        {"what": say("%(address)s: %(words)s", address=address, words=" ".join(sentences)),
         "mend": say("rapport mailboxes check %(address)s", address=address),
         "place": "/settings/deliverability"}
        for address, sentences in list_bad_looks(tx)
    ]  # fmt: skip


def _mails(tx: Tx, beat: Heartbeat | None) -> list[Fault]:
    late = and_(Send.state == "scheduled", Send.due_at < tx.now - _LATE)
    parts = (
        select(func.count(Send.id)).where(Send.state == "unknown"),
        select(func.count(Quarantined.id)),
        select(func.count(Send.id)).where(late),
    )
    unknown, aside, waiting = tx.session.execute(select(*(part.scalar_subquery() for part in parts))).one()
    faults: list[Fault] = []
    if unknown:
        mend = say("rapport sends list --state unknown, then: rapport sends resolve ID --as sent|again")
        faults.append(
            {"what": say("%(num)s mails may or may not have left", num=unknown), "mend": mend, "place": "/today"}
        )
    if aside:
        mend = say("Report them; they are kept.")
        faults.append(
            {
                "what": say("%(num)s messages could not be taken in", num=aside),
                "mend": mend,
                "place": "/settings/system",
            }
        )
    if waiting and (beat is None or beat.at < tx.now - _SILENT):
        what = say("%(num)s mails are due and nobody is sending", num=waiting)
        faults.append({"what": what, "mend": "rapport up", "place": "/settings/system"})
    return faults


def _upkeep(beat: Heartbeat | None) -> list[Fault]:
    if beat is None or not beat.note:
        return []
    what = say("Search and long reports are not kept up to date: %(why)s", why=beat.note)
    mend = say("Sending goes on. Look into the log, or write the index of words anew: rapport db reindex")
    return [{"what": what, "mend": mend, "place": "/settings/system"}]


def _incidents(tx: Tx) -> list[Fault]:
    return [
        {
            "what": one.sentence,
            "mend": say("Look into it, then: rapport incidents close %(number)s", number=one.id),
            "place": "/today",
        }
        for one in list_open_incidents(tx)
    ]
