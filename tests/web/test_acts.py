"""What people do on the pages: answer, close, snooze, review, note, move, forbid, keep feedback."""

import re
from typing import TypeVar

import pytest
from flask import Flask

from crm.models import Contact, Feedback, Message, Suppression, Task, Thread, TimelineEntry
from crm.suppressions import suppress
from kit.seal import Seal
from sequences.models import Enrolment, Send, SendBody, Sequence
from sequences.reading.opt_outs import make_token
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

Row = TypeVar("Row")
IMANI = "Imani Oduya"
KEY = re.compile(r'name="request_key" value="([^"]+)"')


def _rows(house: House, kind: type[Row]) -> list[Row]:
    with house.database.reading() as tx:
        return tx.session.query(kind).all()


def _answers(house: House) -> list[Send]:
    return [send for send in _rows(house, Send) if send.request_key]


def test_an_answer_waits_ten_seconds_and_can_be_taken_back(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads[IMANI]
    key = KEY.search(ada.get(f"/inbox/{thread}"))
    assert key
    place = ada.post(f"/threads/{thread}/replies", at_night="1", text="One take! Lovely.", request_key=key[1])
    page = ada.get(place)
    assert "Your answer leaves in 10 seconds." in page
    assert "Leaves in 10 s" in page
    (send,) = _answers(house)
    assert (send.state, send.email) == ("scheduled", "imani@smallkitchen.example")
    assert send.due_at > house.clock.now()
    ada.post(f"/sends/{send.id}/cancellation", place=f"/inbox/{thread}")
    assert _answers(house)[0].state == "cancelled"
    page = ada.get(f"/inbox/{thread}")
    assert ">One take! Lovely.</textarea>" in page
    assert "Leaves in" not in page


def test_a_form_sent_twice_queues_one_answer(ada: Person, cast: Cast, house: House) -> None:
    for _ in range(2):
        ada.post(f"/threads/{cast.threads[IMANI]}/replies", at_night="1", text="One take!", request_key="the same")
    assert len(_answers(house)) == 1


def test_send_and_close_does_both(ada: Person, cast: Cast, house: House) -> None:
    ada.post(f"/threads/{cast.threads[IMANI]}/replies", at_night="1", text="One take!", close="1")
    assert len(_answers(house)) == 1
    assert "5 people are waiting on you" in ada.get("/today")


@pytest.mark.parametrize(("text", "sentence"), [("   ", "Write something first"), ("Hello", "must not be contacted")])
def test_an_answer_that_cannot_go_keeps_its_text(
    ada: Person, cast: Cast, house: House, text: str, sentence: str
) -> None:
    if text == "Hello":
        with house.database.transaction() as tx:
            suppress(tx, "imani@smallkitchen.example", reason="manual", source="x", actor="user:1")
    page = ada.post(f"/threads/{cast.threads[IMANI]}/replies", at_night="1", status=422, text=text, close="1")
    assert sentence in page
    assert f">{text.strip()}</textarea>" in page
    assert _answers(house) == []
    assert all(thread.done_at is None for thread in _rows(house, Thread))


def test_done_and_open_again(ada: Person, cast: Cast, house: House) -> None:
    thread = cast.threads["Tomek Wilczak"]
    assert ada.post(f"/threads/{thread}/done", back=f"/inbox/{thread}?turn=you") == "/inbox?turn=you"
    assert "Tomek" not in ada.get("/inbox?turn=you")
    ada.post(f"/threads/{thread}/done/lift")
    assert "Tomek" in ada.get("/inbox?turn=you")
    kinds = [entry.kind for entry in _rows(house, TimelineEntry)]
    assert kinds.count("done") == kinds.count("reopened") == 1


@pytest.mark.parametrize(("until", "wakes"), [
    ("tomorrow", "2026-11-24 07:00"), ("monday", "2026-11-30 07:00"), ("fortnight", "2026-12-07 07:00"),
    ("2027-01-04", "2027-01-04 07:00"),
])  # fmt: skip
def test_a_snooze_ends_at_eight_on_ada_s_clock(ada: Person, cast: Cast, house: House, until: str, wakes: str) -> None:
    thread = cast.threads["Callum Strachan"]
    ada.post(f"/threads/{thread}/snooze", until=until)
    row = next(row for row in _rows(house, Thread) if row.id == thread)
    assert row.snoozed_until is not None
    assert f"{row.snoozed_until:%Y-%m-%d %H:%M}" == wakes
    assert "Callum" not in ada.get("/inbox?turn=you")
    assert "Callum" in ada.get("/inbox?turn=snoozed")


@pytest.mark.parametrize("until", ["2026-11-23", "2020-01-01", "soon", ""])
def test_a_snooze_must_lie_ahead(ada: Person, cast: Cast, until: str) -> None:
    ada.post(f"/threads/{cast.threads[IMANI]}/snooze", status=422, until=until)


def test_the_kind_of_a_reply_is_corrected_by_hand(ada: Person, cast: Cast, house: House) -> None:
    message = cast.messages[IMANI]
    ada.post(f"/messages/{message}/reply-kind", kind="interested", back=f"/inbox/{cast.threads[IMANI]}")
    row = next(row for row in _rows(house, Message) if row.id == message)
    assert (row.reply_kind, row.reply_kind_by) == ("interested", "user:1")
    assert "set by hand" in ada.get(f"/inbox/{cast.threads[IMANI]}")
    ada.post(f"/messages/{message}/reply-kind", status=422, kind="nonsense")


def _drafts(house: House) -> dict[str, Send]:
    return {send.email.partition("@")[0]: send for send in _rows(house, Send) if send.enrolment_id}


def test_approving_leads_to_the_next_pitch(ada: Person, cast: Cast, house: House) -> None:
    drafts = _drafts(house)
    place = ada.post(f"/sends/{drafts['niamh'].id}/approval", personal_line="Your stew on Thursday.")
    assert place == f"/review/{drafts['efua'].id}"
    sent = _drafts(house)["niamh"]
    assert (sent.state, sent.approved_by) == ("scheduled", "user:1")
    with house.database.reading() as tx:
        assert "Your stew on Thursday." in tx.session.get_one(SendBody, sent.id).text


def test_a_pitch_with_a_gap_stays_until_it_is_filled(ada: Person, cast: Cast, house: House) -> None:
    efua = _drafts(house)["efua"]
    assert "missing" in ada.post(f"/sends/{efua.id}/approval", status=422).lower()
    assert _drafts(house)["efua"].state == "draft"
    ada.post(f"/sends/{efua.id}/personal-line", personal_line="The lentils of last week.")
    assert "The lentils of last week." in ada.get(f"/review/{efua.id}")
    ada.post(f"/sends/{efua.id}/approval")
    assert _drafts(house)["efua"].state == "scheduled"


def test_bulk_approval_takes_only_the_clean_ones(ada: Person, cast: Cast, house: House) -> None:
    assert "Approve 2 without warnings" in ada.get("/review")
    ada.post("/review/approvals")
    assert {name: send.state for name, send in _drafts(house).items()} == {
        "niamh": "scheduled", "dorte": "scheduled", "efua": "draft"
    }  # fmt: skip


def test_skip_take_out_and_edit(ada: Person, cast: Cast, house: House) -> None:
    drafts = _drafts(house)
    assert "{{ contact.personal_line }}" in ada.get(f"/review/{drafts['niamh'].id}")
    body = "Hello **{{ contact.first_name }}**, one pan."
    ada.post(f"/sends/{drafts['niamh'].id}/text", subject="A pan, Niamh?", body=body)
    page = ada.get(f"/review/{drafts['niamh'].id}")
    assert "A pan, Niamh?" in page
    assert "Hello <strong>Niamh</strong>, one pan." in page
    assert page.count("Havnegade 12") == 1
    ada.post(f"/sends/{drafts['niamh'].id}/skip")
    ada.post(f"/sends/{drafts['dorte'].id}/removal")
    states = {run.email.partition("@")[0]: run.state for run in _rows(house, Enrolment)}
    assert (states["niamh"], states["dorte"]) == ("active", "stopped")
    assert "1 pitch" in ada.get("/review")
    ada.post(f"/sends/{drafts['niamh'].id}/approval")
    assert ada.client.get(f"/review/{drafts['niamh'].id}").location == "/review"


def test_pausing_and_resuming_a_sequence(ada: Person, cast: Cast, house: House) -> None:
    ada.post(f"/sequences/{cast.sequence}/pause")
    assert _rows(house, Sequence)[0].state == "paused"
    assert "Resume" in ada.get(f"/sequences/{cast.sequence}")
    ada.post(f"/sequences/{cast.sequence}/pause", status=409)
    ada.post(f"/sequences/{cast.sequence}/pause/lift")
    assert _rows(house, Sequence)[0].state == "live"


def test_notes_messages_and_tasks(ada: Person, cast: Cast, house: House) -> None:
    imani = cast.contacts[IMANI]
    ada.post(f"/contacts/{imani}/notes", text="Likes cork.")
    ada.post(f"/contacts/{imani}/notes", text="Sent a heart.", kind="dm", channel="Instagram")
    ada.post(f"/contacts/{imani}/tasks", title="Send the sleeve", due_on="2026-11-23")
    page = ada.get(f"/contacts/{imani}?show=notes")
    for words in ("Likes cork.", "Direct message", "Instagram"):
        assert words in page
    assert "Send the sleeve" in ada.get(f"/contacts/{imani}?show=tasks")
    task = next(task for task in _rows(house, Task) if task.title == "Send the sleeve")
    assert task.assignee_id == 1
    assert "Send the sleeve" in ada.get("/today")
    ada.post(f"/tasks/{task.id}/done")
    assert "Send the sleeve" not in ada.get("/today")
    for path, given in (
        ("notes", {"text": " "}),
        ("tasks", {"title": ""}),
        ("tasks", {"title": "x", "due_on": "soon"}),
    ):
        ada.post(f"/contacts/{imani}/{path}", status=422, **given)


def test_a_stage_moves_and_the_move_is_taken_back(ada: Person, cast: Cast, house: House) -> None:
    imani = cast.contacts[IMANI]
    ada.post(f"/contacts/{imani}/stage", stage="Alumni")
    page = ada.get(f"/contacts/{imani}")
    assert 'value="Alumni" aria-current="step"' in page
    undo = re.search(r'class="toast".*?action="(/changes/\d+/undo)"', page, re.DOTALL)
    assert undo
    assert ada.post(undo[1], place=f"/contacts/{imani}") == f"/contacts/{imani}"
    assert 'value="Active" aria-current="step"' in ada.get(f"/contacts/{imani}")
    ada.post(undo[1], status=409)
    ada.post(f"/contacts/{imani}/stage", status=404, stage="Nowhere")


def test_do_not_contact_stops_runs_and_is_lifted_with_a_reason(ada: Person, cast: Cast, house: House) -> None:
    niamh = cast.contacts["Niamh Kerrisk"]
    ada.post(f"/contacts/{niamh}/suppression")
    page = ada.get(f"/contacts/{niamh}")
    assert "No, do not contact" in page
    assert next(run for run in _rows(house, Enrolment) if run.contact_id == niamh).state == "stopped"
    target = "niamh@rangecooker.example"
    ada.post(f"/contacts/{niamh}/suppression/lift", status=422, target=target)
    ada.post(f"/contacts/{niamh}/suppression/lift", target=target, why="She asked us to.")
    assert "Not answered yet" in ada.get(f"/contacts/{niamh}")
    assert _rows(house, Suppression)[0].lifted_by == "user:1"


def test_a_suppressed_domain_shows_on_the_person(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        suppress(tx, "@rangecooker.example", reason="manual", source="x", actor="user:1")
    assert "No, do not contact" in ada.get(f"/contacts/{cast.contacts['Niamh Kerrisk']}")
    assert "Not answered yet" in ada.get(f"/contacts/{cast.contacts['Dorte Fjeldgaard']}")


def test_feedback_is_kept_with_its_source(ada: Person, cast: Cast, house: House) -> None:
    ada.post(
        "/feedback", quote="the handle gets hot", kind="problem", contact_id=str(cast.contacts[IMANI]), product_id="1",
        message_id=str(cast.messages[IMANI]), theme="Handle heat", from_audience="1", back="/inbox",
    )  # fmt: skip
    kept = next(row for row in _rows(house, Feedback) if row.quote == "the handle gets hot")
    assert (kept.quote, kept.from_audience, kept.product_id) == ("the handle gets hot", True, 1)
    assert "Handle heat" in ada.get(f"/contacts/{cast.contacts[IMANI]}?show=feedback")
    ada.post("/feedback", status=422, quote="", kind="problem")
    ada.post("/feedback", status=422, quote="x", kind="rant")


def test_a_person_is_added_by_hand(ada: Person, cast: Cast, house: House) -> None:
    place = ada.post("/contacts", name="Juno Ibáñez", email="juno@olla.example", country="es", topic="Olla")
    assert place.endswith("-juno-ib-ez")
    assert "Juno Ibáñez" in ada.get(place)
    page = ada.post("/contacts", status=409, name="Twin", email="juno@olla.example", topic="kept")
    assert "already belongs" in page
    assert 'value="kept"' in page
    ada.post("/contacts", status=422, name="", email="")
    assert len([row for row in _rows(house, Contact) if row.country == "ES"]) == 1


@pytest.mark.parametrize("one_click", [True, False])
def test_the_opt_out_link(app: Flask, cast: Cast, house: House, *, one_click: bool) -> None:
    token = make_token(Seal("a key for tests only"), "niamh@rangecooker.example")
    client = app.test_client()
    assert "No more messages?" in client.get(f"/u/{token}").text
    assert _rows(house, Suppression) == []
    data = {"List-Unsubscribe": "One-Click"} if one_click else {}
    headers = {"Origin": "https://mail.provider.example", "Sec-Fetch-Site": "cross-site"} if one_click else {}
    assert "niamh@rangecooker.example" in client.post(f"/u/{token}", data=data, headers=headers).text
    assert _rows(house, Suppression)[0].reason == "opt_out"
    assert client.post(f"/u/{token[:-2]}xx").status_code == 403


def test_the_opt_out_page_says_whom_and_bears_to_be_asked_twice(app: Flask, cast: Cast, house: House) -> None:
    token = make_token(Seal("a key for tests only"), "stranger@elsewhere.example")
    client = app.test_client()
    page = client.get(f"/u/{token}")
    assert page.text.count("<bdi>stranger@elsewhere.example</bdi>") == 2
    assert "your own address is not touched" in page.text
    for _ in range(2):
        answer = client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}, content_type="multipart/form-data")
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
        assert "Done" in answer.text
    assert page.headers.get("Set-Cookie") is None
    assert [row.target for row in _rows(house, Suppression)] == ["stranger@elsewhere.example"]
    assert client.get(f"/u/{token[:-2]}xx").status_code == 403
    assert client.head(f"/u/{token}").status_code == 200
