"""Erasing a person: nothing of theirs but a salted hash is found anywhere, and they are refused everywhere."""

import warnings
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, MetaData, func, inspect, select, update

from crm import changes, feedback, handles, jobs, person_edits, suppressions, tasks, timeline
from crm.contacts import create_contact, get_contact
from crm.erased import MAILS, find_erased
from crm.imports import run_import
from crm.models import (
    Change,
    Contact,
    ContactAddress,
    ErasedMark,
    Feedback,
    Handle,
    Job,
    JobFile,
    Message,
    MessageBody,
    Quarantined,
    SavedView,
    TimelineEntry,
    User,
    WorkspaceSetting,
)
from kit.db import Base
from kit.errors import ConflictError, NotFoundError, RapportError
from kit.tx import Tx
from sequences.bulk.act import Order
from sequences.bulk.deeds import do_now
from sequences.jobs.kinds import KINDS
from sequences.jobs.runner import run_jobs
from sequences.models import Enrolment, Incident, MailDraft, Send
from sequences.privacy.erasure import erase_contact, search_again, searched
from sequences.privacy.fates import FATES
from sequences.sending import answers
from sequences.sending.answers import Letter
from tests.stories.world import World

EMAIL, ALIAS, HANDLE, NAME = "quillon@zarathen.example", "desk@quillonzar.example", "quillonpaints", "Quillon Zarathen"
THEIRS = (
    "quillon", "zarathen", "Xylograph", "Vellmark", "Umbrage", "Obelwin", "Pyxis", "Yarrowmere", "Wintergild",
    "Thistlemoor",
)  # fmt: skip


def everything(world: World) -> str:
    """Return all that the database holds, of every table that is there, known or not."""
    metadata = MetaData()
    with world.database.reading() as tx:
        with warnings.catch_warnings():
            # An index over an expression, which nothing here reads.
            warnings.filterwarnings("ignore", message="Skipped unsupported reflection")
            metadata.reflect(tx.session.connection())
        rows = [
            (table.name, [bytes(cell) if isinstance(column.type, LargeBinary) and cell else cell
                          for column, cell in zip(table.c, row, strict=True)])
            for table in metadata.sorted_tables
            for row in tx.session.execute(select(table))
        ]  # fmt: skip
    return "\n".join(map(repr, rows))


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def live_through_much(world: World) -> tuple[int, int]:
    """Let somebody leave traces wherever a person can; return them and somebody who knows them."""
    with world.database.transaction() as tx:
        ada = User(email="ada@pastel.test", role="manager", zone="UTC", created_at=tx.now)
        tx.session.add(ada)
        person = create_contact(
            tx, name=NAME, emails=[EMAIL], actor="system", topic="Xylograph", city="Vellmark", source="list of Umbrage"
        ).id
        other = create_contact(tx, name="Brin Coster", emails=["brin@people.example"], actor="system").id
        account = handles.Account(platform="instagram", username=HANDLE, url=f"https://instagram.com/{HANDLE}")
        handles.add_handle(tx, person, account, actor="user:1")
        mark = person_edits.mark_of(get_contact(tx, person))
        person_edits.edit_facts(tx, person, {"city": "Obelwin", "ships_to": "Pyxis 4"}, seen=mark, actor="user:1")
        person_edits.add_tag(tx, person, "wintergild", actor="user:1")
        do_now(tx, "tag", [person, other], Order(value="yarrowmere", brand_id=1, user_id=1), actor="user:1")
        timeline.add_note(tx, person, "Likes Thistlemoor", actor="user:1")
        timeline.add_note(tx, other, f"Knows {NAME} ({EMAIL}, @{HANDLE})", actor="user:1")
        tasks.create_task(tx, f"Call {NAME}", actor="user:1", contact_id=person)
        tasks.create_task(tx, f"Ask Brin about {EMAIL.upper()}", actor="user:1", contact_id=other)
        tx.session.add(SavedView(owner_id=1, name="One", query="q=quillon%40zarathen.example", created_at=tx.now))
        tx.session.add(Incident(kind="complaint", contact_id=person, at=tx.now, sentence=f"{EMAIL} complained."))
        raw = f"From: {EMAIL}\n\nbroken".encode()
        tx.session.add(Quarantined(mailbox_id=1, folder="INBOX", uid=7, digest="d", raw=raw, error="broken", at=tx.now))
        tx.session.add(MailDraft(user_id=1, place=f"contact:{person}", text="Dear Quillon", updated_at=tx.now))
        old = jobs.start_job(tx, "import", actor="user:1", total=1, data={"filename": "a.csv"})
        old.state, old.ended_at = "done", tx.now
        jobs.add_to_file(tx, old, "left_out", f"name\r\n{NAME}\r\n".encode("utf-16"))
        jobs.add_to_file(tx, old, "result", b"name\r\nBrin Coster\r\n")
    world.load()
    world.enrol([person, other])
    world.tick()
    [mail] = world.mails_to(EMAIL)
    world.answer(mail, "It jams. I live in Thistlemoor.\n\nQuillon", sender=f"{NAME} <{ALIAS}>")
    world.answer(world.mails_to("brin@people.example")[0], f"Ask {NAME} at {EMAIL} instead.")
    world.bounce(mail, "5.1.1", f"<{EMAIL}> unknown")
    world.tick()
    with world.database.transaction() as tx:
        message = tx.session.scalars(select(Message).where(Message.contact_id == person)).first()
        feedback.log_feedback(
            tx, "It jams in Thistlemoor", actor="user:1", kind="problem", contact_id=person,
            message_id=message.id if message else None,
        )  # fmt: skip
        suppressions.suppress_contact(tx, person, reason="manual", source="Umbrage", actor="user:1")
    return person, other


