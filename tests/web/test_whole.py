"""Everything out and in: an export taken into an empty installation, and exported from there, is the same bytes."""

import json
import mailbox
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from crm.models import Contact, Mailbox, MessageBody
from kit.clock import FixedClock
from kit.config import load_settings
from kit.errors import InvalidError, RapportError, RefusedError
from kit.tx import Database
from sequences.models import Sequence
from sequences.sending.holding import hold_outbox
from sequences.whole.export import MAILS, MANIFEST, PEOPLE, export_whole
from sequences.whole.taking_in import import_whole
from tests.servers.postgres import PostgresServer
from tests.web.cast import Cast
from web.cli.program import program
from web.folders import read_lines, write_private
from web.schema import head_revision
from web.wiring import House, open_house
from web.zip_stream import stream_zip


def export(database: Database, folder: Path, *, with_secrets: bool = False) -> dict[str, bytes]:
    with database.reading() as tx:
        for name, pieces in export_whole(tx, schema=head_revision(), with_secrets=with_secrets):
            write_private(folder / name, pieces)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def take_in(database: Database, folder: Path) -> tuple[int, int]:
    with database.transaction() as tx:
        manifest = (folder / MANIFEST).read_bytes()
        return import_whole(tx, manifest, partial(read_lines, folder), schema=head_revision())


def hold(database: Database) -> None:
    with database.transaction() as tx:
        hold_outbox(tx)


@pytest.fixture
def open_other(tmp_path: Path, sqlite_template: Path, clock: FixedClock) -> Iterator[Callable[..., House]]:
    """Open another, empty installation, which is closed whatever comes of it."""
    with ExitStack() as stack:

        def open_it(**environment: str) -> House:
            home = tmp_path / "other"
            home.mkdir()
            shutil.copy(sqlite_template, home / "rapport.sqlite3")
            house = open_house(load_settings({"RAPPORT_HOME": str(home), **environment}), clock=clock)
            stack.callback(house.database.engine.dispose)
            return house

        yield open_it


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server("postgresql"))])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an export goes: a database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other' / 'rapport.sqlite3'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.fresh_database() as url:
        yield url


def test_out_and_in_and_out_is_the_same(
    house: House, cast: Cast, other_url: str, open_other: Callable[..., House], tmp_path: Path
) -> None:
    del cast
    hold(house.database)
    first = export(house.database, tmp_path / "one")
    assert sum(part["rows"] for part in json.loads(first[MANIFEST])["files"].values()) > 150
    other = open_other(RAPPORT_DATABASE_URL=other_url)
    take_in(other.database, tmp_path / "one")
    second = export(other.database, tmp_path / "two")
    assert [name for name in first if first[name] != second[name]] == []
    assert first.keys() == second.keys()
    with other.database.transaction() as tx:
        # New rows are numbered after those that came.
        last = tx.session.scalars(select(Contact.id).order_by(Contact.id.desc())).first()
        new = Contact(name="New", created_at=tx.now)
        tx.session.add(new)
        tx.session.flush()
        assert new.id == (last or 0) + 1


def test_nothing_is_sent_after_taking_in(
    house: House, cast: Cast, open_other: Callable[..., House], tmp_path: Path
) -> None:
    del cast
    export(house.database, tmp_path / "one")
    other = open_other()
    _rows, held = take_in(other.database, tmp_path / "one")
    assert held == 2
    with other.database.reading() as tx:
        assert tx.session.scalars(select(Mailbox.secret)).all() == [""]
        assert all(tx.session.scalars(select(Mailbox.paused_at)))
        assert "live" not in tx.session.scalars(select(Sequence.state)).all()
    with pytest.raises(RefusedError, match="data here already"):
        take_in(other.database, tmp_path / "one")


