"""One contract for the SMTP and IMAP ports.

The mailboxes are shared, so every test starts from what is there; mail that nobody waits for goes to Cy.
"""

import select
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from mailer.errors import FolderError, LoginError, ReplyError
from mailer.transport import ImapPort
from mailer.types import Fetched, Folders, Login
from tests.contracts.mail_worlds import ANNA, BO, CY, MILA, MailWorld

AT = datetime(2026, 1, 2, 23, 30, 15, tzinfo=UTC)
_numbers = count(1)


def new_id() -> str:
    return f"contract.{next(_numbers)}@brand.test"


def make_raw(message_id: str, body: bytes = b"Hello.\r\n") -> bytes:
    head = f"From: {ANNA}\r\nTo: {MILA}\r\nSubject: Hello\r\nMessage-ID: <{message_id}>\r\n\r\n"
    return head.encode() + body


def last_uid(port: ImapPort, folder: str = "INBOX") -> int:
    return port.select(folder).uid_next - 1


def wait_for_mail(port: ImapPort, after: int) -> list[Fetched]:
    """Read the folder until something is there: a real server delivers a moment later."""
    for _ in range(10):
        port.select("INBOX")
        found = list(port.fetch(port.uids_after(after)))
        if found:
            return found
        port.wait_for_news(0.5)
    return []


def test_a_mail_arrives_whole(mail_world: MailWorld) -> None:
    body = b"Hi\r\n.\r\n..two dots\r\n" + b"long line of text\r\n" * 5000
    raw = make_raw(new_id(), body)
    with mail_world.reading() as inbox, mail_world.sending() as out:
        before = last_uid(inbox)
        out.prepare(ANNA, MILA, size=len(raw))
        assert out.transmit(raw).code == 250
        (arrived,) = wait_for_mail(inbox, before)
    assert arrived.raw.partition(b"\r\n\r\n")[2] == body
    assert arrived.size == len(arrived.raw)
    assert arrived.uid > before


def test_a_refused_recipient_leaves_the_connection_usable(mail_world: MailWorld) -> None:
    raw = make_raw(new_id())
    with mail_world.sending() as out:
        with pytest.raises(ReplyError) as refusal:
            out.prepare(ANNA, "nobody@creator.test", size=len(raw))
        assert (refusal.value.stage, refusal.value.code, refusal.value.enhanced) == ("rcpt", 550, "5.1.1")
        assert not refusal.value.temporary
        assert out.is_usable
        out.prepare(ANNA, CY, size=len(raw))
        assert out.transmit(raw).code == 250


def test_one_connection_carries_many_mails(mail_world: MailWorld) -> None:
    raws = [make_raw(new_id()) for _ in range(3)]
    with mail_world.sending() as out:
        for raw in raws:
            out.prepare(ANNA, CY, size=len(raw))
            assert out.transmit(raw).code == 250
        out.prepare(ANNA, CY, size=10)
        out.reset()
        assert out.is_usable


def test_nothing_is_transmitted_unprepared(mail_world: MailWorld) -> None:
    with mail_world.sending() as out, pytest.raises(ReplyError) as refusal:
        out.transmit(make_raw(new_id()))
    assert (refusal.value.stage, refusal.value.code) == ("data", 503)


def test_a_wrong_password_is_refused(mail_world: MailWorld) -> None:
    wrong = Login(user=ANNA, secret="wrong")
    with pytest.raises(LoginError):
        mail_world.transport.open_smtp(mail_world.smtp, wrong, helo="client.test")
    with pytest.raises(LoginError):
        mail_world.transport.open_imap(mail_world.imap, wrong)


def test_finds_the_folders(mail_world: MailWorld) -> None:
    with mail_world.reading() as mailbox:
        assert mailbox.folders() == Folders(inbox="INBOX", sent="Sent", junk="Junk")
        assert mailbox.folders({"sent": "Junk", "junk": ""}) == Folders(inbox="INBOX", sent="Junk", junk=None)
        with pytest.raises(FolderError):
            mailbox.folders({"sent": "Nowhere"})


