"""Conversations: forwarded, renamed, stripped and shared mails stay with whom they belong; touches by hand count."""

from datetime import timedelta

import pytest

from crm.models import Mailbox, Thread
from sequences.team.rules import Touch
from sequences.team.touches import TeamKey, read_team_facts
from tests.stories.world import MIA, World


def begin(world: World, people: int = 2) -> str:
    world.load()
    world.enrol(world.people(people))
    world.tick()
    return str(world.mails_to("creator0@people.example")[0]["Message-ID"])


def thread_of_pitch(world: World, number: int = 0) -> int | None:
    return world.messages()[number].thread_id


def test_a_changed_subject_stays_in_its_conversation(small: World) -> None:
    begin(small)
    small.answer(small.mails_to("creator0@people.example")[0], "Yes please.", subject="Rates for spring")
    small.poll()
    assert small.messages()[-1].thread_id == thread_of_pitch(small)


def test_stripped_headers_leave_the_sender(small: World) -> None:
    begin(small)
    small.answer(small.mails_to("creator0@people.example")[0], "Yes please.", thread=False)
    small.poll()
    found = small.messages()[-1]
    assert (found.matched_by, found.thread_id) == ("sender's address", thread_of_pitch(small))
    assert [run.state for run in small.runs()] == ["stopped", "active"]


@pytest.mark.parametrize("shape", ["attached", "inline"])
def test_a_forward_to_an_agent_who_answers_us_is_found_by_the_id_in_it(small: World, shape: str) -> None:
    pitch = begin(small)
    quoted = f"Message-ID: {pitch}\nFrom: Mia <{MIA}>\nTo: creator0@people.example\nSubject: Pastel\n\nHello"
    if shape == "attached":
        body = (
            'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
            f"I speak for them.\n--b\nContent-Type: message/rfc822\n\n{quoted}\n--b--\n"
        )
    else:
        body = f"\nI speak for them.\n\n-------- Forwarded Message --------\n{quoted}\n"
    small.deliver(
        f"From: Ada <ada@agency.example>\nTo: {MIA}\nSubject: Fwd: x\nMessage-ID: <f1@agency.example>\n{body}"
    )
    small.poll()
    found = small.messages()[-1]
    assert (found.matched_by, found.contact_id, found.needs_review) == ("quoted id", 1, True)
    assert [run.state for run in small.runs()] == ["stopped", "active"]


def test_an_agent_who_answers_is_proposed_and_nothing_is_merged(small: World) -> None:
    pitch = begin(small)
    small.deliver(
        f"From: Ada Agent <ada@agency.example>\nTo: {MIA}\nSubject: Re: Pastel\nMessage-ID: <a1@agency.example>\n"
        f"In-Reply-To: {pitch}\n\nI represent them; their rate is 500.\n"
    )
    small.poll()
    found = small.messages()[-1]
    assert found.facts["proposes"] == {"link": {"email": "ada@agency.example", "name": "Ada Agent"}}
    assert found.needs_review
    assert small.runs()[0].reason == "reply"


def test_mail_to_an_address_with_a_plus_is_ours(small: World) -> None:
    """The part behind the plus is the sender's own filing: it neither hides an answer nor makes one."""
    pitch = begin(small)
    small.deliver(
        f"From: creator0@people.example\nTo: mia+spring@pastel.test\nDelivered-To: {MIA}\nSubject: Re: Pastel\n"
        f"Message-ID: <p1@people.example>\nIn-Reply-To: {pitch}\n\nYes.\n"
    )
    small.deliver("From: mia+notes@pastel.test\nTo: mia@pastel.test\nSubject: note\nMessage-ID: <p2@x.test>\n\nNote.\n")
    small.poll()
    assert [m.rfc_id for m in small.messages() if m.direction == "in"] == ["p1@people.example"]


@pytest.mark.parametrize("field", ["To", "Delivered-To", "Cc"])
def test_a_plus_token_names_the_mail_when_every_id_is_gone(small: World, field: str) -> None:
    token = begin(small).strip("<>").partition("@")[0]
    address = f"mia+{token}@pastel.test"
    small.deliver(
        f"From: x@away.example\n{field}: {address}\nSubject: Hi\nMessage-ID: <t1@away.example>\n\nYes, from my desk.\n"
    )
    small.poll()
    found = small.messages()[-1]
    assert (found.matched_by, found.contact_id, found.needs_review) == ("plus-token", 1, True)
    small.deliver("From: z@away.example\nTo: mia+other@pastel.test\nSubject: Hi\nMessage-ID: <t2@x.example>\n\nHi.\n")
    small.poll()
    assert small.messages()[-1].contact_id is None


