"""Use cases: is a mailbox well? A live trial of both servers and the domain's records, and what the log says."""

from typing import Any

from sqlalchemy import func, select

from crm.consents import find_consent
from crm.models import Mailbox
from kit.errors import say
from kit.tx import Tx
from mailer.dns import Finding, check_sender, make_sender
from mailer.errors import MailError
from mailer.oauth_providers import find_advice
from mailer.servers import parse_server
from sequences.engine import Engine
from sequences.mailboxes.deliverability import record_look
from sequences.mailboxes.dkim import list_keys
from sequences.mailboxes.line import Line
from sequences.mailboxes.sender_checks import judge_from, judge_one_click
from sequences.models import Heartbeat, Send
from sequences.reading.cursors import first_look_progress
from sequences.sending.throttle import DAY


def check_mailbox(engine: Engine, mailbox: Mailbox, *, dns: bool = True) -> dict[str, Any]:
    """Sign in to both servers and look at the folders and the domain; `ok` only if mail can go and come.

    Records that are missing never make it not ok; what could not be checked is unclear, never bad. A look that
    includes the domain is kept for the desk.
    """
    checks = [_check_smtp(engine, mailbox), *_check_imap(engine, mailbox), *_check_key(engine, mailbox)]
    ok = all(check["state"] == "ok" for check in checks if check["name"] in ("smtp", "imap"))
    if dns:
        checks += look_at_sender(engine, mailbox)
        _keep(engine, mailbox, checks)
    return {"address": mailbox.address, "ok": ok, "checks": checks}


def check_records(engine: Engine, mailbox: Mailbox) -> None:
    """Look at the domain alone, 20 s at most, and keep what was found; no transaction is open meanwhile."""
    _keep(engine, mailbox, look_at_sender(engine, mailbox))


def look_at_sender(engine: Engine, mailbox: Mailbox) -> list[dict[str, Any]]:
    """Return what DNS and the mails themselves say about a mailbox as a sender; nobody signs in anywhere."""
    host = parse_server(mailbox.smtp_url).host
    sender = make_sender(mailbox.address, smtp_host=host, user=mailbox.user)
    with engine.database.reading() as tx:
        own_keys = [key.selector for key in list_keys(tx) if key.started_at and key.domain == sender.domain]
    found = check_sender(sender, resolver=engine.make_resolver(), selectors=own_keys)
    own = ("from", judge_from(mailbox.name, sender)), ("one_click", judge_one_click(is_public=engine.links.is_public))
    return [_as_check(name, finding) for name, finding in (*found.findings, *own)]


def _keep(engine: Engine, mailbox: Mailbox, checks: list[dict[str, Any]]) -> None:
    with engine.database.transaction() as tx:
        record_look(tx, mailbox.id, checks)


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
        with Line(engine, mailbox) as line:
            line.smtp()
    except MailError as error:
        return _finding("smtp", "bad", str(error))
    return _finding("smtp", "ok", say("Signed in to send."))


def _check_imap(engine: Engine, mailbox: Mailbox) -> list[dict[str, Any]]:
    try:
        with Line(engine, mailbox) as line:
            folders = line.imap().folders(mailbox.folders or None)
            exists = line.imap().select(folders.inbox).exists
    except MailError as error:
        return [_finding("imap", "bad", str(error))]
    found = {"inbox": folders.inbox, "sent": folders.sent, "junk": folders.junk}
    missing = [role for role, name in found.items() if name is None]
    words = ", ".join(f"{role}: {name}" for role, name in found.items() if name)
    return [
        _finding("imap", "ok", say("Signed in to read, %(exists)s messages in the inbox.", exists=exists)),
        _finding(
            "folders",
            "unclear" if missing else "ok",
            _folder_words(words, missing),
            folders=found,
        ),
    ]


def _folder_words(words: str, missing: list[str]) -> str:
    if not missing:
        return words
    roles = missing[0]
    for role in missing[1:]:
        roles = say("%(words)s or %(last)s", words=roles, last=role)
    return say("%(words)s; no %(what)s folder was found", words=words, what=roles)


def password_advice(mailbox: Mailbox) -> str:
    """Return why this mailbox should not sign in with a password for long; empty when nothing is known against it."""
    return find_advice(parse_server(mailbox.smtp_url).host) if mailbox.auth == "password" else ""


def _check_key(engine: Engine, mailbox: Mailbox) -> list[dict[str, Any]]:
    """Say what is known about the consent of a mailbox, read after it was tried; or against its password."""
    advice = password_advice(mailbox)
    if advice:
        return [
            _finding(
                "sign_in",
                "unclear",
                say(
                    "%(why)s Go over to consent: rapport mailboxes authorise %(address)s",
                    why=advice,
                    address=mailbox.address,
                ),
            )
        ]
    with engine.database.reading() as tx:
        consent = find_consent(tx, mailbox.id)
    if consent is None:
        return []
    words = say(
        "Consent by %(name)s since %(day)s",
        name=engine.issuers.title_of(consent.provider),
        day=f"{consent.given_at:%Y-%m-%d}",
    )
    facts = {"provider": consent.provider, "given_at": consent.given_at, "expires_at": consent.expires_at}
    if consent.ended_at:
        return [
            _finding(
                "consent",
                "bad",
                say("%(words)s ended on %(ended_at)s.", words=words, ended_at=f"{consent.ended_at:%Y-%m-%d}"),
                **facts,
            )
        ]
    return [
        _finding(
            "consent",
            "ok",
            say(
                "%(words)s; the token ends at %(expires_at)s UTC.",
                words=words,
                expires_at=f"{consent.expires_at:%H:%M}",
            ),
            **facts,
        )
    ]


def _as_check(name: str, finding: Finding) -> dict[str, Any]:
    paste = [
        {"name": one.name, "kind": one.kind, "value": one.value, "quoted": one.quoted, "note": one.note}
        for one in finding.paste
    ]
    more = {"record": finding.record, "reason": finding.reason, "paste": paste, "replaces": list(finding.replaces)}
    return _finding(name, finding.state, finding.sentence, **more)


def _finding(name: str, state: str, sentence: str, **more: object) -> dict[str, Any]:
    return {"name": name, "state": state, "sentence": sentence, **more}
