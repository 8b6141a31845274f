"""The composer: what is typed survives everything, nothing leaves unseen, and templates."""

import re
from datetime import timedelta
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.orm import undefer

from crm.models import Brand, MessageBody, Thread, User
from crm.texts import create_text
from sequences.models import MailDraft, MailFile, Send, SendBody
from sequences.sending import mail_drafts
from sequences.sending.answers import queue_answer
from sequences.sending.mail_files import read_mail_files
from sequences.versions.authoring import workspace_pitches
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

IMANI = "Imani Oduya"
SEEN = re.compile(r'name="seen" value="([0-9.]+)"')


def _sends(house: House) -> list[Send]:
    with house.database.reading() as tx:
        return list(tx.session.scalars(select(Send).where(Send.request_key.is_not(None)).order_by(Send.id)))


def _drafts(house: House) -> list[str]:
    with house.database.reading() as tx:
        return list(tx.session.scalars(select(MailDraft.text)))


def test_a_draft_stays_until_it_is_sent(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    ada.post(f"/threads/{thread}/draft", status=204, text="Half a tho", auto="1")
    assert ">Half a tho</textarea>" in ada.get(f"/inbox/{thread}")
    ada.post(f"/threads/{thread}/draft", text="Half a thought")
    assert _drafts(house) == ["Half a thought"]
    ada.post(f"/threads/{thread}/replies", at_night="1", text="A whole thought")
    assert _drafts(house) == []
    (send,) = _sends(house)
    ada.post(f"/threads/{thread}/draft", status=204, text="And one more", auto="1")
    ada.post(f"/sends/{send.id}/cancellation")
    assert _drafts(house) == ["A whole thought\n\nAnd one more"]


def test_undo_of_send_and_close_opens_the_conversation_again(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    ada.post(f"/threads/{thread}/replies", at_night="1", text="Bye", close="1")
    ada.post(f"/sends/{_sends(house)[0].id}/cancellation")
    with house.database.reading() as tx:
        assert tx.session.get_one(Thread, thread).done_at is None


def test_ones_own_seconds_of_undo(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/settings/you", name="Ada Marsh", undo_s="45")
    with house.database.reading() as tx:
        assert tx.session.scalar(select(User.undo_s).where(User.name == "Ada Marsh")) == 30
    ada.post(f"/threads/{cast.threads[IMANI]}/replies", at_night="1", text="Hello")
    assert _sends(house)[0].due_at == house.clock.now() + timedelta(seconds=30)


def test_a_colleagues_answer_stops_mine_once_and_keeps_my_text(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    seen = SEEN.search(ada.get(f"/inbox/{thread}"))
    assert seen
    with house.database.transaction() as tx:
        queue_answer(tx, thread, "I took it, Imani.", request_key="ruben", actor="user:2")
    assert "Ruben Castellan answered" in ada.client.get(
        f"/inbox/{thread}/news?seen={seen[1]}", headers={"HX-Request": "true"}
    ).text.replace("<bdi>", "").replace("</bdi>", "")
    page = ada.post(f"/threads/{thread}/replies", at_night="1", status=409, text="Mine", seen=seen[1])
    assert "Ruben Castellan answered" in page
    assert "I took it, Imani." in page
    assert ">Mine</textarea>" in page
    assert len(_sends(house)) == 1
    again = SEEN.search(page)
    assert again
    ada.post(f"/threads/{thread}/replies", at_night="1", text="Mine", seen=again[1])
    assert len(_sends(house)) == 2


def test_nothing_is_scheduled_into_the_readers_night_unsaid(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    day = (house.clock.now() + timedelta(days=2)).date()
    form = {"text": "Later", "later": "1", "when": "at", "at": f"{day}T08:00"}
    page = ada.post(f"/threads/{thread}/replies", status=422, **form)
    assert "at night there" in page
    assert _sends(house) == []
    ada.post(f"/threads/{thread}/replies", **form, at_night="1")
    (send,) = _sends(house)
    assert send.due_at.date() == day
    assert "in Toronto" in ada.get(f"/inbox/{thread}")
    assert "in the past" in ada.post(
        f"/threads/{thread}/replies", at_night="1", status=422, text="x", later="1", at="2020-01-01T17:00"
    )


def test_files_travel_from_the_draft_to_the_mail(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    hostile = "../../evil\u202efdp.exe"
    ada.post(f"/threads/{thread}/draft", text="See here", files=(BytesIO(b"%PDF"), hostile, "application/pdf"))
    page = ada.get(f"/inbox/{thread}")
    found = re.search(r'href="(/files/\d+)"', page)
    assert found
    answer = ada.client.get(found[1])
    assert answer.data == b"%PDF"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    ada.post(f"/threads/{thread}/replies", at_night="1", text="See here")
    with house.database.reading() as tx:
        files = read_mail_files(tx, [_sends(house)[0].id])
        assert [one.content for one in files[_sends(house)[0].id]] == [b"%PDF"]
        name = tx.session.scalars(select(MailFile).options(undefer(MailFile.content))).one().name
    assert not set(name) & set("/\\\r\n\u202e")


def test_files_that_are_too_large_keep_the_text(ada: Person, cast: Cast, house: House) -> None:
    large = (BytesIO(b"x" * (mail_drafts.MAX_FILE + 1)), "film.mov", "video/quicktime")
    page = ada.post(f"/threads/{cast.threads[IMANI]}/draft", status=422, text="Kept", files=large)
    assert "too large" in page
    assert ">Kept</textarea>" in page


def test_a_new_mail_to_a_person(ada: Person, cast: Cast, house: House) -> None:
    contact = cast.contacts[IMANI]
    assert 'name="subject"' in ada.get(f"/contacts/{contact}/mail")
    assert "Write a subject" in ada.post(
        f"/contacts/{contact}/mail", at_night="1", status=422, text="Hello", mailbox_id="1"
    )
    ada.post(f"/contacts/{contact}/mail", at_night="1", text="Hello", subject="A pan", mailbox_id="1")
    (send,) = _sends(house)
    assert (send.subject, send.thread_id, send.email) == ("A pan", None, "imani@smallkitchen.example")
    ada.post(f"/sends/{send.id}/cancellation")
    page = ada.get(f"/contacts/{contact}/mail")
    assert ">Hello</textarea>" in page
    assert 'value="A pan"' in page


def test_a_template_is_written_filled_used_and_found_by_sequences(ada: Person, cast: Cast, house: House) -> None:
    place = ada.post("/templates", name="Spring", subject="For {{ contact.first_name }}", kind="template",
                     body="Hello {{ contact.first_name }}, about {{ offer.idea }}.")  # fmt: skip
    assert place == "/templates/1"
    page = ada.get("/templates/1?person=Imani")
    assert "Hello Imani" in page
    assert "offer.idea" in page
    with house.database.reading() as tx:
        assert "Hello {{" in workspace_pitches(tx)["pitches/spring.md"]
    thread = cast.threads[IMANI]
    ada.post(f"/threads/{thread}/draft", text="Dear you", insert="1")
    assert _drafts(house) == ["Dear you\n\nHello Imani, about ⟦offer.idea⟧."]
    page = ada.post(f"/threads/{thread}/replies", at_night="1", status=422, text=_drafts(house)[0])
    assert "A field is still open" in page
    ada.post(f"/threads/{thread}/replies", at_night="1", text="Hello Imani, about pans.", text_id="1")
    assert "Give the text a name" in ada.post("/templates/1", status=422, name=" ", body="x")
    ada.post("/templates/1/archive")
    assert ">Spring<" not in ada.get("/templates")


def test_the_list_asks_no_more_for_more_texts(ada: Person, cast: Cast, house: House, queries: list[str]) -> None:
    with house.database.transaction() as tx:
        for number in range(30):
            create_text(tx, "template", f"Text {number}", "Hello", actor="user:1")
    queries.clear()
    ada.get("/templates")
    assert 0 < len(queries) <= 15, len(queries)


def test_a_mails_layout_is_shown_in_a_closed_frame(ada: Person, cast: Cast, house: House) -> None:
    message = cast.messages[IMANI]
    assert f'sandbox="allow-popups allow-popups-to-escape-sandbox" src="/messages/{message}/html"' in ada.get(
        f"/inbox/{cast.threads[IMANI]}"
    )
    with house.database.transaction() as tx:
        tx.session.get_one(MessageBody, message).html = "<b>Hi</b><script>alert(1)</script><img src=//evil.test>"
    answer = ada.client.get(f"/messages/{message}/html")
    assert "<b>Hi</b>" in answer.text
    assert "script" not in answer.text
    assert "evil" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_not_now_asks_until_when(ada: Person, cast: Cast) -> None:
    place = ada.post(f"/messages/{cast.messages[IMANI]}/reply-kind", kind="not_now", back="/today")
    assert place == f"/inbox/{cast.threads[IMANI]}?ask=until"
    assert 'name="until"' in ada.get(place)


def test_a_signature_goes_under_a_mail_that_asks_for_it(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        tx.session.get_one(Brand, cast.brand).signature = "**{{ sender.first_name }}** of {{ brand.name }}"
    ada.post(f"/threads/{cast.threads[IMANI]}/replies", at_night="1", text="Hello", signed="1")
    with house.database.reading() as tx:
        body = tx.session.get_one(SendBody, _sends(house)[0].id)
        assert "Ada of Brackenware" in body.text.replace("*", "")
        assert body.source == "Hello"


def test_an_answer_at_night_is_asked_about_and_may_wait_for_their_morning(
    ada: Person, cast: Cast, house: House
) -> None:
    """It is four in Toronto."""
    thread = cast.threads[IMANI]
    page = ada.post(f"/threads/{thread}/replies", status=422, text="Hello", close="1")
    assert "it is 04:00 in Toronto, at night there" in page
    assert _sends(house) == []
    banner = page[page.index("at night there") : page.index('<div class="box">')]
    assert '<input type="hidden" name="close" value="1">' in banner
    assert 'value="morning"' in banner
    ada.post(f"/threads/{thread}/replies", text="Hello", at_night="morning", close="1")
    ada.post(f"/threads/{thread}/replies", text="Now", at_night="1")
    morning, now = _sends(house)
    assert (morning.due_at.hour, morning.due_at.date()) == (14, house.clock.now().date())
    assert now.due_at == house.clock.now() + timedelta(seconds=10)


def test_an_answer_by_day_is_not_asked_about(ada: Person, cast: Cast, house: House) -> None:
    """It is ten in Warsaw."""
    ada.post(f"/threads/{cast.threads['Tomek Wilczak']}/replies", text="Hello")
    assert len(_sends(house)) == 1
    page = ada.post(f"/contacts/{cast.contacts[IMANI]}/mail", status=422, text="Hi", subject="A pan", mailbox_id="1")
    assert "at night there" in page
