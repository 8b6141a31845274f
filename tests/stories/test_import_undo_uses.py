"""Taking an import back leaves what it added to people known before once it is in use: mail must find its person."""

from datetime import timedelta

from sqlalchemy import select

from crm.addresses import prefer
from crm.handle_edits import make_main
from crm.import_undo import UndoResult, undo_import
from crm.imports import run_import
from crm.models import ContactAddress, Handle, Relationship, Suppression
from crm.rhythms import set_rhythm
from crm.suppressions import suppress
from sequences.course.enrolments import enrol
from sequences.versions.published import get_sequence
from tests.stories.world import World

FILE = "Name,Email,Email 2,Instagram,TikTok\nCreator0 Example,creator0@people.example,second@people.example,@one,@two\n"
ADA = "user:1"


def bring(world: World) -> int:
    """Top a known person up with an address, two accounts and the brand."""
    path = world.folder / "list.csv"
    path.write_text(FILE)
    found = run_import(
        world.database, path, brand_name=None, overrides={}, platform=None, dry_run=False, actor=ADA
    )  # fmt: skip
    world.clock.advance(timedelta(hours=1))
    assert found.import_id is not None
    return found.import_id


def take_back(world: World, import_id: int) -> UndoResult:
    with world.database.transaction() as tx:
        return undo_import(tx, import_id, ADA)


def emails(world: World) -> list[str]:
    with world.database.reading() as tx:
        return sorted(tx.session.scalars(select(ContactAddress.email)))


def test_an_address_that_mail_goes_to_stays_and_its_answer_ends_the_run(world: World) -> None:
    people = world.people(1)
    number = bring(world)
    with world.database.transaction() as tx:
        second = tx.session.scalars(select(ContactAddress).where(ContactAddress.email == "second@people.example")).one()
        prefer(tx, second.id, actor=ADA)
    world.load()
    world.enrol(people)
    world.tick()
    found = take_back(world, number)
    assert [one["contact"] for one in found.left] == people
    assert "second@people.example" in found.left[0]["reason"]
    assert "second@people.example" in emails(world)
    (mail,) = world.mails_to("second@people.example")
    world.answer(mail, "Yes, gladly!", thread=False, sender="second@people.example", subject="About markers")
    world.days(0.01)
    world.poll()
    assert [run.state for run in world.runs()] == ["stopped"]


def test_a_run_that_has_not_written_yet_keeps_its_address(world: World) -> None:
    people = world.people(1)
    number = bring(world)
    world.load()
    with world.database.transaction() as tx:
        first = tx.session.scalars(select(ContactAddress).order_by(ContactAddress.id)).first()
        assert first is not None
        first.mailable = "bad"
        tx.session.flush()
        enrol(tx, get_sequence(tx, "spring"), people, actor=ADA)
    assert [run.email for run in world.runs()] == ["second@people.example"]
    take_back(world, number)
    assert "second@people.example" in emails(world)


def test_an_address_that_gets_no_mail_stays(world: World) -> None:
    world.people(1)
    number = bring(world)
    with world.database.transaction() as tx:
        suppress(tx, "second@people.example", reason="opt_out", source="a mail", actor="contact")
    take_back(world, number)
    assert "second@people.example" in emails(world)
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Suppression.target)).all() == ["second@people.example"]


def test_an_account_made_main_by_hand_stays_and_so_does_a_relationship_with_a_rhythm(world: World) -> None:
    people = world.people(1)
    number = bring(world)
    with world.database.transaction() as tx:
        one = tx.session.scalars(select(Handle).where(Handle.username == "one")).one()
        make_main(tx, one.id, actor=ADA)
        set_rhythm(tx, people[0], 1, 30, actor=ADA)
    found = take_back(world, number)
    assert [one["reason"] for one in found.left] == ["Stays: in use since (instagram/one)."]
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Handle.username)).all() == ["one"]
        assert tx.session.scalars(select(Relationship.rhythm_days)).all() == [30]


def test_what_nobody_uses_goes(world: World) -> None:
    world.people(1)
    number = bring(world)
    assert take_back(world, number).left == []
    assert emails(world) == ["creator0@people.example"]
    with world.database.reading() as tx:
        assert tx.session.scalars(select(Handle)).all() == tx.session.scalars(select(Relationship)).all() == []
