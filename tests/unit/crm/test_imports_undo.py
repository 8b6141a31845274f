from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm.brands import create_brand
from crm.contacts import create_contact, get_contact_by_email, list_tags
from crm.import_undo import undo_import
from crm.models import Change, Contact, Handle, HandleSnapshot, Import, Relationship
from crm.pipeline import stage_name
from crm.timeline import add_note
from kit.clock import FixedClock
from kit.errors import ConflictError, NotFoundError
from kit.tx import Database
from tests.unit.crm.importing import HEADER, PEOPLE, bring, dump, verdicts, write


@pytest.fixture
def brand(database: Database) -> int:
    with database.transaction() as tx:
        return create_brand(tx, "Inkwell").id


def history(database: Database) -> dict[str, list[str]]:
    return dump(database, without=("imports", "changes"))


def test_undo_restores_everything(database: Database, brand: int, clock: FixedClock, tmp_path: Path) -> None:
    first = "Name,Email,Instagram,Followers,Posts,Last post\nMia Tinte,mia@tinte.example,@mia,1000,50,2026-11-01\n"
    bring(database, write(tmp_path, first))
    with database.transaction() as tx:
        create_contact(tx, name="Ida", emails=["ida@papier.example"], actor="user:1")
    before = history(database)
    clock.advance(timedelta(days=1))
    second = (
        "Name,Email,Instagram,Followers,Posts,Last post,City,Tags,Notes,TikTok,TikTok followers,Price,Country\n"
        "Mia,mia@tinte.example,@mia,2000,60,2026-11-20,Ulm,ink,Draws,@mia.t,5000,€90,DE\n"
        "Mia,mia3@tinte.example,@mia,,,,,paper,,@mia.t,5000,,\n"
        "Ida,ida@papier.example,@ida,70,,,Bonn,,,,,,\n"
        "Tom,tom@marker.example,@tom,10,,,,,,,,,\n"
    )
    result = bring(database, write(tmp_path, second, "second.csv"))
    assert verdicts(result) == ["updated", "updated", "updated", "created"]
    assert history(database) != before
    with database.transaction() as tx:
        told = tx.session.scalars(select(Change).order_by(Change.id.desc()).limit(1)).one()
        assert (told.kind, told.summary, told.count) == ("import", "Imported second.csv: 1 new, 3 topped up", 4)
        undone = undo_import(tx, result.import_id or 0, "user:2")
    assert undone.counts == {"deleted": 1, "restored": 2, "kept": 0}
    with database.reading() as tx:
        assert tx.session.get_one(Change, told.id).undone_by == "user:2"
        assert tx.session.get_one(Change, told.id - 1).undone_at is None
    assert history(database) == before
    with database.reading() as tx:
        row = tx.session.get_one(Import, result.import_id)
        assert (row.undone_at, row.undo["undone_by"]) == (tx.now, "user:2")
    with database.transaction() as tx, pytest.raises(ConflictError):
        undo_import(tx, result.import_id or 0, "user:2")
    with database.transaction() as tx, pytest.raises(NotFoundError):
        undo_import(tx, 999, "user:2")


def test_undo_keeps_whoever_has_a_history(database: Database, brand: int, tmp_path: Path) -> None:
    result = bring(database, write(tmp_path, PEOPLE))
    with database.transaction() as tx:
        mia = get_contact_by_email(tx, "mia@tinte.example")
        add_note(tx, mia.id, "Called.", actor="user:1")
    with database.transaction() as tx:
        undone = undo_import(tx, result.import_id or 0, "user:1")
    assert undone.counts == {"deleted": 2, "restored": 0, "kept": 1}
    assert undone.kept == [{"contact": mia.id, "reason": "Kept: there is a history since (note)."}]
    with database.reading() as tx:
        assert tx.session.scalars(select(Contact.id)).all() == [mia.id]
        assert tx.session.scalar(select(func.count(HandleSnapshot.id))) == 1
        assert list_tags(tx, mia.id) == ["ink", "paper"]


def test_undo_sees_a_history_that_began_while_the_import_ran(database: Database, tmp_path: Path) -> None:
    def meanwhile(done: int) -> None:
        if done == 2:
            with database.transaction() as tx:
                add_note(tx, get_contact_by_email(tx, "a@x.example").id, "Called.", actor="user:1")

    content = "Name,Email\nA,a@x.example\nB,b@x.example\nC,c@x.example\n"
    result = bring(database, write(tmp_path, content), progress=meanwhile)
    with database.transaction() as tx:
        undone = undo_import(tx, result.import_id or 0, "user:1")
    assert undone.counts == {"deleted": 2, "restored": 0, "kept": 1}


def test_undo_leaves_what_people_changed_since(database: Database, brand: int, tmp_path: Path) -> None:
    with database.transaction() as tx:
        mia = create_contact(tx, name="Mia", emails=["mia@tinte.example"], actor="user:1")
    result = bring(database, write(tmp_path, HEADER + "Mia,mia@tinte.example,@mia,5K,Ulm,\n"))
    with database.transaction() as tx:
        tx.session.get_one(Contact, mia.id).city = "Bonn"
        handle = tx.session.scalars(select(Handle)).one()
        tx.session.add(HandleSnapshot(handle_id=handle.id, taken_at=tx.now, followers=7000))
        tx.session.scalars(select(Relationship)).one().last_out_at = tx.now
    with database.transaction() as tx:
        undo_import(tx, result.import_id or 0, "user:1")
    with database.reading() as tx:
        assert tx.session.get_one(Contact, mia.id).city == "Bonn"
        assert tx.session.scalars(select(HandleSnapshot.followers)).all() == [7000]
        assert stage_name(tx, mia.id, brand) == "Found"


def test_undo_of_an_older_import_spares_the_newer(database: Database, tmp_path: Path) -> None:
    older = bring(database, write(tmp_path, HEADER + "Mia,mia@tinte.example,@mia,5K,,\n"))
    bring(database, write(tmp_path, HEADER + "Mia,mia@tinte.example,@mia,6K,,\n"))
    with database.transaction() as tx:
        undone = undo_import(tx, older.import_id or 0, "user:1")
    assert undone.kept[0]["reason"] == "Kept: there is a history since (updated)."
    with database.reading() as tx:
        assert tx.session.scalars(select(HandleSnapshot.followers)).all() == [5000, 6000]


def test_an_import_taken_back_while_it_runs_brings_nobody_else(database: Database, tmp_path: Path) -> None:
    def meanwhile(done: int) -> None:
        with database.transaction() as tx:
            undo_import(tx, tx.session.scalars(select(Import.id)).one(), "user:1")

    content = "Name,Email\nA,a@x.example\nB,b@x.example\nC,c@x.example\n"
    with pytest.raises(ConflictError, match="taken back"):
        bring(database, write(tmp_path, content), progress=meanwhile)
    with database.reading() as tx:
        assert tx.session.scalars(select(Contact.id)).all() == []
