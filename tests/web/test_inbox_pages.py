"""The inbox as pages: filters travel with links and forms, counts say what lists show, long lists have pages."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from crm.models import Mailbox, Message, MessageBody, Thread
from crm.threads import store_message
from crm.timeline import add_note
from kit.tx import Tx
from sequences.models import Send
from tests.web.cast import ADA, Cast
from tests.web.conftest import Person
from web.wiring import House

IMANI, SOFIA, CALLUM = "Imani Oduya", "Sofía Arrieta", "Callum Strachan"
BACK = re.compile(r'name="back" value="([^"]+)"')


def _chip(page: str, words: str) -> str:
    found = re.search(rf">{words} <span class=\"count\">(\d+)</span>", page)
    return found[1] if found else ""


def _threads_elsewhere(house: House, number: int) -> int:
    """Add a second mailbox with conversations that wait for us, all newer than the cast's."""
    with house.database.transaction() as tx:
        first = tx.session.scalars(select(Mailbox)).one()
        box = Mailbox(
            address="partners@brackenware.example", name="Partners", smtp_url=first.smtp_url, imap_url=first.imap_url,
            user="partners", secret=first.secret, ramp=False, window="always", zone="UTC", created_at=tx.now,
        )  # fmt: skip
        tx.session.add(box)
        tx.session.flush()
        for n in range(number):
            at = tx.now - timedelta(minutes=n)
            tx.session.add(Thread(mailbox_id=box.id, subject=f"Hello {n}", last_at=at, last_in_at=at))
        return box.id


def test_the_whole_query_travels_with_rows_back_and_forms(ada: Person, cast: Cast) -> None:
    query = "turn=you&amp;kind=interested&amp;mailbox=1&amp;view=mine"
    page = ada.get(f"/inbox?{query}".replace("&amp;", "&"))
    thread = cast.threads[SOFIA]
    assert f'href="/inbox/{thread}?{query}"' in page
    assert f'href="/inbox?{query}" data-key="u"' in page
    kept = set(BACK.findall(page[page.index('id="thread"') : page.index("<aside")]))
    assert kept == {f"/inbox/{thread}?{query}"}
    back = f"/inbox/{thread}?turn=you&mailbox=1"
    assert ada.post(f"/threads/{thread}/done", back=back) == "/inbox?turn=you&mailbox=1"
    assert ada.post(f"/threads/{thread}/snooze", until="monday", back=back) == "/inbox?turn=you&mailbox=1"
    reply = f"/messages/{cast.messages[SOFIA]}/reply-kind"
    assert ada.post(reply, kind="question", back=back) == back
    assert ada.post(reply, kind="not_now", back=back) == f"{back}&ask=until"
    assert 'name="until" required' in ada.get(f"{back}&ask=until")


def test_send_and_close_goes_on_to_the_next_with_undo(ada: Person, cast: Cast, house: House) -> None:
    first = cast.threads[IMANI]
    back = f"/inbox/{first}?turn=you&mailbox=1"
    assert ada.post(f"/threads/{first}/replies", at_night="1", text="Yes", back=back) == back
    onward = ada.post(f"/threads/{first}/replies", at_night="1", text="Bye", close="1", back=back)
    assert onward == "/inbox?turn=you&mailbox=1"
    page = ada.get(onward)
    with house.database.reading() as tx:
        send_id = tx.session.scalars(
            select(Send.id).where(Send.request_key.is_not(None)).order_by(Send.id.desc())
        ).first()
    assert f'action="/sends/{send_id}/cancellation"' in page
    assert f'id="thread-{first}-row"' not in page
    undone = ada.post(f"/sends/{send_id}/cancellation", place=onward)
    assert undone == f"/inbox/{first}?turn=you&mailbox=1"


def test_a_refused_answer_stays_beside_its_list(ada: Person, cast: Cast) -> None:
    first = cast.threads[IMANI]
    page = ada.post(f"/threads/{first}/replies", status=422, text=" ", back=f"/inbox/{first}?turn=you")
    assert f'href="/inbox/{cast.threads[CALLUM]}?turn=you"' in page


