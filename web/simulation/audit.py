"""Wire: follows the record of a world change by change and holds every one of them to the rules."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from mailer.fake_store import message_id_of
from web.simulation import invariants
from web.simulation.books import Books, Letter, RunFacts, SendFacts, Taken
from web.simulation.broken import BrokenRuleError
from web.simulation.invariants import Company
from web.simulation.ledger import Change, Ledger, read_instant
from web.simulation.post_office import Delivery
from web.simulation.process import Process
from web.simulation.timeline import demand_entries
from web.simulation.wall_time import Place

_MOVES = {
    ("draft", "scheduled"),
    ("draft", "cancelled"),
    ("scheduled", "claimed"),
    ("scheduled", "cancelled"),
    ("claimed", "scheduled"),
    ("claimed", "sending"),
    ("claimed", "cancelled"),
    ("claimed", "failed"),
    ("sending", "sent"),
    ("sending", "failed"),
    ("sending", "unknown"),
    ("sending", "scheduled"),
    ("unknown", "sent"),
    ("unknown", "scheduled"),
}
_BEFORE_SENT = ("draft", "scheduled", "claimed")


class Auditor:
    """Knows the books of a world; `note` is told what happened, in words."""

    def __init__(
        self, ledger: Ledger, company: Company, doer: Callable[[int], Process], note: Callable[[datetime, str], None]
    ) -> None:
        self.books = Books()
        self.stops: Counter[str] = Counter()
        self.ledger = ledger
        self.company = company
        self._doer = doer
        self._is_restoring = False
        self._note = note
        self._places()

    def follow(self) -> None:
        """Read what was committed since the last time, and judge it."""
        for _step, rows in groupby(self.ledger.news(), key=lambda change: change.step):
            group = list(rows)
            self._is_restoring = any(
                (change.what, change.b) in (("entry", "unmerged"), ("sequence", "archived")) for change in group
            )
            for change in group:
                self._apply(change)
            demand_entries(self.books, group)

    def judge_offer(self, rfc_id: str) -> None:
        """Judge a mail at the moment a server is about to take it."""
        self.follow()
        send = self.books.by_rfc.get(rfc_id)
        if send is None or send.state != "sending":
            state = send.state if send else "not stored"
            raise BrokenRuleError("committed before it leaves", f"mail {send.id if send else rfc_id} is {state}")
        invariants.demand_once(self.books, send)

    def note_taken(self, delivery: Delivery) -> None:
        """Write down what a server took, and judge how many it took."""
        send = self.books.by_rfc[delivery.rfc_id]
        claimed, sending = send.claimed_at or delivery.at, send.sending_at or delivery.at
        taken = Taken(send=send, at=delivery.at, claimed_at=claimed, sending_at=sending)
        self.books.taken.append(taken)
        self._note(delivery.at, f"  the server takes mail {send.id} ({send.step_key or 'by hand'}) to {send.email}")
        invariants.demand_limits(self.books, self.company, taken)

    def demand_end(self) -> None:
        """Demand, once everything has come to rest, that every letter was filed once and obeyed."""
        books = self.books
        for letter in books.letters:
            key = letter.mailbox_id, letter.message_id
            # What was set aside is set aside again from another folder, or under another UIDVALIDITY.
            if letter.is_worth_filing and books.filed[key] + bool(books.set_aside[key]) != 1:
                raise BrokenRuleError("filed once", f"{letter.message_id} of {letter.at} was not filed")
            _demand_obeyed(books, letter)

    def _apply(self, change: Change) -> None:
        handler: dict[str, Callable[[Change], None]] = {
            "send new": self._new_send,
            "send": self._move_send,
            "run new": self._new_run,
            "run": self._move_run,
            "message": self._file,
            "zone": self._move_person,
            "suppression": self._ban,
            "ban": self._ban,
            "run whose": self._change_hands,
        }
        if change.what in handler:
            handler[change.what](change)
        else:
            self._set(change)

    def _set(self, change: Change) -> None:
        books = self.books
        match change.what:
            case "mailbox":
                (books.paused.add if change.b else books.paused.discard)(change.a)
                self._note(change.at, f"  mailbox {change.a} {'paused: ' + change.c if change.b else 'goes on'}")
            case "sequence":
                books.sequences[change.a] = change.c
            case "relationship" | "stage":
                books.stages[change.a, change.b] = change.d
            case "address":
                (books.bad.add if change.b == "bad" else books.bad.discard)(change.a)
            case "quarantine":
                books.set_aside[change.a, message_id_of(change.d) or ""] += 1
            case _:
                self._hand_over(change)

    def _hand_over(self, change: Change) -> None:
        """Note what is another contact's from now on, or holds no more."""
        books = self.books
        match change.what:
            case "relationship moved":
                books.stages.pop((change.c, change.b), None)
                books.stages[change.a, change.b] = change.d
            case "relationship gone":
                books.stages.pop((change.a, change.b), None)
            case "send whose":
                books.sends[change.a].contact_id = change.c
            case "message whose":
                if change.a in books.replies:
                    books.replies[change.a] = (change.c, books.replies[change.a][1])
            case "address whose":
                books.owners[change.a] = change.c
            case "ban gone":
                books.bans.pop(change.a, None)
            case _:
                pass

    def _new_send(self, change: Change) -> None:
        row = self.ledger.one("SELECT * FROM sends WHERE id = ?", change.a)
        send = SendFacts(
            id=row["id"],
            run_id=row["enrolment_id"],
            contact_id=row["contact_id"],
            mailbox_id=row["mailbox_id"],
            sequence_id=row["sequence_id"],
            step_key=row["step_key"],
            step=row["step"],
            email=row["email"],
            rfc_id=row["rfc_id"],
            is_follow_up=bool(row["is_follow_up"]),
            state=change.b,
        )
        self.books.sends[send.id] = self.books.by_rfc[send.rfc_id] = send

    def _move_send(self, change: Change) -> None:
        send = self.books.sends[change.a]
        before, after = change.b, change.c
        self._note(change.at, f"  mail {send.id} to {send.email} ({send.step_key}): {after} {change.d or ''}".rstrip())
        is_taken = bool(self.books.taken_of(send))
        evidence = before in _BEFORE_SENT and after == "sent" and is_taken
        is_back = self._is_restoring and before == "cancelled" and after in ("draft", "scheduled")
        if (before, after) not in _MOVES and not evidence and not is_back:
            raise BrokenRuleError("states", f"mail {send.id} went from {before} to {after}")
        if (before, after) == ("unknown", "scheduled") and not send.is_repeated:
            raise BrokenRuleError("states", f"mail {send.id} was unknown and is tried again though nobody said so")
        if after == "sent" and not is_taken and not send.is_settled_by_hand:
            raise BrokenRuleError("books and servers", f"mail {send.id} is called sent and no server took it")
        if after in ("scheduled", "failed", "cancelled") and is_taken and not send.is_repeated:
            raise BrokenRuleError("books and servers", f"mail {send.id} is called {after} and a server took it")
        send.state = after
        if after == "claimed":
            send.claimed_at, send.claimed_step = change.at, change.step
        if after == "sending":
            send.sending_at = change.at
            self._judge_sending(send, change)

    def _judge_sending(self, send: SendFacts, change: Change) -> None:
        invariants.demand_no_stop(self.books, self.company, send, change.at)
        if send.run_id is None:
            return
        invariants.demand_hours(self.books, self.company, send, change.at)
        invariants.demand_wait(self.books, self.company, send, change.at)
        if send.is_follow_up:
            poll = self._doer(change.step).poll_before(self.company.boxes[send.mailbox_id].address, change.step)
            invariants.demand_fence(self.books, self.company, send, change.at, poll)

    def _new_run(self, change: Change) -> None:
        row = self.ledger.one(
            "SELECT e.*, v.document FROM enrolments e JOIN sequence_versions v ON v.id = e.version_id WHERE e.id = ?",
            change.a,
        )
        began = read_instant(row["created_at"])
        self.books.runs[change.a] = RunFacts(
            id=change.a,
            sequence_id=row["sequence_id"],
            contact_id=row["contact_id"],
            mailbox_id=row["mailbox_id"],
            email=row["email"],
            began_at=began or change.at,
            document=json.loads(row["document"]),
            state=change.b,
        )

    def _move_run(self, change: Change) -> None:
        run = self.books.runs[change.a]
        reason, _, until = change.d.partition("|")
        run.state, run.hold_until = change.c, read_instant(until)
        if change.b != change.c and change.c in ("held", "stopped"):
            self.stops[f"{change.c}: {reason}"] += 1
            self._note(change.at, f"  run {run.id} of {run.email} {change.c}: {reason}")

    def _file(self, change: Change) -> None:
        key = change.b, change.c
        self.books.filed[key] += 1
        if self.books.filed[key] > 1:
            raise BrokenRuleError("filed once", f"{change.c} was filed twice in mailbox {change.b}")
        if change.d == "in reply":
            row = self.ledger.one("SELECT contact_id, at FROM messages WHERE id = ?", change.a)
            at = read_instant(row["at"])
            if at:
                self.books.replies[change.a] = (row["contact_id"], at)

    def _ban(self, change: Change) -> None:
        self.books.bans[change.d] = (change.a, change.b, change.c)

    def _change_hands(self, change: Change) -> None:
        """Let a run be another contact's; the clock it waited by so far may still count."""
        books, run = self.books, self.books.runs[change.a]
        run.contact_id, run.joined_at = change.c, change.at
        zones = {books.places[change.b].zone} | books.past_zones.get(change.b, set())
        books.past_zones.setdefault(change.c, set()).update(zone for zone in zones if zone)

    def _move_person(self, change: Change) -> None:
        old = self.books.places[change.a]
        if old.zone:
            self.books.past_zones.setdefault(change.a, set()).add(old.zone)
        self.books.places[change.a] = Place(zone=change.b, country=change.c)

    def _places(self) -> None:
        """Begin with what the database of every world holds."""
        rows = self.ledger.all("SELECT id, zone, country FROM contacts")
        self.books.places = {row["id"]: Place(zone=row["zone"], country=row["country"]) for row in rows}
        sequences: list[Any] = self.ledger.all("SELECT id, state FROM sequences")
        self.books.sequences = {row["id"]: row["state"] for row in sequences}


def _demand_obeyed(books: Books, letter: Letter) -> None:
    """Demand that no run goes on that a letter ended."""
    for run in books.runs.values():
        if letter.is_worth_filing and invariants.ends(letter, run) and not run.is_over:
            # A bounce of one run's address says nothing about a run to another address.
            late = letter.at + timedelta(seconds=1)
            raise BrokenRuleError(
                "obeyed", f"run {run.id} is {run.state} after the {letter.kind} of {late:%d %b %H:%M}"
            )
