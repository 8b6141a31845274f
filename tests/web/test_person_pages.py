"""One person's page, tasks, themes and unclear mails: changed by hand, taken back, and never written over blindly."""

import re

from sqlalchemy import select

from crm.models import Contact, ContactAddress, ContactTag, Feedback, Handle, HandleSnapshot, Task, Theme, TimelineEntry
from sequences.models import Send
from tests.web.cast import Cast
from tests.web.conftest import Person, sign_in
from web.wiring import House

UNDO = re.compile(r'class="toast".*?action="(/changes/\d+/undo)"', re.DOTALL)
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


def _undo(person: Person, path: str) -> None:
    found = UNDO.search(person.get(path))
    assert found
    person.post(found[1])


def test_facts_change_and_are_taken_back(ada: Person, cast: Cast, house: House) -> None:
    seen = SEEN.search(ada.get("/contacts/1/edit"))
    assert seen
    ada.post("/contacts/1/facts", seen=seen[1], name="Imani O.", city="Toronto", country="ca", ships_to="1 Elm St")
    with house.database.reading() as tx:
        contact = tx.session.get_one(Contact, 1)
        assert (contact.name, contact.city, contact.country, contact.ships_to) == (
            "Imani O.",
            "Toronto",
            "CA",
            "1 Elm St",
        )
        assert contact.zone == "America/Toronto"
        kinds = set(tx.session.scalars(select(TimelineEntry.kind).where(TimelineEntry.contact_id == 1)))
        assert "edited" in kinds
    _undo(ada, "/contacts/1")
    assert "Imani Oduya" in ada.get("/contacts/1")
    ada.post("/contacts/1/facts", status=422, seen=seen[1], name=" ")


def test_a_second_pair_of_hands_is_told_and_keeps_what_was_typed(ada: Person, cast: Cast, house: House) -> None:
    seen = SEEN.search(ada.get("/contacts/1/edit"))
    assert seen
    ada.post("/contacts/1/facts", seen=seen[1], name="Imani Oduya", city="Hamilton")
    page = ada.post("/contacts/1/facts", status=409, seen=seen[1], name="Imani Oduya", city="Ottawa")
    for words in ("Somebody changed this person meanwhile", 'value="Ottawa"', "Now: Hamilton"):
        assert words in page
    again = SEEN.search(page)
    assert again
    ada.post("/contacts/1/facts", seen=again[1], name="Imani Oduya", city="Ottawa")
    assert "Ottawa" in ada.get("/contacts/1/edit")


