"""Use cases: the rules of the team, asked once more when mails of runs are about to leave (C7)."""

from collections.abc import Sequence
from datetime import datetime

from crm.contacts import lock_contacts
from crm.models import Mailbox
from kit.tx import Tx
from sequences.sending.docket import Case
from sequences.sending.stop_rules import Clear, Hold, Stop
from sequences.team.rules import Touch, decide_at_send, with_touch
from sequences.team.team_settings import read_team_book
from sequences.team.touches import TeamKey, read_team_facts


class TeamGate:
    """What the team did with the people of one batch, and what that forbids. Mail written by hand is not asked."""

    def __init__(self, tx: Tx, mailbox: Mailbox, cases: Sequence[Case], *, lock: bool) -> None:
        self._book = read_team_book(tx)
        self._keys: dict[int, TeamKey] = {}
        self._of_contact: dict[int, list[TeamKey]] = {}
        for case in cases:
            entry = case.entry
            if entry.enrolment_id is not None and entry.brand_id is not None:
                key = TeamKey(entry.contact_id, entry.brand_id, entry.enrolment_id, entry.user_id, mailbox.owner_id)
                self._keys[entry.id] = key
                self._of_contact.setdefault(entry.contact_id, []).append(key)
        if lock:
            lock_contacts(tx, {key.contact_id for key in self._keys.values()})
        self._facts = read_team_facts(tx, list(self._keys.values()))

    def judge(self, case: Case, now: datetime) -> Clear | Stop | Hold:
        """Decide about one send."""
        key = self._keys.get(case.entry.id)
        if key is None:
            return Clear()
        return decide_at_send(self._facts[key], self._book.of(key.brand_id), now, is_first=case.is_first)

    def take(self, case: Case, now: datetime) -> None:
        """Count a mail that is about to leave: of two mails to one person, the second must know of the first."""
        keys = self._of_contact.get(case.entry.contact_id, ())
        if len(keys) == 1:
            return
        touch = Touch(at=now, who="", what=case.entry.sequence_name or "")
        for key in keys:
            self._facts[key] = with_touch(self._facts[key], touch)
