"""The forecast as a page and as a command: what it says, whom it covers, and that it writes nothing."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from crm import contacts
from crm.models import Mailbox
from crm.suppressions import suppress
from kit.errors import InvalidError
from sequences.insight.forecast import DayLoad
from sequences.models import Enrolment, Send
from tests.conftest import MONDAY, dump_sqlite
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person
from web.cli.program import program
from web.forecast_words import describe_clash, describe_shifts
from web.load_chart import draw_loads
from web.pages import forecast as forecast_page
from web.people_query import read_filter, read_filter_text
from web.wiring import House


def run(house: House, *words: str) -> Result:
    env = {
        "RAPPORT_HOME": str(house.settings.home),
        "RAPPORT_SECRET_KEY": "a key for tests only",
        "RAPPORT_NOW": MONDAY.isoformat(),
    }
    return CliRunner().invoke(program, list(words), env=env, catch_exceptions=True)


def read(house: House, *words: str) -> Any:
    result = run(house, *words, "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


NAME = "Everyday Carbon, first touch"


def dump(house: House) -> str:
    return dump_sqlite(Path(house.settings.home) / "rapport.sqlite3")


def test_the_page_says_it_in_a_sentence_and_lists_mails_and_loads(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/sequences/{cast.sequence}/forecast")
    assert "4 mails to 2 people, the last on" in page
    assert "1 person is left out." in page  # Efua has no personal line
    assert "Efua Mintah-Boyle" in page
    assert "gentle nudge" in page
    assert "in Dublin" in page
    assert '<svg class="chart"' in page
    assert "The same as a table" in page


def test_looking_ahead_writes_nothing(ada: Person, house: House, cast: Cast) -> None:
    before = dump(house)
    ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&country=PL&days=30")
    read(house, "forecast", NAME, "--filter", "country=PL")
    assert dump(house) == before


def test_people_of_a_filter_are_forecast_as_if_they_were_put_in(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&topic=Cast")
    assert "1 person matches" in page
    assert "Tomek Wilczak" in page
    without = ada.get(f"/sequences/{cast.sequence}/forecast?topic=Cast")
    assert "Tomek Wilczak" not in without


def test_who_must_not_be_contacted_is_named_with_the_rule(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        suppress(tx, "tomek@castandcarbon.example", reason="manual", source="a wish", actor="user:1")
    page = ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&topic=Cast")
    assert "suppressed" in page
    assert "2 people are left out." in page


def test_many_people_are_worked_out_only_when_asked(ada: Person, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast_page, "AT_ONCE", 5)
    asked = ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&tag=one-pan&days=20")
    assert "13 people: every mail of each of them is planned" in asked
    assert 'name="go" value="1"' in asked
    assert 'name="tag" value="one-pan"' in asked
    assert "left out" not in asked
    assert "left out" in ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&tag=one-pan&days=20&go=1")


def test_more_than_it_covers_is_refused_with_the_number(
    ada: Person, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast_page, "MOST_PEOPLE", 5)
    page = ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&tag=one-pan&go=1")
    assert "covers 5 at most" in page


def test_a_mailbox_that_cannot_keep_up_is_named_with_the_day(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        tx.session.get_one(Mailbox, 1).daily_cap = 1
    page = ada.get(f"/sequences/{cast.sequence}/forecast")
    assert (
        f"{ADA} cannot keep up: on 24 November 2026 1 mail leaves a day or more later than planned, for its limit of 1"
        in page
    )
    assert '<circle class="them"' in page


def test_mails_to_people_who_are_in_nothing_any_more_still_count_in_the_log(
    ada: Person, house: House, cast: Cast
) -> None:
    with house.database.transaction() as tx:
        send, run = tx.session.get_one(Send, 1), tx.session.get_one(Enrolment, 1)
        send.state, send.sent_at, send.thread_id = "sent", tx.now - timedelta(hours=1), cast.threads["Imani Oduya"]
        run.state, run.ended_at, run.next_at = "finished", tx.now, None
    assert "2 mails to 1 person" in ada.get(f"/sequences/{cast.sequence}/forecast")


def test_the_sequence_has_the_forecast_as_a_tab(ada: Person, cast: Cast) -> None:
    assert f'href="/sequences/{cast.sequence}/forecast"' in ada.get(f"/sequences/{cast.sequence}")
    ada.get("/sequences/999/forecast", status=404)


@pytest.mark.parametrize("query", ["days=0", "days=x", "days=99999", "who=nobody", "size=a..b", "go=2", "strange=1"])
def test_broken_values_are_never_an_error_page(ada: Person, cast: Cast, query: str) -> None:
    assert "Forecast" in ada.get(f"/sequences/{cast.sequence}/forecast?{query}")


def test_the_command_prints_one_document(house: House, cast: Cast) -> None:
    found = read(house, "forecast", NAME, "--email", "tomek@castandcarbon.example", "--email", "nobody@x.example")
    assert set(found) == {"sequence", "began_at", "until", "mails", "blocked", "loads", "clashes", "holidays"}
    assert found["sequence"] == NAME
    assert {mail["email"] for mail in found["mails"]} == {"dorte@treretter.example", "niamh@rangecooker.example"}
    first = found["mails"][0]
    assert {"contact", "email", "sequence", "step", "variant", "mailbox", "at", "planned_at", "shifts"} <= set(first)
    assert {(one["email"], one["rule"]) for one in found["blocked"]} == {
        ("efua@efuaeats.example", "gaps"),
        ("tomek@castandcarbon.example", "gaps"),
        ("nobody@x.example", "unknown_contact"),
    }
    assert sum(load["of_this"] for load in found["loads"]) == len(found["mails"])


def test_the_command_says_it_to_people_too(house: House, cast: Cast) -> None:
    said = run(house, "forecast", NAME).output
    assert "4 mails to 2 people, the last on" in said
    assert "Left out: efua@efuaeats.example" in said


@pytest.mark.parametrize(("words", "fault"), [
    (("--all", "--filter", "tag=x"), "in one way"),
    (("--filter", "tags=beauty"), "no filter 'tags'"),
    (("--filter", ""), ""),
    (("--filter", "sort=name"), "nobody in particular"),
])  # fmt: skip
def test_a_slip_in_a_filter_never_means_everybody(house: House, cast: Cast, words: tuple[str, ...], fault: str) -> None:
    result = run(house, "forecast", NAME, *words, "--json")
    assert fault in str(result.exception or "")
    assert bool(fault) == bool(result.exit_code)


def test_enrolments_take_the_same_filter(house: House, cast: Cast) -> None:
    rows = read(house, "enrolments", "add", NAME, "--filter", "topic=Cast and carbon", "--dry-run")
    assert [row["email"] for row in rows] == ["tomek@castandcarbon.example"]


def test_a_filter_of_the_page_is_read_alike_from_its_address() -> None:
    query = {"tag": "beauty", "country": "DE", "size": "20k..500k", "er": "3.."}
    assert read_filter_text("/contacts?tag=beauty&country=DE&size=20k..500k&er=3..") == read_filter(query)
    assert read_filter_text("size_from=20k&size_to=500k") == read_filter({"size": "20k..500k"})
    with pytest.raises(InvalidError):
        read_filter_text("country=")


def test_who_is_in_it_already_is_not_left_out(ada: Person, house: House, cast: Cast) -> None:
    page = ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&tag=one-pan&stage=Shortlisted")
    assert "3 people match" in page
    assert "1 person is left out." in page
    assert "already in" not in page
    words = [word for email in ("niamh@rangecooker.example", "efua@efuaeats.example") for word in ("--email", email)]
    refused = [one["rule"] for one in read(house, "forecast", NAME, *words)["blocked"]]
    assert sorted(refused) == ["already_in", "already_in", "gaps"]


def test_an_erased_person_is_in_no_filter(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        contacts.get_contact(tx, cast.contacts["Tomek Wilczak"]).erased_at = tx.now
    assert "0 people match" in ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&topic=Cast")


def load(mailbox: str, day: int, mails: int, *, own: int = 0, late: int = 0, cap: int | None = None) -> DayLoad:
    at = date(2026, 11, 23) + timedelta(days=day)
    return DayLoad(mailbox=mailbox, day=at, mails=mails, first_mails=0, of_this=own, late=late, cap=cap)


def test_words_about_a_day_blame_the_limit_only_where_it_is_reached() -> None:
    assert "cannot keep up" in describe_clash(load("mia", 0, 5, late=2, cap=5))
    assert describe_clash(load("mia", 0, 4, late=1, cap=5)) == (
        "mia: on 23 November 2026 1 mail leaves a day or more later than planned."
    )


def test_what_moved_a_mail_is_said_once() -> None:
    shifts = ("holiday on 2026-12-25", "outside the sending window", "Outside the sending window.", "A pause.")
    assert describe_shifts(shifts) == "holiday on 25 December 2026; Outside the sending window; A pause"
    assert describe_shifts(()) == ""


def test_bars_of_all_mailboxes_share_days_and_scale() -> None:
    mia, tom = draw_loads([load("mia", 0, 10, own=4, cap=10), load("tom", 3, 5, own=5, late=2), load("mia", 9, 1)])
    assert (mia.mailbox, mia.mails, mia.own, mia.most, mia.cap_y) == ("mia", 11, 4, 10, 0.0)
    assert [bar.x for bar in mia.bars] == [0, 756]
    assert [bar.x for bar in tom.bars] == [252]
    assert (mia.bars[0].own + mia.bars[0].other, tom.bars[0].own) == (56, 28)
    assert tom.bars[0].is_late
    assert tom.cap_y is None
    assert mia.labels[0] == (0.0, date(2026, 11, 23))
    assert draw_loads([]) == ()
