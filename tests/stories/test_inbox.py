"""The list of conversations, page by page, on both databases."""

from datetime import timedelta

from crm.inbox import Turn
from crm.inbox_page import InboxPage, Spot, Wanted, count_waiting, read_page
from crm.models import Message, Thread
from kit.tx import Tx
from tests.stories.world import World


def _fill(tx: Tx) -> None:
    """Leave conversations of every turn, several at the same instant."""
    for number in range(24):
        at, before = tx.now - timedelta(hours=number // 3), tx.now - timedelta(days=9)
        ours, theirs, rests = number % 4 == 0, number % 4 == 1, number % 4 == 2
        thread = Thread(
            mailbox_id=1, subject=f"Talk {number}", last_at=at, last_in_at=before if theirs else at,
            last_out_at=at if theirs else before, done_at=tx.now if rests else None,
            snoozed_until=tx.now + timedelta(days=1) if number % 4 == 3 else None,
        )  # fmt: skip
        tx.session.add(thread)
        tx.session.flush()
        said = "interested" if ours else "question"
        tx.session.add(
            Message(
                mailbox_id=1,
                thread_id=thread.id,
                direction="in",
                kind="reply",
                dedupe=f"m{number}",
                at=at,
                reply_kind=said,
            )
        )


def _walk(tx: Tx, wanted: Wanted, limit: int) -> list[int]:
    found: list[int] = []
    after: Spot | None = None
    while True:
        page: InboxPage = read_page(tx, wanted, after=after, limit=limit)
        found += [row.thread.id for row in page.rows]
        if page.onward is None:
            return found
        after = Spot.read(str(page.onward))


def test_pages_together_are_the_whole_list_in_its_order(world: World) -> None:
    with world.database.transaction() as tx:
        _fill(tx)
    with world.database.reading() as tx:
        for wanted in (Wanted(), Wanted(turn="you"), Wanted(turn="them"), Wanted(turn="rest"), Wanted(turn="snoozed")):
            whole = [row.thread.id for row in read_page(tx, wanted).rows]
            assert whole
            for limit in (1, 2, 5, len(whole)):
                assert _walk(tx, wanted, limit) == whole
        rows = read_page(tx, Wanted()).rows
        assert [row.turn for row in rows] == [Turn.YOU] * 6 + [Turn.THEM] * 6 + [Turn.RESTING] * 12
        waits = [row.thread.last_in_at for row in rows[:6]]
        assert waits == sorted(at for at in waits if at)


def test_a_page_begins_where_the_last_one_ended_though_it_was_done_meanwhile(small: World) -> None:
    with small.database.transaction() as tx:
        _fill(tx)
        whole = [row.thread.id for row in read_page(tx, Wanted(turn="you")).rows]
        first = read_page(tx, Wanted(turn="you"), limit=2)
        for row in first.rows:
            row.thread.done_at = tx.now
        tx.session.flush()
        rest = read_page(tx, Wanted(turn="you"), after=first.onward)
        assert [row.thread.id for row in rest.rows] == whole[2:]


def test_a_kind_is_counted_while_it_waits(world: World) -> None:
    with world.database.transaction() as tx:
        _fill(tx)
        rows = read_page(tx, Wanted(kind="interested")).rows
        assert count_waiting(tx, Wanted(kind="interested")) == len(rows) == 6
        rows[0].thread.done_at, rows[1].thread.snoozed_until = tx.now, tx.now + timedelta(days=1)
        tx.session.flush()
        assert count_waiting(tx, Wanted(kind="interested")) == 5
        assert count_waiting(tx, Wanted(kind="interested", mailbox_id=2)) == 0


def test_a_place_in_the_list_that_is_none_is_the_beginning() -> None:
    for words in ("", "x", "0~now~1", "9~2026-11-24T09:00:00+00:00~1", "0~2026-11-24T09:00:00~1", "0~2026-11-24~-4"):
        assert Spot.read(words) is None