def test_a_missing_folder_is_refused_and_the_connection_lives(mail_world: MailWorld) -> None:
    with mail_world.reading() as mailbox:
        with pytest.raises(FolderError):
            mailbox.select("Nowhere")
        assert mailbox.select("INBOX").name == "INBOX"


def test_uids_grow_and_the_last_is_not_repeated(mail_world: MailWorld) -> None:
    with mail_world.reading() as inbox:
        before = last_uid(inbox)
        for _ in range(3):
            mail_world.backstage.put(MILA, make_raw(new_id()), AT)
        state = inbox.select("INBOX")
        found = inbox.uids_after(before)
        assert found == sorted(found)
        assert len(found) == 3
        assert state.uid_next > found[-1]
        assert state.exists >= 3
        assert inbox.uids_after(found[0]) == found[1:]
        assert inbox.uids_after(found[-1]) == []


def test_uid_validity_stays(mail_world: MailWorld) -> None:
    with mail_world.reading() as one, mail_world.reading() as other:
        assert one.select("INBOX").uid_validity == other.select("INBOX").uid_validity > 0


def test_reading_marks_nothing_and_keeps_the_time_of_arrival(mail_world: MailWorld) -> None:
    raw = make_raw(new_id())
    with mail_world.reading() as inbox:
        before = last_uid(inbox)
        mail_world.backstage.put(MILA, raw, AT)
        inbox.select("INBOX")
        (uid,) = inbox.uids_after(before)
        assert list(inbox.fetch([uid])) == [Fetched(uid=uid, received_at=AT, size=len(raw), raw=raw)]
        (head,) = inbox.fetch([uid], headers_only=True)
    assert head.raw == raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    assert head.size == len(raw)
    assert mail_world.backstage.flags(MILA, "INBOX", uid) == set()


def test_a_vanished_message_is_left_out(mail_world: MailWorld) -> None:
    with mail_world.reading() as inbox:
        before = last_uid(inbox)
        for _ in range(3):
            mail_world.backstage.put(MILA, make_raw(new_id()), AT)
        inbox.select("INBOX")
        first, gone, last = inbox.uids_after(before)
        mail_world.backstage.expunge(MILA, gone)
        inbox.select("INBOX")
        assert [mail.uid for mail in inbox.fetch([last, gone, first, last + 500])] == [first, last]
        assert list(inbox.fetch([])) == []


def test_many_messages_come_in_order(mail_world: MailWorld) -> None:
    with mail_world.reading(BO) as inbox:
        before = last_uid(inbox)
        ids = [new_id() for _ in range(103)]
        for message_id in ids:
            mail_world.backstage.put(BO, make_raw(message_id), AT)
        inbox.select("INBOX")
        found = list(inbox.fetch(inbox.uids_after(before)[::-1]))
    assert [mail.raw for mail in found] == [make_raw(message_id) for message_id in ids]


def test_finds_by_day(mail_world: MailWorld) -> None:
    with mail_world.reading(ANNA) as inbox:
        before = last_uid(inbox)
        mail_world.backstage.put(ANNA, make_raw(new_id()), AT - timedelta(days=9))
        mail_world.backstage.put(ANNA, make_raw(new_id()), AT)
        inbox.select("INBOX")
        old, new = inbox.uids_after(before)
        found = inbox.uids_since((AT - timedelta(days=3)).date())
    assert new in found
    assert old not in found


def test_finds_exactly_one_message_id(mail_world: MailWorld) -> None:
    message_id = new_id()
    with mail_world.reading() as inbox:
        before = last_uid(inbox)
        mail_world.backstage.put(MILA, make_raw(message_id), AT)
        mail_world.backstage.put(MILA, make_raw(message_id + ".longer"), AT)
        inbox.select("INBOX")
        assert inbox.uids_with_message_id(message_id) == inbox.uids_after(before)[:1]
        assert inbox.uids_with_message_id("unknown@brand.test") == []


