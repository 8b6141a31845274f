"""Use cases: everything that decides whether people may be put into a sequence, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select

from crm.contacts import display_name, rank
from crm.erased import erased_sentence
from crm.models import Brand, Contact, ContactAddress, Handle, Mailbox, Product
from crm.suppressions import ABOUT, about, decide_personal
from crm.together import Together, as_objects, every
from kit.errors import NotFoundError, say
from kit.tx import Tx
from sequences.course.runs import OPEN
from sequences.models import Enrolment, SequenceVersion
from sequences.models import Sequence as SequenceRow
from sequences.pitches.pitch_value import format_date
from sequences.pitches.texts import missing_in_step
from sequences.pitches.values import merge_values
from sequences.sending.stop_rules import Clear
from sequences.team.rules import Refusal, TeamFacts, decide_team
from sequences.team.team_settings import read_team_book
from sequences.team.touches import TeamKey, read_team_facts
from sequences.versions.authoring import document_of

PERSONAL_LINE = "contact.personal_line"
_INSIDE = select(Enrolment.contact_id).where(
    Enrolment.sequence_id == bindparam("sequence_id"),
    Enrolment.state.in_(OPEN),
    Enrolment.contact_id.in_(bindparam("contact_ids", expanding=True)),
)
_FACTS = Together(
    ABOUT,
    _INSIDE,
    every(Handle).where(Handle.contact_id.in_(bindparam("contact_ids", expanding=True))),
    every(Product).where(Product.retired_at.is_(None), Product.brand_id == bindparam("brand_id")),
)
# Who asked for no more mail must not be reached at another address of theirs.
_FINAL = ("opt_out", "complaint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What enrolling one contact came to: `rule` names what refused, "" when nothing did.

    `overridden` is the rule of the team that an override went against.
    """

    contact_id: int
    name: str
    email: str
    enrolled: bool
    rule: str = ""
    sentence: str = ""
    overridden: str = ""


