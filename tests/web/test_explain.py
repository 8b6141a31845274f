"""The panel and the command that say why a mail left, or what holds it."""

import json

import pytest

from crm.mailboxes import pause_mailbox
from sequences.models import Attempt, Send
from sequences.reviewing.review import approve
from sequences.sending.answers import queue_answer
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_forecast import run
from web.wiring import House

QUESTIONS = ("Why this mail", "Why now", "Why from this mailbox", "Why this text", "Who agreed")


def test_a_draft_says_what_it_waits_for_and_what_to_do(ada: Person) -> None:
    page = ada.get("/sends/1/explanation")
    for words in (*QUESTIONS, "Why this mail is not sent", "It waits for a person", "Approve it in Review",
                  "Niamh Kerrisk", "Step first-touch (1 of 2) of Everyday Carbon, first touch, version 1",
                  "Ada Marsh put this person",
                  "Europe/Dublin, taken from the contact"):  # fmt: skip
        assert words in page, words


def test_the_panel_comes_alone_for_htmx(ada: Person) -> None:
    part = ada.get("/sends/1/explanation", part=True)
    assert part.lstrip().startswith("<details")
    assert "<html" not in part
    assert all(words in part for words in QUESTIONS)


def test_every_rule_that_holds_it_is_on_the_page(ada: Person, house: House) -> None:
    with house.database.transaction() as tx:
        approve(tx, 1, actor="user:1")
        pause_mailbox(tx, 1, "the password was refused")
    ada.post("/sequences/1/pause")
    page = ada.get("/sends/1/explanation")
    assert "The mailbox is paused: the password was refused" in page
    assert "rapport mailboxes resume ada@brackenware.example" in page
    assert "The sequence is paused." in page
    assert "Start or resume the sequence on its page." in page


@pytest.mark.parametrize(("state", "title"), [("sent", "Why this mail was sent"), ("unknown", "is not sent"),
                                              ("failed", "is not sent"), ("cancelled", "is not sent")])  # fmt: skip
def test_other_states_have_their_page(ada: Person, house: House, state: str, title: str) -> None:
    with house.database.transaction() as tx:
        send = tx.session.get_one(Send, 1)
        send.state, send.sent_at = state, tx.now if state == "sent" else None
        tx.session.add(Attempt(send_id=1, at=tx.now, outcome="refused", code=451, text="<b>try later</b>"))
    page = ada.get("/sends/1/explanation")
    assert title in page
    assert "&lt;b&gt;try later" in page


def test_what_does_not_exist_is_a_404(ada: Person) -> None:
    assert "There is no mail" in ada.get("/sends/999/explanation", status=404)


def test_waiting_mails_lead_to_it(ada: Person, house: House, cast: Cast) -> None:
    link = 'href="/sends/1/explanation"'
    assert link in ada.get(f"/contacts/{cast.contacts['Niamh Kerrisk']}")
    assert 'id="why-1"' in ada.get(f"/contacts/{cast.contacts['Niamh Kerrisk']}")
    assert link in ada.get(f"/sequences/{cast.sequence}/people")
    assert link in ada.get("/review/1")
    with house.database.transaction() as tx:
        tx.session.get_one(Send, 1).state = "cancelled"
    assert link not in ada.get(f"/contacts/{cast.contacts['Niamh Kerrisk']}")


def test_an_answer_by_hand_has_one_too(ada: Person, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        send = queue_answer(tx, cast.threads["Imani Oduya"], "Yes.", request_key="k", actor="user:1")
    page = ada.get(f"/sends/{send.id}/explanation")
    assert "Written by hand by Ada Marsh" in page
    assert "where the conversation is" in page


def test_the_command_prints_the_same_tree(house: House, cast: Cast) -> None:
    said = run(house, "sends", "explain", "1").output
    assert all(f"{words}:" in said for words in QUESTIONS)
    assert "Held: It waits for a person's yes. Approve it in Review." in said
    found = json.loads(run(house, "sends", "explain", "1", "--json").stdout)
    assert [part["question"] for part in found["tree"]] == list(QUESTIONS)
    assert found["held_by"][0]["remedy"]
