"""Use cases: who raised a theme, with what they said, and where each one's letter stands."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import case, func, select

from crm.contacts import display_name
from crm.models import Contact, Feedback, Theme
from kit.tx import Tx
from sequences.models import Send
from sequences.tell_models import ThemeTell
from sequences.telling.progress import count_told, family_of

MOST = 300
_ON_ITS_WAY = ("scheduled", "claimed", "sending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raiser:
    """One person who raised a theme; `notes` are all they said about it, the oldest first.

    `status` is open (no letter yet), draft, held, leaving, unclear, not_sent, told or bounced.
    """

    contact: Contact
    notes: tuple[Feedback, ...]
    tell: ThemeTell | None = None
    send: Send | None = None

    @property
    def name(self) -> str:
        """What to call them."""
        return display_name(self.contact)

    @property
    def status(self) -> str:
        """Where their letter stands, by what really happened to the mail."""
        if self.tell is None:
            return "open"
        if self.tell.state == "told":
            return "bounced" if self.send is not None and self.send.bounced_at else "told"
        if self.tell.state != "queued":
            return self.tell.state
        if self.send is not None and self.send.state in _ON_ITS_WAY:
            return "leaving"
        return "unclear" if self.send is not None and self.send.state == "unknown" else "not_sent"

    @property
    def why(self) -> str:
        """Why the mail did not leave."""
        return self.send.reason if self.send is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raisers:
    """Everybody who raised a theme, those not told yet first; `told` counts all who were told.

    `nameless` are notes without a person to tell, `more` people beyond those read.
    """

    people: tuple[Raiser, ...]
    told: int = 0
    nameless: int = 0
    more: int = 0

    def having(self, *statuses: str) -> tuple[Raiser, ...]:
        """Return those whose letters stand so."""
        return tuple(one for one in self.people if one.status in statuses)

    @property
    def total(self) -> int:
        """How many people raised it."""
        return len(self.people) + self.more


def read_raisers(tx: Tx, theme: Theme) -> Raisers:
    """Return who raised a theme, those not told yet first, then those who said it first. Four queries."""
    notes: dict[int, list[Feedback]] = defaultdict(list)
    contacts: dict[int, Contact] = {}
    family = family_of([theme.id])
    was_told = (
        select(ThemeTell.id)
        .join(family, family.c.id == ThemeTell.theme_id)
        .where(ThemeTell.contact_id == Feedback.contact_id, ThemeTell.state == "told")
        .correlate(Feedback)
        .exists()
    )
    first = (
        select(Feedback.contact_id)
        .where(Feedback.theme_id == theme.id, Feedback.contact_id.is_not(None))
        .group_by(Feedback.contact_id)
        .order_by(case((was_told, 1), else_=0), func.min(Feedback.created_at), func.min(Feedback.id))
        .limit(MOST)
    )
    query = select(Feedback, Contact).join(Contact, Contact.id == Feedback.contact_id)
    query = query.where(Feedback.theme_id == theme.id, Feedback.contact_id.in_(first))
    for note, contact in tx.session.execute(query.order_by(Feedback.created_at, Feedback.id)):
        notes[contact.id].append(note)
        contacts[contact.id] = contact
    letters = _letters(tx, theme, contacts)
    people = tuple(
        Raiser(contact=contacts[number], notes=tuple(said), tell=letters.get(number, (None, None))[0],
               send=letters.get(number, (None, None))[1])
        for number, said in notes.items()
    )  # fmt: skip
    everybody, nameless = tx.session.execute(
        select(
            func.count(Feedback.contact_id.distinct()), func.count(Feedback.id).filter(Feedback.contact_id.is_(None))
        ).where(Feedback.theme_id == theme.id)
    ).one()
    told = count_told(tx, [theme.id]).get(theme.id, 0)
    return Raisers(people=people, told=told, nameless=nameless, more=everybody - len(people))


def _letters(tx: Tx, theme: Theme, contact_ids: Iterable[int]) -> dict[int, tuple[ThemeTell, Send | None]]:
    """Return each person's letter about a theme; one about a theme that was merged into it counts once under way."""
    family = family_of([theme.id])
    query = (
        select(ThemeTell, Send)
        .join(family, family.c.id == ThemeTell.theme_id)
        .outerjoin(Send, Send.id == ThemeTell.send_id)
        .where(ThemeTell.contact_id.in_(list(contact_ids)))
        .order_by(ThemeTell.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, tuple[ThemeTell, Send | None]] = {}
    for tell, send in tx.session.execute(query):
        weight = _weight(tell, send, theme.id)
        known = found.get(tell.contact_id)
        if weight and (known is None or weight > _weight(*known, theme.id)):
            found[tell.contact_id] = (tell, send)
    return found


def _weight(tell: ThemeTell, send: Send | None, theme_id: int) -> int:
    """Return which of several letters counts: one that left, one that may leave, this theme's own; 0 for none."""
    if tell.state == "told":
        return 3
    if tell.state == "queued" and send is not None and send.state in (*_ON_ITS_WAY, "unknown"):
        return 2
    return 1 if tell.theme_id == theme_id else 0