def erase(world: World, person: int) -> None:
    with world.database.transaction() as tx:
        erase_contact(tx, person, reason="asked", actor="user:1")
    run_jobs(world.engine)


def test_nothing_of_an_erased_person_is_left_but_a_hash(world: World, tmp_path: Path) -> None:
    person, other = live_through_much(world)
    before = everything(world).lower()
    assert [one for one in THEIRS if one.lower() not in before] == []
    assert HANDLE in before
    erase(world, person)
    dump = everything(world).lower()
    found = {one: dump[max(0, dump.index(one.lower()) - 200) :][:260] for one in THEIRS if one.lower() in dump}
    # A tag of many people is theirs no more than the others'.
    found.pop("Yarrowmere")
    assert found == {}
    on_disk = files(tmp_path).lower()
    assert [one for one in THEIRS if one != "Yarrowmere" and one.lower().encode() in on_disk] == []
    assert b"brin coster" in dump.encode()
    with world.database.reading() as tx:
        assert tx.session.scalar(select(func.count(ErasedMark.mark))) == 3
        job = tx.session.scalars(select(Job).where(Job.kind == "erase")).one()
        assert (job.state, job.cursor) == ("done", {})
        notes = tx.session.scalars(select(TimelineEntry.summary).where(TimelineEntry.contact_id == other)).all()
        assert "Knows [erased] ([erased], @[erased])" in notes
        assert tx.session.scalars(select(JobFile.role)).all() == ["result"]
        note = tx.session.scalars(select(Feedback)).one()
        assert (note.contact_id, note.quote, note.kind) == (None, "", "problem")
        own = tx.session.scalars(select(TimelineEntry).where(TimelineEntry.contact_id == person)).one()
        assert (own.kind, own.data) == ("erased", {"reason": "asked"})


def test_what_was_sent_is_still_counted_and_never_sent_twice(world: World) -> None:
    person, _other = live_through_much(world)
    erase(world, person)
    with world.database.reading() as tx:
        [send] = tx.session.scalars(select(Send).where(Send.contact_id == person)).all()
        assert (send.state, send.email, send.domain, send.step_key) == ("sent", "", "", "pitch")
        run = tx.session.scalars(select(Enrolment).where(Enrolment.contact_id == person)).one()
        assert (run.state, run.email, run.facts) == ("stopped", "", {})
        replies = select(func.count(Message.id)).where(Message.contact_id == person, Message.kind == "reply")
        assert tx.session.scalar(replies) == 1
    world.days(10)
    assert world.tick().sent == 0 or not world.mails_to(EMAIL)[1:]
    with world.database.reading() as tx:
        assert tx.session.scalar(select(func.count(Send.id)).where(Send.contact_id == person)) == 1


