"""Use cases: what first mails led to by who got them: saved views, the platform and the size of the largest account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from crm.models import Contact, Handle
from kit.tx import Tx
from sequences.models import Send
from sequences.reports.outreach import Funnel, answers_of, first_mails

BANDS = (10_000, 50_000, 250_000)


def count_views(
    tx: Tx, since: datetime, until: datetime, views: Mapping[str, Sequence[ColumnElement[bool]]]
) -> dict[str, Funnel]:
    """Return what first mails to the people of each view led to, as the views are now. One query."""
    if not views:
        return {}
    answers, mail = answers_of(since, until), func.count(Send.id)
    columns: list[ColumnElement[int]] = []
    for conditions in views.values():
        inside = Send.contact_id.in_(select(Contact.id).where(*conditions))
        columns += [
            mail.filter(inside),
            mail.filter(inside, Send.bounced_at.is_not(None)),
            mail.filter(inside, answers.c.last_at >= Send.sent_at),
        ]
    query: Any = select(*columns).outerjoin(answers, answers.c.contact_id == Send.contact_id)
    row = tx.session.execute(query.where(*first_mails(since, until))).one()
    return {
        name: Funnel(written=row[3 * n], bounced=row[3 * n + 1], replied=row[3 * n + 2]) for n, name in enumerate(views)
    }


def count_accounts(tx: Tx, since: datetime, until: datetime) -> list[tuple[str, int | None, Funnel]]:
    """Return what first mails led to by platform and size of the largest account (0 the smallest band). One query."""
    answers, mail = answers_of(since, until), func.count(Send.id)
    band = band_of()
    query = (
        select(
            func.coalesce(Handle.platform, ""), band, mail, mail.filter(Send.bounced_at.is_not(None)),
            mail.filter(answers.c.last_at >= Send.sent_at),
        )
        .select_from(Send)
        .outerjoin(Handle, Handle.id == largest_of(Send.contact_id))
        .outerjoin(answers, answers.c.contact_id == Send.contact_id)
        .where(*first_mails(since, until))
        .group_by(Handle.platform, band)
    )  # fmt: skip
    return [
        (platform, size, Funnel(written=written, bounced=bounced, replied=replied))
        for platform, size, written, bounced, replied in tx.session.execute(query)
    ]


def largest_of(contact_id: InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """Return the number of somebody's largest account."""
    return (
        select(Handle.id)
        .where(Handle.contact_id == contact_id)
        .order_by(func.coalesce(Handle.followers, 0).desc(), Handle.id)
        .limit(1)
        .correlate(contact_id.class_)
        .scalar_subquery()
    )


def band_of() -> ColumnElement[Any]:
    """Return the band of an account's size, None where it is not known."""
    return case(
        (Handle.followers.is_(None), None),
        *((Handle.followers < edge, number) for number, edge in enumerate(BANDS)),
        else_=len(BANDS),
    )
