"""A sequence that was put away is read, not changed: every door refuses, and no page shows a door that does."""

import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from crm.models import Change
from kit.errors import ConflictError
from sequences.course import archive, leaving
from sequences.models import Enrolment
from sequences.versions import authoring, draft_undo, drafting, tree, version_moves
from sequences.versions.published import get_sequence_by_id
from tests.web.cast import SEQUENCE, Cast
from tests.web.conftest import Person, sign_in
from tests.web.dumps import Dumps
from web.wiring import House

ADA = "user:1"
ROOT = "/sequences/<int:sequence_id>"
STEP = f"{ROOT}/steps/<key>"
RUN = f"{ROOT}/people/<int:number>"
REFUSED = "is archived. Bring it back first, then change it."
# Every way to change a sequence, with what its form says and the sentence it is refused with.
DOORS: dict[str, tuple[dict[str, str], str]] = {
    f"{ROOT}/archive": ({}, "is archived already"),
    f"{ROOT}/draft/removal": ({}, REFUSED),
    f"{ROOT}/launch": ({}, REFUSED),
    f"{ROOT}/name": ({"name": "Another"}, REFUSED),
    f"{ROOT}/pause": ({}, REFUSED),
    f"{ROOT}/pause/lift": ({}, REFUSED),
    f"{ROOT}/people": ({"ids": "7"}, REFUSED),
    f"{RUN}/hold": ({}, "not in the sequence any more"),
    f"{RUN}/hold/lift": ({}, "not held"),
    f"{RUN}/removal": ({}, "not in the sequence any more"),
    f"{RUN}/removal/undoing": ({}, REFUSED),
    f"{ROOT}/settings": ({"days": "mon", "from": "09:00", "to": "10:00", "zone": "recipient"}, REFUSED),
    f"{ROOT}/steps": ({"kind": "wait"}, REFUSED),
    f"{STEP}/attachments/removal": ({"name": "a.txt"}, REFUSED),
    f"{STEP}/moves": ({"by": "1"}, REFUSED),
    f"{STEP}/removal": ({}, REFUSED),
    f"{STEP}/text": ({"body": "Mine", "wait_amount": "0", "wait_unit": "days"}, REFUSED),
    f"{STEP}/variants": ({}, REFUSED),
    f"{STEP}/variants/removal": ({"variant": "a"}, REFUSED),
    f"{ROOT}/versions": ({"note": "No", "move": "1"}, REFUSED),
    f"{ROOT}/versions/last-move/undoing": ({}, REFUSED),
    f"{ROOT}/versions/moves": ({"number": "1"}, REFUSED),
    f"{ROOT}/versions/restoring": ({"number": "1"}, REFUSED),
}
# These stay: back at hand, a copy, a mail to whoever asks for it; a file comes in by a form of its own.
OPEN = {f"{ROOT}/archive/lift", f"{ROOT}/copies", f"{STEP}/tests"}
BY_FILE = f"{STEP}/attachments"
PAGES = ("", "/steps/1", "/people", "/people?state=stopped", "/settings", "/forecast", "/versions", "/draft", "/launch",
         "/archive", "/report")  # fmt: skip


@pytest.fixture
def away(house: House, cast: Cast) -> str:
    """A sequence with two versions, a move, somebody taken out and a draft; then it was put away."""
    path = house.settings.home / "second.yaml"
    path.write_text(SEQUENCE.replace("goes from hob to oven", "moves from hob to oven"), encoding="utf-8")
    with house.database.transaction() as tx:
        sequence = authoring.import_sequence(tx, authoring.read_draft(path, {}))
        version_moves.migrate(tx, sequence, actor=ADA)
        run = tx.session.query(Enrolment).filter_by(sequence_id=sequence.id).order_by(Enrolment.id).first()
        assert run is not None
        leaving.take_out(tx, sequence.id, run.id, actor=ADA)
        key = drafting.read_writing(tx, sequence).places[1].key
        draft_undo.keep_before(
            tx, sequence,
            lambda: drafting.change_draft(tx, sequence, lambda whole: tree.remove_step(whole, key), actor=ADA),
            summary="Removed a step.", actor=ADA,
        )  # fmt: skip
        archive.archive_sequence(tx, sequence, end_runs=True, actor=ADA)
    return f"/sequences/{cast.sequence}"