def test_undo_of_done_returns_beside_the_list(ada: Person, cast: Cast) -> None:
    thread = cast.threads[IMANI]
    place = ada.post(f"/threads/{thread}/done", back=f"/inbox/{thread}?turn=you&kind=question")
    undo = re.search(
        r'action="(/changes/\d+/undo)"><input[^>]+><input type="hidden" name="place" value="([^"]+)"', ada.get(place)
    )
    assert undo
    assert ada.post(undo[1], place=undo[2].replace("&amp;", "&")) == f"/inbox/{thread}?turn=you&kind=question"


def test_counts_are_those_of_the_mailbox_and_the_turn(ada: Person, cast: Cast, house: House) -> None:
    box = _threads_elsewhere(house, 3)
    every, other = ada.get("/inbox?turn=you"), ada.get(f"/inbox?turn=you&mailbox={box}")
    assert (_chip(every, "Your turn"), _chip(other, "Your turn")) == ("9", "3")
    assert (_chip(every, "Interested"), _chip(other, "Interested")) == ("1", "0")
    whole, part = ada.get("/inbox?who=everyone"), ada.get(f"/inbox?who=everyone&mailbox={box}")
    assert (_chip(whole, "All"), _chip(part, "All")) == ("10", "3")
    tab = re.compile(r"ada@ <span class=\"count\">(\d+)</span>")
    before = tab.findall(every)
    ada.post(f"/threads/{cast.threads[IMANI]}/done")
    after = tab.findall(ada.get("/inbox?turn=you"))
    assert int(after[0]) == int(before[0]) - 1
    assert tab.findall(ada.get("/inbox?turn=them")) == ["1"]
    rows = ada.get("/inbox?kind=interested").count('class="msg-row')
    assert rows == int(_chip(every, "Interested"))


def test_long_lists_have_pages(ada: Person, cast: Cast, house: House) -> None:
    box = _threads_elsewhere(house, 130)
    place, seen = f"/inbox?turn=you&mailbox={box}", []
    for _ in range(3):
        page = ada.get(place)
        seen.append(re.findall(r'id="thread-(\d+)-row"', page))
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        place = onward[1].replace("&amp;", "&") if onward else ""
    assert place == ""
    assert [len(rows) for rows in seen] == [50, 50, 30]
    assert len({*seen[0], *seen[1], *seen[2]}) == 130
    for thread in seen[1]:
        here = f"/inbox/{thread}?turn=you&mailbox={box}&after=nonsense"
        assert ada.get(here)
        break


