"""An import with a mouse and keys: a file, its columns, progress, what came of it, and all of it taken back."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

import crm.import_job
from crm.models import Contact
from sequences.jobs.runner import run_job
from tests.browser.axe import find_faults
from tests.browser.conftest import Visitor, Visitors
from tests.browser.keys import press
from tests.web.cast import Cast
from web.wiring import House, make_engine_of

pytestmark = pytest.mark.server("chromium")
PEOPLE = 40


class Worker:
    """Does the next chunk when told to, as a worker elsewhere would."""

    def __init__(self, house: House) -> None:
        self._engine = make_engine_of(house)

    def step(self, place: str, chunks: int) -> None:
        number = int(place.rpartition("/")[2])
        thread = threading.Thread(target=run_job, args=(self._engine, number), kwargs={"chunks": chunks})
        thread.start()
        thread.join()


@pytest.fixture
def worker(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    monkeypatch.setattr(crm.import_job, "CHUNK", 10)
    crm.import_job._OPEN.clear()
    yield Worker(house)
    crm.import_job._OPEN.clear()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = [f"Person {n};person{n}@list.example;{n + 1}.5K;dry humour" for n in range(PEOPLE)]
    path = tmp_path / "november.csv"
    path.write_text("\n".join(["creator_name;email;subs;vibe", *lines, ";broken;;"]), encoding="utf-8")
    return path


def _count(house: House) -> int:
    with house.database.reading() as tx:
        return tx.session.scalar(select(func.count(Contact.id))) or 0


def _settled(visitor: Visitor) -> None:
    assert find_faults(visitor.page) == []
    assert visitor.overflow() <= 0
    assert visitor.complaints == []


def _choose(page: Page, file: Path) -> None:
    page.get_by_label("A file, up to 20 MB").set_input_files(file)
    page.get_by_role("button", name="See how it is read").click()
    expect(page.get_by_text("40 people are new.")).to_be_visible()


def test_people_come_in_with_progress_and_go_again(
    visitors: Visitors, cast: Cast, house: House, worker: Worker, file: Path
) -> None:
    before, ada = _count(house), visitors.come()
    page = ada.go("/contacts/import")
    _settled(ada)
    _choose(page, file)
    _settled(ada)
    with page.expect_response("**/mapping"):
        page.get_by_label("vibe becomes").select_option("tags")
    expect(page.get_by_role("row", name="vibe").get_by_text("40 filled")).to_be_visible()
    page.get_by_label("Tag them").fill("november")
    page.get_by_role("button", name="Import 40 people").click()
    expect(page.get_by_text("0 of 41")).to_be_visible()
    worker.step(page.url, 3)
    expect(page.get_by_text("30 of 41")).to_be_visible()
    expect(page.locator("#announce")).to_contain_text("Half is done.")
    _settled(ada)
    worker.step(page.url, 9)
    expect(page.get_by_text("Finished: 41 of 41.")).to_be_visible()
    expect(page.locator("#announce")).to_contain_text("Finished.")
    _settled(ada)
    assert _count(house) == before + PEOPLE
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download what was left out").click()
    assert "broken" in Path(saved.value.path()).read_text(encoding="utf-8-sig")
    press(page, "z")
    expect(page.get_by_text("Taken back by Ada Marsh")).to_be_visible()
    assert _count(house) == before
    ada.go("/settings/data/changes")
    _settled(ada)
    expect(page.get_by_text("Imported november.csv: 40 new, 0 topped up")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_without_script_too(
    visitors: Visitors, cast: Cast, house: House, worker: Worker, file: Path, theme: str
) -> None:
    ada = visitors.come(wide=390, theme=theme, script=theme == "light")
    page = ada.go("/contacts/import")
    _choose(page, file)
    if theme == "light":
        _settled(ada)
    page.get_by_label("subs becomes").select_option("ignore")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_role("row", name="subs").get_by_text("Not read")).to_be_visible()
    page.get_by_role("button", name="Import 40 people").click()
    worker.step(page.url, 9)
    page.reload()
    expect(page.get_by_text("Finished: 41 of 41.")).to_be_visible()
    if theme == "light":
        _settled(ada)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back by Ada Marsh")).to_be_visible()
