"""The review queue: what a person sees, changes and decides, alone and with somebody beside them."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from crm import users
from crm.mailboxes import pause_mailbox
from crm.models import Contact, TimelineEntry
from crm.suppressions import suppress
from kit.errors import ConflictError, InvalidError, RapportError
from kit.tx import Tx
from sequences.reviewing.beside import read_beside
from sequences.reviewing.drafts import WINDOW, Draft, Queue, find_draft, find_next, get_draft, list_drafts, read_queue
from sequences.reviewing.review import Changes, approve, revise, skip_draft, take_out
from tests.stories.world import TWO_STEPS, World

REVIEWED = TWO_STEPS.replace("    kind: email\n", "    kind: email\n    review: required\n", 1)
LINED = REVIEWED.replace("we make markers.", "{{ contact.personal_line }}")
GAPPY = REVIEWED.replace(
    "we make markers.", "is {{ contact.city }} home? {{ contact.city }} has {{ offer.budget }} for it."
)


def ready(world: World, count: int, source: str = REVIEWED) -> None:
    world.load(source)
    world.enrol(world.people(count))
    world.tick()


def draft_of(world: World, send_id: int | None = None) -> Draft:
    with world.database.reading() as tx:
        draft = find_draft(tx, send_id, links=world.engine.links)
        assert draft is not None
        return draft


def queue_at(world: World, send_id: int) -> Queue:
    with world.database.reading() as tx:
        draft = find_draft(tx, send_id, links=world.engine.links)
        assert draft is not None
        return read_queue(tx, draft)


def change(world: World, send_id: int, **parts: object) -> Draft:
    with world.database.transaction() as tx:
        return revise(tx, send_id, Changes(**parts), actor="user:1", links=world.engine.links)  # type: ignore[arg-type]


def test_gaps_are_marked_where_they_stand_and_filled_there(world: World) -> None:
    ready(world, 1, GAPPY)
    draft = draft_of(world)
    words = [(piece.kind, piece.words) for piece in draft.letter.body[1]]
    assert words == [
        ("text", "is "), ("gap", "contact.city"), ("text", " home? "), ("gap", "contact.city"), ("text", " has "),
        ("gap", "offer.budget"), ("text", " for it."),
    ]  # fmt: skip
    assert draft.letter.fields == draft.gaps == ("contact.city", "offer.budget")
    assert draft.letter.foot
    left = change(world, 1, filled={"contact.city": " Cork ", "contact.email": "x@y.example"})
    assert left.gaps == ("offer.budget",)
    full = change(world, 1, filled={"offer.budget": "EUR 900"})
    assert full.gaps == ()
    assert "".join(piece.words for piece in full.letter.body[1]) == "is Cork home? Cork has EUR 900 for it."
    with world.database.reading() as tx:
        contact = tx.session.query(Contact).one()
        assert contact.city == "Cork"
        assert "cork" in contact.search_text
        assert any(entry.kind == "fact" and "Cork" in entry.summary for entry in tx.session.query(TimelineEntry))


def test_a_text_at_fault_changes_nothing_at_all(small: World) -> None:
    ready(small, 1, LINED)
    before = draft_of(small)
    with pytest.raises(InvalidError, match=r"contact\.nam"):
        change(small, 1, personal_line="Kept?", body="Hi {{ contact.nam }}")
    assert draft_of(small).mark == before.mark
    assert draft_of(small).personal_line == ""


def test_an_old_look_does_not_overwrite_a_newer_text(world: World) -> None:
    ready(world, 1)
    seen = draft_of(world).mark
    change(world, 1, body="Ruben's words.", seen=seen)
    with pytest.raises(ConflictError) as caught:
        change(world, 1, body="Ada's words.", seen=seen)
    assert caught.value.code == "changed"
    assert draft_of(world).source == "Ruben's words."


def test_a_form_sent_as_it_was_shown_changes_nothing(small: World) -> None:
    ready(small, 1)
    draft = draft_of(small)
    body = draft.source.replace("\n", "\r\n")
    same = change(small, 1, subject=draft.subject_source, body=body, personal_line="", seen=draft.mark)
    assert (same.mark, same.is_edited) == (draft.mark, False)


def test_a_follow_up_that_opens_the_conversation_keeps_its_subject_when_edited(small: World) -> None:
    both = TWO_STEPS.replace("    kind: email\n", "    kind: email\n    review: required\n")
    ready(small, 1, both)
    with small.database.transaction() as tx:
        skip_draft(tx, 1, actor="user:1")
    small.tick()
    opening = small.send(-1)
    assert (opening.state, opening.subject) == ("draft", "Pastel & Co x Creator0")
    change(small, opening.id, body="Another word.")
    assert small.send(-1).subject == "Pastel & Co x Creator0"


@pytest.mark.parametrize("count", [3, WINDOW + 20])
def test_the_queue_is_counted_bounded_and_walked_in_order(small: World, count: int) -> None:
    ready(small, count)
    for _ in range(4):
        small.tick()
    with small.database.reading() as tx:
        ids = [row.send_id for row in list_drafts(tx)]
    assert len(ids) == count
    for at in {0, 1, count // 2, min(count, WINDOW) - 1, min(count - 1, WINDOW), count - 1}:
        queue = queue_at(small, ids[at])
        assert (queue.position, queue.total) == (at + 1, count)
        assert queue.before_id == (ids[at - 1] if at else None)
        assert queue.after_id == (ids[at + 1] if at + 1 < count else None)
        assert len(queue.rows) <= WINDOW
        assert ids[at] in {row.send_id for row in queue.rows}
    with small.database.reading() as tx:
        assert find_next(tx, ids[0]) == ids[1]
        assert find_next(tx, ids[-1]) == ids[0]
        assert find_next(tx, ids[0], sequence_id=99) is None


def test_the_same_line_is_flagged_among_drafts_and_against_what_was_sent(small: World) -> None:
    ready(small, 3, LINED)
    for send_id in (1, 2):
        change(small, send_id, personal_line="The burnt pan was brave.")
    change(small, 3, personal_line="Another one.")
    with small.database.reading() as tx:
        first, second, third = list_drafts(tx)
    assert first.warnings == ("Another draft has the same personal line: Creator1 Example.",)
    assert "Creator0" in second.warnings[0]
    assert third.warnings == ()
    with small.database.transaction() as tx:
        approve(tx, 1, actor="user:1")
    with small.database.reading() as tx:  # approved and not gone yet
        assert "Creator0" in list_drafts(tx)[0].warnings[0]
    assert small.tick().sent == 1
    with small.database.reading() as tx:
        assert list_drafts(tx)[0].warnings[0].startswith("Creator0 Example was sent the same personal line on ")


def test_a_line_that_the_text_has_no_place_for_is_no_copy(small: World) -> None:
    ready(small, 2)
    for send_id in (1, 2):
        change(small, send_id, personal_line="Same.")
    with small.database.reading() as tx:
        assert [row.warnings for row in list_drafts(tx)] == [(), ()]


def test_a_yes_to_a_paused_mailbox_waits_and_says_so(small: World) -> None:
    ready(small, 1)
    with small.database.transaction() as tx:
        pause_mailbox(tx, 1, "The password is wrong.")
        send = approve(tx, 1, actor="user:1")
    assert send.state == "scheduled"
    assert "The password is wrong." in send.reason


def test_a_stop_at_approval_says_what_it_was(small: World) -> None:
    ready(small, 1)
    with small.database.transaction() as tx:
        suppress(tx, "creator0@people.example", reason="manual", source="by hand", actor="user:1")
        send = approve(tx, 1, actor="user:1")
    assert send.state == "cancelled"
    assert "do-not-contact" in send.reason
    assert small.runs()[0].state == "stopped"


def yes(tx: Tx) -> None:
    approve(tx, 1, actor="user:2")


def skip(tx: Tx) -> None:
    skip_draft(tx, 1, actor="user:1")


def out(tx: Tx) -> None:
    take_out(tx, 1, actor="user:1")


@pytest.mark.parametrize("other", [yes, skip, out])
def test_of_two_people_deciding_at_once_one_is_told(world: World, other: Callable[[Tx], None]) -> None:
    ready(world, 1)
    with world.database.transaction() as tx:
        for name in ("Ada", "Ruben"):
            users.add_user(tx, f"{name.lower()}@pastel.test", role="reviewer", name=name)
    held, told = threading.Event(), []

    def second() -> None:
        held.wait(10)
        try:
            with world.database.transaction() as tx:
                other(tx)
        except RapportError as error:
            told.append((error.code, str(error)))

    thread = threading.Thread(target=second)
    thread.start()
    with world.database.transaction() as tx:
        approve(tx, 1, actor="user:2")
        held.set()
        # The other one is at the same draft now, and waits, or comes later: both must end alike.
        thread.join(0.3)
    thread.join(10)
    assert told == [("decided", "Ruben has approved this draft already.")]
    assert (world.send().state, world.send().approved_by) == ("scheduled", "user:2")
    assert world.runs()[0].state == "active"


def test_a_draft_keeps_its_date_when_it_is_approved_early(small: World) -> None:
    ready(small, 1, REVIEWED)
    due = small.send().due_at
    small.clock.advance(timedelta(hours=1))
    with small.database.transaction() as tx:
        assert approve(tx, 1, actor="user:1").due_at == max(due, tx.now)


def test_beside_a_draft_stands_which_colleague_wrote_last(world: World) -> None:
    ready(world, 1, TWO_STEPS.replace("    kind: email\n", "    kind: email\n    review: required\n"))
    with world.database.transaction() as tx:
        ruben = users.add_user(tx, "ruben@pastel.test", role="reviewer", name="Ruben")
        assert read_beside(tx, get_draft(tx, 1, links=world.engine.links)).writer == ""
        approve(tx, 1, actor=f"user:{ruben.id}")
    world.tick()
    world.days(6)
    world.tick()
    with world.database.reading() as tx:
        second = find_draft(tx, None, links=world.engine.links)
        assert second is not None
        beside = read_beside(tx, second)
    assert (beside.went, beside.writer) == (1, "Ruben")