def test_seven_calls_an_answer_a_machines_and_asks_for_the_day(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[SOFIA]
    page = ada.get(f"/inbox/{thread}?turn=you")
    assert 'value="auto_reply" data-key="7"' in page
    assert "data-key" not in page[page.index('value="other"') : page.index('value="other"') + 40]
    back, mark = f"/inbox/{thread}?turn=you", f"/messages/{cast.messages[SOFIA]}/reply-kind"
    asks = ada.post(mark, kind="auto_reply", back=back)
    assert asks == f"{back}&ask=back"
    page = ada.get(asks)
    assert 'name="back_on" value="" required autofocus' in page
    assert f'id="thread-{thread}-row"' not in page
    assert re.search(r'<div class="toast"[^§]*action="/changes/\d+/undo"', page)
    assert ada.post(mark, kind="auto_reply", back_on="2027-01-11", back=back) == back
    assert 'name="back_on" value="2027-01-11"' in ada.get(back)
    ada.post(mark, kind="interested", back=back)
    page = ada.get(back)
    assert f'id="thread-{thread}-row"' in page
    assert "back_on" not in page


def test_notes_stand_in_the_flow_and_the_next_action_beside_it(ada: Person, cast: Cast) -> None:
    thread, who = cast.threads[IMANI], cast.contacts[IMANI]
    page = ada.get(f"/inbox/{thread}")
    flow = page[page.index('<ol class="thread">') : page.index("<aside")]
    assert "She tests on a portable induction plate" in flow
    assert "Yuki Lindholm" in flow
    side = page[page.index("<aside") :]
    assert re.search(r"<dt>Next</dt><dd><a [^>]+>Answer on draft 2</a>, <span class=\"theirs\">by ", side)
    ada.post(f"/contacts/{who}/notes", text="Wants the blue lid.", back=f"/inbox/{thread}")
    ada.post(f"/contacts/{who}/notes", text="Asked again.", kind="dm", channel="Instagram", back=f"/inbox/{thread}")
    flow = ada.get(f"/inbox/{thread}")
    flow = flow[flow.index('<ol class="thread">') : flow.index("<aside")]
    assert flow.index("Draft 2 is up") < flow.index("Wants the blue lid.")
    assert "Direct message" in flow
    assert "Nothing planned." in ada.get(f"/inbox/{cast.threads[SOFIA]}")


def test_feedback_offers_themes_and_no_product_in_particular(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/inbox/{cast.threads[IMANI]}")
    form = page[page.index("data-feedback") : page.index("</form>", page.index("data-feedback"))]
    assert 'list="theme-names"' in form
    assert '<option value="Caravan hobs">' in form
    assert form.index("No product in particular") < form.index("Bracken 26")


def test_somebody_unknown_is_added_with_their_address(ada: Person, cast: Cast, house: House) -> None:
    box = _threads_elsewhere(house, 1)
    with house.database.transaction() as tx:
        thread = tx.session.scalars(select(Thread).where(Thread.mailbox_id == box)).one()
        tx.session.add(
            Message(
                mailbox_id=box, thread_id=thread.id, direction="in", kind="reply", dedupe="x", at=thread.last_at,
                sender="mara+pans@new.example", sender_name="Mara Ilves",
            )
        )  # fmt: skip
        tx.session.flush()
        message = tx.session.scalars(select(Message).where(Message.dedupe == "x")).one()
        tx.session.add(MessageBody(message_id=message.id, new_text="Hello", text="Hello"))
        thread_id = thread.id
    add = re.search(r'href="(/contacts/new\?[^"]+)"', ada.get(f"/inbox/{thread_id}"))
    assert add
    form = ada.get(add[1].replace("&amp;", "&"))
    assert 'value="mara+pans@new.example"' in form
    assert 'value="Mara Ilves"' in form


def test_a_snooze_may_end_on_any_day(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    page = ada.get(f"/inbox/{thread}?turn=you")
    menu = page[page.index(f'action="/threads/{thread}/snooze"') : page.index("</details>", page.index("/snooze"))]
    assert 'type="date" name="until" required' in menu
    ada.post(f"/threads/{thread}/snooze", until="2027-02-01", back=f"/inbox/{thread}?turn=you")
    with house.database.reading() as tx:
        until = tx.session.get_one(Thread, thread).snoozed_until
        assert until
        assert f"{until:%Y-%m-%d}" == "2027-02-01"


def test_a_wait_of_no_time_is_said_in_words(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        for name, seconds in ((SOFIA, 20), (CALLUM, 15 * 3600)):
            message = tx.session.get_one(Message, cast.messages[name])
            message.at = tx.now - timedelta(seconds=seconds)
            tx.session.get_one(Thread, cast.threads[name]).last_in_at = message.at
    page = ada.get("/inbox?turn=you")
    assert "has just written" in page
    assert "now in working hours" not in page
    assert "waits now" not in page
    assert "now in working hours" not in ada.get("/today")


def test_today_opens_the_queue_of_one_sequence(ada: Person, cast: Cast) -> None:
    page = ada.get("/today")
    part = page[page.index('id="h-ok"') :]
    assert f'href="/review?sequence={cast.sequence}"' in part[: part.index("</section>")]


def test_a_new_mail_begins_in_the_inbox(ada: Person, cast: Cast) -> None:
    assert 'href="/inbox/write"' in ada.get("/inbox")
    found = ada.get("/inbox/write?q=imani")
    assert f'href="/contacts/{cast.contacts[IMANI]}/mail"' in found
    assert "Sofía" not in found
    assert "Nobody is found" in ada.get("/inbox/write?q=zzz")


def test_the_mailboxes_of_today_refresh_with_the_rest(ada: Person, cast: Cast) -> None:
    part = ada.get("/today", part=True)
    boxes = part[part.index('id="today-boxes" hx-swap-oob="true"') :]
    assert "ada@brackenware.example" in boxes
    assert 'hx-swap-oob="true"' not in ada.get("/today").partition('id="today-boxes"')[2][:40]


def test_a_long_conversation_is_read_a_few_mails_at_a_time(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads["Imani Oduya"]
    with house.database.transaction() as tx:
        numbers = _write_on(tx, thread, 40)
    page = ada.get(f"/inbox/{thread}?turn=you")
    assert [n for n, number in enumerate(numbers) if f'id="message-{number}"' in page] == [36, 37, 38, 39]
    assert "Mail 39 in its own words." in page
    assert "Mail 35 in its own words." not in page
    link = _earlier(page)
    assert link == f"/inbox/{thread}/earlier?turn=you&before={numbers[36]}"
    part = ada.get(link, part=True)
    assert "<html" not in part
    assert [n for n in range(40) if f"Mail {n} in its own words." in part] == list(range(16, 36))
    assert re.findall(r'id="message-(\d+)" tabindex="-1" autofocus', part) == [str(numbers[35])]
    on = ada.get(_earlier(part))
    assert "<h1" in on, "without script it is a page"
    assert "Mail 0 in its own words." in on
    assert "draft 1 made the whole office hungry" in on
    last = ada.get(_earlier(on))
    assert "A word about the draft." in last
    assert "earlier message" not in last
    assert "tests on a portable induction plate" in page
    assert "tests on a portable induction plate" not in part


def test_notes_stand_between_the_mails_they_were_written_between(ada: Person, cast: Cast, house: House) -> None:
    thread, imani = cast.threads["Imani Oduya"], cast.contacts["Imani Oduya"]
    with house.database.transaction() as tx:
        numbers = _write_on(tx, thread, 30)
        entry = add_note(tx, imani, "Between nine and ten.", actor="user:1")
        entry.at = tx.session.get_one(Message, numbers[10]).at - timedelta(seconds=1)
    part = ada.get(f"/inbox/{thread}/earlier?before={numbers[26]}", part=True)
    assert part.index("Mail 9 in its") < part.index("Between nine and ten.") < part.index("Mail 10 in its")
    assert "Between nine and ten." not in ada.get(f"/inbox/{thread}")


@pytest.mark.parametrize("before", ["", "0", "999999", "x", "2147483648", "other"])
def test_what_is_earlier_than_no_mail_of_it_is_not_found(ada: Person, cast: Cast, before: str) -> None:
    given = str(cast.messages["Tomek Wilczak"]) if before == "other" else before
    ada.get(f"/inbox/{cast.threads['Imani Oduya']}/earlier?before={given}", status=404)


def test_the_whole_mail_comes_when_somebody_asks_for_it(ada: Person, cast: Cast, house: House) -> None:
    thread, number = cast.threads["Tomek Wilczak"], cast.messages["Tomek Wilczak"]
    page = ada.get(f"/inbox/{thread}")
    assert "&gt; Hi" not in page
    assert f'hx-get="/messages/{number}/text"' in page
    assert "&gt; Hi</pre>" in ada.get(f"/messages/{number}/text", part=True)
    assert "<h1" in ada.get(f"/messages/{number}/text")
    with house.database.transaction() as tx:
        body = tx.session.get_one(MessageBody, number)
        body.text = f"\n{body.new_text} \r\n"
    assert f'hx-get="/messages/{number}/text"' not in ada.get(f"/inbox/{thread}")
    with house.database.transaction() as tx:
        tx.session.get_one(MessageBody, number).new_text = "long " * 2_000
        tx.session.get_one(MessageBody, number).text = "long " * 2_000
    page = ada.get(f"/inbox/{thread}")
    assert page.count("long ") < 1_100
    assert f'hx-get="/messages/{number}/text"' in page
    assert ada.get(f"/messages/{number}/text").count("long long ") == 1_000


def _write_on(tx: Tx, thread_id: int, many: int) -> list[int]:
    """Go on with a conversation; return the numbers of the mails."""
    thread = tx.session.get_one(Thread, thread_id)
    numbers = []
    for n in range(many):
        message = Message(
            mailbox_id=thread.mailbox_id, thread_id=thread.id, contact_id=thread.contact_id, direction="out",
            kind="manual", dedupe=f"more-{n}", subject="On", at=tx.now - timedelta(minutes=many - n), sender=ADA,
            recipients=["imani@smallkitchen.example"],
        )  # fmt: skip
        text = f"Mail {n} in its own words."
        store_message(tx, message, new_text=text, text=text, html=None, raw=None, ids=[])
        numbers.append(message.id)
    return numbers


def _earlier(page: str) -> str:
    return re.findall(r'href="([^"]+)" hx-get="[^"]+earlier', page)[0].replace("&amp;", "&")
