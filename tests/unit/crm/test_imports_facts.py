from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crm.brands import create_brand
from crm.contacts import create_contact, list_addresses
from crm.imports import preview_import
from crm.models import Contact, ContactPair, Handle, HandleSnapshot, Import, Relationship, Suppression
from crm.suppressions import suppress
from kit.clock import FixedClock
from kit.errors import InvalidError, NotFoundError
from kit.tx import Database
from tests.unit.crm.importing import HEADER, bring, dump, verdicts, write


def test_two_contacts_in_one_row_are_refused(database: Database, tmp_path: Path) -> None:
    bring(database, write(tmp_path, HEADER + "Mia,mia@tinte.example,,,,\nTom,,@tom,,,\n"))
    before = dump(database, without=("imports", "contact_pairs"))
    result = bring(database, write(tmp_path, HEADER + "Mia,mia@tinte.example,@tom,5K,Ulm,new\n"))
    assert verdicts(result) == ["rejected"]
    assert result.rows[0]["reason"].startswith("Its addresses and handles belong to 2 different contacts")
    assert dump(database, without=("imports", "contact_pairs")) == before
    with database.reading() as tx:
        pair = tx.session.scalars(select(ContactPair)).one()
        assert (pair.low_id, pair.high_id, pair.evidence) == (1, 2, [["file", "creators.csv", 2, result.import_id]])