def test_appends_a_copy_marked_read(mail_world: MailWorld) -> None:
    message_id = new_id()
    raw = make_raw(message_id)
    with mail_world.reading(ANNA) as mailbox:
        mailbox.append("Sent", raw, AT)
        mailbox.select("Sent")
        (uid,) = mailbox.uids_with_message_id(message_id)
        assert list(mailbox.fetch([uid])) == [Fetched(uid=uid, received_at=AT, size=len(raw), raw=raw)]
        with pytest.raises(FolderError):
            mailbox.append("Nowhere", raw, AT)
    assert mail_world.backstage.flags(ANNA, "Sent", uid) == {"\\Seen"}


def test_news_ends_the_wait(mail_world: MailWorld) -> None:
    with mail_world.reading(BO) as inbox:
        before = last_uid(inbox)
        mail_world.backstage.put(BO, make_raw(new_id()), AT)
        assert inbox.wait_for_news(60)
        assert len(inbox.uids_after(before)) == 1
        assert not inbox.wait_for_news(0.1)


def test_finds_by_number(mail_world: MailWorld) -> None:
    with mail_world.reading() as inbox:
        before = last_uid(inbox)
        for _ in range(3):
            mail_world.backstage.put(MILA, make_raw(new_id()), AT)
        inbox.select("INBOX")
        found = inbox.uids_after(before)
        assert inbox.uids_between(found[0], found[1]) == found[:2]
        assert inbox.uids_between(found[-1] + 1, found[-1] + 9) == []
        assert inbox.highest_uid() == found[-1]


def test_what_comes_after_an_empty_folder_was_opened_is_not_passed_over(mail_world: MailWorld) -> None:
    """It is told at once or at the next look, but never lies below the highest UID without being found by its day."""
    with mail_world.reading(CY) as junk:
        assert junk.select("Junk").exists == 0, "no other test may use it"
        mail_world.backstage.put(CY, make_raw(new_id()), AT, "Junk")
        top = junk.highest_uid()
        by_day = junk.uids_since((AT - timedelta(days=3)).date()) if top else []
        junk.select("Junk")
        assert len({*by_day, *junk.uids_after(max(top, *by_day, 0))}) == 1


def test_a_folder_left_alone_says_the_same_and_one_that_grows_says_so(mail_world: MailWorld) -> None:
    with mail_world.reading() as inbox:
        before = inbox.select("INBOX")
        assert inbox.select("INBOX") == before
        mail_world.backstage.put(MILA, make_raw(new_id()), AT)
        after = inbox.select("INBOX")
        assert (after.exists, after.uid_next) == (before.exists + 1, before.uid_next + 1)
        assert after.modseq > before.modseq or after.modseq == 0


def test_a_socket_becomes_readable_when_mail_comes(mail_world: MailWorld) -> None:
    with mail_world.reading(BO) as inbox:
        inbox.select("INBOX")
        sock = inbox.begin_idle()
        if sock is None:
            assert not inbox.end_idle()
            return
        for _ in range(2):  # the sandbox tells of a mail only when the next one comes
            mail_world.backstage.put(BO, make_raw(new_id()), AT)
        assert inbox.is_told() or select.select([sock], [], [], 10)[0]
        assert inbox.end_idle()
        assert inbox.select("INBOX").exists > 0, "and the session goes on"


def test_a_long_mail_comes_in_pieces_and_a_longer_one_cut(mail_world: MailWorld) -> None:
    raw = make_raw(new_id(), b"0123456789abcdef\r\n" * 1_000_000)
    with mail_world.reading() as inbox:
        before = last_uid(inbox)
        for data in (raw[:9_000_000], raw):
            mail_world.backstage.put(MILA, data, AT)
        inbox.select("INBOX")
        whole, cut = inbox.fetch(inbox.uids_after(before))
        mail_world.backstage.expunge(MILA, cut.uid)
        mail_world.backstage.expunge(MILA, whole.uid)
    assert (whole.size, whole.raw) == (9_000_000, raw[:9_000_000])
    assert cut.size == len(raw)
    assert cut.raw == raw[: len(cut.raw)]
