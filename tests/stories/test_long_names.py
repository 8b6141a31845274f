"""A name of one very long word is kept as far as its columns go, wherever it is written."""

from sqlalchemy import select

from crm.contacts import create_contact
from crm.links import link_by_address
from crm.models import Contact
from crm.person_edits import edit_facts, mark_of
from tests.stories.world import World

LONG = "9" * 400


def test_a_long_name_is_cut_and_never_a_fault(world: World) -> None:
    with world.database.transaction() as tx:
        person = create_contact(tx, name=LONG, emails=["long@people.example"], actor="user:1")
        link_by_address(tx, person.id, "agent@people.example", "agent", name=LONG, actor="user:1")
    with world.database.transaction() as tx:
        person = tx.session.get_one(Contact, person.id)
        edit_facts(tx, person.id, {"name": "8" * 400}, seen=mark_of(person), actor="user:1")
    with world.database.reading() as tx:
        found = tx.session.execute(
            select(Contact.name, Contact.first_name, Contact.last_name).order_by(Contact.id)
        ).all()
    assert [tuple(row) for row in found] == [("8" * 300, "8" * 150, ""), ("9" * 300, "9" * 150, "")]
