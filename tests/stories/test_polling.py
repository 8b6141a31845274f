"""Reading folders: cursors, renumbering, flags, our own mail, duplicates, broken mail, first sync (B1-B9)."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from crm.mailboxes import get_mailbox, pause_mailbox
from crm.models import MailFolder, Quarantined, Thread
from crm.timeline import list_entries
from kit.tx import Tx
from mailer.errors import DroppedError
from mailer.fake_faults import Fault
from mailer.fakes import FaultPoint
from mailer.parse.classify import parse_mail
from mailer.types import Fetched, FolderState
from sequences.reading.chunks import file_chunk
from sequences.reading.cursors import Progress, begin_folder, first_look_progress, get_cursor, move_down, move_up
from sequences.reading.filing import file_mail
from sequences.reading.folder_poll import FolderPoll
from tests.stories.at_once import two_at_once
from tests.stories.world import MIA, World


def begin(world: World, people: int = 1) -> None:
    world.load()
    world.enrol(world.people(people))
    world.tick()


def entries(world: World) -> list[str]:
    with world.database.reading() as tx:
        return [entry.kind for entry in list_entries(tx, 1)]


def cursor(world: World, role: str = "inbox") -> tuple[int, int]:
    with world.database.reading() as tx:
        row = tx.session.scalars(select(MailFolder).where(MailFolder.role == role)).one()
        return row.uid_validity, row.last_uid


def hello(number: int, sender: str = "creator0@people.example") -> str:
    return f"From: {sender}\nTo: {MIA}\nSubject: Hello\nMessage-ID: <n{number}@people.example>\n\nHello {number}\n"


def test_the_cursor_moves_over_what_was_stored_and_the_last_mail_is_not_read_again(small: World) -> None:
    begin(small)
    assert small.deliver(hello(1)) == 1
    small.poll()
    assert cursor(small) == (1, 1)
    assert [small.poll().received for _ in range(3)] == [0, 0, 0]
    small.deliver(hello(2))
    assert small.poll().received == 1
    assert cursor(small) == (1, 2)


def test_a_connection_that_breaks_in_the_middle_loses_and_doubles_nothing(small: World) -> None:
    begin(small)
    for number in range(5):
        small.deliver(hello(number))
    small.server.fail(FaultPoint.IMAP, times=7)
    received = sum(small.poll().received for _ in range(9))
    assert received == 5


def test_new_numbers_raise_no_event_twice(world: World) -> None:
    begin(world)
    for number in range(3):
        world.deliver(hello(number))
    world.deliver(f"From: creator0@people.example\nTo: {MIA}\nSubject: no id\n\nA mail without an id\n")
    world.poll()
    before = entries(world)
    for folder in ("INBOX", "Sent", "Junk"):
        world.server.folder(MIA, folder).renumber()
    assert world.poll().received == 0
    assert entries(world) == before
    world.deliver(hello(9))
    assert world.poll().received == 1


def test_a_slower_reader_moves_no_cursor_back_and_none_that_is_numbered_anew(small: World) -> None:
    """Two read one folder at once; then one of them stands at numbers that mean nothing any more (B1, B2)."""

    def state(validity: int) -> FolderState:
        return FolderState(name="INBOX", uid_validity=validity, uid_next=0, exists=9)

    def begin_anew(validity: int, top: int, owed: list[int]) -> MailFolder:
        with small.database.transaction() as tx:
            return begin_folder(tx, small.mailbox_id, "inbox", state(validity), top, owed)

    def stands() -> tuple[int, int | None, int | None]:
        with small.database.reading() as tx:
            row = get_cursor(tx, small.mailbox_id, "inbox")
            return row.last_uid, row.missing_from, row.missing_to

    old = begin_anew(1, 40, [10, 20, 30])
    for up, down in ((50, 25), (45, 30)):
        with small.database.transaction() as tx:
            move_up(tx, old, up)
            move_down(tx, old, down, 1)
        assert stands() == (50, 10, 24)
    begin_anew(2, 7, [1, 7])
    with small.database.transaction() as tx:
        move_up(tx, old, 60)
        move_down(tx, old, 1, 1)
    assert stands() == (7, 1, 7), "mail above 7 would never be read"


def test_nothing_is_marked_as_read(small: World) -> None:
    begin(small)
    small.deliver(hello(1))
    small.poll()
    assert small.server.folder(MIA).mails[0].flags == set()


def test_mail_written_elsewhere_is_logged_and_moves_the_turn(small: World) -> None:
    begin(small)
    small.answer(small.mails_to("creator0@people.example")[0], "What is your budget?")
    small.poll()
    reply = small.messages()[-1]
    small.clock.advance(timedelta(hours=1))
    small.deliver(
        f"From: Mia <{MIA}>\nTo: creator0@people.example\nSubject: Re: Pastel\nMessage-ID: <own1@pastel.test>\n"
        f"In-Reply-To: <{reply.rfc_id}>\n\nAbout 500.\n",
        "Sent",
    )
    assert small.poll().replies == 0
    with small.database.reading() as tx:
        thread = tx.session.get_one(Thread, reply.thread_id)
        assert thread.last_out_at is not None
        assert thread.last_in_at is not None
        assert thread.last_out_at > thread.last_in_at
    assert (small.messages()[-1].kind, small.messages()[-1].thread_id) == ("manual", reply.thread_id)
    assert entries(small)[0] == "mail_manual"


def test_our_own_mail_in_the_inbox_is_never_an_answer(small: World) -> None:
    begin(small)
    pitch = small.mails_to("creator0@people.example")[0]
    small.answer(pitch, "A note to myself, with them in copy", sender=f"Mia <{MIA}>")
    small.deliver(small.server.outbox[0].raw)
    assert small.poll().replies == 0
    assert small.runs()[0].state == "active"


def test_our_vacation_responder_does_not_take_the_turn(small: World) -> None:
    begin(small)
    small.clock.advance(timedelta(hours=1))
    small.answer(small.mails_to("creator0@people.example")[0], "Hello?")
    small.poll()
    small.clock.advance(timedelta(hours=1))
    small.deliver(
        f"From: Mia <{MIA}>\nTo: creator0@people.example\nSubject: Out of office\nMessage-ID: <v1@pastel.test>\n"
        "Auto-Submitted: auto-replied\n\nI am away.\n",
        "Sent",
    )
    small.poll()
    with small.database.reading() as tx:
        thread = tx.session.scalars(select(Thread)).one()
        assert thread.last_out_at is not None
        assert thread.last_in_at is not None
        assert thread.last_out_at < thread.last_in_at


def test_the_same_mail_in_two_folders_is_one(world: World) -> None:
    begin(world)
    for folder in ("INBOX", "Junk", "INBOX"):
        world.deliver(hello(1), folder)
    assert world.poll().received == 1
    assert entries(world).count("reply") == 1


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.server("postgresql"))], indirect=True
)
def test_two_who_file_the_same_mail_at_once_file_it_once(world: World) -> None:
    """Neither can see what the other has not committed: the unique key alone keeps them apart (B5)."""
    begin(world)
    with world.database.reading() as tx:
        mailbox = get_mailbox(tx, MIA)
    mails = []
    for number in (1, 2, 3):
        raw, at = hello(number).replace("\n", "\r\n").encode(), world.clock.now()
        parsed = parse_mail(raw, received_at=at, ours=frozenset({MIA}))
        mails.append((Fetched(uid=number, received_at=at, size=len(raw), raw=raw), parsed))
    received: list[int] = []

    def file_all(_tx: Tx) -> None:
        ours = frozenset({MIA})
        counts = file_chunk(world.database, mailbox, "inbox", "inbox", mails, ours, lambda _: None)
        received.append(counts.received)

    raised = two_at_once(world.database, lambda tx: file_mail(tx, mailbox, "inbox", *mails[0], frozenset()), file_all)
    assert raised == [None, None]
    assert received == [2], "the other two are not lost with it"
    assert [message.rfc_id for message in world.messages() if message.direction == "in"] == [
        f"n{number}@people.example" for number in (1, 2, 3)
    ]


def test_another_folder_in_the_place_of_one_is_read_from_its_own_beginning(small: World) -> None:
    """Its numbers are its own, also where both folders say the same UIDVALIDITY (B2, B4)."""
    begin(small)
    for number in range(5):
        small.deliver(hello(number, "nobody@elsewhere.example"), "Junk")
    small.poll()
    small.server.add_folder(MIA, "Spam")
    small.answer(small.mails_to("creator0@people.example")[0], "Yes, gladly!", folder="Spam")
    with small.database.transaction() as tx:
        get_mailbox(tx, MIA).folders = {"junk": "Spam"}
    assert small.poll().replies == 1
    assert small.runs()[0].reason == "reply"


BROKEN = [
    b"From: creator0@people.example\nSubject: nul \x00 here\nMessage-ID: <b1@x.example>\n\nHas a \x00 inside\n",
    b"From: creator0@people.example\nMessage-ID: <" + b"x" * 1500 + b"@x.example>\nSubject: long id\n\nHello\n",
    b"From: " + b"n" * 900 + b" <creator0@people.example>\nSubject: long name\nMessage-ID: <b3@x.example>\n\nHello\n",
    b"From: creator0@people.example\nContent-Type: text/plain; charset=utf-8\nMessage-ID: <b4@x.example>\n\n\xed\xa0",
    (
        b"From: creator0@people.example\nMessage-ID: <b5@x.example>\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
        b'Content-Type: application/pdf; name="a\\\x00.pdf"\n'
        b"Content-Disposition: attachment; filename*=utf-8''a%00b.pdf"
        b"\n\nx\n--x--\n"
    ),
    b"\x00\xff\xfe",
    b"",
]


def test_broken_mail_is_filed_or_kept_aside_and_reading_goes_on(world: World) -> None:
    begin(world)
    for raw in BROKEN:
        world.deliver(raw)
    world.deliver(hello(1))
    counts = world.poll()
    assert counts.errors == []
    assert cursor(world)[1] == len(BROKEN) + 1
    assert "<n1@people.example>".strip("<>") in [message.rfc_id for message in world.messages()]


def stumble(*_: object, **__: object) -> None:
    raise ValueError("a fault nobody foresaw")


def test_what_the_database_refuses_is_kept_with_its_bytes(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message no code was ready for: its fault is simulated where messages are understood."""
    begin(small)
    small.poll()
    small.deliver(hello(1))
    with monkeypatch.context() as patch:
        patch.setattr("sequences.reading.reader.parse_mail", stumble)
        small.poll()
    small.deliver(hello(2))
    assert small.poll().received == 1
    with small.database.reading() as tx:
        kept = tx.session.scalars(select(Quarantined)).one()
    assert b"Hello 1" in kept.raw
    assert "nobody foresaw" in kept.error


