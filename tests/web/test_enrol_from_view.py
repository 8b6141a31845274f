"""Saved views as a source of people: as they are at that moment, few at once, many as a job that can be taken back."""

import re

from sqlalchemy import func, select

from crm.contacts import create_contact
from crm.models import Contact, ContactAddress
from crm.person_edits import add_tag
from sequences.jobs.runner import run_jobs
from sequences.models import Enrolment, Sequence
from tests.web.cast import Cast
from tests.web.conftest import Person
from tests.web.test_forecast import run
from web.pages.people_in import MOST_AT_ONCE
from web.wiring import House, make_engine_of


def _inside(house: House, sequence: int) -> int:
    with house.database.reading() as tx:
        open_runs = select(func.count(Enrolment.id)).where(
            Enrolment.sequence_id == sequence, Enrolment.state.in_(("active", "held"))
        )
        return tx.session.scalar(open_runs) or 0


def test_a_view_is_put_in_as_it_is_now(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/views", name="Old friends", query="where=stage:Alumni+or+tag:friend&sort=-fit")
    root = f"/sequences/{cast.sequence}/people"
    page = ada.get(f"{root}/new?view=1")
    assert '<option value="1" selected>Old friends</option>' in page
    assert "1 person can be put in." in page
    assert 'name="view" value="1"' in page
    with house.database.transaction() as tx:
        add_tag(tx, cast.contacts["Callum Strachan"], "friend", actor="system")
    before = _inside(house, cast.sequence)
    ada.post(root, view="1", override="They asked")
    assert _inside(house, cast.sequence) == before + 2


def test_a_segment_in_an_address_is_put_in(ada: Person, cast: Cast) -> None:
    page = ada.get(f"/sequences/{cast.sequence}/people/new?address=/contacts?where=not+tag:one-pan+or+country:DE")
    assert "1 person can be put in." in page
    assert "A bracket in this segment" in ada.get(
        f"/sequences/{cast.sequence}/people/new?where=(country:DE", status=422
    )  # fmt: skip


def test_many_are_put_in_by_a_job_and_taken_back(ada: Person, cast: Cast, house: House) -> None:
    many = MOST_AT_ONCE + 30
    with house.database.transaction() as tx:
        rows = [Contact(name=f"Zed {n}", first_name="Zed", topic="swarm", created_at=tx.now, search_text="zed")
                for n in range(many)]  # fmt: skip
        tx.session.add_all(rows)
        tx.session.flush()
        tx.session.add_all(
            ContactAddress(contact_id=row.id, email=f"z{row.id}@swarm.example", created_at=tx.now) for row in rows
        )
        create_contact(tx, name="Nobody", actor="system", topic="swarm")
    ada.post("/views", name="Swarm", query="topic=swarm")
    root = f"/sequences/{cast.sequence}/people"
    page = ada.get(f"{root}/new?view=1")
    assert f"{many + 1} people match. Of the first {MOST_AT_ONCE}:" in page
    before = _inside(house, cast.sequence)
    place = ada.post(root, view="1")
    assert place.startswith("/jobs/")
    assert _inside(house, cast.sequence) == before
    run_jobs(make_engine_of(house))
    assert _inside(house, cast.sequence) == before + many
    page = ada.get(place)
    assert f"Finished: {many + 1} of {many + 1}" in page
    undo = re.search(r'action="(/changes/\d+/undo)"', page)
    assert undo
    ada.post(undo[1])
    assert _inside(house, cast.sequence) == before


def test_the_forecast_of_a_view(ada: Person, cast: Cast) -> None:
    ada.post("/views", name="Old friends", query="where=stage:Alumni+or+tag:friend")
    page = ada.get(f"/sequences/{cast.sequence}/forecast?who=filter&view=1&days=30")
    assert "1 person matches" in page
    assert "Hanne Vosk" in page


def test_the_command_takes_a_view(ada: Person, cast: Cast, house: House) -> None:
    ada.post("/views", name="Old friends", query="where=stage:Alumni+or+language:uk")
    ada.post("/views", name="Broken", query="where=(stage:Alumni")
    with house.database.reading() as tx:
        name = tx.session.scalars(select(Sequence.name).where(Sequence.id == cast.sequence)).one()
    before = _inside(house, cast.sequence)
    said = run(house, "enrolments", "add", name, "--view", "old friends", "--dry-run")
    assert "1 would be added, 0 refused." in said.output
    assert _inside(house, cast.sequence) == before
    assert "1 added" in run(house, "enrolments", "add", name, "--view", "Old friends").output
    assert _inside(house, cast.sequence) == before + 1
    broken = run(house, "enrolments", "add", name, "--view", "Broken")
    assert broken.exit_code
    assert "never closed" in broken.output + str(broken.exception)