def test_blanks_are_filled_and_nothing_is_overwritten(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        mia = create_contact(tx, name="Mia by hand", emails=["mia@tinte.example"], actor="user:1")
    content = "Name,Email,Other email,TikTok,City,Notes\nMia File,mia@tinte.example,mia2@tinte.example,@mia,Ulm,Draws\n"
    result = bring(database, write(tmp_path, content))
    assert verdicts(result) == ["updated"]
    assert result.rows[0]["reason"] == "Added mia2@tinte.example, tiktok/mia, city, notes."
    with database.reading() as tx:
        found = tx.session.get_one(Contact, mia.id)
        assert (found.name, found.city, found.fields) == ("Mia by hand", "Ulm", {"notes": "Draws"})
        assert [row.email for row in list_addresses(tx, mia.id)] == ["mia@tinte.example", "mia2@tinte.example"]
        assert found.search_text == "mia by hand ulm mia@tinte.example mia2@tinte.example mia"


def test_figures_become_dated_snapshots(database: Database, clock: FixedClock, tmp_path: Path) -> None:
    header = "Instagram,Followers,Posts,Price,Last post\n"
    bring(database, write(tmp_path, header + "@mia,1000,50,€100,2026-11-01\n"))
    clock.advance(timedelta(days=30))
    newer = bring(database, write(tmp_path, header + "@mia,1200,50,€150,2026-10-01\n@mia,1300,,,\n"))
    assert verdicts(newer) == ["updated", "duplicate"]
    with database.reading() as tx:
        handle = tx.session.scalars(select(Handle)).one()
        assert (handle.followers, str(handle.price_amount), str(handle.last_post_on)) == (1200, "100.00", "2026-11-01")
        taken = tx.session.execute(
            select(HandleSnapshot.followers, HandleSnapshot.posts, HandleSnapshot.taken_at).order_by(HandleSnapshot.id)
        ).all()
        assert [row[:2] for row in taken] == [(1000, 50), (1200, None)]
        assert taken[1].taken_at - taken[0].taken_at == timedelta(days=30)


def test_one_row_per_platform_is_one_person(database: Database, tmp_path: Path) -> None:
    content = "Email,Platform,Username,Followers\nmia@t.example,Instagram,mia,100\nmia@t.example,TikTok,mia.t,200\n"
    path = write(tmp_path, content)
    assert verdicts(bring(database, path)) == ["created", "updated"]
    newer = write(tmp_path, content.replace("200", "900"))
    assert verdicts(bring(database, newer)) == ["unchanged", "updated"]
    with database.reading() as tx:
        assert dict(tx.session.execute(select(Handle.platform, Handle.followers)).all()) == {
            "instagram": 100,
            "tiktok": 900,
        }


def test_a_shared_website_makes_nobody_the_same(database: Database, tmp_path: Path) -> None:
    content = "Name,Email,Website\nMia,mia@a.example,https://agency.example\nTom,tom@a.example,https://agency.example\n"
    path = write(tmp_path, content)
    result = bring(database, path)
    assert verdicts(result) == ["created", "created"]
    assert result.rows[1]["reason"] == "https://agency.example is kept with another contact."
    assert verdicts(bring(database, path)) == ["unchanged", "unchanged"]


def test_suppressed_and_erased_people_stay_as_they_are(database: Database, tmp_path: Path) -> None:
    with database.transaction() as tx:
        suppress(tx, "mia@tinte.example", reason="opt_out", source="reply", actor="contact")
        gone = create_contact(tx, emails=["tom@marker.example"], actor="user:1")
        gone.erased_at = tx.now
    result = bring(database, write(tmp_path, HEADER + "Mia,mia@tinte.example,,,,\nTom,tom@marker.example,,,Ulm,\n"))
    assert verdicts(result) == ["created", "rejected"]
    with database.reading() as tx:
        assert tx.session.scalars(select(Suppression.lifted_at)).all() == [None]
        assert tx.session.get_one(Contact, gone.id).city == ""


def test_which_brand(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "Mia,mia@tinte.example,,,,\n")
    with pytest.raises(NotFoundError):
        bring(database, path, brand_name="Nobody")
    assert bring(database, path).counts["created"] == 1
    with database.transaction() as tx:
        create_brand(tx, "Inkwell")
    with_brand = bring(database, path)
    assert (verdicts(with_brand), with_brand.rows[0]["reason"]) == (["updated"], "Added the brand.")
    with database.transaction() as tx:
        create_brand(tx, "Paperhouse")
    with pytest.raises(InvalidError, match="several brands"):
        bring(database, path)
    assert verdicts(bring(database, path, brand_name="Inkwell")) == ["unchanged"]
    with database.reading() as tx:
        assert tx.session.scalar(select(func.count(Relationship.id))) == 1


def test_mapping_by_hand_and_preview(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path, "Who;Where\nMia Tinte;mia@tinte.example\n", "list.txt")
    plan = preview_import(path, {"Who": "notes"}, "tiktok")
    assert (plan.delimiter, plan.has_header, plan.filename) == (";", True, "list.txt")
    assert plan.mapping.columns == {"Who": "notes", "Where": "email"}
    assert plan.mapping.platform == "tiktok"
    assert [row.line for row in plan.rows] == [reading.line for reading in plan.readings] == [2]
    result = bring(database, path, overrides={"Who": "notes"}, filename="sent.csv", keep_rows=0)
    assert (result.rows, result.counts["created"]) == ([], 1)
    with database.reading() as tx:
        assert tx.session.scalars(select(Contact.fields)).one() == {"notes": "Mia Tinte"}
        assert tx.session.scalars(select(Import.filename)).one() == "sent.csv"
    with pytest.raises(InvalidError, match="There is no column"):
        preview_import(path, {"Whom": "name", "Nix": "email"})
    with pytest.raises(InvalidError):
        bring(database, write(tmp_path, ""))


def test_values_longer_than_their_columns(database: Database, tmp_path: Path) -> None:
    long = "x" * 190
    header = "First name,Last name,Email,City,Tags,Website\n"
    content = f"{header}{long},{long},a@x.example,{long},{long},https://a.example/{'y' * 300}\n"
    result = bring(database, write(tmp_path, content))
    assert result.counts["created"] == 1
    assert "too long to keep" in result.rows[0]["reason"]
    with database.reading() as tx:
        found = tx.session.scalars(select(Contact)).one()
        assert (len(found.name), len(found.first_name), len(found.city)) == (300, 150, 120)
