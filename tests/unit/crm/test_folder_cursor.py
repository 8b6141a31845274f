"""Folder cursors hold the largest numbers that IMAP allows, on both databases."""

from sqlalchemy import insert, select

from crm.models import Mailbox, MailFolder, Quarantined
from kit.tx import Database

_LARGEST = 2**32 - 1


def test_a_cursor_and_a_quarantined_mail_hold_the_largest_uid(database: Database) -> None:
    with database.transaction() as tx:
        mailbox = Mailbox(
            address="mia@brand.test",
            smtp_url="smtps://mail.test",
            imap_url="imaps://mail.test",
            user="mia",
            secret="-",
            window={},
            created_at=tx.now,
        )
        tx.session.add(mailbox)
        tx.session.flush()
        mailbox_id = mailbox.id
        tx.session.execute(
            insert(MailFolder).values(
                mailbox_id=mailbox_id, role="inbox", name="INBOX", uid_validity=_LARGEST, last_uid=_LARGEST - 1
            )
        )
        tx.session.execute(
            insert(Quarantined).values(
                mailbox_id=mailbox_id, folder="INBOX", uid=_LARGEST, raw=b"-", error="-", at=tx.now
            )
        )
    with database.reading() as tx:
        found = tx.session.execute(select(MailFolder.uid_validity, MailFolder.last_uid)).one()
        assert tuple(found) == (_LARGEST, _LARGEST - 1)
        assert tx.session.scalar(select(Quarantined.uid)) == _LARGEST
