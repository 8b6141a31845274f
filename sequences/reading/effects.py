"""Use cases: what a stored mail changes: timeline, runs, suppressions, stage."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.contacts import mark_address
from crm.models import Relationship
from crm.pipeline import Standing, move_many_by_rule
from crm.stages import HUMAN_REPLY
from crm.suppressions import suppress, suppress_contact
from crm.talks import split
from crm.threads import find_owner
from crm.timeline import record_entries
from kit.errors import say
from kit.tx import Tx
from mailer.types import Bounce, MailKind, ParsedMail
from sequences.course.runs import hold_runs, stop_runs
from sequences.incidents import record_incident
from sequences.models import Enrolment, Send
from sequences.reading.arrival import BY_SENDER, Arrival, Match
from sequences.reading.away import back_after
from sequences.reading.desk import Desk
from sequences.reading.opt_outs import record_opt_out
from sequences.sending.breakers import count_hard_bounce
from sequences.sending.outbox import Counts
from sequences.sending.stop_rules import Clear, Hold, Incoming, Stop, decide_effect

_KINDS = {MailKind.REPLY: "reply", MailKind.AUTO_REPLY: "auto_reply", MailKind.BOUNCE: "bounce"}


class Effects:
    """What a batch of mails changes, in its order. Timeline entries wait until something else writes one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._tx = desk.tx
        self._entries: list[dict[str, Any]] = []
        self._talked: set[tuple[int, int]] = set()

    def note_manual(self, arrival: Arrival) -> None:
        """Write down a mail that one of us wrote elsewhere."""
        self._note(
            arrival,
            arrival.match.contact_id or 0,
            "mail_manual",
            arrival.parsed.subject or arrival.row["snippet"],
            actor="system",
            brand_id=arrival.talk.brand_id,
            data={"from": self._desk.mailbox.address},
        )

    def apply(self, arrival: Arrival, counts: Counts) -> None:
        """Let the mail of a contact have its effect."""
        tx, match = self._tx, arrival.match
        contact_id = match.contact_id or 0
        self._note_mail(arrival)
        match decide_effect(_incoming(tx, contact_id, arrival.parsed), arrival.at):
            case Stop(reason="opt_out"):
                self._opted_out(arrival)
                counts.opt_outs += 1
                counts.replies += 1
            case Stop(reason="reply") as stop:
                # A mail that only its sender's address ties to them stops what began before it, never what came after.
                since = arrival.at if match.by == BY_SENDER else None
                self._stop(contact_id, stop, word="reply", begun_by=since)
                self._stop_other(match, begun_by=since)
                counts.replies += 1
            case Stop(reason="bounce") as stop:
                self._bounced(arrival, stop)
                counts.bounces += 1
            case Stop(reason="complaint") as stop:
                self._complained(arrival, stop)
            case Stop() as stop:
                self._stop(contact_id, stop)
                counts.auto_replies += 1
            case Hold() as hold:
                if self._desk.may_have_runs(contact_id):
                    self._write()
                    hold_runs(tx, contact_id, hold, actor="contact")
                counts.auto_replies += 1
            case Clear():
                pass
        self._note_talked(arrival)

    def finish(self) -> None:
        """Write what waits, and move those who answered."""
        self._write()
        relationships: dict[int, Standing] = {}
        for part in split({contact_id for contact_id, _ in self._talked}):
            columns = (Relationship.id, Relationship.contact_id, Relationship.brand_id, Relationship.stage_id)
            for row in self._tx.session.execute(select(*columns).where(Relationship.contact_id.in_(part))):
                if (row[1], row[2]) in self._talked:
                    relationships[row[0]] = Standing(row[1], row[2], row[3])
        if relationships:
            move_many_by_rule(self._tx, relationships, HUMAN_REPLY, cause="they answered")

    def _note_talked(self, arrival: Arrival) -> None:
        """Note who answered, and for whom: who writes on somebody's behalf has answered for them."""
        if arrival.parsed.kind is not MailKind.REPLY:
            return
        match, other = arrival.match, arrival.match.other_contact_id
        pairs = [(match.contact_id or 0, arrival.talk.brand_id)]
        if other is not None and match.by == BY_SENDER:
            pairs.append((other, self._desk.brand_of(other)))
        self._talked.update((contact_id, brand_id) for contact_id, brand_id in pairs if brand_id)

    def _stop(self, contact_id: int, stop: Stop, *, word: str = "", begun_by: datetime | None = None) -> None:
        if self._desk.may_have_runs(contact_id):
            self._write()
            stop_runs(self._tx, contact_id, stop, actor="contact", word=word, begun_by=begun_by)

    def _stop_other(self, match: Match, *, begun_by: datetime | None = None) -> None:
        """Stop the runs of the one we had written to, when somebody else we know answered."""
        if match.other_contact_id is not None:
            stop = Stop(reason="reply", sentence=say("Somebody else answered."))
            self._stop(match.other_contact_id, stop, word="reply", begun_by=begun_by)

    def _opted_out(self, arrival: Arrival) -> None:
        self._write()
        source = say("mail of %(day)s", day=f"{arrival.at:%d %B %Y}")
        record_opt_out(self._tx, arrival.match.contact_id or 0, source=source)
        if arrival.match.is_stranger:
            suppress(self._tx, arrival.row["sender"], reason="opt_out", source=source, actor="contact")
        self._stop_other(arrival.match)

    def _bounced(self, arrival: Arrival, stop: Stop) -> None:
        bounce = arrival.parsed.bounce
        if bounce is None:
            return
        self._write()
        tx, contact_id = self._tx, arrival.match.contact_id or 0
        send = tx.session.get(Send, arrival.match.send_id) if arrival.match.send_id else None
        copies = set(send.cc) & set(bounce.recipients) if send and send.email not in bounce.recipients else set()
        if copies:
            self._copy_bounced(copies, bounce)
            return
        owned = (one for one in bounce.recipients if find_owner(tx, one) == contact_id)
        email = send.email if send else next(owned, None)
        if send:
            send.bounced_at = tx.now
            if bounce.hard:
                count_hard_bounce(tx, send)
        if email and bounce.hard:
            mark_address(tx, email, "bad")
            suppress(tx, email, reason="hard_bounce", source=bounce.diagnostic[:250], actor="system")
        facts = {"bounce": {"status": bounce.status, "permanent": bounce.permanent, "hard": bounce.hard}}
        for run in tx.session.scalars(select(Enrolment).where(Enrolment.contact_id == contact_id)):
            if email is None or run.email == email:
                run.facts = {**run.facts, **facts}
        stop_runs(tx, contact_id, stop, actor="system", email=email, word="bounce")

    def _copy_bounced(self, copies: set[str], bounce: Bounce) -> None:
        """Mark those who got no copy; the person whom the mail was for has it, and nothing of theirs stops."""
        for email in sorted(copies) if bounce.hard else ():
            mark_address(self._tx, email, "bad")
            suppress(self._tx, email, reason="hard_bounce", source=bounce.diagnostic[:250], actor="system")

    def _complained(self, arrival: Arrival, stop: Stop) -> None:
        self._write()
        tx, contact_id, row = self._tx, arrival.match.contact_id or 0, arrival.row
        source = say("report of %(day)s", day=f"{arrival.at:%d %B %Y}")
        suppress_contact(tx, contact_id, reason="complaint", source=source, actor="contact")
        stop_runs(tx, contact_id, stop, actor="contact")
        record_incident(
            tx,
            "complaint",
            say("%(row)s: somebody marked our mail as spam.", row=row["snippet"][:80] or row["subject"][:80]),
            mailbox_id=self._desk.mailbox.id,
            contact_id=contact_id,
        )

    def _note_mail(self, arrival: Arrival) -> None:
        row, match = arrival.row, arrival.match
        data = {
            "reply_kind": row["reply_kind"],
            "cue": row["reply_cue"],
            "matched_by": match.by,
            **row["facts"],
        }
        if match.is_stranger:
            data["from"] = row["sender"]
        self._note(
            arrival,
            match.contact_id or 0,
            _KINDS.get(arrival.parsed.kind, "mail_in"),
            row["snippet"] or row["subject"] or "(no text)",
            brand_id=self._desk.brand_of(match.contact_id),
            data=data,
        )
        if match.other_contact_id:
            for_them = match.by == BY_SENDER and match.send_id is None
            words = (
                say("%(sender)s wrote for them", sender=row["sender"])
                if for_them
                else say("%(sender)s answered our mail", sender=row["sender"])
            )
            data = {"contact": match.contact_id}
            self._note(arrival, match.other_contact_id, "answered_by_other", words, data=data)

    def _note(self, arrival: Arrival, contact_id: int, kind: str, words: str, **more: Any) -> None:
        entry = {"contact_id": contact_id, "kind": kind, "summary": words, "actor": "contact"}
        self._entries.append(entry | {"message_id": arrival.message_id} | more)

    def _write(self) -> None:
        """Write the entries that wait, before anything that writes its own."""
        record_entries(self._tx, self._entries)
        self._entries = []


def is_opt_out(parsed: ParsedMail) -> bool:
    """Obey the words of a person, and the mail that List-Unsubscribe asks clients to write."""
    return parsed.opt_out or (parsed.kind is MailKind.REPLY and parsed.subject.strip().lower() == "unsubscribe")


def _incoming(tx: Tx, contact_id: int, parsed: ParsedMail) -> Incoming:
    until = parsed.auto_reply.until if parsed.auto_reply else None
    back = back_after(tx, contact_id, until) if until else None
    return Incoming(
        kind=parsed.kind,
        opt_out=is_opt_out(parsed),
        complaint=parsed.complaint,
        is_hard_bounce=bool(parsed.bounce and parsed.bounce.hard),
        is_permanent_auto_reply=bool(parsed.auto_reply and parsed.auto_reply.permanent),
        back_on=back,
        reply_kind=parsed.reply_kind,
    )
