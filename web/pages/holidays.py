"""Wire: holidays: whose calendar counts where, and days of the team's own."""

from datetime import date, time

from babel import Locale
from flask import Blueprint, Response, request

from crm.holiday_book import (
    NONE,
    add_own_day,
    choose_calendar,
    count_countries,
    known_countries,
    read_holiday_book,
    regions_of,
    remove_own_day,
)
from crm.working_hours_setting import read_working_hours, set_working_hours
from kit.errors import InvalidError, say
from web import forms
from web.auth import require
from web.report_words import WEEKDAYS
from web.request import this_actor, this_tx
from web.respond import done, page
from web.undo import undo_place
from web.words import _, said, this_locale

blueprint = Blueprint("holidays", __name__)
PLACE = "/settings/holidays"


@blueprint.get("/settings/holidays")
def show() -> Response:
    """Show calendars and own days."""
    return _show()


@blueprint.post("/settings/holidays/calendars")
def choose() -> Response:
    """Use another calendar for a country."""
    require("rules")
    given = request.form
    choose_calendar(this_tx(), given.get("country", ""), given.get("calendar", ""), actor=this_actor())
    return done(PLACE, _("Saved. Dates that are planned anew follow it."))


@blueprint.post("/settings/holidays/days")
def add() -> Response:
    """Add a day of one's own."""
    require("rules")
    given = request.form
    try:
        day = _need_day(given.get("day"))
        own = add_own_day(this_tx(), day, given.get("name", ""), country=given.get("country", ""), actor=this_actor())
    except InvalidError as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("Nothing leaves on that day: %(name)s.", name=own.name))


@blueprint.post("/settings/holidays/days/removal")
def remove() -> Response:
    """Take a day of one's own out."""
    require("rules")
    day = forms.read_day(request.form.get("day"))
    if day is not None:
        remove_own_day(this_tx(), day, country=request.form.get("country", ""), actor=this_actor())
    return done(PLACE, _("Mail may leave again on that day."))


@blueprint.post("/settings/holidays/hours")
def set_hours() -> Response:
    """Say when we work: what reply clocks count."""
    require("rules")
    given = request.form
    try:
        opens, closes = (_need_hour(given.get(name)) for name in ("opens", "closes"))
        days = frozenset(int(word) for word in given.getlist("days") if word in set("0123456"))
        zone = given.get("zone", "")
        change = set_working_hours(this_tx(), days=days, opens=opens, closes=closes, zone=zone, actor=this_actor())
    except InvalidError as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("Saved. Reply clocks count these hours."), undo=undo_place(change))


def _need_hour(text: str | None) -> time:
    try:
        return time.fromisoformat((text or "").strip())
    except ValueError as error:
        raise InvalidError(say("Write the hour as 09:00.")) from error


def _need_day(text: str | None) -> date:
    day = forms.read_day(text)
    if day is None:
        raise InvalidError(say("Choose a day."))
    return day


def _show(*, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    book, counts = read_holiday_book(tx), dict(count_countries(tx))
    names = Locale.parse(this_locale()).territories
    rows = [
        {"code": code, "name": names.get(code, code), "people": counts.get(code, 0), "regions": regions_of(code),
         "calendar": book.calendars.get(code, ""), "known": code in known_countries()}
        for code in dict.fromkeys([*counts, *book.calendars])
    ]  # fmt: skip
    given = {name: request.form.get(name, "") if fault else "" for name in ("day", "name", "country")}
    return page("settings/holidays.html", status=status, rows=rows, book=book, none=NONE, given=given, fault=fault,
                hours=read_working_hours(tx), weekdays=WEEKDAYS,
                countries=[(code, names.get(code, code)) for code in known_countries()])  # fmt: skip
