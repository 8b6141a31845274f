"""Use cases: when one contact may be written to: whose clock, which window, which holidays, and where each is from."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from crm.holiday_book import NONE, known_countries, read_holiday_book, regions_of
from crm.models import Contact, Mailbox
from crm.zones import is_zone, read_zone, zone_of_country
from kit.errors import say
from kit.tx import Tx
from sequences.course.schedule import Hours
from sequences.course.windows import IsHoliday, no_holidays, read_window
from sequences.versions.sequence_file import SequenceFile


def hours_for(tx: Tx, document: SequenceFile, contact: Contact, mailbox: Mailbox) -> Hours:
    """Return the hours of a run: the contact's zone, else its country's, else the mailbox's (C3)."""
    return hours_at(tx, document, contact.zone, contact.country, mailbox)


def hours_at(tx: Tx, document: SequenceFile, zone: str | None, country: str | None, mailbox: Mailbox) -> Hours:
    """Return the hours of somebody who lives in this zone and country, as far as is known."""
    name, source = _zone(document, zone, country, mailbox)
    return Hours(
        zone=read_zone(name),
        zone_from=source,
        window=document.sending_window,
        preferred=document.preferred_window,
        is_holiday=holiday_rule(tx, country) if document.holidays != "none" else no_holidays,
        mailbox_window=read_window(mailbox.window),
        mailbox_zone=read_zone(mailbox.zone),
    )


def contact_zone(contact: Contact, fallback: str = "UTC") -> ZoneInfo:
    """Return the zone in which a contact lives, as far as is known."""
    name = contact.zone if is_zone(contact.zone) else zone_of_country(contact.country)
    return read_zone(name or fallback)


def holiday_rule(tx: Tx, country: str | None) -> IsHoliday:
    """Return what tells the holidays of a country: its calendar as the team chose it, and the team's own days."""
    book = read_holiday_book(tx)
    return _rule(country or "", book.calendars.get(country or "", ""), book.own_days(country))


@lru_cache(maxsize=300)
def _rule(country: str, calendar: str, own: frozenset[date]) -> IsHoliday:
    public = _calendar(country, calendar)
    if not own and public is None:
        return no_holidays

    def is_holiday(day: date) -> bool:
        return day in own or (public is not None and day in public)

    return is_holiday


@lru_cache(maxsize=300)
def _calendar(country: str, calendar: str) -> holidays.HolidayBase | None:
    """Return a public calendar; none is known for an unknown country, and none is wanted where the team says so."""
    if calendar == NONE or country not in known_countries():
        return None
    return holidays.country_holidays(country, subdiv=calendar if calendar in regions_of(country) else None)


def _zone(document: SequenceFile, zone: str | None, country: str | None, mailbox: Mailbox) -> tuple[str, str]:
    if document.zone_word != "recipient":
        return document.zone_word, "the sequence"
    if is_zone(zone):
        return str(zone), "the contact"
    by_country = zone_of_country(country)
    return (by_country, say("the contact's country")) if by_country else (mailbox.zone, say("the mailbox"))
