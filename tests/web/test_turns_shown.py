"""What decides whose turn it is stands on the page of the person, beside their mail, in the list and on the board."""

from sqlalchemy import select, update

from crm.models import Task, Thread
from sequences.models import Send
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House


def _rest(house: House, contact_id: int) -> None:
    """Let nothing be due about somebody but what the test says."""
    with house.database.transaction() as tx:
        tx.session.execute(update(Thread).where(Thread.contact_id == contact_id).values(done_at=tx.now))
        tx.session.execute(update(Task).where(Task.contact_id == contact_id).values(done_at=tx.now))


def test_a_due_task_makes_it_our_turn(ada: Person, cast: Cast, house: House) -> None:
    _rest(house, 1)
    assert "Waiting on you" not in ada.get("/contacts/1")
    assert "Imani" not in ada.get("/contacts?turn=you")
    ada.post("/contacts/1/tasks", title="Send the parcel", due_on=house.clock.now().date().isoformat())
    page = ada.get("/contacts/1")
    assert "Waiting on you" in page
    assert "Task: Send the parcel" in page
    assert "Imani" in ada.get("/contacts?turn=you")
    assert "Task: Send the parcel" in ada.get("/pipeline")
    with house.database.reading() as tx:
        thread = tx.session.scalars(select(Thread.id).where(Thread.contact_id == 1)).first()
        task = tx.session.scalars(select(Task.id).where(Task.title == "Send the parcel")).one()
    assert "Task: Send the parcel" in ada.get(f"/inbox/{thread}")
    ada.post(f"/tasks/{task}/done")
    assert "Waiting on you" not in ada.get("/contacts/1")


def test_a_pitch_in_review_makes_it_our_turn(ada: Person, cast: Cast, house: House) -> None:
    with house.database.reading() as tx:
        send = tx.session.scalars(select(Send).where(Send.state == "draft")).first()
    assert send
    _rest(house, send.contact_id)
    page = ada.get(f"/contacts/{send.contact_id}")
    assert f"Waits in Review: {send.subject}" in page
    assert f'href="/review/{send.id}"' in page
    ada.post(f"/sends/{send.id}/skip")
    assert "Waits in Review" not in ada.get(f"/contacts/{send.contact_id}")
