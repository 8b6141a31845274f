"""An import that runs is shown above the list of contacts until it ends."""

from crm.jobs import move_on, start_job
from crm.models import Job
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

HTMX = {"HX-Request": "true"}


def test_a_running_import_is_shown_above_the_contacts(ada: Person, cast: Cast, house: House) -> None:
    assert 'id="importing"' not in ada.get("/contacts")
    with house.database.transaction() as tx:
        start_job(tx, "export", actor="user:1", total=5, data={}, title="An export")
        job = start_job(tx, "import", actor="user:1", total=640, data={}, title="Import of <b>kitchens</b>.csv")
        move_on(job, 412)
        number = job.id
    for page in (ada.get("/contacts"), ada.client.get("/jobs?part=imports", headers=HTMX).text):
        assert "412 of 640" in page
        assert f'href="/jobs/{number}"' in page
        assert "&lt;b&gt;kitchens" in page
        assert "An export" not in page
    with house.database.transaction() as tx:
        tx.session.get_one(Job, number).state = "done"
    assert 'id="importing"' not in ada.get("/contacts")
    assert 'id="importing"' not in ada.client.get("/jobs?part=imports", headers=HTMX).text