def _fill(house: House, cast: Cast, rule: str) -> str:
    with house.database.reading() as tx:
        sequence = get_sequence_by_id(tx, cast.sequence)
        key = drafting.read_writing(tx, sequence).places[0].key
        run = tx.session.query(Enrolment).filter_by(sequence_id=sequence.id).order_by(Enrolment.id).first()
        assert run is not None
        words = {"<int:sequence_id>": str(sequence.id), "<key>": key, "<int:number>": str(run.id)}
    for name, value in words.items():
        rule = rule.replace(name, value)
    return rule


def test_every_door_refuses_and_writes_nothing(ada: Person, house: House, cast: Cast, away: str) -> None:
    rules = {one.rule for one in ada.client.application.url_map.iter_rules() if "POST" in (one.methods or ())}
    assert {one for one in rules if one.startswith(ROOT)} == DOORS.keys() | OPEN | {BY_FILE}
    ada.get(away)
    dumps = Dumps(house)
    before = dumps.read()
    for rule, (form, sentence) in DOORS.items():
        # A name that is refused is shown with its form again.
        said = ada.post(_fill(house, cast, rule), status=422 if rule.endswith("/name") else 409, **form)
        assert sentence in said, rule
        assert dumps.read() == before, rule


def test_a_file_and_what_recent_changes_would_take_back(ada: Person, house: House, cast: Cast, away: str) -> None:
    with house.database.reading() as tx:
        number = tx.session.scalars(select(Change.id).where(Change.kind == draft_undo.KIND)).one()
    path = house.settings.home / "third.yaml"
    path.write_text(SEQUENCE.replace("goes from hob to oven", "slides from hob to oven"), encoding="utf-8")
    before = Dumps(house).read()
    assert REFUSED in ada.post(_fill(house, cast, BY_FILE), status=409, file=(BytesIO(b"a"), "a.txt"))
    assert REFUSED in ada.post(f"/changes/{number}/undo", status=409)
    with pytest.raises(ConflictError, match=REFUSED), house.database.transaction() as tx:
        authoring.import_sequence(tx, authoring.read_draft(path, {}))
    assert Dumps(house).read() == before


def test_no_page_shows_what_is_refused(ada: Person, away: str) -> None:
    for path in PAGES:
        page = ada.get(away + path)
        doors = set(re.findall(rf'(?:action|hx-post)="({away}/[^"]+)"', page))
        doors |= set(re.findall(rf'href="({away}/(?:people/new|draft|launch|pause|archive))"', page))
        left = {one for one in doors if not re.search("/archive/lift$|/copies$|/tests$", one)}
        assert left == set(), path
        assert 'href="#w-body"' not in page, path  # there is no form to lead to
        if path not in ("/draft", "/launch", "/archive"):  # these have a head of their own
            assert f'action="{away}/archive/lift"' in page, path
            assert "It is read, not changed" in page, path


def test_who_may_not_change_one_at_hand_sees_no_form_either(app: Flask, house: House, cast: Cast) -> None:
    yuki = sign_in(app, house, "yuki@brackenware.example")
    for path in ("", "/settings", "/people", "/versions"):
        page = yuki.get(f"/sequences/{cast.sequence}{path}")
        assert not re.search(rf'(?:action|hx-post)="/sequences/{cast.sequence}/', page), path
    assert "<fieldset" in yuki.get(f"/sequences/{cast.sequence}")


def test_what_may_still_be_done(ada: Person, house: House, cast: Cast, away: str) -> None:
    copy = ada.post(f"{away}/copies").removesuffix("/settings")
    assert 'name="body"' in ada.get(copy)
    ada.post(f"{away}/archive/lift")
    ada.post(f"{away}/name", name="At hand again")
    assert 'name="body"' in ada.get(away)
    with house.database.reading() as tx:
        assert get_sequence_by_id(tx, cast.sequence).name == "At hand again"