def test_answers_to_answers_in_one_poll_share_a_conversation(small: World) -> None:
    """Neither is stored yet when the second is read."""
    begin(small, 1)
    small.deliver(f"From: x@away.example\nTo: {MIA}\nSubject: A\nMessage-ID: <c1@away.example>\n\nOne.\n")
    small.deliver(
        f"From: y@away.example\nTo: {MIA}\nSubject: Re: A\nMessage-ID: <c2@away.example>\n"
        "In-Reply-To: <c1@away.example>\n\nTwo.\n"
    )
    small.poll()
    one, two = small.messages()[-2:]
    assert one.thread_id == two.thread_id


def test_the_same_mail_in_inbox_and_all_mail_is_one(small: World) -> None:
    """Gmail's “All Mail” as the folder to read: copies, our own mail and answers are each what they are, once."""
    begin(small)
    pitch = small.mails_to("creator0@people.example")[0]
    small.answer(pitch, "Yes.")
    small.poll()
    small.server.add_folder(MIA, "[Gmail]/All Mail")
    for raw in [mail.raw for mail in small.server.folder(MIA).mails] + [small.server.outbox[0].raw]:
        small.deliver(raw, "[Gmail]/All Mail")
    with small.database.transaction() as tx:
        tx.session.get_one(Mailbox, small.mailbox_id).folders = {"inbox": "[Gmail]/All Mail"}
    counts = small.poll()
    assert (counts.received, counts.replies, counts.errors) == (0, 0, [])


def test_a_mail_written_elsewhere_counts_as_a_touch(small: World) -> None:
    small.people(1)
    small.deliver(
        f"From: Mia <{MIA}>\nTo: creator0@people.example\nSubject: Hello\nMessage-ID: <m1@pastel.test>\n\nHi there.\n",
        "Sent",
    )
    small.poll()
    small.clock.advance(timedelta(hours=1))
    key = TeamKey(1, 1, None, None, None)
    with small.database.reading() as tx:
        touches: tuple[Touch, ...] = read_team_facts(tx, [key])[key].touches
        (thread,) = tx.session.query(Thread)
        assert thread.last_out_at is not None
    assert len(touches) == 1


def test_bounces_of_many_mails_are_told_apart_by_their_ids(small: World) -> None:
    begin(small)
    for number in (1, 0):
        small.bounce(small.mails_to(f"creator{number}@people.example")[0], "5.1.1", "User unknown")
    small.poll()
    assert [(m.contact_id, m.matched_by) for m in small.messages() if m.kind == "bounce"] == [
        (2, "quoted id"),
        (1, "quoted id"),
    ]


def answered_from_elsewhere(small: World) -> None:
    """Let creator 0 answer from an address that nobody knew."""
    pitch = begin(small, 1)
    small.deliver(
        f"From: Zoe <private@elsewhere.example>\nTo: {MIA}\nSubject: Re: Hi\nMessage-ID: <e1@elsewhere.example>\n"
        f"In-Reply-To: {pitch}\n\nYes, gladly.\n"
    )
    small.poll()
    assert small.messages()[-1].contact_id == 1


@pytest.mark.parametrize("answers", ["", "In-Reply-To: <e1@elsewhere.example>\n"], ids=["anew", "in the thread"])
def test_what_we_write_by_hand_to_an_address_they_answered_from_is_theirs(small: World, answers: str) -> None:
    answered_from_elsewhere(small)
    small.deliver(
        f"From: Mia <{MIA}>\nTo: private@elsewhere.example\nSubject: Great\nMessage-ID: <h1@pastel.test>\n{answers}\n"
        "Wonderful, more tomorrow.\n",
        "Sent",
    )
    small.poll()
    found = small.messages()[-1]
    assert (found.kind, found.contact_id, found.rfc_id) == ("manual", 1, "h1@pastel.test")


def test_a_second_mail_from_that_address_needs_no_thread(small: World) -> None:
    answered_from_elsewhere(small)
    small.deliver(
        f"From: private@elsewhere.example\nTo: {MIA}\nSubject: One more thing\nMessage-ID: <e2@elsewhere.example>\n\n"
        "I forgot to ask: when?\n"
    )
    small.poll()
    found = small.messages()[-1]
    assert (found.contact_id, found.matched_by, found.needs_review) == (1, "sender's address", True)


def test_an_agent_who_answers_for_two_is_the_alias_of_neither(small: World) -> None:
    begin(small)
    for number in (0, 1):
        pitch = small.mails_to(f"creator{number}@people.example")[0]["Message-ID"]
        small.deliver(
            f"From: jana@agency.example\nTo: {MIA}\nSubject: Re: Hi\nMessage-ID: <j{number}@agency.example>\n"
            f"In-Reply-To: {pitch}\n\nI speak for them.\n"
        )
    small.poll()
    assert {message.contact_id for message in small.messages()} == {1, 2}
    small.deliver(f"From: jana@agency.example\nTo: {MIA}\nSubject: New\nMessage-ID: <j9@agency.example>\n\nHello.\n")
    small.poll()
    assert small.messages()[-1].contact_id is None
