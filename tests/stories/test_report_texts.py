"""Outreach by text and by segment: an answer belongs to the mail it answered; nobody leads while ranges overlap."""

from datetime import timedelta

import pytest

from crm.models import Contact, Handle, Message
from crm.people_filter import PeopleFilter, conditions
from kit.tx import Database
from sequences.models import Send
from sequences.reports.segments import count_accounts, count_views
from sequences.reports.texts import TextRow, list_texts
from tests.conftest import MONDAY
from tests.stories.world import World
from web.reports.rates import say_best

SINCE, UNTIL = MONDAY - timedelta(days=30), MONDAY + timedelta(days=30)


@pytest.fixture
def told(small: World) -> World:
    """Six people in a sequence of two mails: one answers the first, one the second, one bounced, three are silent."""
    people = small.people(6)
    small.load()
    small.enrol(people)
    small.tick()
    with small.database.transaction() as tx:
        for n, number in enumerate(people):
            tx.session.add(Handle(contact_id=number, platform=("youtube", "tiktok")[n % 2], username=f"c{n}",
                                  followers=(4_000, 60_000, 900_000)[n % 3], created_at=tx.now))  # fmt: skip
            tx.session.get_one(Contact, number).language = "de" if n < 3 else "en"
    small.answer(small.mails_to("creator0@people.example")[0], "Yes, gladly.")
    small.tick()
    small.days(5)
    small.tick()
    small.answer(small.mails_to("creator1@people.example")[-1], "Sorry for the wait: yes.")
    small.tick()
    with small.database.transaction() as tx:
        tx.session.query(Send).filter_by(contact_id=people[5], step=0).one().bounced_at = tx.now
    return small


def test_an_answer_counts_for_the_last_mail_before_it(told: World) -> None:
    with told.database.reading() as tx:
        rows = list_texts(tx, SINCE, UNTIL)
    assert [(row.step, row.version, row.written, row.bounced, row.replied) for row in rows] == [
        ("pitch", 1, 6, 1, 1), ("nudge", 1, 5, 0, 1)
    ]  # fmt: skip
    with told.database.reading() as tx:
        assert list_texts(tx, SINCE - timedelta(days=90), SINCE) == []


def test_segments_count_as_the_funnel_does(told: World) -> None:
    with told.database.reading() as tx:
        german = conditions(tx, PeopleFilter(languages=("de",)), None)
        found = count_views(tx, SINCE, UNTIL, {"German": german, "Everybody": []})
        accounts = count_accounts(tx, SINCE, UNTIL)
        assert count_views(tx, SINCE, UNTIL, {}) == {}
    assert (found["German"].written, found["German"].replied) == (3, 2)
    assert (found["Everybody"].written, found["Everybody"].bounced) == (6, 1)
    assert sum(one.written for _, _, one in accounts) == 6
    assert {(platform, size) for platform, size, _ in accounts} >= {("youtube", 0), ("tiktok", 2), ("youtube", 3)}


def test_both_databases_count_the_same(database: Database) -> None:
    with database.transaction() as tx:
        assert list_texts(tx, SINCE, UNTIL) == []
        assert count_accounts(tx, SINCE, UNTIL) == []
        assert count_views(tx, SINCE, UNTIL, {"a": [Contact.language == "de"]})["a"].written == 0
        assert tx.session.query(Message).count() == 0


def test_nobody_is_said_to_be_ahead_while_ranges_overlap() -> None:
    def row(written: int, replied: int) -> TextRow:
        return TextRow(sequence="s", version=1, step="a", variant="", written=written, bounced=0, replied=replied)

    assert "overlap" in say_best({"a": row(100, 12).rate, "b": row(100, 20).rate})
    assert say_best({"a": row(1000, 20).rate, "b": row(1000, 200).rate}).startswith("b is ahead")
    assert say_best({"a": row(100, 12).rate}) == ""
