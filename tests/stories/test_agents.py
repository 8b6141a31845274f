"""Agents and managers: what they write counts for their creator, and a copy for them never makes a mail go twice."""

import pytest

from crm.contacts import create_contact
from crm.links import link, reverse_link, unlink
from crm.models import Contact, ContactAddress, ContactLink, TimelineEntry
from crm.suppressions import suppress
from kit.errors import InvalidError, RefusedError
from mailer.fakes import FaultPoint
from sequences.models import Send
from sequences.sending.answers import Letter, queue_letter, queue_mail
from tests.stories.test_hands import talk
from tests.stories.world import MIA, World

AGENT = "mira@agency.example"


def tie(world: World, *creators: int, speaks: bool = True) -> int:
    with world.database.transaction() as tx:
        agent = create_contact(tx, name="Mira Holm", emails=[AGENT], actor="system")
        for creator in creators:
            link(tx, creator, agent.id, "agent", speaks=speaks, actor="user:1")
        return agent.id


def write(world: World, head: str = "", number: int = 1) -> None:
    world.deliver(
        f"From: {AGENT}\nTo: {MIA}\nSubject: About her\nMessage-ID: <a{number}@agency.example>\n{head}\nHi.\n"
    )
    world.poll()


def test_an_answer_of_the_agent_in_the_conversation_is_the_creators(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    tie(small, 1)
    small.tick()
    first = small.mails_to("creator0@people.example")[0]["Message-ID"]
    write(small, f"In-Reply-To: {first}\n")
    found = small.messages()[-1]
    assert (found.contact_id, found.matched_by, found.needs_review) == (1, "In-Reply-To", False)
    assert [(run.state, run.reason) for run in small.runs()] == [("stopped", "reply")]
    small.days(10)
    assert small.tick().sent == 0


def test_an_answer_to_the_agent_does_not_carry_the_creators_name(small: World) -> None:
    thread_id = talk(small)
    tie(small, 1)
    first = small.mails_to("creator0@people.example")[0]["Message-ID"]
    write(small, f"In-Reply-To: {first}\n")
    queue(small, thread_id, "")
    small.days(0.01)
    small.tick()
    assert str(small.mails_to(AGENT)[0]["To"]) == AGENT


def test_a_new_mail_of_the_agent_stops_the_one_creator_in_a_sequence(small: World) -> None:
    small.load()
    small.people(2)
    small.enrol([1])
    agent = tie(small, 1, 2)
    small.tick()
    small.days(1)
    write(small)
    assert small.messages()[-1].contact_id == agent
    assert [(run.state, run.reason) for run in small.runs()] == [("stopped", "reply")]
    with small.database.reading() as tx:
        told = [entry.summary for entry in tx.session.query(TimelineEntry).filter_by(contact_id=1)]
    assert f"{AGENT} wrote for them" in told
    small.days(10)
    assert small.tick().sent == 0


def test_of_two_creators_nobody_knows_which_is_meant(small: World) -> None:
    small.load()
    small.enrol(small.people(2))
    tie(small, 1, 2)
    small.tick()
    small.days(1)
    write(small)
    assert [run.state for run in small.runs()] == ["active", "active"]


def test_who_does_not_write_on_their_behalf_stops_nothing(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    tie(small, 1, speaks=False)
    small.tick()
    small.days(1)
    write(small)
    assert [run.state for run in small.runs()] == ["active"]


def test_a_mail_that_is_older_than_the_run_stops_nothing(small: World) -> None:
    small.people(1)
    tie(small, 1)
    small.load()
    write(small)
    small.days(1)
    small.enrol([1])
    small.tick()
    assert [run.state for run in small.runs()] == ["active"]


def test_a_tie_is_told_on_both_sides_and_taken_back(world: World) -> None:
    world.people(1)
    agent = tie(world, 1)
    with world.database.transaction() as tx:
        change = unlink(tx, 1, actor="user:1")
        assert tx.session.query(ContactLink).count() == 0
        assert reverse_link(tx, change, "user:1").undone == 1
        assert tx.session.query(ContactLink).one().role == "agent"
        raised = link(tx, 1, agent, "manager", actor="user:1")
        assert reverse_link(tx, raised, "user:1").undone == 1
        assert tx.session.query(ContactLink).one().role == "agent"
        link(tx, 1, agent, "manager", actor="user:1")
        assert reverse_link(tx, change, "user:1").left == 1
        kinds = {
            number: sum(one.kind == "link" for one in tx.session.query(TimelineEntry).filter_by(contact_id=number))
            for number in (1, agent)
        }
    assert kinds == {1: 6, agent: 6}
    with world.database.transaction() as tx, pytest.raises(InvalidError, match="their own agent"):
        link(tx, 1, 1, "agent", actor="user:1")


def queue(world: World, thread_id: int, cc: str, key: str = "k") -> int:
    with world.database.transaction() as tx:
        return queue_letter(tx, thread_id, Letter(text="Gladly.", cc=cc), request_key=key, actor="user:1").id


def test_a_copy_goes_along_once_and_is_shown(small: World) -> None:
    thread_id = talk(small)
    queue(small, thread_id, f"{AGENT}; Tom@agency.example, {AGENT}")
    small.days(0.01)
    assert small.tick().sent == 1
    (mail,), (same,) = small.mails_to(AGENT), small.mails_to("tom@agency.example")
    assert mail["Cc"] == f"{AGENT}, tom@agency.example"
    assert mail["Message-ID"] == same["Message-ID"] == small.mails_to("creator0@people.example")[-1]["Message-ID"]
    assert small.messages()[-1].recipients == ["creator0@people.example", AGENT, "tom@agency.example"]


@pytest.mark.parametrize("code", [450, 550])
def test_a_refused_copy_neither_stops_nor_repeats_the_mail(small: World, code: int) -> None:
    thread_id = talk(small)
    send_id = queue(small, thread_id, AGENT)
    words = "5.1.1 no such user" if code == 550 else "4.7.1 later"
    small.server.fail(FaultPoint.RCPT, code=code, text=words, address=AGENT)
    small.days(0.01)
    assert small.tick().sent == 1
    for _ in range(3):
        small.days(1)
        small.tick()
    assert (len(small.mails_to("creator0@people.example")), len(small.mails_to(AGENT))) == (2, 0)
    with small.database.reading() as tx:
        assert tx.session.get_one(Send, send_id).state == "sent"
        told = [entry.summary for entry in tx.session.query(TimelineEntry).filter_by(kind="copy_refused")]
    assert [AGENT in one and str(code) in one for one in told] == [True]
    assert small.suppressed() == ({AGENT} if code > 500 else set())


def test_nobody_forbidden_gets_a_copy(small: World) -> None:
    thread_id = talk(small)
    with small.database.transaction() as tx:
        suppress(tx, "@closed.example", reason="manual", source="by hand", actor="user:1")
    with pytest.raises(RefusedError, match=r"desk@closed\.example in Cc"):
        queue(small, thread_id, "desk@closed.example")
    with pytest.raises(InvalidError, match="not an email address"):
        queue(small, thread_id, "desk at closed")
    send_id = queue(small, thread_id, AGENT)
    with small.database.transaction() as tx:
        suppress(tx, AGENT, reason="manual", source="by hand", actor="user:1")
    small.days(0.01)
    assert small.tick().sent == 0
    with small.database.reading() as tx:
        send = tx.session.get_one(Send, send_id)
        assert (send.state, AGENT in send.reason) == ("cancelled", True)


def test_a_returned_copy_says_nothing_about_the_creator(world: World) -> None:
    thread_id = talk(world)
    queue(world, thread_id, AGENT)
    world.days(0.01)
    world.tick()
    mail = world.mails_to(AGENT)[0]
    mail.replace_header("To", AGENT)
    world.bounce(mail, "5.1.1", "550 5.1.1 user unknown")
    world.poll()
    assert world.suppressed() == {AGENT}
    with world.database.reading() as tx:
        assert tx.session.query(ContactAddress).filter_by(contact_id=1).one().mailable != "bad"


def test_a_new_mail_takes_copies_along(small: World) -> None:
    small.people(1)
    with small.database.transaction() as tx:
        letter = Letter(text="Hello", subject="A pan", cc=AGENT)
        queue_mail(tx, 1, letter, mailbox_id=1, brand_id=1, request_key="n", actor="user:1")
        assert tx.session.get_one(Contact, 1)
    small.days(0.01)
    small.tick()
    assert [str(one["Cc"]) for one in small.mails_to(AGENT)] == [AGENT]
