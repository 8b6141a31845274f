"""SQLite gives the number of a row that went to the next one: no undo and no draft may meet the wrong one."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from crm import figures, posts, rates
from crm.changes import Undone, undo_change
from crm.imports import run_import
from crm.models import Change, Contact, Handle, HandlePost, HandleRate, HandleSnapshot
from crm.post_lines import PostLine
from crm.users import add_user
from kit.tx import Tx
from sequences.mail_models import MailDraft
from sequences.sending.imports_back import undo_import
from sequences.sending.mail_drafts import keep_draft, place_of
from tests.stories.world import World
from web.undo import REVERSERS

ADA = "user:1"
DAY = date(2026, 11, 20)

Found = TypeVar("Found")


def later(world: World, deed: Callable[[Tx], Found]) -> Found:
    world.clock.advance(timedelta(minutes=1))
    with world.database.transaction() as tx:
        return deed(tx)


def undo(world: World, change: Change) -> Undone:
    return later(world, lambda tx: undo_change(tx, change.id, actor=ADA, reversers=REVERSERS))


def two_accounts(world: World) -> list[int]:
    people = world.people(2)
    with world.database.transaction() as tx:
        rows = [
            Handle(contact_id=one, platform="instagram", username=f"account{one}", created_at=tx.now) for one in people
        ]
        tx.session.add_all(rows)
        tx.session.flush()
        return [row.id for row in rows]


def test_undoing_a_rate_that_was_forgotten_spares_the_next_one(world: World) -> None:
    one, two = two_accounts(world)

    def say(account: int, amount: int) -> Change:
        rate = rates.NewRate(format="reel", amount=Decimal(amount), currency="EUR", said_on=DAY)
        return later(world, lambda tx: rates.set_rate(tx, tx.session.get_one(Handle, account), rate, actor=ADA))

    first = say(one, 100)
    removal, _ = later(world, lambda tx: rates.remove_rate(tx, first.data["rate"], actor=ADA))
    say(two, 900)
    assert (undo(world, first).undone, undo(world, removal).undone) == (0, 1)
    with world.database.reading() as tx:
        assert sorted(tx.session.scalars(select(HandleRate.amount))) == [100, 900]
        assert sorted(tx.session.scalars(select(Handle.price_amount))) == [100, 900]


def test_undoing_a_reading_that_was_forgotten_spares_the_next_one(world: World) -> None:
    one, two = two_accounts(world)

    def read(account: int, followers: float) -> Change:
        reading = figures.Reading(read_on=DAY, source="a kit", followers=followers)
        return later(world, lambda tx: figures.add_reading(tx, account, reading, actor=ADA))

    for account in (two, one):
        first = read(one, 1000.0)
        later(world, lambda tx, first=first: figures.remove_reading(tx, first.data["snapshot"], actor=ADA))
        read(account, 5000.0)
        assert undo(world, first).undone == 0
    with world.database.reading() as tx:
        assert tx.session.scalars(select(HandleSnapshot.followers)).all() == [5000.0, 5000.0]


def test_undoing_posts_that_were_forgotten_spares_the_next_ones(world: World) -> None:
    one, two = two_accounts(world)

    def add(account: int, views: float) -> Change:
        line = PostLine(posted_on=DAY, views=views, interactions=None, url="", sponsor="")
        return later(world, lambda tx: posts.add_posts(tx, account, [line], source="by hand", actor=ADA))

    first = add(one, 10.0)
    later(world, lambda tx: posts.remove_post(tx, first.data["posts"][0], actor=ADA))
    add(two, 20.0)
    assert undo(world, first).undone == 0
    with world.database.reading() as tx:
        assert tx.session.scalars(select(HandlePost.views)).all() == [20.0]


def test_a_draft_goes_with_the_person_an_import_brought(world: World) -> None:
    path = world.folder / "list.csv"

    def bring(name: str) -> int:
        path.write_text(f"Name,Email\n{name} Example,{name}@people.example\n")
        found = run_import(
            world.database, path, brand_name=None, overrides={}, platform=None, dry_run=False, actor=ADA
        )  # fmt: skip
        assert found.import_id
        return found.import_id

    (known,) = world.people(1)
    number = bring("anna")
    with world.database.transaction() as tx:
        user = add_user(tx, "ada@pastel.test", role="outreach", name="Ada")
        anna = tx.session.scalars(select(Contact.id).where(Contact.name == "anna Example")).one()
        for person in (anna, known):
            keep_draft(tx, user.id, place_of(contact_id=person), "About your fee of 900 EUR", subject="Fee")
    later(world, lambda tx: undo_import(tx, number, ADA))
    bring("bert")
    with world.database.reading() as tx:
        assert tx.session.scalars(select(MailDraft.place)).all() == [place_of(contact_id=known)]