@pytest.mark.parametrize("harm", ["line", "missing", "manifest", "schema", "extra"])
def test_a_damaged_export_changes_nothing(
    house: House, cast: Cast, open_other: Callable[..., House], tmp_path: Path, harm: str
) -> None:
    del cast
    folder = tmp_path / "one"
    export(house.database, folder)
    people, manifest = folder / "tables/contacts.jsonl", folder / MANIFEST
    if harm == "line":
        people.write_bytes(people.read_bytes().replace(b"Imani", b"Amani", 1))
    elif harm == "missing":
        people.unlink()
    elif harm == "manifest":
        manifest.write_bytes(b"{}")
    elif harm == "schema":
        manifest.write_bytes(manifest.read_bytes().replace(head_revision().encode(), b"0001"))
    else:
        people.write_bytes(people.read_bytes().replace(b'"name":', b'"nome":', 1))
    other = open_other()
    with pytest.raises(RapportError):
        take_in(other.database, folder)
    with other.database.reading() as tx:
        assert tx.session.scalars(select(Contact.id)).all() == []


def test_secrets_stay_unless_asked_for(
    house: House, cast: Cast, open_other: Callable[..., House], tmp_path: Path
) -> None:
    del cast
    with house.database.reading() as tx:
        secret = tx.session.scalars(select(Mailbox.secret)).first() or "none"
    without = b"".join(export(house.database, tmp_path / "one").values())
    assert secret.encode() not in without
    assert b"$argon2" not in without
    sealed = b"".join(export(house.database, tmp_path / "two", with_secrets=True).values())
    assert secret.encode() in sealed
    other = open_other()
    with pytest.raises(RefusedError, match="another key"):
        take_in(other.database, tmp_path / "two")


def test_people_as_csv_and_mails_as_mbox(house: House, cast: Cast, tmp_path: Path) -> None:
    del cast
    with house.database.transaction() as tx:
        body = tx.session.scalars(select(MessageBody).order_by(MessageBody.message_id)).first()
        assert body is not None
        raw = (
            b"From: Imani <imani@smallkitchen.example>\r\nSubject: Raw\r\n\r\nHello\r\nFrom here on\r\n>From there\r\n"
        )
        tx.session.execute(update(MessageBody).where(MessageBody.message_id == body.message_id).values(raw=raw))
    whole = export(house.database, tmp_path / "one")
    assert b"imani@smallkitchen.example" in whole[PEOPLE]
    box = mailbox.mbox(tmp_path / "one" / MAILS, create=False)
    mails = list(box)
    box.close()
    assert len(mails) == json.loads(whole[MANIFEST])["files"]["tables/messages.jsonl"]["rows"]
    assert b"\n>From here on\n>>From there\n" in whole[MAILS]
    assert mails[0]["Subject"] == "Raw"
    rebuilt = [mail for mail in mails if mail["X-Rapport-Rebuilt"]]
    assert len(rebuilt) == len(mails) - 1
    assert all(mail["From"] and mail["Date"] for mail in rebuilt)


def test_from_the_command_line(house: House, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del cast
    monkeypatch.setenv("RAPPORT_HOME", str(house.settings.home))
    monkeypatch.setenv("RAPPORT_SECRET_KEY", "a key for tests only")
    folder = tmp_path / "out"
    said = CliRunner().invoke(program, ["db", "export", str(folder)], catch_exceptions=False)
    assert "It holds no passwords" in said.output
    assert (folder.stat().st_mode & 0o777, (folder / PEOPLE).stat().st_mode & 0o777) == (0o700, 0o600)
    again = CliRunner().invoke(program, ["db", "export", str(folder)])
    assert isinstance(again.exception, RefusedError)
    monkeypatch.setenv("RAPPORT_HOME", str(tmp_path / "new"))
    taken = CliRunner().invoke(program, ["db", "import", str(folder)], catch_exceptions=False)
    assert "Took in" in taken.output
    shown = CliRunner().invoke(program, ["contacts", "show", "imani@smallkitchen.example"], catch_exceptions=False)
    assert "Imani Oduya" in shown.output
    with pytest.raises(InvalidError):
        list(read_lines(folder, "tables/none.jsonl"))


def test_a_zip_leaves_in_pieces_while_it_is_made(tmp_path: Path) -> None:
    asked: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield os.urandom(10_000)

    stream = stream_zip([("a/one", pieces()), ("two", iter([b"2"])), ("empty", iter(()))])
    whole = next(stream)
    assert len(asked) < 20, "the first bytes leave before the file is read to its end"
    path = tmp_path / "one.zip"
    path.write_bytes(whole + b"".join(stream))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {one.filename: one.file_size for one in archive.infolist()} == {"a/one": 1_000_000, "two": 1, "empty": 0}