def test_tags_owner_and_stage_have_a_way_back(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/contacts/1/tags", tag=" induction  hobs ")
    assert "induction hobs" in ada.get("/contacts/1")
    ada.post("/contacts/1/tags/removal", tag="one-pan")
    _undo(ada, "/contacts/1")
    ada.post("/contacts/1/owner", owner_id="2")
    _undo(ada, "/contacts/1")
    ada.post("/contacts/1/stage", stage="Alumni", why="the run is over")
    assert "the run is over" in ada.get("/contacts/1?show=moves")
    with house.database.reading() as tx:
        tags = set(tx.session.scalars(select(ContactTag.tag).where(ContactTag.contact_id == 1)))
        assert tags == {"induction hobs", "one-pan"}
        assert tx.session.get_one(Contact, 1).owner_id is None
    ada.post("/contacts/1/tags", status=422, tag=" ")
    ada.post("/contacts/1/owner", status=404, owner_id="99")


def test_an_undo_leaves_what_somebody_changed_since(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/contacts/1/owner", owner_id="2")
    found = UNDO.search(ada.get("/contacts/1"))
    assert found
    ada.post("/contacts/1/owner", owner_id="3")
    ada.post(found[1])
    with house.database.reading() as tx:
        assert tx.session.get_one(Contact, 1).owner_id == 3


def test_accounts_and_addresses(ada: Person, cast: Cast, house: House) -> None:
    account = {"platform": "tiktok", "username": "imani.cooks", "followers": "47.2K", "engagement_rate": "8,2"}
    ada.post("/contacts/1/handles", **account, price_amount="900")
    with house.database.reading() as tx:
        handle = tx.session.scalars(select(Handle).where(Handle.username == "imani.cooks")).one()
        assert (handle.followers, handle.price_currency) == (47_200, "EUR")
        assert handle.engagement_rate is not None
        assert abs(handle.engagement_rate - 0.082) < 1e-9
    ada.post(f"/handles/{handle.id}", **{**account, "followers": "50k"})
    ada.post("/contacts/2/handles", status=409, **account)
    ada.post("/contacts/1/handles", status=422, **{**account, "username": "other", "followers": "many"})
    ada.post("/contacts/1/handles", status=422, **{**account, "username": "other", "url": "javascript:alert(1)"})
    ada.post("/contacts/1/addresses", email="second@smallkitchen.example")
    ada.post("/contacts/1/addresses", status=409, email="tomek@castandcarbon.example")
    with house.database.reading() as tx:
        assert len(list(tx.session.scalars(select(HandleSnapshot).where(HandleSnapshot.handle_id == handle.id)))) == 2
        query = select(ContactAddress.id).where(ContactAddress.email == "second@smallkitchen.example")
        second = tx.session.scalars(query).one()
    ada.post(f"/addresses/{second}/mark", mailable="first")
    ada.post(f"/addresses/{second}/mark", mailable="bad")
    page = ada.get("/contacts/1")
    assert page.index("second@smallkitchen.example") < page.index("imani@smallkitchen.example")
    assert "does not take mail" in page


def test_tasks_are_mine_or_everyones_done_moved_and_opened_again(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/tasks", title="Borrow the plate", due_on="2026-01-02", assignee_id="3")
    assert "Borrow the plate" not in ada.get("/tasks")
    assert "Overdue" in ada.get("/tasks?who=everyone")
    ada.post("/tasks", title="Call Hanne")
    with house.database.reading() as tx:
        task = tx.session.scalars(select(Task).where(Task.title == "Call Hanne")).one()
    ada.post(f"/tasks/{task.id}/plan", due_on="2027-03-01", assignee_id="1")
    assert "Mon 1 Mar" in ada.get("/tasks")
    ada.post(f"/tasks/{task.id}/done", back="/tasks")
    assert "Call Hanne" in ada.get("/tasks?show=done")
    ada.post(f"/tasks/{task.id}/done", back="/tasks")
    with house.database.transaction() as tx:
        assert tx.session.get_one(Task, task.id).done_at
    ada.post("/tasks", status=422, title="")


def test_a_brand_team_logs_sorts_and_moves_themes(app: object, house: House, cast: Cast) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")  # type: ignore[arg-type]
    yuki.post("/feedback", quote="The lid rattles.", kind="problem", contact_id="1", product_id="1", heard="DM")
    page = yuki.get("/feedback?product=1")
    assert "The lid rattles." in page
    with house.database.reading() as tx:
        note = tx.session.scalars(select(Feedback).where(Feedback.quote == "The lid rattles.")).one()
        assert note.theme_id is None
    yuki.post(f"/feedback/{note.id}/theme", theme="Lid knob")
    yuki.post("/feedback", quote="Loose knob.", kind="problem", theme="  LID  knob", contact_id="2")
    with house.database.reading() as tx:
        lid = tx.session.scalars(select(Theme).where(Theme.name == "Lid knob")).one()
        hobs = tx.session.scalars(select(Theme).where(Theme.name == "Caravan hobs")).one()
    card = yuki.get(f"/feedback/themes/{lid.id}")
    assert "2 notes, 2 creators" in card
    yuki.post(f"/feedback/themes/{lid.id}/state", status=422, state="done")
    yuki.post(f"/feedback/themes/{lid.id}/state", state="planned")
    assert "Moved from Listening to Planned" in yuki.get(f"/feedback/themes/{lid.id}")
    yuki.post(f"/feedback/themes/{lid.id}/facts", name="Lid knob comes loose", owner_id="3", plan="March run")
    yuki.post(f"/feedback/themes/{lid.id}/facts", status=409, name="caravan HOBS")
    yuki.post(f"/feedback/themes/{hobs.id}/merging", into=str(lid.id))
    assert "3 notes, 3 creators" in yuki.get(f"/feedback/themes/{lid.id}")
    yuki.post(f"/feedback/themes/{lid.id}/merging", status=409, into=str(hobs.id))


def test_a_merge_and_a_move_are_taken_back(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/feedback", quote="Too hot.", kind="problem", theme="Handle heat", contact_id="1")
    ada.post("/feedback/themes/1/merging", into="2")
    _undo(ada, "/feedback/themes/2")
    ada.post("/feedback/themes/2/state", state="out")
    _undo(ada, "/feedback/themes/2")
    with house.database.reading() as tx:
        assert [(row.state, row.merged_into_id) for row in tx.session.scalars(select(Theme))] == [
            ("listening", None)
        ] * 2
        assert {row.theme_id for row in tx.session.scalars(select(Feedback))} == {1, 2}


def test_questions_do_not_grow_with_rows(ada: Person, cast: Cast, queries: list[str]) -> None:
    for number in range(12):
        ada.post(
            "/feedback", quote=f"Note {number}", kind="idea", theme=f"Theme {number}", contact_id=str(number % 5 + 1)
        )
        ada.post("/tasks", title=f"Task {number}", due_on="2026-01-02")
    for path in (
        "/feedback",
        "/feedback?tab=notes",
        "/feedback/themes/2",
        "/tasks",
        "/contacts/1/edit",
        "/feedback/new",
    ):
        queries.clear()
        ada.get(path)
        assert len(queries) <= 15, (path, len(queries))


def test_an_unclear_mail_is_settled_by_who_looked(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        send = tx.session.scalars(select(Send).order_by(Send.id)).first()
        assert send
        send.state, send.claimed_at = "unknown", tx.now
    assert 'href="/sends/unclear"' in ada.get("/today")
    assert "Sent folder of ada@brackenware.example" in ada.get("/sends/unclear")
    ada.post(f"/sends/{send.id}/outcome", status=422, verdict="maybe")
    ada.post(f"/sends/{send.id}/outcome", verdict="again")
    with house.database.reading() as tx:
        assert tx.session.get_one(Send, send.id).state == "scheduled"
    ada.post(f"/sends/{send.id}/outcome", status=409, verdict="sent")
    assert "Nothing is unclear" in ada.get("/sends/unclear")


def test_who_may_not_edit_is_refused(app: object, house: House, cast: Cast) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")  # type: ignore[arg-type]
    yuki.get("/contacts/1/edit", status=403)
    for path in ("facts", "tags", "tags/removal", "owner", "stage", "handles", "addresses"):
        yuki.post(f"/contacts/1/{path}", status=403)
    yuki.post("/sends/1/outcome", status=403, verdict="sent")
