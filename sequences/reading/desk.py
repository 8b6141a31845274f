"""Use cases: what a batch of mails needs to know, read in the same few queries for any number of them.

What the batch itself brings is known to its later mails as well: an answer to an answer finds it before either is
stored.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self

from sqlalchemy import func, or_, select

from crm.erased import find_erased, has_erased
from crm.links import find_spoken_for
from crm.models import Contact, Mailbox
from crm.talks import KnownMail, Talk, find_aliases, find_mails, find_owners, find_stored, read_talks, split
from kit.tx import Tx
from mailer.types import Fetched, ParsedMail
from sequences.course.runs import OPEN
from sequences.models import Enrolment, Send
from sequences.reading.arrival import SUBJECT_MAX, Arrival, dedupe_key
from sequences.reading.evidence import UNSETTLED
from sequences.reading.plus_token import ids_by_token

_MOST_IDS = 200  # of one mail: a References line may be as long as it likes

Mail = tuple[Fetched, ParsedMail]


class KnownSend(NamedTuple):
    """A mail of ours on its way: it has a message only once its end is settled."""

    id: int
    contact_id: int
    thread_id: int | None
    is_unsettled: bool


class Desk:
    """The books, open at the pages that these mails concern."""

    def __init__(self, tx: Tx, mailbox: Mailbox, ours: frozenset[str]) -> None:
        self.tx = tx
        self.mailbox = mailbox
        self.ours = ours
        self.stored: set[str] = set()
        self.owners: dict[str, int] = {}
        self.aliases: dict[str, int] = {}
        self.copies: set[int] = set()
        self.erased: set[str] = set()
        self.erased_people: set[int] = set()
        self.passed_over = 0
        self._mails: dict[str, list[KnownMail]] = {}
        self._sends: dict[str, KnownSend] = {}
        self._unsettled: set[int] = set()
        self._talks: dict[int, Talk] = {}
        self._talks_of: dict[int, list[Talk]] = {}
        self._brands: dict[int, int | None] = {}
        self._with_runs: set[int] = set()
        self._with_open_runs: set[int] = set()
        self._spoken_for: dict[int, list[int]] = {}
        self._pending: dict[str, Arrival] = {}

    @classmethod
    def open(cls, tx: Tx, mailbox: Mailbox, ours: frozenset[str], mails: Sequence[Mail]) -> Self:
        """Read what these mails may concern."""
        desk = cls(tx, mailbox, ours)
        desk.stored = find_stored(tx, mailbox.id, {dedupe_key(*mail) for mail in mails})
        emails = {email for _, parsed in mails for email in _people(parsed)}
        desk.owners = find_owners(tx, emails)
        desk.aliases = find_aliases(tx, emails - desk.owners.keys() - ours)
        ids = {rfc_id for _, parsed in mails for rfc_id in _ids(parsed, ours)}
        desk._mails = find_mails(tx, ids)
        desk._read_sends(ids)
        known = [mail for found in desk._mails.values() for mail in found]
        people = {
            *desk.owners.values(),
            *desk.aliases.values(),
            *(mail.contact_id for mail in known if mail.contact_id is not None),
        }
        people.update(send.contact_id for send in desk._sends.values())
        desk._spoken_for = find_spoken_for(tx, people) if people else {}
        people.update(creator for creators in desk._spoken_for.values() for creator in creators)
        threads = {mail.thread_id for mail in known if mail.thread_id is not None}
        threads.update(send.thread_id for send in desk._sends.values() if send.thread_id is not None)
        for talk in read_talks(tx, mailbox.id, people, threads):
            desk._remember(talk, newest=False)
        desk._read_people(people)
        desk._read_erased(emails, people)
        return desk

    def find_mail(self, rfc_ids: Sequence[str]) -> KnownMail | None:
        """Return the mail known by the first of these ids that is known, our own mailbox's before others'.

        A mail whose outcome is not settled yet has no message: an answer to it is the best evidence there is.
        """
        for rfc_id in rfc_ids:
            if rfc_id in self._pending:
                arrival = self._pending[rfc_id]
                return KnownMail(self.mailbox.id, arrival.match.contact_id, None, None)
            found = self._mails.get(rfc_id)
            if found:
                return next((mail for mail in found if mail.mailbox_id == self.mailbox.id), found[0])
        sends = [self._sends[rfc_id] for rfc_id in rfc_ids if rfc_id in self._sends]
        if not sends:
            return None
        newest = max(sends)
        return KnownMail(self.mailbox.id, newest.contact_id, newest.thread_id, newest.id)

    def talk_of(self, rfc_ids: Sequence[str], known: KnownMail) -> Talk | None:
        """Return the conversation of a mail that was found by one of these ids."""
        if known.thread_id is not None:
            return self._talks.get(known.thread_id)
        return next((self._pending[rfc_id].talk for rfc_id in rfc_ids if rfc_id in self._pending), None)

    def find_send(self, rfc_id: str) -> KnownSend | None:
        """Return our own mail with this id."""
        return self._sends.get(rfc_id)

    def is_unsettled(self, send_id: int) -> bool:
        """Return whether nobody knows yet what became of a mail of ours."""
        return send_id in self._unsettled

    def learn(self, send: Send) -> Talk | None:
        """Learn where a mail of ours stands; return its conversation."""
        (self._unsettled.add if send.state in UNSETTLED else self._unsettled.discard)(send.id)
        if send.thread_id is None:
            return None
        if send.thread_id not in self._talks:
            for talk in read_talks(self.tx, self.mailbox.id, (), (send.thread_id,)):
                self._remember(talk, newest=True)
        return self._talks.get(send.thread_id)

    def only_talk(self, contact_id: int) -> Talk | None:
        """Return the conversation of a contact on this mailbox when there is exactly one."""
        talks = [one for one in self._talks_of.get(contact_id, ()) if one.mailbox_id == self.mailbox.id]
        return talks[0] if len(talks) == 1 else None

    def brand_of(self, contact_id: int | None) -> int | None:
        """Return the brand that a contact was last written to for."""
        return self._brands.get(contact_id) if contact_id is not None else None

    def may_have_runs(self, contact_id: int) -> bool:
        """Return whether there is anything that an answer could stop."""
        return contact_id in self._with_runs

    def speaks_for(self, agent_id: int, contact_id: int | None) -> bool:
        """Return whether somebody is tied to a creator as one who writes on their behalf."""
        return contact_id in self._spoken_for.get(agent_id, ())

    def only_creator(self, agent_id: int) -> int | None:
        """Return the one creator with an open run for whom somebody writes; of two nobody knows which is meant."""
        waiting = [one for one in self._spoken_for.get(agent_id, ()) if one in self._with_open_runs]
        return waiting[0] if len(waiting) == 1 else None

    def open_talk(self, contact_id: int | None, parsed: ParsedMail, at: datetime) -> Talk:
        """Begin a conversation; it gets its number when the batch is stored."""
        talk = Talk(
            id=None,
            mailbox_id=self.mailbox.id,
            contact_id=contact_id,
            brand_id=self.brand_of(contact_id),
            subject=parsed.subject[:SUBJECT_MAX],
            last_at=at,
        )
        self._remember(talk, newest=True)
        return talk

    def take(self, arrival: Arrival) -> None:
        """Let the later mails of the batch know this one."""
        self.stored.add(arrival.row["dedupe"])
        if arrival.parsed.message_id:
            self._pending[arrival.parsed.message_id] = arrival

    def _read_erased(self, emails: set[str], people: set[int]) -> None:
        """Learn who of these was erased: by address, and by a mail of ours that is answered."""
        if not has_erased(self.tx):
            return
        self.erased, _ = find_erased(self.tx, emails)
        for part in split(people):
            gone = select(Contact.id).where(Contact.id.in_(part), Contact.erased_at.is_not(None))
            self.erased_people.update(self.tx.session.scalars(gone))

    def _remember(self, talk: Talk, *, newest: bool) -> None:
        if talk.id is not None:
            self._talks[talk.id] = talk
        if talk.contact_id is not None:
            of = self._talks_of.setdefault(talk.contact_id, [])
            of.insert(0 if newest else len(of), talk)

    def _read_sends(self, rfc_ids: set[str]) -> None:
        of_mails = {mail.send_id for found in self._mails.values() for mail in found if mail.send_id is not None}
        named = (Send.rfc_id.in_(part) for part in split(rfc_ids))
        numbered = (Send.id.in_(part) for part in split(of_mails))
        columns = (Send.id, Send.rfc_id, Send.contact_id, Send.thread_id, Send.state)
        for clause in (*named, *numbered):
            for number, rfc_id, contact_id, thread_id, state in self.tx.session.execute(select(*columns).where(clause)):
                self._sends[rfc_id] = KnownSend(number, contact_id, thread_id, state in UNSETTLED)
        self._unsettled = {send.id for send in self._sends.values() if send.is_unsettled}

    def _read_people(self, people: set[int]) -> None:
        session = self.tx.session
        for part in split(people):
            newest = select(func.max(Send.id)).where(Send.contact_id.in_(part)).group_by(Send.contact_id)
            self._brands.update(
                (row[0], row[1])
                for row in session.execute(select(Send.contact_id, Send.brand_id).where(Send.id.in_(newest)))
            )
            open_runs = or_(Enrolment.state.in_(OPEN), Enrolment.state == "finished")
            query = select(Enrolment.contact_id, Enrolment.state).where(Enrolment.contact_id.in_(part), open_runs)
            for contact_id, state in session.execute(query):
                self._with_runs.add(contact_id)
                if state in OPEN:
                    self._with_open_runs.add(contact_id)


def _people(parsed: ParsedMail) -> set[str]:
    """Return the addresses of which one may be a contact's."""
    found = {person.email for person in (*parsed.to, *parsed.cc)[:_MOST_IDS]}
    if parsed.sender:
        found.add(parsed.sender.email)
    if parsed.bounce:
        found.update(parsed.bounce.recipients[:_MOST_IDS])
    return found


def _ids(parsed: ParsedMail, ours: frozenset[str]) -> set[str]:
    """Return the ids by which a mail may be found: its own, and those it names."""
    own = (parsed.message_id,) if parsed.message_id else ()
    named = (parsed.in_reply_to, parsed.references[-_MOST_IDS:], ids_by_token(parsed, ours), parsed.quoted_ids)
    return {*own, *(rfc_id for ids in named for rfc_id in ids[:_MOST_IDS])}
