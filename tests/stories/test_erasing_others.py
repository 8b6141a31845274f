"""Whoever stays keeps what is theirs when somebody else is erased, however alike the two are called."""

import pytest
from sqlalchemy import insert, select

from crm import handles, timeline
from crm.contacts import create_contact
from crm.fields import create_field
from crm.models import Change, Contact, ContactAddress, Job, SavedText, Suppression, TimelineEntry
from crm.suppressions import find_suppression, suppress
from sequences.bulk import deeds
from sequences.bulk.act import Order
from sequences.jobs.runner import run_jobs
from sequences.privacy.erasure import erase_contact
from tests.stories.world import World


def add(world: World, name: str, email: str, account: str = "") -> int:
    with world.database.transaction() as tx:
        number = create_contact(tx, name=name, emails=[email], actor="system").id
        if account:
            url = f"https://instagram.com/{account}"
            handles.add_handle(
                tx, number, handles.Account(platform="instagram", username=account, url=url), actor="user:1"
            )
        return number


def erase(world: World, *people: int) -> None:
    for number in people:
        with world.database.transaction() as tx:
            erase_contact(tx, number, reason="asked", actor="user:1")
        run_jobs(world.engine)


@pytest.mark.parametrize(("gone", "stays"), [
    ("Maria Garcia", "Maria Garcia Marquez"),
    ("Maria Garcia", "Maria Garcia-Lopez"),
    ("Maria Garcia Marquez", "Maria Garcia"),
    ("Maria Garcia", "Maria G."),
    ("Émile Durand", "émile DURAND"),
])  # fmt: skip
def test_nobody_else_loses_a_name_that_is_alike(world: World, gone: str, stays: str) -> None:
    person, other = add(world, gone, "one@one.example"), add(world, stays, "two@two.example")
    with world.database.transaction() as tx:
        before = tx.session.get_one(Contact, other).search_text
        timeline.add_note(
            tx, other, f"Spoke with {stays} at the fair, the one with the two kettles and {stays}", actor="u"
        )
    erase(world, person)
    with world.database.reading() as tx:
        contact = tx.session.get_one(Contact, other)
        assert (contact.name, contact.search_text) == (stays, before)
        notes = select(TimelineEntry.summary).where(TimelineEntry.contact_id == other, TimelineEntry.kind == "note")
        assert tx.session.scalars(notes).one().count(stays) == 2


def test_nobody_else_loses_an_address_or_their_opt_out(world: World) -> None:
    person, other = add(world, "Kettle Uk", "info@kettle.co.uk"), add(world, "Kettle Co", "info@kettle.co")
    with world.database.transaction() as tx:
        suppress(tx, "info@kettle.co", reason="opt_out", source="mail", actor="contact")
        suppress(tx, "info@kettle.co.uk", reason="opt_out", source="mail", actor="contact")
    erase(world, person)
    with world.database.reading() as tx:
        query = select(ContactAddress.email).where(ContactAddress.contact_id == other)
        assert tx.session.scalars(query).all() == ["info@kettle.co"]
        assert find_suppression(tx, "info@kettle.co") is not None
        assert tx.session.scalars(select(Suppression.target)).all() == ["info@kettle.co"]


def test_an_account_called_like_a_word_takes_that_word_from_nobody(world: World) -> None:
    person, other = add(world, "Xenia Example", "x@one.example", "vegan"), add(world, "Yara Other", "y@vegan.example")
    look = "Look at https://brand.example/vegan for more, or @vegan"
    with world.database.transaction() as tx:
        create_field(tx, "Diet", "text", actor="user:1")
        contact = tx.session.get_one(Contact, other)
        contact.fields, contact.ships_to = {"diet": "Vegan"}, "see https://shop.example/vegan/boxes"
        times = {"created_at": tx.now, "updated_at": tx.now, "updated_by": "user:1"}
        tx.session.add(SavedText(name="T", kind="template", path="t", body=look, **times))
        timeline.add_note(tx, other, "Is vegan, knows @vegan (instagram.com/vegan)", actor="user:1")
        deeds.do_now(tx, "tag", [other], Order(value="vegan", brand_id=1, user_id=1), actor="user:1")
    erase(world, person)
    with world.database.reading() as tx:
        contact = tx.session.get_one(Contact, other)
        assert (contact.fields, contact.ships_to) == ({"diet": "Vegan"}, "see https://shop.example/vegan/boxes")
        assert tx.session.scalars(select(SavedText.body)).all() == [look]
        change = tx.session.scalars(select(Change).where(Change.kind == "bulk_tag")).one()
        assert change.data["traces"] == [[other, "vegan"]]
        told = tx.session.execute(select(TimelineEntry.kind, TimelineEntry.summary)).all()
        assert ("tag", "Tagged vegan") in told
        assert ("note", "Is vegan, knows @[erased] (instagram.com/[erased])") in told


def test_old_deeds_are_emptied_a_stretch_at_a_time(world: World) -> None:
    """The request reads none of them: on SQLite nobody else could write meanwhile."""
    person, other = add(world, "Xenia Example", "x@one.example"), add(world, "Yara Other", "y@two.example")
    with world.database.transaction() as tx:
        common = {"at": tx.now, "actor": "user:1", "kind": "contact.tag", "words": {}, "count": 1, "undone_by": ""}
        rows = [
            {**common, "summary": "Tagged", "data": {"contact": number, "tag": "x"}}
            for number in (person, *[other] * 1_000, person)
        ]
        tx.session.execute(insert(Change), rows)
    erase(world, person)
    with world.database.reading() as tx:
        found = tx.session.execute(select(Change.kind, Change.data).order_by(Change.id)).all()
        job = tx.session.scalars(select(Job)).one()
    emptied, kept = ("erased", {}), ("contact.tag", {"contact": other, "tag": "x"})
    assert [tuple(row) for row in found] == [emptied, *[kept] * 1_000, emptied]
    assert (job.state, job.done, job.cursor) == ("done", job.total, {})