class Candidates:
    """Some people who may enter a sequence, with all that is known about them. Reads once; judging asks nothing."""

    def __init__(
        self,
        tx: Tx,
        sequence: SequenceRow,
        version: SequenceVersion,
        pool: Sequence[Mailbox],
        contact_ids: Collection[int],
        *,
        user_id: int | None,
    ) -> None:
        self._tx = tx
        self._version = version
        self._user_id = user_id
        self._brand = tx.session.get_one(Brand, sequence.brand_id)
        self._rules = read_team_book(tx).of(self._brand.id)
        self.people, self._addresses = _read_people(tx, contact_ids)
        pairs = {(number, row.email) for number, rows in self._addresses.items() for row in rows}
        values = {**about(pairs), "sequence_id": sequence.id, "contact_ids": list(contact_ids)}
        forbidding, inside, handles, products = _FACTS.ask(tx, values | {"brand_id": self._brand.id})
        self._forbidden, self._inside = decide_personal(forbidding, pairs), {row[0] for row in inside}
        self._handles = _sort_handles(as_objects(Handle, handles))
        self._products = sorted(as_objects(Product, products), key=lambda one: one.name)
        keys = [self._key(number, owner) for number in contact_ids for owner in {box.owner_id for box in pool}]
        self._team = read_team_facts(tx, keys)

    def judge(self, contact_id: int, sender: Mailbox, *, override: str = "") -> Verdict:
        """Decide about one person, written to from `sender`; an override goes against rules of the team only."""
        contact = self.people[contact_id]
        email, rule, sentence = self._pick_address(contact)
        overridden = ""
        if not rule and contact_id in self._inside:
            rule, sentence = "already_in", say("Is in this sequence already.")
        refusal = None if rule else self._ask_team(contact_id, sender)
        if refusal and override:
            overridden = refusal.rule
        elif refusal:
            rule, sentence = refusal.rule, _with_until(refusal)
        gaps = [] if rule else self._gaps(contact, sender, email)
        if gaps:
            rule, sentence = "gaps", say("Missing for this person: %(gaps)s.", gaps=", ".join(gaps))
        return Verdict(
            contact_id=contact_id,
            name=display_name(contact),
            email=email,
            enrolled=not rule,
            rule=rule,
            sentence=sentence,
            overridden=overridden,
        )

    def _pick_address(self, contact: Contact) -> tuple[str, str, str]:
        """Return the first address that may be mailed, or the rule that forbids the last one looked at."""
        addresses = self._addresses.get(contact.id, [])
        if contact.erased_at:
            return "", "erased", erased_sentence()
        if not addresses:
            return "", "no_address", say("There is no address to write to.")
        rule, sentence = "", ""
        for address in addresses:
            forbidden = self._forbidden.get((contact.id, address.email))
            if forbidden:
                rule, sentence = (
                    "suppressed",
                    say(
                        "Do not contact: %(forbidden)s (%(forbidden2)s).",
                        forbidden=forbidden[0],
                        forbidden2=forbidden[1],
                    ),
                )
            elif address.mailable == "bad":
                rule, sentence = "bad_address", say("Mail to this address came back.")
            else:
                return address.email, "", ""
            if forbidden and forbidden[1] in _FINAL:
                break
        return addresses[0].email, rule, sentence

    def _ask_team(self, contact_id: int, sender: Mailbox) -> Refusal | None:
        verdict = decide_team(self._facts(contact_id, sender), self._rules, self._tx.now)
        return None if isinstance(verdict, Clear) else verdict

    def _facts(self, contact_id: int, sender: Mailbox) -> TeamFacts:
        return self._team[self._key(contact_id, sender.owner_id)]

    def _key(self, contact_id: int, owner_id: int | None) -> TeamKey:
        return TeamKey(contact_id, self._brand.id, None, self._user_id, owner_id)

    def _gaps(self, contact: Contact, sender: Mailbox, email: str) -> list[str]:
        """Return what the texts miss. Steps that a person reviews may still be completed by hand."""
        document = document_of(self._version)
        values = merge_values(
            self._tx,
            contact,
            self._brand,
            sender,
            document,
            email=email,
            handles=self._handles.get(contact.id, []),
            products=self._products,
        )
        missing: list[str] = []
        is_reviewed = False
        # What a branch misses is seen when somebody takes it: that mail then waits for review with its gaps.
        for step in (node.step for node in document.flow.nodes if not node.depth):
            is_reviewed = is_reviewed or step.review == "required"
            if step.review == "required":
                continue
            # Who reviews an earlier step writes the personal line there, and it stays with the run.
            found = missing_in_step(self._version, step, values)
            missing += [gap for gap in found if not (is_reviewed and gap == PERSONAL_LINE)]
        return list(dict.fromkeys(missing))


def _with_until(refusal: Refusal) -> str:
    return (
        say("%(sentence)s Possible after %(when)s.", sentence=refusal.sentence, when=format_date(refusal.until))
        if refusal.until
        else refusal.sentence
    )


def _read_people(tx: Tx, contact_ids: Collection[int]) -> tuple[dict[int, Contact], dict[int, list[ContactAddress]]]:
    """Return people, and their addresses with the preferred one first."""
    people: dict[int, Contact] = {}
    addresses: dict[int, list[ContactAddress]] = defaultdict(list)
    used = and_(ContactAddress.contact_id == Contact.id, ContactAddress.retired_at.is_(None))
    query = select(Contact, ContactAddress).outerjoin(ContactAddress, used)
    query = query.where(Contact.id.in_(contact_ids)).order_by(ContactAddress.position, ContactAddress.id)
    for contact, address in tx.session.execute(query):
        people[contact.id] = contact
        if address is not None:
            addresses[contact.id].append(address)
    missing = next((number for number in contact_ids if number not in people), None)
    if missing is not None:
        raise NotFoundError(say("There is no contact %(missing)s.", missing=missing))
    return people, addresses


def _sort_handles(handles: Sequence[Handle]) -> dict[int, list[Handle]]:
    """Return handles by contact, the main one first."""
    found: dict[int, list[Handle]] = defaultdict(list)
    for row in handles:
        found[row.contact_id].append(row)
    for rows in found.values():
        rows.sort(key=rank)
    return found
