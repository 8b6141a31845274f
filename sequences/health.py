"""Use cases: is a mailbox well? A live trial of both servers and the domain's records, and what the log says."""

from typing import Any

from sqlalchemy import func, select

from crm.models import Mailbox
from kit.tx import Tx
from mailer.dns import check_domain
from mailer.errors import MailError
from sequences.cursors import first_look_progress
from sequences.engine import Engine
from sequences.line import Line
from sequences.models import Heartbeat, Send
from sequences.throttle import DAY


def check_mailbox(engine: Engine, mailbox: Mailbox, *, dns: bool = True) -> dict[str, Any]:
    """Sign in to both servers and look at the folders and the domain; `ok` only if mail can go and come.

    Records that are missing never make it not ok; what could not be checked is unclear, never bad.
    """
    checks = [_check_smtp(engine, mailbox), *_check_imap(engine, mailbox)]
    ok = all(check["state"] == "ok" for check in checks if check["name"] in ("smtp", "imap"))
    if dns:
        checks += _check_dns(mailbox.address.rpartition("@")[2])
    return {"address": mailbox.address, "ok": ok, "checks": checks}


def mailbox_health(tx: Tx, mailbox: Mailbox) -> dict[str, Any]:
    """Return what the log says about a mailbox."""
    beat = tx.session.get(Heartbeat, f"poll:{mailbox.id}")
    sent = tx.session.scalar(
        select(func.count(Send.id)).where(Send.mailbox_id == mailbox.id, Send.sent_at > tx.now - DAY)
    )
    bounced = tx.session.scalar(
        select(func.count(Send.id)).where(Send.mailbox_id == mailbox.id, Send.bounced_at > tx.now - DAY)
    )
    progress = first_look_progress(tx, mailbox.id)
    return {
        "address": mailbox.address,
        "state": "paused" if mailbox.paused_at else "ok",
        "reason": mailbox.pause_reason,
        "sent_24h": sent or 0,
        "bounced_24h": bounced or 0,
        "daily_cap": mailbox.daily_cap,
        "ramp": mailbox.ramp,
        "polled_at": beat.at if beat else None,
        "poll_error": beat.note if beat else "",
        "first_look": {"total": progress.total, "left": progress.left} if progress else None,
    }


def _check_smtp(engine: Engine, mailbox: Mailbox) -> dict[str, Any]:
    try:
        with Line(mailbox, engine.transport, engine.seal) as line:
            line.smtp()
    except MailError as error:
        return _finding("smtp", "bad", str(error))
    return _finding("smtp", "ok", "Signed in to send.")


def _check_imap(engine: Engine, mailbox: Mailbox) -> list[dict[str, Any]]:
    try:
        with Line(mailbox, engine.transport, engine.seal) as line:
            folders = line.imap().folders(mailbox.folders or None)
            exists = line.imap().select(folders.inbox).exists
    except MailError as error:
        return [_finding("imap", "bad", str(error))]
    found = {"inbox": folders.inbox, "sent": folders.sent, "junk": folders.junk}
    missing = [role for role, name in found.items() if name is None]
    words = ", ".join(f"{role}: {name}" for role, name in found.items() if name)
    return [
        _finding("imap", "ok", f"Signed in to read, {exists} messages in the inbox."),
        _finding(
            "folders",
            "unclear" if missing else "ok",
            words + (f"; no {' or '.join(missing)} folder was found" if missing else ""),
            folders=found,
        ),
    ]


def _check_dns(domain: str) -> list[dict[str, Any]]:
    found = check_domain(domain)
    return [
        _finding(name, finding.state, finding.sentence, record=finding.record)
        for name, finding in (("spf", found.spf), ("dkim", found.dkim), ("dmarc", found.dmarc))
    ]


def _finding(name: str, state: str, sentence: str, **more: object) -> dict[str, Any]:
    return {"name": name, "state": state, "sentence": sentence, **more}