def test_a_mail_that_vanished_is_no_fault(small: World) -> None:
    begin(small)
    small.deliver(hello(1))
    small.deliver(hello(2))
    folder = small.server.folder(MIA)
    folder.expunge(1)
    assert small.poll().received == 1
    small.deliver(hello(3))
    folder.expunge(3)
    counts = small.poll()
    assert (counts.received, counts.errors) == (0, [])


def test_the_first_look_goes_back_thirty_days_and_old_mail_stops_no_new_run(small: World) -> None:
    now = small.clock.now()
    small.server.deliver(MIA, hello(1).encode(), now - timedelta(days=60))
    small.server.deliver(MIA, hello(2).encode(), now - timedelta(days=10))
    small.load()
    small.enrol(small.people(1))
    counts = small.tick()
    assert (counts.received, counts.sent) == (1, 1)
    assert small.runs()[0].state == "active"
    assert small.messages()[0].at == now - timedelta(days=10)


@pytest.mark.parametrize("folder", ["INBOX", "Junk"])
def test_an_answer_that_comes_at_any_word_of_a_first_look_is_read(
    small: World, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first look asks an empty folder several things; the first round begins it, the others begin it again (B2)."""
    small.people(1)
    words = 0
    while arrives_at(small, words, folder, monkeypatch):
        small.poll()
        assert f"n{words}@people.example" in [message.rfc_id for message in small.messages()], f"came at word {words}"
        words += 1
        for name in ("INBOX", "Sent", "Junk"):
            small.server.folder(MIA, name).mails.clear()
            small.server.folder(MIA, name).renumber()
    assert words > 9, "three words to each of three folders"


def arrives_at(world: World, word: int, folder: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Poll, and let a mail arrive just before that word on the wire; False when the poll took fewer words."""
    said: list[FaultPoint] = []
    honest = world.server.strike

    def strike(point: FaultPoint, *addresses: str) -> Fault | None:
        if len(said) == word:
            world.deliver(hello(word), folder)
        said.append(point)
        return honest(point, *addresses)

    with monkeypatch.context() as patch:
        patch.setattr(world.server, "strike", strike)
        assert world.poll().errors == []
    return len(said) > word


def test_received_time_is_the_servers_not_the_senders(small: World) -> None:
    begin(small)
    small.deliver("Date: Mon, 01 Jan 2001 00:00:00 +0000\n" + hello(1))
    small.poll()
    message = small.messages()[-1]
    assert message.at == small.clock.now()
    assert message.dated_at is not None
    assert message.dated_at.year == 2001
    small.deliver("Date: Thu, 01 Jan 2099 00:00:00 +0000\n" + hello(2, "stranger@elsewhere.example"))
    small.poll()
    with small.database.reading() as tx:
        assert set(tx.session.scalars(select(Thread.last_at))) == {small.clock.now()}, "none stays on top for ever"


def test_a_paused_mailbox_is_still_read(small: World) -> None:
    begin(small)
    with small.database.transaction() as tx:
        pause_mailbox(tx, get_mailbox(tx, MIA).id, "Paused by hand.")
    small.answer(small.mails_to("creator0@people.example")[0], "Please take me off your list.")
    assert small.tick().opt_outs == 1


def test_a_mailbox_whose_sign_in_is_refused_is_left_alone(small: World) -> None:
    begin(small)
    small.server.add_account(MIA, "changed")
    asked: list[int] = []
    small.server.before_poll = lambda: asked.append(1)
    for _ in range(60):
        small.tick()
        small.clock.advance(timedelta(minutes=1))
    assert 1 <= len(asked) <= 10


DAMAGED = "From: a@people.example\nTo: mia@pastel.test\nSubject: Hello\nMessage-ID: <damaged@people.example>\n\nHello\n"


def set_aside(world: World) -> int:
    with world.database.reading() as tx:
        return tx.session.scalar(select(func.count(Quarantined.id))) or 0


@pytest.mark.parametrize("again", ["another UIDVALIDITY", "another folder"])
def test_a_damaged_letter_is_set_aside_once(small: World, again: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No bytes are known that cannot be read, so the fault is simulated where messages are understood."""
    monkeypatch.setattr("sequences.reading.reader.parse_mail", stumble)
    small.deliver(DAMAGED)
    small.poll()
    assert set_aside(small) == 1
    if again == "another folder":
        small.deliver(DAMAGED, folder="Junk")
    else:
        small.server.folder(MIA).renumber()
    small.poll()
    assert set_aside(small) == 1


def letter(number: int, head: str = "", to: str = MIA) -> str:
    return f"From: p{number}@away.example\nTo: {to}\nSubject: {number}\nMessage-ID: <l{number}@x.example>\n{head}\nHi\n"


def fill(world: World, count: int) -> None:
    for number in range(count):
        world.deliver(letter(number, "List-Id: <news.example>\n" if number % 2 else ""))


def test_a_large_first_look_reads_bodies_only_of_what_matters(small: World) -> None:
    small.people(1)
    fill(small, 240)
    small.deliver(hello(1))
    for number in range(240):
        small.deliver(letter(1000 + number, to="nobody@away.example"), "Sent")
    small.deliver(letter(2000, to="creator0@people.example"), "Sent")
    counts = small.poll()
    assert counts.received == 120 + 1, "no newsletter, and every person"
    assert [message.kind for message in small.messages() if message.direction == "out"] == ["manual"]
    with small.database.reading() as tx:
        assert first_look_progress(tx, small.mailbox_id) is None
    assert small.poll().received == 0


@pytest.mark.parametrize("windows", [0, 1, 2])
def test_a_first_look_that_breaks_goes_on_below_where_it_was(
    small: World, windows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(small, 500)
    with monkeypatch.context() as patch:
        patch.setattr(FolderPoll, "_worthy", breaking_after(windows))
        assert small.poll().errors
    with small.database.reading() as tx:
        progress = first_look_progress(tx, small.mailbox_id)
    assert progress == Progress(total=500, left=500 - 200 * windows)
    assert len(small.messages()) == 100 * windows
    if windows:
        newest = {message.subject for message in small.messages()}
        assert "498" in newest, "the newest come first"
    small.deliver(letter(900))
    assert small.poll().errors == []
    assert len({message.rfc_id for message in small.messages()}) == len(small.messages()) == 251


def breaking_after(windows: int) -> Callable[[FolderPoll, Sequence[int]], list[int]]:
    """A connection that breaks in the header of the next window; on both tries of one poll."""
    honest, left = FolderPoll._worthy, [windows]

    def worthy(self: FolderPoll, window: Sequence[int]) -> list[int]:
        if not left[0]:
            raise DroppedError("The connection broke.")
        left[0] -= 1
        return honest(self, window)

    return worthy


def test_the_number_of_statements_hangs_on_what_changes_not_on_the_number_of_mails(small: World) -> None:
    small.people(1)
    small.poll()
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(small.database.engine, "before_cursor_execute", note)
    spent: list[int] = []
    for count in (10, 60):
        for number in range(count):
            small.deliver(letter(100 * count + number))
        statements.clear()
        assert small.poll().received == count
        spent.append(len(statements))
    event.remove(small.database.engine, "before_cursor_execute", note)
    assert spent[0] == spent[1]
