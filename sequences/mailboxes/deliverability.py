"""Use cases: the deliverability desk: the last looks at a mailbox, and what its sending log says, by the rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select

from crm.mailboxes import list_mailboxes
from crm.models import Mailbox, MailboxCheck
from kit.tx import Tx
from mailer.addresses import domain_of
from mailer.dns_records import is_trouble
from sequences.mailboxes.sending_figures import read_figures
from sequences.mailboxes.sending_rules import Figures, Rule, judge_sending
from sequences.sending.breakers import mailbox_rate

KEPT = 20
_SHOWN = 10
_FRESH = timedelta(seconds=10)
# What receivers count by domain; the rest is a mailbox's own.
_BY_DOMAIN = ("bulk_", "complaints")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a mailbox, kept: `findings` as sequences/mailboxes/health.py makes them."""

    at: datetime
    findings: Sequence[dict[str, Any]]

    @property
    def troubles(self) -> tuple[str, ...]:
        """The names of what asks somebody to do something."""
        return tuple(one["name"] for one in self.findings if is_trouble(one["state"]))

    @property
    def states(self) -> dict[str, str]:
        """The state of each check, by name."""
        return {one["name"]: one["state"] for one in self.findings}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """All about one mailbox: `boxes` are all of the installation, `sharing` those whose domain counts with its own.

    `look` is None while nobody has looked; `past` are the looks before it, the newest first.
    """

    mailbox: Mailbox
    boxes: Sequence[Mailbox]
    sharing: int
    look: Look | None
    past: Sequence[Look]
    own: Figures
    domain: Figures
    rules: Sequence[Rule]


def read_desk(tx: Tx, mailbox_id: int | None = None) -> Desk | None:
    """Return the desk of a mailbox, of the first one for None; nothing when there is none. At most ten queries."""
    boxes = list_mailboxes(tx)
    mailbox = next((box for box in boxes if mailbox_id in {None, box.id}), None)
    if mailbox is None:
        return None
    sharing = [box.id for box in boxes if share_name(box.address, mailbox.address)]
    looks = _list_looks(tx, mailbox.id)
    figures = read_figures(tx, sharing)
    own = figures.of([mailbox.id], breaker=mailbox_rate(tx, mailbox))
    domain = figures.of(sharing)
    states = looks[0].states if looks else {}
    whole = {rule.code: rule for rule in judge_sending(domain, states)}
    rules = [whole[rule.code] if rule.code.startswith(_BY_DOMAIN) else rule for rule in judge_sending(own, states)]
    return Desk(
        mailbox=mailbox, boxes=boxes, sharing=len(sharing), look=looks[0] if looks else None, past=looks[1:],
        own=own, domain=domain, rules=rules,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the page of one mailbox shows of its desk."""

    mailbox: Mailbox
    look: Look | None
    own: Figures


def read_brief(tx: Tx, mailbox: Mailbox) -> Brief:
    """Return the last look and the figures of one mailbox alone, in five queries."""
    looks = _list_looks(tx, mailbox.id)
    figures = read_figures(tx, [mailbox.id], whole=False)
    own = figures.of([mailbox.id])
    if own.breaker.hard:
        own = figures.of([mailbox.id], breaker=mailbox_rate(tx, mailbox))
    return Brief(mailbox=mailbox, look=looks[0] if looks else None, own=own)


def read_last_look(tx: Tx, mailbox_id: int) -> Look | None:
    """Return the last look at a mailbox."""
    looks = _list_looks(tx, mailbox_id)
    return looks[0] if looks else None


def share_name(address: str, other: str) -> bool:
    """Tell whether receivers count two addresses together: one domain, or one below the other."""
    one, two = domain_of(address), domain_of(other)
    return one == two or one.endswith(f".{two}") or two.endswith(f".{one}")


def record_look(tx: Tx, mailbox_id: int, findings: Sequence[dict[str, Any]]) -> None:
    """Keep a look; of each mailbox the last twenty stay."""
    ok = not any(one["state"] == "bad" for one in findings)
    tx.session.add(MailboxCheck(mailbox_id=mailbox_id, at=tx.now, ok=ok, findings=list(findings)))
    tx.session.flush()
    newest = select(MailboxCheck.id).where(MailboxCheck.mailbox_id == mailbox_id).order_by(MailboxCheck.id.desc())
    kept = list(tx.session.scalars(newest.limit(KEPT)))
    old = and_(MailboxCheck.mailbox_id == mailbox_id, MailboxCheck.id < kept[-1])
    tx.session.execute(delete(MailboxCheck).where(old))


def is_fresh(tx: Tx, mailbox_id: int) -> bool:
    """Tell whether somebody looked a moment ago: whoever presses twice is shown the same."""
    last = tx.session.scalar(select(func.max(MailboxCheck.at)).where(MailboxCheck.mailbox_id == mailbox_id))
    return last is not None and last > tx.now - _FRESH


def list_bad_looks(tx: Tx) -> list[tuple[str, tuple[str, ...]]]:
    """Return the mailboxes whose last look found something bad, with its sentences."""
    newest = select(func.max(MailboxCheck.id)).group_by(MailboxCheck.mailbox_id)
    query = (
        select(Mailbox.address, MailboxCheck.findings)
        .join(MailboxCheck, MailboxCheck.mailbox_id == Mailbox.id)
        .where(MailboxCheck.id.in_(newest), MailboxCheck.ok.is_(False))
        .order_by(Mailbox.address)
    )
    return [
        (address, tuple(one["sentence"] for one in findings if one["state"] == "bad"))
        for address, findings in tx.session.execute(query)
    ]


def _list_looks(tx: Tx, mailbox_id: int) -> list[Look]:
    query = select(MailboxCheck).where(MailboxCheck.mailbox_id == mailbox_id).order_by(MailboxCheck.id.desc())
    return [Look(at=row.at, findings=row.findings) for row in tx.session.scalars(query.limit(_SHOWN))]
