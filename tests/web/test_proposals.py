"""What a mail states on the pages: shown with its words, decided by a button; and on the command line."""

import json
import re

import pytest
from click.testing import CliRunner
from flask import Flask

from crm.models import ContactAddress, Handle, Message, Proposal, Task
from crm.proposals import Draft, propose
from kit.tx import Tx
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.cli.program import program
from web.wiring import House

TOMEK = "Tomek Wilczak"
SENTENCE = "For three videos I would need <b>€5,400</b>, but then I can include the newsletter as well."


def _propose(tx: Tx, message: Message) -> None:
    data: list[tuple[str, dict[str, str], float]] = [
        ("price", {"amount": "5400", "currency": "EUR", "what": "three videos"}, 0.9),
        ("address", {"email": "tomek@new.example"}, 0.9),
        ("meeting", {"on": "2026-12-01", "at": "15:00:00"}, 0.5),
    ]
    drafts = [Draft(kind=kind, data=words, sentence=SENTENCE, confidence=sure) for kind, words, sure in data]
    propose(tx, message.id, message.contact_id or 0, drafts)


@pytest.fixture
def message(house: House, cast: Cast) -> int:
    with house.database.transaction() as tx:
        row = tx.session.get_one(Message, cast.messages[TOMEK])
        _propose(tx, row)
        row.guessed_kind, row.reply_confidence = "counter_offer", 0.41
        return row.id


def _decisions(house: House) -> list[str]:
    with house.database.reading() as tx:
        return [row.decision for row in tx.session.query(Proposal).order_by(Proposal.id)]


def test_a_conversation_shows_what_a_mail_proposes_and_why(ada: Person, cast: Cast, message: int) -> None:
    for path in (f"/inbox/{cast.threads[TOMEK]}", f"/contacts/{cast.contacts[TOMEK]}"):
        page = ada.get(path)
        for words in ("5,400 EUR for three videos", "new address tomek@new.example", "Tuesday 1 December 2026, 15:00",
                      "&lt;b&gt;€5,400&lt;/b&gt;", "Accept", "Dismiss", "unsure"):  # fmt: skip
            assert words in page, (path, words)
        assert "<b>€5,400" not in page
    assert "3 facts from their mails to decide" in page
    assert "Proposed" not in ada.get(f"/inbox/{cast.threads['Imani Oduya']}")


def test_a_yes_applies_and_can_be_undone_from_the_note(ada: Person, cast: Cast, house: House, message: int) -> None:
    thread = f"/inbox/{cast.threads[TOMEK]}"
    page = ada.get(ada.post(f"/messages/{message}/proposals/1/acceptance", back=thread))
    assert "Accepted: 5,400 EUR for three videos." in page
    assert f'action="/messages/{message}/proposals/1/acceptance/lift"' in page
    with house.database.reading() as tx:
        assert tx.session.query(Handle).filter_by(contact_id=cast.contacts[TOMEK]).one().price_amount == 5400
    ada.post(f"/messages/{message}/proposals/1/acceptance", status=409)
    ada.post(f"/messages/{message}/proposals/1/acceptance/lift")
    with house.database.reading() as tx:
        assert tx.session.query(Handle).filter_by(contact_id=cast.contacts[TOMEK]).one().price_amount == 1800
    ada.post(f"/messages/{message}/proposals/2/dismissal")
    ada.post(f"/messages/{message}/proposals/3/acceptance")
    assert _decisions(house) == ["", "dismissed", "accepted"]
    with house.database.reading() as tx:
        assert tx.session.query(ContactAddress).filter_by(email="tomek@new.example").count() == 0
        assert tx.session.query(Task).order_by(Task.id.desc()).first().assignee_id == 1  # type: ignore[union-attr]
    ada.post(f"/messages/{message}/proposals/9/acceptance", status=404)


def test_who_may_only_look_decides_nothing(app: Flask, house: House, cast: Cast, message: int) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")
    assert "/proposals/1/acceptance" not in yuki.get(f"/inbox/{cast.threads[TOMEK]}")
    for noun in ("acceptance", "dismissal", "acceptance/lift", "dismissal/lift"):
        yuki.post(f"/messages/{message}/proposals/1/{noun}", status=403)
    assert _decisions(house) == ["", "", ""]


def test_an_unsure_guess_is_a_question_with_one_click_answers(ada: Person, cast: Cast, message: int) -> None:
    thread = f"/inbox/{cast.threads[TOMEK]}"
    page = ada.get(thread)
    assert "Is this a counter-offer?" in page
    assert "Counter-offer?</span>" in page
    checks = ada.get("/inbox?kind=to_check")
    assert re.findall(r'class="from clip" dir="auto">([^<]+)<', checks) == [TOMEK]
    ada.post(f"/messages/{message}/reply-kind", kind="counter_offer", back=thread)
    assert "Is this" not in ada.get(thread)
    assert TOMEK not in ada.get("/inbox?kind=to_check", part=True)


@pytest.mark.parametrize("place", ["/inbox/{thread}", "/contacts/{contact}"])
def test_proposals_cost_no_question_however_many_they_are(
    ada: Person, cast: Cast, house: House, queries: list[str], place: str
) -> None:
    path = place.format(thread=cast.threads[TOMEK], contact=cast.contacts[TOMEK])
    ada.get(path)
    plain = len(queries)
    with house.database.transaction() as tx:
        _propose(tx, tx.session.get_one(Message, cast.messages[TOMEK]))
    queries.clear()
    assert "Proposed" in ada.get(path)
    assert len(queries) <= plain <= 15


def test_the_command_line_lists_decides_and_counts(
    ada: Person, house: House, message: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada.post(f"/messages/{message}/reply-kind", kind="interested")
    monkeypatch.setenv("RAPPORT_HOME", str(house.settings.home))
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "a key for tests only")

    def run(*words: str, code: int = 0) -> str:
        answer = CliRunner().invoke(program, list(words))
        assert (answer.exit_code == 0) is (code == 0), answer.output
        return answer.output

    rows = json.loads(run("proposals", "list", "--email", "tomek@castandcarbon.example", "--json"))
    assert [(row["number"], row["kind"]) for row in rows] == [(1, "price"), (2, "address"), (3, "meeting")]
    assert "Accepted: new address" in run("proposals", "accept", str(message), "2")
    assert "Dismissed: 5,400 EUR" in run("proposals", "dismiss", str(message), "1")
    assert "tomek" not in run("proposals", "list").replace(SENTENCE, "")
    run("proposals", "accept", str(message), "2", code=1)
    assert "Taken back" in run("proposals", "undo", str(message), "2")
    table = json.loads(run("mail", "kinds", "--json"))
    assert table == [
        {
            "guessed": "counter_offer",
            "replies": 1,
            "looked_at": 1,
            "corrected": {"interested": 1},
            "share_corrected": 1.0,
        }
    ]
    assert "interested 1" in run("mail", "kinds")
