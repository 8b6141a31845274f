"""Reports in words: a verdict, a table behind every chart, days in the address, and CSV."""

import csv
from io import StringIO

import pytest

from sequences.models import Send
from sequences.reports.keeping import keep_next
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.reports.sheet import Part, write_csv
from web.wiring import House, make_engine_of

NAMES = ("outreach", "relationships", "feedback", "mailboxes")


@pytest.mark.parametrize("name", NAMES)
def test_every_report_has_a_verdict_its_tables_and_few_queries(ada: Person, name: str, queries: list[str]) -> None:
    queries.clear()
    page = ada.get(f"/reports/{name}?from=2026-01-01&to=2026-12-31")

    assert 'class="verdict"' in page
    assert "The table:" in page
    assert 'value="2026-01-01"' in page
    assert len(queries) <= 15, queries


@pytest.mark.parametrize("name", NAMES)
def test_a_time_without_anything_says_so(ada: Person, name: str) -> None:
    page = ada.get(f"/reports/{name}?from=2001-01-01&to=2001-02-01")

    assert "in this time" in page


def test_broken_days_are_the_usual_ones_and_an_unknown_report_is_not_there(ada: Person) -> None:
    usual = 'name="to" value="2026-11-23"'
    assert usual in ada.get("/reports/outreach?from=soon&to=9999-99-99")
    assert usual in ada.get("/reports/outreach")
    assert ada.client.get("/reports").location == "/reports/outreach"
    ada.get("/reports/weather", status=404)
    ada.get("/reports/weather.csv", status=404)


def test_csv_holds_the_tables_and_no_formula() -> None:
    part = Part(key="a", title="A", how="", heads=("Name", "Count"), rows=(("=1+1", "2"), ("Zoë", "3")))
    rows = list(csv.reader(StringIO(write_csv([part, part]))))

    assert rows[:4] == [["A"], ["Name", "Count"], ["'=1+1", "2"], ["Zoë", "3"]]
    assert len(rows) == 9


def test_csv_comes_as_a_file(ada: Person) -> None:
    answer = ada.client.get("/reports/relationships.csv?from=2026-01-01&to=2026-12-31")

    assert answer.headers["Content-Disposition"] == "attachment; filename=relationships-2026-01-01-2026-12-31.csv"
    assert "Whose answer" in answer.text


def test_kept_reports_say_as_of_when_and_the_same_as_before(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        for send in tx.session.query(Send):
            send.state, send.sent_at = "sent", tx.now
    paths = ["/reports/outreach.csv", "/reports/outreach.csv?from=2020-01-01"]
    root = f"/sequences/{cast.sequence}"
    paths += [f"{root}/report.csv?by={by}" for by in ("step", "variant", "mailbox", "version", "weekday")]
    counted = [ada.client.get(path).text for path in paths]
    assert "As of" not in ada.get("/reports/outreach") + ada.get(f"{root}/report")
    while keep_next(make_engine_of(house), many=0):
        pass
    assert [ada.client.get(path).text for path in paths] == counted
    assert "As of" in ada.get("/reports/outreach")
    assert "As of" in ada.get(f"{root}/report")
    assert "Replies: as of" in ada.get(root)
    with house.database.transaction() as tx:
        tx.session.query(Send).delete()
    assert [ada.client.get(path).text for path in paths] == counted, "nothing was read from what is kept"