def test_an_erased_person_is_refused_at_every_door(world: World, tmp_path: Path) -> None:
    person, other = live_through_much(world)
    erase(world, person)

    def refused(act: object) -> str:
        with pytest.raises(RapportError) as refusal, world.database.transaction() as tx:
            act(tx)  # type: ignore[operator]
        return refusal.value.code

    account = handles.Account(platform="Instagram", username=HANDLE.upper())
    assert refused(lambda tx: create_contact(tx, name="New", emails=[EMAIL.upper()], actor="user:1")) == "erased"
    assert refused(lambda tx: create_contact(tx, name="New", emails=[ALIAS], actor="user:1")) == "erased"
    assert refused(lambda tx: handles.add_handle(tx, other, account, actor="user:1")) == "erased"
    assert refused(lambda tx: suppressions.suppress(tx, EMAIL, reason="manual", source="", actor="user:1")) == "erased"
    assert refused(lambda tx: get_contact(tx, person)) == "erased"
    letter = Letter(text="Hello", subject="Hello", undo_s=0)
    assert refused(lambda tx: answers.queue_mail(
        tx, person, letter, mailbox_id=1, brand_id=1, request_key="k", actor="user:1")) == "erased"  # fmt: skip
    assert [one.rule for one in world.enrol([person])] == ["erased"]
    source = tmp_path / "again.csv"
    source.write_text(f"name,email,instagram\nQ,{EMAIL},\nQ,,{HANDLE}\nNew One,new@people.example,\n")
    result = run_import(
        world.database, source, brand_name=None, overrides={}, platform=None, dry_run=False, actor="user:1"
    )
    assert [row["verdict"] for row in result.rows] == ["rejected", "rejected", "created"]
    assert "erased" in result.rows[0]["reason"]
    with world.database.reading() as tx:
        assert tx.session.scalar(select(func.count(ContactAddress.id)).where(ContactAddress.email == EMAIL)) == 0


def test_mail_of_an_erased_person_is_counted_and_not_kept(world: World) -> None:
    person, _other = live_through_much(world)
    mail = world.mails_to(EMAIL)[0]
    erase(world, person)
    kept = len(world.messages())
    world.answer(mail, "Are you still there? Thistlemoor", thread=False)  # from their address
    world.answer(mail, "From the one they wrote from once, Thistlemoor", thread=False, sender=ALIAS)
    world.answer(mail, "From another address, Thistlemoor", sender="someone@else.example")  # an answer to our mail
    world.bounce(mail, "5.1.1", f"<{EMAIL}> unknown")
    world.deliver(f"From: mia@pastel.test\nTo: {EMAIL}\nMessage-ID: <hand@x>\nSubject: By hand\n\nThistlemoor", "Sent")
    world.poll()
    assert len(world.messages()) == kept
    dump = everything(world).lower()
    assert [line for line in dump.splitlines() if "thistlemoor" in line or EMAIL in line] == []
    with world.database.reading() as tx:
        assert tx.session.get_one(WorkspaceSetting, MAILS).value == 5


def test_a_mail_that_is_leaving_or_unclear_is_waited_for(small: World) -> None:
    [person] = small.people(1)
    small.load()
    small.enrol([person])
    small.tick()
    for state, words in (("sending", "leaving just now"), ("unknown", "Decide that first")):
        with small.database.transaction() as tx:
            tx.session.execute(update(Send).values(state=state))
        with pytest.raises(ConflictError, match=words), small.database.transaction() as tx:
            erase_contact(tx, person, reason="asked", actor="user:1")
    with small.database.reading() as tx:
        assert tx.session.get_one(Contact, person).erased_at is None
        assert find_erased(tx, ["creator0@people.example"]) == (set(), set())


def test_what_was_done_to_the_erased_cannot_bring_their_data_back(small: World) -> None:
    person, _other = live_through_much(small)
    erase(small, person)
    with small.database.reading() as tx:
        kinds = tx.session.scalars(select(Change.kind).order_by(Change.id)).all()
        numbers = tx.session.scalars(select(Change.id).where(Change.kind == "erased")).all()
        bulk = tx.session.scalars(select(Change).where(Change.kind == "bulk_tag")).one()
    assert "contact.edit" not in kinds
    assert [trace[0] for trace in bulk.data["traces"]] == [_other]
    with pytest.raises(NotFoundError), small.database.transaction() as tx:
        changes.undo_change(tx, numbers[0], actor="user:1", reversers={})


def test_every_table_and_every_column_of_a_blanked_row_is_decided(small: World) -> None:
    """A table that is new fails here until somebody decided what becomes of it when a person is erased."""
    found = inspect(small.database.engine).get_table_names()
    # The index of words follows its tables by triggers.
    tables = {name for name in found if not name.startswith("search_")} - {"alembic_version"}
    assert tables == set(FATES)
    for name, fate in FATES.items():
        table = Base.metadata.tables[name]
        if fate.deed == "blank":
            assert set(table.c.keys()) == set(fate.blank) | fate.keep, name
        if fate.deed == "ours":
            assert fate.why, name
            people = {"contacts", "messages", "sends", "threads", "handles", "enrolments"}
            assert not {key.column.table.name for key in table.foreign_keys} & people, name
    assert {table.name for table in searched()} == {name for name, fate in FATES.items() if fate.deed != "ours"}


