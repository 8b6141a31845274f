"""Whose a mail is: ids first, then the sender's address, never the subject; nothing is merged by itself."""

import pytest

from crm.models import ContactAddress, Message, Thread
from crm.pipeline import stage_name
from crm.threads import open_thread
from kit.errors import NotFoundError
from sequences.sending.answers import queue_answer
from tests.stories.world import MIA, World


def begin(world: World, people: int = 2) -> str:
    """Let the first pitch out; return the id of the first one."""
    world.load()
    world.enrol(world.people(people))
    world.tick()
    return str(world.mails_to("creator0@people.example")[0]["Message-ID"])


def came_in(world: World, head: str, body: str = "Hello there.") -> Message:
    world.deliver(f"To: {MIA}\nSubject: Something else\nMessage-ID: <in@people.example>\n{head}\n\n{body}\n")
    world.poll()
    return world.messages()[-1]


@pytest.mark.parametrize(
    ("head", "by", "contact"),
    [
        ("From: x@away.example\nIn-Reply-To: {first}", "In-Reply-To", 1),
        ("From: x@away.example\nIn-Reply-To: {second}\nReferences: {first}", "In-Reply-To", 2),
        ("From: x@away.example\nReferences: {first} <other@x.example> {second}", "References", 2),
        ("From: x@away.example\nReferences: {second} {first}", "References", 1),
        ("From: creator1@people.example", "sender's address", 2),
        ("From: x@away.example\nSubject: Re: Pastel & Co x Creator0", "", None),
    ],
)
def test_the_order_of_evidence(small: World, head: str, by: str, contact: int | None) -> None:
    first = begin(small)
    second = str(small.mails_to("creator1@people.example")[0]["Message-ID"])
    found = came_in(small, head.format(first=first, second=second))
    assert (found.matched_by, found.contact_id) == (by, contact)


def test_an_id_quoted_in_an_original_is_enough(small: World) -> None:
    first = begin(small)
    found = came_in(
        small,
        'From: x@away.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"',
        f"--b\nContent-Type: text/plain\n\nSee below.\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {first}\n"
        f"From: {MIA}\nSubject: Pastel\n\nHello\n--b--",
    )
    assert (found.matched_by, found.contact_id) == ("quoted id", 1)


def test_a_sender_with_two_conversations_gets_a_third(small: World) -> None:
    """Only an address that has exactly one conversation says which one is meant."""
    begin(small)
    with small.database.transaction() as tx:
        open_thread(tx, mailbox_id=1, contact_id=1, brand_id=1, subject="Two", at=tx.now)
        known = {thread.id for thread in tx.session.query(Thread)}
    found = came_in(small, "From: creator0@people.example")
    assert found.contact_id == 1
    assert found.thread_id not in known


def test_nobody_known_waits_for_a_person_and_creates_no_contact(small: World) -> None:
    begin(small)
    found = came_in(small, "From: stranger@away.example")
    assert (found.contact_id, found.needs_review) == (None, True)
    with small.database.transaction() as tx, pytest.raises(NotFoundError):
        queue_answer(tx, found.thread_id or 0, "Hello", request_key="k", actor="user:1")


def test_a_colleague_stops_the_run_and_nothing_is_merged(small: World) -> None:
    first = begin(small)
    found = came_in(small, f"From: Assistant <desk@agency.example>\nIn-Reply-To: {first}", "I answer for them.")
    assert (found.contact_id, found.needs_review) == (1, True)
    assert [run.state for run in small.runs()] == ["stopped", "active"]
    with small.database.reading() as tx:
        addresses = {row.email for row in tx.session.query(ContactAddress)}
    assert addresses == {"creator0@people.example", "creator1@people.example"}


def test_a_colleague_who_wants_no_more_mail_is_obeyed_for_both_addresses(small: World) -> None:
    first = begin(small)
    came_in(small, f"From: desk@agency.example\nIn-Reply-To: {first}", "Please remove us from your list.")
    assert small.suppressed() == {"creator0@people.example", "desk@agency.example"}


def test_two_known_people_answering_one_mail_stay_two(small: World) -> None:
    first = begin(small)
    small.answer(small.mails_to("creator0@people.example")[0], "Yes.")
    small.poll()
    found = came_in(small, f"From: creator1@people.example\nIn-Reply-To: {first}", "I share the desk with them.")
    assert found.contact_id == 2
    assert {(run.state, run.reason) for run in small.runs()} == {("stopped", "reply")}
    assert len({m.thread_id for m in small.messages() if m.direction == "in"}) == 2
    with small.database.reading() as tx:
        assert stage_name(tx, 2, 1) == "Talking"


def test_another_known_person_who_opts_out_stops_whom_we_wrote_to(small: World) -> None:
    first = begin(small)
    came_in(small, f"From: creator1@people.example\nIn-Reply-To: {first}", "Please unsubscribe me.")
    assert small.suppressed() == {"creator1@people.example"}
    assert [(run.state, run.reason) for run in small.runs()] == [("stopped", "reply"), ("stopped", "opt_out")]
