"""The workplace of sequences without a script: written step by step, launched, filled with people, read as a report."""

import re

from sqlalchemy import select

from crm.models import Change, Mailbox, Message
from mailer.fakes import FakeMailServer
from sequences.draft_models import DraftFile, SequenceDraft, TrialMail
from sequences.insight.outcome_kept import name_subject
from sequences.insight.report import audience
from sequences.models import Enrolment, Send
from sequences.reports.kept import BEGINNING, store
from sequences.versions.authoring import document_of, get_version
from sequences.versions.drafting import attach_file
from sequences.versions.published import get_sequence_by_id
from tests.web.cast import Cast
from tests.web.conftest import Person
from web.wiring import House

MOST = 15


def mark_in(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def begin(ada: Person, start: str = "first-touch") -> str:
    return ada.post("/sequences", name="Small kitchens", start=start)


def test_pages_ask_little_and_not_more_with_more_people(ada: Person, cast: Cast, queries: list[str]) -> None:
    root = f"/sequences/{cast.sequence}"
    for path in ("", "/people", "/report", "/report?by=weekday", "/settings", "/steps/2", "/launch", "/people/new"):
        queries.clear()
        ada.get(root + path)
        assert len(queries) <= MOST, (path, len(queries), queries)
        assert not [one for one in queries if not one.lstrip().startswith(("SELECT", "WITH"))]


def test_a_sequence_is_begun_from_a_starter(ada: Person, cast: Cast) -> None:
    assert "First touch" in ada.get("/sequences/new")
    place = begin(ada)
    said = ada.get(place)
    assert "Gentle nudge" in said
    assert "Last note, door open" in said
    assert "Launch" in said
    assert "There is a sequence named Small kitchens already." in ada.post(
        "/sequences", name="Small kitchens", start="blank", status=422
    )


def test_words_are_kept_in_a_draft_and_published(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada, "blank")
    said = ada.get(place)
    root = f"{place}/steps/first-mail"
    ada.post(
        f"{root}/text", seen=mark_in(said), title="Hello", subject="A pan for {{ contact.first_name }}",
        body="Hi {{ contact.first_name }},\r\n\r\nwould a pan help?  \r\n", wait_amount="0", wait_unit="days",
        thread="new", review="1",
    )  # fmt: skip
    said = ada.get(place)
    assert "Draft of version 2." in said
    assert "would a pan help?" in said
    assert "All fields filled for" in said
    # Whoever saw older words does not overwrite newer ones.
    ada.post(f"{root}/text", seen="000000000000", body="Mine", wait_amount="0", wait_unit="days", status=409)
    assert "would a pan help?" in ada.get(f"{place}/draft")
    ada.post(f"{place}/versions", note="Shorter")
    with house.database.reading() as tx:
        sequence = get_sequence_by_id(tx, int(place.rpartition("/")[2]))
        step = document_of(get_version(tx, sequence)).flow.steps[0]
        assert (sequence.version, step.title, step.review) == (2, "Hello", "required")
        assert step.body == "Hi {{ contact.first_name }},\n\nwould a pan help?"
        assert tx.session.get(SequenceDraft, sequence.id) is None


def test_a_script_is_told_that_it_is_kept(ada: Person, cast: Cast) -> None:
    place = begin(ada, "blank")
    token = re.search(r'name="csrf_token" value="([^"]+)"', ada.get("/settings/you"))
    assert token
    answer = ada.client.post(
        f"{place}/steps/first-mail/text",
        data={"csrf_token": token[1], "subject": "Hello", "body": "Hi", "wait_amount": "0", "wait_unit": "days"},
        headers={"HX-Request": "true", "HX-Target": "kept"},
    )
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (200, "kept")
    assert mark_in(answer.text) == mark_in(ada.get(place))


def test_steps_are_added_moved_and_removed(ada: Person, cast: Cast) -> None:
    place = begin(ada)
    for kind in ("dm", "task", "wait", "if", "stage", "tag"):
        opened = ada.post(f"{place}/steps", kind=kind, after="gentle-nudge")
        ada.get(opened)
    ada.post(f"{place}/steps", kind="email", after="if", branch="then")
    said = ada.get(place)
    assert "if so" in said
    # A stage without a name is named before anything is published.
    assert "to mend before it can be published" in said
    assert "cannot be published yet" in ada.get(f"{place}/draft")
    for key in ("if", "stage", "tag", "wait", "task", "dm"):
        ada.post(f"{place}/steps/{key}/removal")
    before = ada.get(place)
    ada.post(f"{place}/steps/last-note/moves", by="-1")
    assert ada.get(place).index("Last note, door open") < before.index("Last note, door open")
    ada.post(f"{place}/draft/removal")
    assert "Draft of version" not in ada.get(place)


def test_a_second_text_gets_its_share(ada: Person, cast: Cast) -> None:
    place = begin(ada)
    where = ada.post(f"{place}/steps/first-touch/variants")
    assert where.endswith("?variant=b")
    said = ada.get(where)
    assert "50%" in said
    ada.post(
        f"{place}/steps/first-touch/text", variant="b", weight="3", subject="Another", body="Other words",
        wait_amount="0", wait_unit="days",
    )  # fmt: skip
    assert "75%" in ada.get(where)
    ada.post(f"{place}/steps/first-touch/variants/removal", variant="a")
    assert "Another" in ada.get(place)


def test_settings_edit_the_file(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    assert "Choose at least one day" in ada.post(f"{place}/settings", status=422, zone="recipient")
    ada.post(
        f"{place}/settings", days="tue", zone="Europe/Copenhagen", stops="reply", stages="Agreed", new_per_day="9",
        per_day="", mailboxes="ada@brackenware.example", **{"from": "10:00", "to": "12:30"},
    )  # fmt: skip
    ada.post(f"{place}/versions")
    with house.database.reading() as tx:
        document = document_of(get_version(tx, get_sequence_by_id(tx, int(place.rpartition("/")[2]))))
    assert document.stop_on == ("reply", "stage:Agreed")
    assert (document.new_limit, document.day_limit, document.zone_word) == (9, None, "Europe/Copenhagen")
    assert document.sending_window
    assert document.sending_window.days == {1}


def test_people_come_with_a_look_first_and_go_with_undo(ada: Person, house: House, cast: Cast) -> None:
    root = f"/sequences/{cast.sequence}/people"
    said = ada.get(f"{root}/new?view=/contacts?q=imani")
    assert "1 person can be put in." in said or "Left out" in said
    assert "There is no filter" in ada.get(f"{root}/new?view=nonsense%3D1", status=422)
    with house.database.reading() as tx:
        run = tx.session.scalars(select(Enrolment).where(Enrolment.state == "active").limit(1)).one()
        number, sends = run.id, sorted(tx.session.scalars(select(Send.state).where(Send.enrolment_id == run.id)))
    ada.post(f"{root}/{number}/removal")
    with house.database.reading() as tx:
        assert tx.session.get_one(Enrolment, number).reason == "taken_out"
        assert "draft" not in list(tx.session.scalars(select(Send.state).where(Send.enrolment_id == number)))
    with house.database.reading() as tx:
        change = tx.session.scalars(select(Change).where(Change.kind == "sequence_removed")).one().id
    ada.post(f"/changes/{change}/undo")
    with house.database.reading() as tx:
        assert tx.session.get_one(Enrolment, number).state == "active"
        assert sorted(tx.session.scalars(select(Send.state).where(Send.enrolment_id == number))) == sends
    ada.post(f"{root}/{number}/removal/undoing", status=409)
    ada.post(f"{root}/{number}/hold", until="")
    assert "Held" in ada.get(f"{root}?state=held")
    ada.post(f"{root}/{number}/hold/lift")
    ada.post(f"{root}/{number}/hold/lift", status=409)


def test_people_put_in_by_mistake_go_again(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    said = ada.get(f"{place}/people/new?q=callum")
    assert "1 person can be put in." in said
    ada.post(f"{place}/people", q="callum")
    assert "Callum Strachan" in ada.get(f"{place}/people")
    assert "in it already" in ada.get(f"{place}/people/new?q=callum")
    with house.database.reading() as tx:
        change = tx.session.scalars(select(Change).where(Change.kind == "sequence_added")).one().id
    ada.post(f"/changes/{change}/undo")
    number = int(place.rpartition("/")[2])
    with house.database.reading() as tx:
        assert tx.session.scalars(select(Enrolment).where(Enrolment.sequence_id == number)).all() == []
    assert "Adding was taken back before anything was sent" in ada.get(f"/contacts/{cast.contacts['Callum Strachan']}")


def test_the_report_says_what_came_of_it(ada: Person, cast: Cast) -> None:
    root = f"/sequences/{cast.sequence}/report"
    said = ada.get(root)
    assert "Nothing has left yet" in said
    assert "Opens are not tracked" in said
    answer = ada.client.get(f"{root}.csv?by=step")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.text.startswith("line,sent,bounced")
    assert "Nothing has left yet" in ada.get(f"{root}?from=rubbish&by=everything")


def test_a_launch_says_what_it_does(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    said = ada.get(f"{place}/launch")
    assert "Nobody is in it yet." in said
    assert "From ada@brackenware.example" in said
    ada.post(f"{place}/launch")
    with house.database.reading() as tx:
        assert get_sequence_by_id(tx, int(place.rpartition("/")[2])).state == "live"


def test_a_test_is_limited_and_counts_nowhere(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada, "blank")
    ada.post(
        f"{place}/steps/first-mail/text", subject="Hello", body="Hi there, we make a pan.", wait_amount="0",
        wait_unit="days",
    )  # fmt: skip
    with house.database.transaction() as tx:
        sends = len(list(tx.session.scalars(select(Send.id))))
        tx.session.scalars(select(Mailbox)).first().smtp_url = "smtp+plain://127.0.0.1:9"  # type: ignore[union-attr]
    for _ in range(10):
        ada.post(f"{place}/steps/first-mail/tests")
    assert "The test did not leave" in ada.get(place)
    assert "that is the limit for now" in ada.post(f"{place}/steps/first-mail/tests", status=403)
    with house.database.reading() as tx:
        assert len(list(tx.session.scalars(select(Send.id)))) == sends
        assert len(list(tx.session.scalars(select(TrialMail.id)))) == 10


def test_a_test_leaves_once_and_is_marked(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada, "blank")
    ada.post(
        f"{place}/steps/first-mail/text", subject="Hello", body="Hi there, we make a pan.", wait_amount="0",
        wait_unit="days",
    )  # fmt: skip
    server = FakeMailServer(now=house.clock.now, accounts={"ada@brackenware.example": "password"})
    house.transport = server
    with house.database.transaction() as tx:
        box = tx.session.scalars(select(Mailbox)).one()
        box.secret = house.seal.seal("password", about="mailbox:ada@brackenware.example")
        before = len(list(tx.session.scalars(select(Message.id))))
    ada.post(f"{place}/steps/first-mail/tests")
    assert "A test is on its way to ada@brackenware.example" in ada.get(place)
    (mail,) = server.outbox
    assert mail.recipient == "ada@brackenware.example"
    assert b"Subject: [Test] Hello" in mail.raw
    # The way out in it is that of whoever asked for the test.
    assert b"ada%40brackenware" in mail.raw or b"ada=40brackenware" in mail.raw
    assert b"List-Unsubscribe" not in mail.raw
    with house.database.reading() as tx:
        assert len(list(tx.session.scalars(select(Message.id)))) == before


def test_a_text_is_read_as_it_will_look_and_nothing_in_it_runs(ada: Person, cast: Cast) -> None:
    place = begin(ada)
    step = f"{place}/steps/1"
    body = (
        "**For {{ contact.first_name }}**, [a pan](https://pan.example/)\n\n- one\n\n<script>alert(1)</script> "
        "[go](javascript:alert`1`)"
    )
    ada.post(f"{place}/steps/first-touch/text", subject="**Hi**", body=body, seen=mark_in(ada.get(step)))

    def read(path: str) -> str:
        return ada.get(path).split('id="used"')[1].split("<details")[0]

    used = read(step)
    assert re.search('<strong>For <a href="#w-body" class="merge[^>]*>first name', used)
    assert '<span class="link" title="https://pan.example/">a pan</span>' in used
    assert '<li dir="auto">one</li>' in used
    assert "&lt;script&gt;alert(1)&lt;/script&gt; go (javascript:alert`1`)" in used
    assert "<script" not in used
    assert "**Hi**" in used  # a subject has no looks
    # What is done by hand is copied as plain text.
    task = ada.post(f"{place}/steps", kind="dm", after="first-touch")
    key = re.search(r"/steps/([\w-]+)/text", ada.get(task))
    assert key
    ada.post(f"{place}/steps/{key[1]}/text", body=body, seen=mark_in(ada.get(task)))
    used = read(task)
    assert re.search('<p class="as-is">For <a href="#w-body" class="merge', used)
    assert ", a pan (https://pan.example/)</p>" in used
    assert "<strong>" not in used
    assert "<script" not in used


def test_who_may_not_send_or_edit_is_told(app: object, ada: Person, cast: Cast) -> None:
    ada.get("/sequences/999/steps/1", status=404)
    ada.get(f"/sequences/{cast.sequence}/steps/99", status=404)
    ada.post(f"/sequences/{cast.sequence}/versions", status=409)
    ada.post(f"/sequences/{cast.sequence}/steps/nothing/moves", status=404)


def test_the_fields_of_a_text_are_chips_that_say_whom_they_are_missing_for(ada: Person, cast: Cast) -> None:
    place = begin(ada)
    step = f"{place}/steps/1"
    ada.post(f"{place}/steps/first-touch/text", subject="A pan, {{ contact.first_name }}?", seen=mark_in(ada.get(step)),
             body="{{ contact.personal_line }}\n\n{{ contact.frist_name }}")  # fmt: skip
    used = ada.get(step).split('id="used"')[1].split("<details")[0]
    assert re.findall(r'data-find="([^"]+)"', used) == [
        "contact.first_name", "contact.personal_line", "contact.frist_name"
    ]  # fmt: skip
    assert "is not known" in used
    assert ">frist name<" in used
    ada.post(f"{place}/steps/first-touch/text", subject="A pan, {{ contact.first_name }}?", seen=mark_in(ada.get(step)),
             body="{{ contact.personal_line }}")  # fmt: skip
    page = ada.get(step)
    lacking = re.search(r'href="([^"]+)">(\d+) of (\d+) have none', page.split('id="used"')[1])
    assert lacking
    assert 0 < int(lacking[2]) <= int(lacking[3])
    assert "Missing for" in ada.get(lacking[1].replace("&amp;", "&"))
    part = ada.client.get(step, headers={"HX-Request": "true", "HX-Target": "preview"}).text
    assert 'id="used" hx-swap-oob="true"' in part
    assert "<textarea" not in part


def test_a_hostile_text_is_shown_as_words(ada: Person, cast: Cast) -> None:
    place = begin(ada)
    step = f"{place}/steps/1"
    ada.post(f"{place}/steps/first-touch/text", subject="<b>Hi</b> {{ contact.city | default('<i>\"x') }}",
             seen=mark_in(ada.get(step)),
             body="<script>alert(1)</script> {% if contact.city %}<hr>{% endif %}")  # fmt: skip
    shown = ada.get(step).split('id="used"')[1].split("<details")[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert '<code class="faint t12">{% if contact.city %}</code>&lt;hr&gt;' in shown
    assert "Otherwise: &lt;i&gt;" in shown
    assert not re.search(r"<(script|hr|b|i)>", shown)


def undo_in(page: str) -> str:
    found = re.search(r'action="(/changes/\d+/undo)"', page)
    assert found
    return found[1]


def source_of(house: House, place: str) -> str | None:
    with house.database.reading() as tx:
        draft = tx.session.get(SequenceDraft, int(place.rpartition("/")[2]))
        return draft.source if draft else None


def test_what_is_taken_out_of_a_draft_comes_back(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    untouched = source_of(house, place)
    # The first change begins the draft: taking it back ends the draft too.
    undo = undo_in(ada.get(ada.post(f"{place}/steps/gentle-nudge/removal")))
    assert "gentle-nudge" not in str(source_of(house, place))
    ada.post(undo)
    assert source_of(house, place) == untouched
    ada.post(f"{place}/steps/first-touch/variants")
    before = source_of(house, place)
    for act, given in (
        ("steps/gentle-nudge/removal", {}), ("steps/first-touch/variants/removal", {"variant": "b"}),
        ("draft/removal", {}),
    ):  # fmt: skip
        undo = undo_in(ada.get(ada.post(f"{place}/{act}", **given)))
        assert source_of(house, place) != before
        assert ada.post(undo) == place
        assert source_of(house, place) == before


def test_a_draft_written_on_since_is_left_alone(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    undo = undo_in(ada.get(ada.post(f"{place}/steps/gentle-nudge/removal")))
    ada.post(f"{place}/steps", kind="dm", after="first-touch")
    before = source_of(house, place)
    assert "The draft was changed or published since." in ada.get(ada.post(undo))
    assert source_of(house, place) == before


def test_files_of_a_draft_come_back_with_it(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    with house.database.transaction() as tx:
        sequence = get_sequence_by_id(tx, int(place.rpartition("/")[2]))
        attach_file(tx, sequence, "first-touch", "brief.pdf", b"two pages", actor="user:1")
    ada.post(undo_in(ada.get(ada.post(f"{place}/draft/removal"))))
    with house.database.reading() as tx:
        assert [file.content for file in tx.session.query(DraftFile)] == [b"two pages"]


def test_a_sequence_is_renamed_and_goes_on_under_its_new_name(ada: Person, house: House, cast: Cast) -> None:
    place = begin(ada)
    number = int(place.rpartition("/")[2])
    ada.post(f"{place}/steps/gentle-nudge/removal")
    ada.post(f"{place}/name", name="  Tiny   kitchens ")
    with house.database.reading() as tx:
        sequence = get_sequence_by_id(tx, number)
        assert (sequence.name, sequence.version) == ("Tiny kitchens", 2)
        assert document_of(get_version(tx, sequence)).name == "Tiny kitchens"
    # The draft goes on, and is published under the new name; so is a version from before.
    assert "gentle-nudge" not in str(source_of(house, place))
    ada.post(f"{place}/versions")
    ada.post(f"{place}/versions/restoring", number="1")
    with house.database.reading() as tx:
        sequence = get_sequence_by_id(tx, number)
        assert document_of(get_version(tx, sequence)).name == "Tiny kitchens"
    begin(ada)
    refused = ada.post(f"{place}/name", name="Small kitchens", status=422)
    assert "There is a sequence named Small kitchens already." in refused
    assert 'value="Small kitchens"' in refused
    ada.post(f"{place}/name", name=" ", status=422)


def test_a_copy_begins_as_a_draft_with_the_same_words(ada: Person, house: House, cast: Cast) -> None:
    root = f"/sequences/{cast.sequence}"
    ada.post(f"{root}/steps", kind="dm")
    copy = ada.post(f"{root}/copies").removesuffix("/settings")
    assert copy != root
    with house.database.reading() as tx:
        first, second = (get_sequence_by_id(tx, int(one.rpartition("/")[2])) for one in (root, copy))
        assert (second.state, second.name, second.version) == ("draft", f"{first.name} 2", 1)
        assert get_version(tx, second).bodies == get_version(tx, first).bodies
        assert tx.session.query(Enrolment).filter_by(sequence_id=second.id).count() == 0
        assert document_of(get_version(tx, second)).flow.steps == document_of(get_version(tx, first)).flow.steps
    assert str(source_of(house, copy)).partition("\n")[2] == str(source_of(house, root)).partition("\n")[2]
    assert ada.post(f"{root}/copies") != copy


def test_the_list_says_what_left_and_who_answered(ada: Person, house: House, cast: Cast, queries: list[str]) -> None:
    with house.database.transaction() as tx:
        sequence = get_sequence_by_id(tx, cast.sequence)
        store(tx, name_subject(sequence.id), {}, {BEGINNING: {"delivered": 8, "replied": 2}}, at=tx.now)
        sent = tx.session.query(Send).filter_by(sequence_id=sequence.id, state="sent").count()
    queries.clear()
    page = ada.get("/sequences")
    assert len(queries) <= MOST
    assert f'<td class="n">{sent}</td><td class="n">25.0%</td>' in page


def test_a_sequence_is_archived_and_brought_back(ada: Person, house: House, cast: Cast) -> None:
    root = f"/sequences/{cast.sequence}"
    assert f'href="{root}/archive"' in ada.get(f"{root}/settings")
    asked = ada.get(f"{root}/archive")
    assert "3 people are still in it." in asked
    assert "Archive and end 3 runs" in asked
    # A page from before somebody was put in does not say that their runs may end.
    assert "People are still in" in ada.post(f"{root}/archive", status=409)
    toast = ada.get(ada.post(f"{root}/archive", end="1"))
    assert f'href="{root}-' not in ada.get("/sequences")
    assert f'href="{root}-' in ada.get("/sequences?show=archived")
    for part in ("", "/people", "/report", "/settings", "/forecast", "/versions", "/launch"):
        assert "rchived" in ada.get(root + part), part
    assert "Add people" not in ada.get(f"{root}/people")
    assert "is archived" in ada.get(f"{root}/people/new", status=409)
    assert "is archived" in ada.post(f"{root}/people", email="a@b.example", status=409)
    assert "is archived" in ada.post(f"{root}/launch", status=409)
    named = "Everyday Carbon, first touch</option>"
    assert named not in ada.get("/contacts/selection?act=enrol&id=1")
    assert named not in ada.get("/contacts")
    assert named in ada.get(f"/contacts?sequence={cast.sequence}")
    ada.post(undo_in(toast))
    assert f'href="{root}-' in ada.get("/sequences")
    assert named in ada.get("/contacts/selection?act=enrol&id=1")
    assert states_in(house, cast) == {"active": 3}
    ada.post(f"{root}/archive", end="1")
    assert "sends nothing yet" in ada.get(ada.post(f"{root}/archive/lift"))
    with house.database.reading() as tx:
        assert get_sequence_by_id(tx, cast.sequence).state == "paused"
    assert states_in(house, cast) == {"stopped": 3}


def states_in(house: House, cast: Cast) -> dict[str, int]:
    with house.database.reading() as tx:
        return {state: count for state, count in audience(tx, cast.sequence).items() if count and state != "all"}
