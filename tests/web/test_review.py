"""The review page: one pitch after the other, nothing lost, nobody overruled without being told."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from crm import contacts, tasks
from crm.models import Handle, Task
from crm.post_lines import PostLine
from crm.posts import add_posts
from crm.suppressions import suppress
from sequences.course.enrolments import enrol
from sequences.course.planning import plan_due
from sequences.models import Send, Sequence
from sequences.reviewing.review import approve
from sequences.versions.authoring import get_sequence
from tests.conftest import MONDAY
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House, make_engine_of

RUBEN = "ruben@brackenware.example"
SEEN = re.compile(r'name="seen" value="([^"]+)"')
HOME = "http://localhost"


def draft_of(house: House, name: str) -> Send:
    with house.database.reading() as tx:
        sends = tx.session.query(Send).all()
    return next(send for send in sends if send.email.startswith(name))


def test_position_neighbours_and_the_filter_are_in_the_address(ada: Person, cast: Cast, house: House) -> None:
    niamh, efua, dorte = (draft_of(house, name).id for name in ("niamh", "efua", "dorte"))
    page = ada.get(f"/review?sequence={cast.sequence}&send={efua}")
    assert ">2 of 3<" in page
    for send_id, key in ((niamh, "k"), (dorte, "j")):
        assert f'href="/review?sequence={cast.sequence}&amp;send={send_id}" data-key="{key}"' in page
    place = ada.post(f"/sends/{dorte}/skip", sequence=str(cast.sequence))
    assert place == f"/review?sequence={cast.sequence}&send={niamh}"
    assert "Nothing waits in this sequence" in ada.get("/review?sequence=99")
    assert ">1 of 2<" in ada.get("/review?sequence=none&send=first")


def test_a_gap_is_filled_in_place(ada: Person, cast: Cast, house: House) -> None:
    efua = draft_of(house, "efua").id
    ada.post(f"/sends/{efua}/text", body="In {{ contact.city }}, {{ contact.city }}, for {{ offer.budget }}.")
    page = ada.get(f"/review/{efua}")
    assert page.count('name="fill:contact.city"') == 1
    assert 'In <input class="input find gap" name="fill:contact.city"' in page
    assert '<span class="merge missing">city</span>' in page
    filled = {"fill:contact.city": "Leeds", "fill:offer.budget": "EUR 900"}
    ada.post(f"/sends/{efua}/text", status=303, **filled)
    assert "In Leeds, Leeds, for EUR 900." in ada.get(f"/review/{efua}")
    assert ada.post(f"/sends/{efua}/approval") == f"/review/{draft_of(house, 'dorte').id}"
    assert draft_of(house, "efua").state == "scheduled"


def test_words_refused_stay_in_the_fields(ada: Person, cast: Cast, house: House) -> None:
    niamh = draft_of(house, "niamh").id
    page = ada.post(f"/sends/{niamh}/approval", status=422, personal_line="Kept.", body="Hi {{ contact.nam }}, kept.")
    for words in ("There is no merge field", ">Kept.</textarea>", "Hi {{ contact.nam }}, kept.</textarea>"):
        assert words in page
    assert draft_of(house, "niamh").state == "draft"


def test_what_was_saved_before_a_refused_yes_stays_saved(ada: Person, cast: Cast, house: House) -> None:
    efua = draft_of(house, "efua").id
    page = ada.post(f"/sends/{efua}/approval", status=422, subject="For you, Efua")
    assert "Still missing" in page
    assert "For you, Efua" in ada.get(f"/review/{efua}")


def test_a_draft_somebody_else_approved_says_so_and_moves_on(ada: Person, cast: Cast, house: House) -> None:
    niamh, efua = draft_of(house, "niamh").id, draft_of(house, "efua").id
    with house.database.transaction() as tx:
        approve(tx, niamh, actor="user:2")
    for act in ("approval", "skip", "removal", "text"):
        assert ada.post(f"/sends/{niamh}/{act}", body="Mine.") == f"/review/{efua}"
        assert "Ruben Castellan has approved this draft already." in ada.get(f"/review/{efua}")
    assert ada.client.get(f"/review/{niamh}").location == "/review"
    assert "Ruben Castellan has approved" in ada.get("/review")
    assert (draft_of(house, "niamh").state, draft_of(house, "niamh").approved_by) == ("scheduled", "user:2")


def test_an_undo_that_comes_too_late_says_that_the_mail_has_left(ada: Person, cast: Cast, house: House) -> None:
    niamh = draft_of(house, "niamh").id
    undo = re.search(r'action="(/changes/\d+/undo)"', ada.get(ada.post(f"/sends/{niamh}/approval")))
    assert undo
    with house.database.transaction() as tx:
        tx.session.get_one(Send, niamh).attempts = 1
    place = ada.post(undo[1], place="/review")
    page = ada.client.get(place, follow_redirects=True).text
    assert "Nothing was taken back. It has left, or something else ended it since." in page
    assert "approved this draft already" not in page


def test_a_yes_to_a_text_that_changed_meanwhile_asks_again(app: Flask, ada: Person, cast: Cast, house: House) -> None:
    niamh = draft_of(house, "niamh").id
    seen = SEEN.search(ada.get(f"/review/{niamh}"))
    assert seen
    sign_in(app, house, RUBEN).post(f"/sends/{niamh}/text", body="Ruben wrote this.", seen=seen[1])
    page = ada.post(f"/sends/{niamh}/approval", status=409, body="Ada wrote that.", seen=seen[1])
    assert '<p dir="auto">Ruben wrote this.</p>' in page
    assert "Ada wrote that.</textarea>" in page
    assert draft_of(house, "niamh").state == "draft"
    again = SEEN.search(page)
    assert again
    ada.post(f"/sends/{niamh}/approval", body="Ada wrote that.", seen=again[1])
    assert draft_of(house, "niamh").state == "scheduled"


def test_the_page_says_what_stopped_it(ada: Person, cast: Cast, house: House) -> None:
    niamh, efua = draft_of(house, "niamh").id, draft_of(house, "efua").id
    with house.database.transaction() as tx:
        suppress(tx, "niamh@rangecooker.example", reason="manual", source="x", actor="user:1")
    assert "On the do-not-contact list" in ada.get(f"/review/{niamh}")
    assert ada.post(f"/sends/{niamh}/approval") == f"/review/{efua}"
    assert "Not sent. On the do-not-contact list" in ada.get(f"/review/{efua}")
    assert draft_of(house, "niamh").state == "cancelled"


def test_a_yes_that_has_to_wait_says_for_what(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        tx.session.get_one(Sequence, cast.sequence).state = "paused"
    niamh = draft_of(house, "niamh").id
    assert "a yes waits with it" in ada.get(f"/review/{niamh}")
    place = ada.post(f"/sends/{niamh}/approval")
    assert "It waits: The sequence is paused." in ada.get(place)


def test_nothing_is_lost_when_the_session_ends_in_the_middle(app: Flask, ada: Person, cast: Cast, house: House) -> None:
    niamh = draft_of(house, "niamh").id
    form = {"csrf_token": "of an older session", "body": "Hi <b>Niamh</b>, kept.", "personal_line": "A line."}
    ada.client.delete_cookie("rapport_session")
    out = ada.client.post(f"/sends/{niamh}/approval", data=form, headers={"Origin": HOME})
    assert out.status_code == 401
    assert "Hi &lt;b&gt;Niamh&lt;/b&gt;, kept.</textarea>" in out.text
    assert "You were signed out" in out.text
    again = sign_in(app, house, "ada@brackenware.example")
    stale = again.client.post(f"/sends/{niamh}/text", data=form, headers={"Origin": HOME})
    assert stale.status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', stale.text)
    assert token
    form["csrf_token"] = token[1]
    saved = again.client.post(f"/sends/{niamh}/text", data=form, headers={"Origin": HOME})
    assert saved.location == f"/review/{niamh}"
    assert "Hi &lt;b&gt;Niamh&lt;/b&gt;, kept." in again.get(f"/review/{niamh}")


@pytest.mark.parametrize("origin", ["https://evil.example", None])
def test_words_from_elsewhere_never_come_back_in_a_form_of_ours(ada: Person, cast: Cast, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = ada.client.post("/sends/1/text", data={"body": "Planted."}, headers=headers)
    assert answer.status_code == 403
    assert "Planted." not in answer.text


def test_who_may_only_read_sees_no_fields(app: Flask, cast: Cast, house: House) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")
    page = yuki.get("/review")
    assert "Your role can read pitches" in page
    assert "<textarea" not in page
    yuki.post(f"/sends/{draft_of(house, 'niamh').id}/approval", status=403)
    yuki.post(f"/sends/{draft_of(house, 'niamh').id}/text", status=403, body="x")


def crowd(house: House, cast: Cast, count: int) -> None:
    with house.database.transaction() as tx:
        people = [
            contacts.create_contact(tx, name=f"Person {n}", emails=[f"p{n}@many.example"], actor="system").id
            for n in range(count)
        ]
        enrol(tx, get_sequence(tx, "Everyday Carbon, first touch"), people, actor="user:1")
        tx.session.flush()
        plan_due(tx, make_engine_of(house).links, limit=count)


@pytest.mark.parametrize("name", ["niamh", "efua"])
def test_the_page_asks_few_questions_however_many_wait(
    ada: Person, cast: Cast, house: House, queries: list[str], name: str
) -> None:
    place = f"/review/{draft_of(house, name).id}"
    queries.clear()
    ada.get(place)
    before = len(queries)
    crowd(house, cast, 140)
    queries.clear()
    page = ada.get(place)
    assert len(queries) <= before <= 15
    assert page.count("queue-row") == 100
    assert "of 143" in page
    bodies = [query for query in queries if "send_bodies.text" in query]
    assert len(bodies) == 1


def test_bulk_approval_stays_in_its_sequence(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/review/approvals", sequence="99")
    assert draft_of(house, "niamh").state == "draft"
    ada.post("/review/approvals", sequence=str(cast.sequence))
    assert draft_of(house, "niamh").state == "scheduled"


def test_a_step_done_by_hand_shows_its_text_its_handle_and_done(ada: Person, cast: Cast, house: House) -> None:
    efua = cast.contacts["Efua Mintah-Boyle"]
    with house.database.transaction() as tx:
        handle = tx.session.query(Handle).filter(Handle.contact_id == efua).one()
        handle.url = "https://pictures.example/efua"
        task = tasks.create_task(tx, "Say hello", actor="system", contact_id=efua, due_on=tx.now.date())
        task.kind, task.channel, task.body = "step", "instagram", "Hi Efua,\n\n<b>lentils</b>!\n"
        task_id = task.id
    for path in ("/today", f"/contacts/{efua}"):
        page = ada.get(path)
        assert "Hi Efua,\n\n&lt;b&gt;lentils&lt;/b&gt;!</textarea>" in page
        assert f'data-copy="task-text-{task_id}"' in page
        assert 'href="https://pictures.example/efua"' in page
        assert "Open Instagram" in page
    assert ada.post(f"/tasks/{task_id}/done", back=f"/contacts/{efua}") == f"/contacts/{efua}"
    with house.database.reading() as tx:
        assert tx.session.get_one(Task, task_id).done_at is not None
    assert "Say hello" not in ada.get("/today")


def test_a_yes_is_taken_back_from_the_word_about_it(ada: Person, cast: Cast, house: House) -> None:
    niamh, efua = draft_of(house, "niamh").id, draft_of(house, "efua").id
    assert ada.post(f"/sends/{niamh}/approval") == f"/review/{efua}"
    page = ada.get(f"/review/{efua}")
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    assert draft_of(house, "niamh").state == "scheduled"
    assert ada.post(undo[1]) == f"/review/{niamh}"
    assert draft_of(house, "niamh").state == "draft"
    assert "Taken back." in ada.get(f"/review/{niamh}")


@pytest.mark.parametrize("act", ["skip", "removal"])
def test_leaving_out_and_taking_out_offer_the_way_back(act: str, ada: Person, cast: Cast, house: House) -> None:
    niamh = draft_of(house, "niamh").id
    undo = re.search(r'action="(/changes/\d+/undo)"', ada.get(ada.post(f"/sends/{niamh}/{act}")))
    assert draft_of(house, "niamh").state == "cancelled"
    assert undo
    ada.post(undo[1])
    assert draft_of(house, "niamh").state == "draft"


def test_s_puts_a_pitch_last_and_decides_nothing(ada: Person, cast: Cast, house: House) -> None:
    niamh = draft_of(house, "niamh").id
    assert f'formaction="/sends/{niamh}/postponement" data-key="s"' in ada.get(f"/review/{niamh}")
    ada.post(f"/sends/{niamh}/postponement")
    assert ">3 of 3<" in ada.get(f"/review/{niamh}")
    assert draft_of(house, "niamh").state == "draft"


def test_beside_a_pitch_stand_posts_fit_sponsors_and_who_wrote(
    ada: Person, cast: Cast, house: House, queries: list[str]
) -> None:
    draft = draft_of(house, "niamh")
    with house.database.transaction() as tx:
        handle = tx.session.query(Handle).filter_by(contact_id=draft.contact_id).first()
        assert handle is not None
        lines = [
            PostLine(posted_on=MONDAY.date() - timedelta(days=day), views=20_000.0 + day, sponsor=sponsor)
            for day, sponsor in ((3, ""), (9, "A butter brand"), (20, ""), (40, ""))
        ]
        add_posts(tx, handle.id, lines, source="by hand", actor="user:1")
    queries.clear()
    page = ada.get(f"/review/{draft.id}")
    assert len(queries) <= 15
    assert page.count("20k views") == 3
    assert page.count("A butter brand") == 2
    assert re.search(r"<dt>Fit</dt><dd><b class=\"num\">\d+</b>", page)
