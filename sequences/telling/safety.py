"""Use cases: whether somebody may be told now: the do-not-contact list, the address, and the rules of the team."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from crm.contacts import lock_contacts
from crm.models import Contact, ContactAddress, Mailbox, Theme
from crm.suppressions import find_personal_suppressions
from kit.errors import say
from kit.tx import Tx
from sequences.pitches.pitch_value import format_date
from sequences.sending.stop_rules import Clear
from sequences.team.rules import decide_team
from sequences.team.team_settings import TeamBook, read_team_book
from sequences.team.touches import TeamKey, read_team_facts
from sequences.tell_models import ThemeTell


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who tells, for which brand, from which mailbox."""

    user_id: int
    actor: str
    brand_id: int
    mailbox: Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What stands against telling somebody. `is_team`: a rule of the team, which a reason can override."""

    rule: str
    sentence: str
    is_team: bool = False


def find_bars(tx: Tx, theme: Theme, contacts: Sequence[Contact], teller: Teller) -> dict[int, Bar]:
    """Return what stands against each of these people, by contact; who may be told is not in it.

    The same few queries for any number of people. They are locked, so that nobody else writes to them meanwhile.
    """
    ids = [contact.id for contact in contacts]
    lock_contacts(tx, ids)
    addresses = _addresses(tx, ids)
    suppressed = find_personal_suppressions(tx, {(number, row.email) for number, row in addresses.items()})
    keys = {
        number: TeamKey(number, teller.brand_id, None, teller.user_id, teller.mailbox.owner_id) for number in addresses
    }
    facts, book = read_team_facts(tx, list(keys.values())), read_team_book(tx)
    told = _told_lately(tx, theme, ids, book, teller.brand_id)
    bars: dict[int, Bar] = {}
    for contact in contacts:
        bar = _final(contact, addresses.get(contact.id), suppressed)
        if bar is None:
            verdict = decide_team(facts[keys[contact.id]], book.of(teller.brand_id), tx.now)
            bar = (
                None if isinstance(verdict, Clear) else Bar(rule=verdict.rule, sentence=verdict.sentence, is_team=True)
            )
        bar = bar or told.get(contact.id)
        if bar is not None:
            bars[contact.id] = bar
    return bars


def _final(
    contact: Contact, address: ContactAddress | None, suppressed: dict[tuple[int, str], tuple[str, str]]
) -> Bar | None:
    """Return what no reason overrides."""
    if contact.erased_at is not None:
        return Bar(rule="erased", sentence=say("This person was erased."))
    if address is None:
        return Bar(rule="no_address", sentence=say("There is no address to write to."))
    found = suppressed.get((contact.id, address.email))
    if found:
        sentence = say("%(email)s must not be contacted (%(reason)s).", email=address.email, reason=found[1])
        return Bar(rule="suppressed", sentence=sentence)
    if address.mailable == "bad":
        return Bar(rule="bad_address", sentence=say("%(email)s does not take mail.", email=address.email))
    return None


def _addresses(tx: Tx, ids: Collection[int]) -> dict[int, ContactAddress]:
    """Return the address each person is written to first."""
    query = select(ContactAddress).where(ContactAddress.contact_id.in_(ids), ContactAddress.retired_at.is_(None))
    found: dict[int, ContactAddress] = {}
    for row in tx.session.scalars(query.order_by(ContactAddress.position, ContactAddress.id)):
        found.setdefault(row.contact_id, row)
    return found


def _told_lately(tx: Tx, theme: Theme, ids: Collection[int], book: TeamBook, brand_id: int) -> dict[int, Bar]:
    """Return who was told about another theme a short time ago: two such mails in a row read like a newsletter."""
    days = book.of(brand_id).recent_days
    if not days:
        return {}
    since: datetime = tx.now - timedelta(days=days)
    rows = tx.session.execute(
        select(ThemeTell.contact_id, ThemeTell.told_at, Theme.name)
        .join(Theme, Theme.id == ThemeTell.theme_id)
        .where(ThemeTell.contact_id.in_(ids), ThemeTell.theme_id != theme.id, ThemeTell.told_at > since)
        .order_by(ThemeTell.told_at)
    )
    return {
        contact_id: Bar(
            rule="recently_contacted",
            sentence=say("Told about “%(theme)s” on %(day)s.", theme=name, day=format_date(told_at)),
            is_team=True,
        )
        for contact_id, told_at, name in rows
        if told_at is not None
    }
