"""Use cases: the files that leave with mails written by hand."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import undefer

from kit.tx import Tx
from mailer.types import Attachment
from sequences.mail_models import MailFile


def read_mail_files(tx: Tx, send_ids: Sequence[int]) -> dict[int, tuple[Attachment, ...]]:
    """Return the files of these sends, bytes and all."""
    if not send_ids:
        return {}
    found: dict[int, tuple[Attachment, ...]] = {}
    query = select(MailFile).options(undefer(MailFile.content)).where(MailFile.send_id.in_(send_ids))
    for file in tx.session.scalars(query.order_by(MailFile.id)):
        one = Attachment(filename=file.name, content_type=file.content_type, content=file.content)
        found[file.send_id or 0] = (*found.get(file.send_id or 0, ()), one)
    return found
