"""Figures over longer times: counted by the database, the same on both, and never more than they know."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from crm.brands import create_brand, save_product
from crm.changes import undo_change
from crm.feedback import log_feedback
from crm.models import Brand, Contact, Mailbox, Message, TimelineEntry
from crm.pipeline import ensure_relationship, move_stage, undo_move
from crm.reports.feedback import count_months, list_themes
from crm.reports.relationships import count_moves, list_answers, measure_sides, measure_stages
from kit.clock import FixedClock
from kit.tx import Database, Tx
from sequences.bulk.act import Order
from sequences.bulk.deeds import do_now
from sequences.insight.wilson import Rate
from sequences.models import Send, Sequence
from sequences.reports.mailboxes import list_weeks
from sequences.reports.outreach import find_best, read_hours, read_outreach, read_outreach_by_field
from tests.conftest import MONDAY
from web.undo import REVERSERS

HOUR = timedelta(hours=1)
SINCE, UNTIL = MONDAY - timedelta(days=30), MONDAY + timedelta(days=30)


def _settle(tx: Tx) -> tuple[int, int]:
    """Return a brand and a mailbox with two sequences in front of them."""
    brand = create_brand(tx, "Brackenware")
    box = Mailbox(address="ada@brackenware.example", smtp_url="smtp://a.example", imap_url="imap://a.example", user="a",
                  secret="", window={}, created_at=tx.now)  # fmt: skip
    tx.session.add(box)
    for name in ("First touch", "Second touch"):
        tx.session.add(Sequence(name=name, brand_id=brand.id, state="live", version=1, created_at=tx.now))
    tx.session.flush()
    return brand.id, box.id


def _add(tx: Tx, box: int, brand: int, number: int, *, at: datetime, sequence: int = 1, follow_up: bool = False) -> int:
    contact = tx.session.get(Contact, number)
    if contact is None:
        contact = Contact(id=number, name=f"Person {number}", zone="America/Toronto", created_at=tx.now)
        tx.session.add(contact)
        tx.session.flush()
    tx.session.add(
        Send(request_key=f"{number}-{at}-{follow_up}", sequence_id=sequence, contact_id=number, brand_id=brand,
             mailbox_id=box, email="x@y.example", state="sent", rfc_id=f"{number}.{at.timestamp()}.{follow_up}",
             planned_at=at, due_at=at, sent_at=at, is_follow_up=follow_up, created_at=at)
    )  # fmt: skip
    tx.session.flush()
    return number


def _mail(
    tx: Tx, box: int, number: int, at: datetime, direction: str = "in", kind: str = "reply", **more: object
) -> None:
    tx.session.add(
        Message(mailbox_id=box, contact_id=number, direction=direction, kind=kind, dedupe=f"{number}{at}{direction}",
                at=at, **more)
    )  # fmt: skip
    tx.session.flush()


def test_a_funnel_counts_each_person_once(database: Database) -> None:
    with database.transaction() as tx:
        brand, box = _settle(tx)
        for number in range(1, 6):
            _add(tx, box, brand, number, at=MONDAY + number * HOUR, sequence=1 if number < 4 else 2)
        _add(tx, box, brand, 1, at=MONDAY + 30 * HOUR, follow_up=True)
        _add(tx, box, brand, 6, at=MONDAY - timedelta(days=60))
        _mail(tx, box, 1, MONDAY + 40 * HOUR, reply_kind="interested")
        _mail(tx, box, 2, MONDAY + 40 * HOUR, reply_kind="no")
        _mail(tx, box, 3, MONDAY - 40 * HOUR)  # wrote before we did
        _mail(tx, box, 4, MONDAY + 40 * HOUR, kind="auto_reply")
        tx.session.query(Send).filter_by(contact_id=5).one().bounced_at = MONDAY + 6 * HOUR
        ensure_relationship(tx, 1, brand)
        move_stage(tx, 1, brand, "Agreed", actor="user:1")
        found = read_outreach(tx, SINCE, UNTIL)

    assert (found.all.written, found.all.delivered, found.all.replied) == (5, 4, 2)
    assert (found.all.interested, found.all.agreed) == (1, 1)
    assert [(name, one.written, one.replied) for name, one in found.sequences.items()] == [
        ("First touch", 3, 2), ("Second touch", 2, 0)
    ]  # fmt: skip
    assert list(found.mailboxes) == ["ada@brackenware.example"]


def test_a_funnel_is_split_by_an_own_field(database: Database) -> None:
    with database.transaction() as tx:
        brand, box = _settle(tx)
        for number, hob in ((1, "gas"), (2, "gas"), (3, "induction"), (4, "")):
            _add(tx, box, brand, number, at=MONDAY + number * HOUR)
            tx.session.get_one(Contact, number).fields = {"hob": hob} if hob else {}
        _mail(tx, box, 1, MONDAY + 40 * HOUR, reply_kind="interested")
        found = read_outreach_by_field(tx, "hob", SINCE, UNTIL)

    assert [(name, one.written, one.replied) for name, one in found.items()] == [
        ("gas", 2, 1), ("", 1, 0), ("induction", 1, 0)
    ]  # fmt: skip


def test_hours_are_the_reader_s_own(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as tx:
        brand, box = _settle(tx)
        # 15:00 UTC on a Monday in winter is 10:00 in Toronto, and 02:00 UTC on Tuesday is still Monday there.
        at = datetime(2026, 11, 23, 15, tzinfo=UTC)
        _add(tx, box, brand, 1, at=at)
        _add(tx, box, brand, 2, at=at)
        _mail(tx, box, 2, at + HOUR)
        _add(tx, box, brand, 3, at=datetime(2026, 11, 24, 23, tzinfo=UTC))
        cells = read_hours(tx, at - timedelta(days=3), at + timedelta(days=5))

    assert cells == {(0, 1): Rate(1, 2), (1, 5): Rate(0, 1)}


def test_nobody_wins_while_ranges_overlap() -> None:
    assert find_best({"a": Rate(20, 200), "b": Rate(30, 200)}) is None
    assert find_best({"a": Rate(20, 2000), "b": Rate(300, 2000), "c": Rate(0, 0)}) == "b"
    assert find_best({"a": Rate(300, 2000)}) is None


def test_waits_run_from_the_first_mail_of_a_side_to_the_first_answer(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as tx:
        brand, box = _settle(tx)
        _add(tx, box, brand, 1, at=MONDAY)
        _add(tx, box, brand, 2, at=MONDAY)
        for hours, direction in ((0, "out"), (2, "out"), (10, "in"), (11, "in"), (13, "out")):
            _mail(tx, box, 1, MONDAY + hours * HOUR, direction, "reply" if direction == "in" else "manual")
        _mail(tx, box, 2, MONDAY + 5 * HOUR)
        _mail(tx, box, 1, MONDAY + 12 * HOUR, "out", "auto_reply")
        sides = measure_sides(list_answers(tx, SINCE, UNTIL))

    assert (sides["in"].count, sides["in"].typical) == (1, 10 * HOUR)
    assert (sides["out"].count, sides["out"].typical) == (1, 3 * HOUR)


def test_stages_say_how_long_people_stood(sqlite_database: Database, clock: FixedClock) -> None:
    with sqlite_database.transaction() as tx:
        brand, box = _settle(tx)
        _add(tx, box, brand, 1, at=MONDAY)
        ensure_relationship(tx, 1, brand)
    for stage, days in (("Shortlisted", 0), ("Pitched", 4), ("Alumni", 2), ("Talking", 1)):
        clock.advance(timedelta(days=days))
        with sqlite_database.transaction() as tx:
            move_stage(tx, 1, brand, stage, actor="user:1")
    with sqlite_database.transaction() as tx:
        stages = measure_stages(tx, SINCE, UNTIL)

    days = {(one.before, one.after): one.days for one in stages.passages}
    assert days[("Found", "Shortlisted")] is None
    assert days[("Shortlisted", "Pitched")] == pytest.approx(4)
    assert days[("Pitched", "Alumni")] == pytest.approx(2)
    assert (stages.alumni, stages.returned) == (1, 1)
    assert count_moves([]).passages == ()


@pytest.mark.parametrize("linked", [True, False])
def test_a_move_that_was_taken_back_counts_for_nothing(database: Database, clock: FixedClock, linked: bool) -> None:
    with database.transaction() as tx:
        brand, box = _settle(tx)
        for number in (1, 2):
            _add(tx, box, brand, number, at=MONDAY)
            ensure_relationship(tx, number, brand)
    clock.advance(timedelta(days=1))
    with database.transaction() as tx:
        move_stage(tx, 1, brand, "Shortlisted", actor="user:1")
    clock.advance(timedelta(days=1))
    with database.transaction() as tx:
        change, _ = do_now(tx, "stage", [1, 2], Order(value="Alumni", brand_id=brand, user_id=None), actor="user:1")
        assert change is not None
    clock.advance(timedelta(days=1))
    with database.transaction() as tx:
        undo_change(tx, change.id, actor="user:1", reversers=REVERSERS)
        if not linked:  # as it was kept before
            tx.session.execute(update(TimelineEntry).values(undoes_id=None))
    clock.advance(timedelta(days=1))
    with database.transaction() as tx:
        one = move_stage(tx, 1, brand, "Pitched", actor="user:1")
        two = move_stage(tx, 2, brand, "Alumni", actor="user:1")
        assert one
        assert two
        undo_move(tx, two.id, actor="user:1")
        stages = measure_stages(tx, SINCE, UNTIL)

    assert [(one.before, one.after, one.count) for one in stages.passages] == [
        ("Found", "Shortlisted", 1),
        ("Shortlisted", "Pitched", 1),
    ]
    assert (stages.alumni, stages.returned) == (0, 0)
    if linked:
        assert stages.passages[1].days == pytest.approx(3)


def test_themes_and_weeks(database: Database) -> None:
    with database.transaction() as tx:
        brand, box = _settle(tx)
        product = save_product(tx, tx.session.get_one(Brand, brand), "Bracken 26")
        for number in (1, 2):
            _add(tx, box, brand, number, at=MONDAY + number * HOUR)
            log_feedback(tx, "The handle gets hot.", kind="problem", actor="user:1", contact_id=number,
                         product_id=product.id, theme="Hot handle")  # fmt: skip
        _mail(tx, box, 1, MONDAY + 5 * HOUR)
        _mail(tx, box, 2, MONDAY + 8 * 24 * HOUR, complaint=True)
        themes, months = list_themes(tx, SINCE, UNTIL), count_months(tx, SINCE, UNTIL)
        weeks = list_weeks(tx, SINCE, UNTIL)

    assert [(one.product, one.theme, one.count, one.people, one.problems) for one in themes] == [
        ("Bracken 26", "Hot handle", 2, 2, 2)
    ]
    assert [(one.product, one.theme, one.count) for one in months] == [("Bracken 26", "Hot handle", 2)]
    assert [(one.sent, one.replies, one.complaints) for one in weeks] == [(2, 1, 0), (0, 0, 1)]
    assert weeks[1].monday - weeks[0].monday == timedelta(weeks=1)


def test_themes_of_one_name_are_one_line_and_a_person_counts_once_in_it(database: Database) -> None:
    with database.transaction() as tx:
        brand, box = _settle(tx)
        pans = [save_product(tx, tx.session.get_one(Brand, number), "Pan")
                for number in (brand, create_brand(tx, "Second House").id)]  # fmt: skip
        for number in (1, 2, 3):
            _add(tx, box, brand, number, at=MONDAY + number * HOUR)
        for number, product in ((1, pans[0]), (1, pans[1]), (2, pans[1]), (3, None)):
            log_feedback(tx, "The handle gets hot.", kind="idea", actor="user:1", contact_id=number,
                         product_id=product.id if product else None, theme="Hot handle")  # fmt: skip
        themes, months = list_themes(tx, SINCE, UNTIL), count_months(tx, SINCE, UNTIL)
        nothing = list_themes(tx, SINCE - timedelta(days=90), SINCE)

    assert [(one.product, one.theme, one.count, one.people, one.ideas) for one in themes] == [
        ("Pan", "Hot handle", 3, 2, 3), ("", "Hot handle", 1, 1, 1)
    ]  # fmt: skip
    assert [(one.product, one.count) for one in months] == [("", 1), ("Pan", 3)]
    assert nothing == []
