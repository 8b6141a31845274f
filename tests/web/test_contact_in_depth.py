"""A person in depth: figures, posts, rates, fit, agents, old names and addresses; each with a way back."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from crm.models import (
    ContactAddress,
    ContactLink,
    Handle,
    HandleName,
    HandlePost,
    HandleRate,
    HandleSnapshot,
    TimelineEntry,
)
from crm.users import add_user, set_password
from sequences.models import Enrolment, Send
from tests.web.cast import PASSWORD, Cast
from tests.web.conftest import Person, sign_in
from tests.web.depth import POSTS, deepen
from web.wiring import House

UNDO = re.compile(r'class="toast".*?action="(/changes/\d+/undo)"', re.DOTALL)


def undo(person: Person, path: str) -> None:
    found = UNDO.search(person.get(path))
    assert found
    person.post(found[1])


def main(house: House) -> Handle:
    with house.database.reading() as tx:
        return tx.session.get_one(Handle, 1)


def test_a_reading_counts_from_its_day_and_is_taken_back(ada: Person, cast: Cast, house: House) -> None:
    form = {
        "handle_id": "1",
        "followers": "190k",
        "avg_views": "97,5k",
        "engagement_rate": "7,4",
        "source": "media kit",
    }
    ada.post("/contacts/1/figures", **form)
    assert main(house).followers == 190_000
    ada.post("/contacts/1/figures", handle_id="1", followers="150k", read_on="2026-05-01")
    assert main(house).followers == 190_000, "an older reading changes nothing today"
    page = ada.get("/contacts/1/channels")
    for words in ("media kit", "1 May", "190k", "polyline"):
        assert words in page
    ada.post("/contacts/1/figures", handle_id="1", followers="1")
    ada.post("/contacts/2/figures", handle_id="1", followers="1", status=404)
    ada.post("/contacts/1/figures", handle_id="1", status=422)
    ada.post("/contacts/1/figures", handle_id="1", followers="much", status=422)
    ada.post("/contacts/1/figures", handle_id="1", followers="1", read_on="2026-12-24", status=422)
    with house.database.reading() as tx:
        newest = tx.session.scalars(select(HandleSnapshot).order_by(HandleSnapshot.id.desc())).first()
        assert newest is not None
        number = newest.id
    ada.post(f"/readings/{number}/removal")
    assert main(house).followers == 190_000
    undo(ada, "/contacts/1/channels")
    assert main(house).followers == 1


def test_posts_say_what_is_typical_and_who_pays(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/contacts/1/posts", handle_id="1", lines=POSTS)
    handle = main(house)
    assert (handle.median_views, handle.post_gap_days, str(handle.last_post_on)) == (96_000, 7, "2026-11-20")
    assert handle.views_spread is not None
    assert round(handle.views_spread, 3) == 0.059
    page = ada.get("/contacts/1")
    for words in ("Oat &amp; Co", "Norr Knives", "every 7 days", "steady"):
        assert words in page
    ada.post("/contacts/1/posts", handle_id="1", lines=POSTS, status=409)
    ada.post("/contacts/1/posts", handle_id="1", lines="96k", status=422)
    ada.post("/handle-posts/1/removal")
    assert main(house).median_views == 95_000
    undo(ada, "/contacts/1/channels")
    assert main(house).median_views == 96_000
    ada.post("/contacts/1/posts", handle_id="1", lines="2026-11-22 1M")
    undo(ada, "/contacts/1/channels")
    handle = main(house)
    assert (handle.median_views, str(handle.last_post_on)) == (96_000, "2026-11-20")
    with house.database.reading() as tx:
        assert tx.session.query(HandlePost).count() == 5


def test_rates_keep_their_history_and_say_what_a_thousand_views_cost(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/contacts/1/posts", handle_id="1", lines=POSTS)
    rate = {"handle_id": "1", "format": "video", "amount": "2400", "currency": "eur", "said_by": "her manager"}
    ada.post("/contacts/1/rates", **rate)
    ada.post("/contacts/1/rates", handle_id="1", format="short", amount="900,50", currency="EUR")
    assert str(main(house).price_amount) == "2400.00"
    page = ada.get("/contacts/1")
    for words in ("€2,400", "€25 per thousand views", "her manager", "€900.50"):
        assert words in page
    history = ada.get("/contacts/1/channels")
    assert (history.count(">holds<"), "€1,800" in history) == (2, True)
    ada.post("/contacts/1/rates", handle_id="1", format="opera", amount="1", status=422)
    ada.post("/contacts/1/rates", handle_id="1", format="video", amount="", status=422)
    ada.post("/contacts/1/rates", handle_id="1", format="video", amount="1", currency="E1", status=422)
    with house.database.reading() as tx:
        number = tx.session.scalars(select(HandleRate.id).where(HandleRate.amount == 2400)).one()
    ada.post(f"/handle-rates/{number}/removal")
    assert str(main(house).price_amount) == "1800.00"
    undo(ada, "/contacts/1/channels")
    assert str(main(house).price_amount) == "2400.00"


def test_fit_shows_its_weights_and_follows_them(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        deepen(tx, 1)
    usual = ada.get("/contacts/1")
    assert "What fit is made of" in usual
    other = ada.get("/contacts/1?w_engagement=0&w_views=0&w_price=5&w_fresh=0&w_size=0&w_steady=0")
    fits = [re.search(r'<b class="num">(\d+)</b><svg class="meter"', page) for page in (usual, other)]
    assert all(fits)
    assert len({fit[1] for fit in fits if fit}) == 2
    assert "/contacts?weights=" in other
    assert "?in=weights=price%253A5" in ada.get("/contacts?weights=price:5")


@pytest.mark.parametrize("days", [5, 400])
def test_what_was_read_long_ago_is_marked_by_the_teams_own_rule(
    app: Flask, ada: Person, cast: Cast, house: House, days: int
) -> None:
    ada.post("/contacts/1/figures", handle_id="1", followers="184k", read_on="2026-11-01")
    assert ">stale<" not in ada.get("/contacts/1")
    with house.database.transaction() as tx:
        chief_user = add_user(tx, "chief@brackenware.example", role="admin", name="Chief")
        set_password(chief_user, PASSWORD, house.hasher)
    chief = sign_in(app, house, "chief@brackenware.example")
    chief.post("/settings/data/stale", days=str(days))
    assert (">stale<" in ada.get("/contacts/1")) is (days == 5)
    undo(chief, "/settings/data")
    chief.post("/settings/data/stale", days="0", status=422)
    assert ">stale<" not in ada.get("/contacts/1")
    sign_in(app, house, "yuki@brackenware.example").post("/settings/data/stale", days="1", status=403)


def test_an_account_keeps_its_old_name_and_may_be_history(ada: Person, cast: Cast, house: House) -> None:
    with house.database.transaction() as tx:
        deepen(tx, 1)
    account = {"platform": "youtube", "username": "imani.cooks", "why": "a new brand", "followers": "184k"}
    ada.post("/handles/1", **account)
    page = ada.get("/contacts/1/channels")
    for words in ("imani.cooks", "Small Kitchen Imani", "a new brand"):
        assert words in page
    with house.database.reading() as tx:
        assert tx.session.query(HandleName).one().username == "Small Kitchen Imani"
        second = tx.session.scalars(select(Handle.id).where(Handle.contact_id == 1, Handle.id != 1)).one()
    ada.post(f"/handles/{second}/main")
    undo(ada, "/contacts/1/channels")
    assert main(house).is_main is False
    ada.post("/handles/1/retirement", status=422)
    ada.post("/handles/1/retirement", why="sold")
    page = ada.get("/contacts/1")
    assert "</th><td>184k" not in page
    assert "Imani" not in ada.get("/contacts?size=180k..")
    ada.post("/handles/1/retirement", why="sold", status=409)
    ada.post("/handles/1/main", status=422)
    back = UNDO.search(page)
    assert back
    ada.post(back[1])
    assert "</th><td>184k" in ada.get("/contacts/1")
    ada.post("/handles/1/retirement", why="sold")
    ada.post("/handles/1/retirement/lift")
    assert main(house).retired_at is None


def test_an_old_address_stays_theirs_and_gets_no_mail(ada: Person, cast: Cast, house: House) -> None:
    who = cast.contacts["Niamh Kerrisk"]
    with house.database.reading() as tx:
        old = tx.session.scalars(select(ContactAddress).where(ContactAddress.contact_id == who)).one()
        assert tx.session.query(Enrolment).filter_by(contact_id=who).one().state == "active"
    ada.post(f"/addresses/{old.id}/retirement", why="bounced twice", email="niamh@new.example")
    with house.database.reading() as tx:
        run = tx.session.query(Enrolment).filter_by(contact_id=who).one()
        assert (run.state, run.reason) == ("stopped", "old_address")
        rows = {row.email: row for row in tx.session.query(ContactAddress).filter_by(contact_id=who)}
        assert rows[old.email].retired_why == "bounced twice"
        assert rows["niamh@new.example"].position == 0
    edit = ada.get(f"/contacts/{who}/edit")
    assert "bounced twice" in edit
    assert "niamh@new.example" in ada.get(f"/contacts/{who}/mail")
    back = UNDO.search(edit)
    assert back
    ada.post(back[1])
    assert old.email in ada.get(f"/contacts/{who}/mail")
    ada.post(f"/addresses/{old.id}/retirement", status=422)
    with house.database.reading() as tx:
        new = tx.session.query(ContactAddress).filter_by(email="niamh@new.example").one()
    ada.post(f"/addresses/{new.id}/mark", mailable="first")
    back = UNDO.search(ada.get(f"/contacts/{who}"))
    assert "niamh@new.example" in ada.get(f"/contacts/{who}/mail")
    assert back
    ada.post(back[1])
    assert old.email in ada.get(f"/contacts/{who}/mail")


def test_an_agent_is_tied_shown_on_both_pages_and_copied(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/contacts/1/links", email="mira@agency.example", name="Mira Holm", role="manager", speaks="1")
    page = ada.get("/contacts/1")
    assert "Mira Holm" in page
    assert "answers on their behalf" in page
    with house.database.reading() as tx:
        link = tx.session.query(ContactLink).one()
        told = {one.contact_id for one in tx.session.query(TimelineEntry).filter_by(kind="link")}
        assert told == {1, link.agent_id}
    assert "Imani Oduya" in ada.get(f"/contacts/{link.agent_id}")
    thread = cast.threads["Imani Oduya"]
    assert 'name="cc_helper" value="mira@agency.example"' in ada.get(f"/inbox/{thread}")
    seen = re.search(r'name="seen" value="([^"]*)"', ada.get(f"/inbox/{thread}"))
    assert seen
    form = {"text": "Gladly.", "seen": seen[1], "cc_helper": "mira@agency.example"}
    refused = ada.post(f"/threads/{thread}/replies", **form, cc="nobody at all", status=422)
    assert 'value="mira@agency.example" checked' in refused
    assert "nobody, at, all" in refused
    ada.post(f"/threads/{thread}/replies", **form, cc="tom@agency.example", at_night="1")
    with house.database.reading() as tx:
        send = tx.session.query(Send).filter(Send.request_key.is_not(None)).one()
        assert send.cc == ["mira@agency.example", "tom@agency.example"]
    ada.post(f"/sends/{send.id}/cancellation")
    again = ada.get(f"/inbox/{thread}")
    assert 'value="mira@agency.example" checked' in again
    assert 'name="cc" value="tom@agency.example"' in again
    ada.post(f"/links/{link.id}/removal")
    undo(ada, "/contacts/1")
    assert "Mira Holm" in ada.get("/contacts/1")
    ada.post("/contacts/1/links", email="imani@smallkitchen.example", role="agent", status=422)
    ada.post("/contacts/1/links", email="mira@agency.example", role="aunt", status=422)
    ada.post(f"/contacts/{link.agent_id}/links", email="imani@smallkitchen.example", role="agent", status=409)


def test_questions_stay_the_same_however_deep(ada: Person, cast: Cast, house: House, queries: list[str]) -> None:
    def count(path: str) -> int:
        queries.clear()
        ada.get(path)
        return len(queries)

    with house.database.transaction() as tx:
        deepen(tx, 1)
    paths = ("/contacts/1", "/contacts/1/channels", "/contacts/1/edit", f"/inbox/{cast.threads['Imani Oduya']}")
    before = [count(path) for path in paths]
    with house.database.transaction() as tx:
        deepen(tx, 2, more=12)
    deep = ("/contacts/2", "/contacts/2/channels", "/contacts/2/edit", f"/inbox/{cast.threads['Tomek Wilczak']}")
    assert [count(path) for path in deep] == before
    assert max(before) <= 15


def test_who_may_not_edit_only_looks(app: Flask, house: House, cast: Cast) -> None:
    with house.database.transaction() as tx:
        deepen(tx, 1)
    yuki = sign_in(app, house, "yuki@brackenware.example")
    page = yuki.get("/contacts/1/channels")
    assert 'method="post" action="/contacts/1/figures"' not in page
    for path in ("/contacts/1/figures", "/contacts/1/posts", "/contacts/1/rates", "/contacts/1/links",
                 "/links/1/removal", "/handles/1/main", "/handles/1/retirement", "/readings/1/removal",
                 "/handle-posts/1/removal",
                 "/handle-rates/1/removal", "/addresses/1/retirement"):  # fmt: skip
        yuki.post(path, status=403)
