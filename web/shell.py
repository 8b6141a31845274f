"""Wire: what every page shows around its content: brand, counts, what left today. Read once per request."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import g, request, session
from sqlalchemy import Integer, bindparam

from crm.feedback import list_brands_with_new
from crm.inbox import InboxCounts, read_counts, thread_questions
from crm.models import Brand
from crm.together import Together
from kit.db import Instant
from sequences.pulse import NEWEST, write_pulse
from web.outgoing import WAITING, MailboxDay, Waiting, list_mailbox_days, read_waiting
from web.request import this_tx, this_user
from web.times import day_bounds, read_zone
from web.whose import mine_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The frame's facts. `feedback` notes wait for a theme; `cap` None when a mailbox has no limit.

    `pulse` says what had happened when the page was read.
    """

    brand: Brand | None
    feedback: int
    brands: tuple[Brand, ...]
    inbox: InboxCounts
    waiting: tuple[Waiting, ...]
    mailboxes: tuple[MailboxDay, ...]
    pulse: str

    @property
    def drafts(self) -> int:
        """How many pitches wait for a yes."""
        return sum(row.drafts for row in self.waiting)

    @property
    def unknown(self) -> int:
        """How many sends ended without anybody knowing how."""
        return sum(row.unknown for row in self.waiting)

    @property
    def sent(self) -> int:
        """How many mails left today."""
        return sum(day.sent for day in self.mailboxes)

    @property
    def cap(self) -> int | None:
        """How many may leave in a day."""
        caps = [day.mailbox.daily_cap for day in self.mailboxes]
        return None if None in caps else sum(cap for cap in caps if cap is not None)


def this_shell() -> Shell:
    """Return the frame of this request's pages. Three queries, once."""
    if "shell" not in g:
        tx = this_tx()
        start, _ = day_bounds(tx.now, read_zone(this_user().zone))
        counted = list_brands_with_new(tx)
        brands = [brand for brand, _count in counted]
        chosen = _chosen(brands)
        user_id = mine_of()
        asked = _questions(of_one=user_id is not None, with_all=request.blueprint == "inbox")
        newest, waiting, *threads = asked.ask(tx, {"now": tx.now, "user_id": user_id})
        g.shell = Shell(
            brand=chosen,
            feedback=next((count for brand, count in counted if brand is chosen), 0),
            brands=tuple(brands),
            inbox=read_counts(*threads),
            waiting=tuple(read_waiting(waiting)),
            mailboxes=tuple(list_mailbox_days(tx, start)),
            pulse=write_pulse(newest[0]),
        )
    shell: Shell = g.shell
    return shell


@lru_cache(maxsize=4)
def _questions(*, of_one: bool, with_all: bool) -> Together:
    """Return what the frame asks about mails; built once, as every page asks it."""
    now: Any = bindparam("now", type_=Instant())
    mine: Any = bindparam("user_id", type_=Integer) if of_one else None
    return Together(NEWEST, WAITING, *thread_questions(now, mine_of=mine, with_all=with_all))


def _chosen(brands: list[Brand]) -> Brand | None:
    """Return the brand this browser works for; the first one until somebody chooses."""
    return next((brand for brand in brands if brand.id == session.get("brand")), brands[0] if brands else None)


def this_brand_id() -> int | None:
    """Return the brand whose stages this page shows."""
    brand = this_shell().brand
    return brand.id if brand else None