def test_a_reason_is_one_of_ours(small: World) -> None:
    [person] = small.people(1)
    with pytest.raises(RapportError, match="Say why"), small.database.transaction() as tx:
        erase_contact(tx, person, reason="because Anna said so", actor="user:1")


def test_nobody_else_loses_a_name_they_share(small: World) -> None:
    with small.database.transaction() as tx:
        one = create_contact(tx, name="Ana Lima", emails=["ana@one.example"], actor="system").id
        two = create_contact(tx, name="ana lima", emails=["ana@two.example"], actor="system").id
        for number, platform in ((one, "instagram"), (two, "tiktok")):
            account = handles.Account(platform=platform, username="analima", url=f"https://{platform}.com/@analima")
            handles.add_handle(tx, number, account, actor="user:1")
    erase(small, one)
    with small.database.reading() as tx:
        other = tx.session.get_one(Contact, two)
        assert (other.name, other.search_text) == ("ana lima", "ana lima ana@two.example analima")
        assert tx.session.scalars(select(Handle.url)).all() == ["https://tiktok.com/@analima"]


def test_a_search_that_ended_in_a_fault_can_go_on(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person, _other = live_through_much(small)
    with small.database.transaction() as tx:
        job_id = erase_contact(tx, person, reason="asked", actor="user:1").id

    def broken(_tx: Tx, _job: Job) -> bool:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setitem(KINDS, "erase", broken)
        for _ in range(3):
            run_jobs(small.engine)
    with small.database.transaction() as tx:
        assert jobs.get_job(tx, job_id).state == "failed"
        search_again(tx, job_id)
    run_jobs(small.engine)
    with small.database.transaction() as tx:
        assert (jobs.get_job(tx, job_id).state, jobs.get_job(tx, job_id).cursor) == ("done", {})
        with pytest.raises(ConflictError, match="nothing to go on"):
            search_again(tx, job_id)
    assert EMAIL not in everything(small).lower()


def test_what_came_in_at_the_same_moment_goes_too(world: World) -> None:
    """Another process may be storing a mail of theirs while the person is erased."""
    person, _other = live_through_much(world)
    with world.database.transaction() as tx:
        erase_contact(tx, person, reason="asked", actor="user:1")
    with world.database.transaction() as tx:
        late = Message(
            mailbox_id=1, contact_id=person, direction="in", kind="reply", dedupe="late", sender=EMAIL,
            subject="Thistlemoor again", at=tx.now,
        )  # fmt: skip
        tx.session.add(late)
        tx.session.flush()
        tx.session.add(MessageBody(message_id=late.id, text="In Thistlemoor it rains."))
        timeline.add_note(tx, person, "Thistlemoor", actor="user:1")
    run_jobs(world.engine)
    assert "thistlemoor" not in everything(world).lower()
    with world.database.reading() as tx:
        kinds = tx.session.scalars(select(TimelineEntry.kind).where(TimelineEntry.contact_id == person)).all()
        assert kinds == ["erased"]


def test_a_way_back_never_leads_to_somebody_elses_rows(small: World) -> None:
    """SQLite gives numbers of removed rows anew."""
    with small.database.transaction() as tx:
        one = create_contact(tx, name="Cher", emails=["cher@people.example"], actor="system").id
        two = create_contact(tx, name="Dido", emails=["dido@people.example"], actor="system").id
        numbers = [timeline.add_note(tx, number, "x", actor="user:1") for number in (one, two)]
        tx.session.flush()
        first, second = (entry.id for entry in numbers)
        say_so = {"actor": "user:1", "summary": "Cher moved to Talking"}
        alone = changes.record_change(tx, "stage.move", data={"entries": [first]}, **say_so).id
        both = changes.record_change(tx, "stage.move", data={"entries": [first, second]}, count=2, **say_so).id
    erase(small, one)
    with small.database.reading() as tx:
        assert (changes.get_change(tx, alone).kind, changes.get_change(tx, alone).data) == ("erased", {})
        assert changes.get_change(tx, both).data == {"entries": [second]}
