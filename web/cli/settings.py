"""Wire: `rapport settings` and `rapport doctor`."""

from datetime import timedelta

import click
from sqlalchemy import func, select

from crm.mailboxes import list_mailboxes
from crm.models import Quarantined
from kit.config import load_settings
from sequences.incidents import list_open_incidents
from sequences.mailboxes.deliverability import list_bad_looks
from sequences.mailboxes.health import mailbox_health, password_advice
from sequences.models import Heartbeat, Send
from web.cli.door import enter, json_option, print_json, print_table
from web.wiring import House


@click.command("settings")
@json_option
def settings_command(as_json: bool) -> None:
    """List every setting with its value and where it comes from."""
    listed = load_settings().listed
    if as_json:
        print_json([{"name": s.name, "value": s.value, "source": s.source, "about": s.about} for s in listed])
    else:
        print_table(("setting", "value", "source", "meaning"), [(s.name, s.value, s.source, s.about) for s in listed])


@click.command("doctor")
@json_option
def doctor_command(as_json: bool) -> None:
    """Say what is wrong with this installation, and the mend."""
    findings = _find_faults(enter())
    if as_json:
        print_json(findings)
    elif not findings:
        click.echo("Nothing is wrong.")
    else:
        print_table(("what", "mend"), [(one["what"], one["mend"]) for one in findings])
    if findings:
        raise click.exceptions.Exit(1)


def _find_faults(house: House) -> list[dict[str, str]]:
    faults: list[dict[str, str]] = []
    with house.database.reading() as tx:
        for mailbox in list_mailboxes(tx):
            health = mailbox_health(tx, mailbox)
            if health["state"] == "paused":
                mend = f"Mend the cause, then: rapport mailboxes resume {mailbox.address}"
                faults.append({"what": f"{mailbox.address} is paused: {health['reason']}", "mend": mend})
            elif health["poll_error"]:
                mend = f"rapport mailboxes check {mailbox.address}"
                faults.append({"what": f"{mailbox.address} cannot be read: {health['poll_error']}", "mend": mend})
            advice = password_advice(mailbox)
            if advice:
                mend = f"Set RAPPORT_OAUTH_MICROSOFT_ID, then: rapport mailboxes authorise {mailbox.address}"
                faults.append({"what": f"{mailbox.address} signs in with a password. {advice}", "mend": mend})
        faults += [
            {"what": f"{address}: {' '.join(sentences)}", "mend": f"rapport mailboxes check {address}"}
            for address, sentences in list_bad_looks(tx)
        ]
        unknown = tx.session.scalar(select(func.count(Send.id)).where(Send.state == "unknown")) or 0
        if unknown:
            mend = "rapport sends list --state unknown, then: rapport sends resolve ID --as sent|again"
            faults.append({"what": f"{unknown} mails may or may not have left", "mend": mend})
        aside = tx.session.scalar(select(func.count(Quarantined.id))) or 0
        if aside:
            faults.append({"what": f"{aside} messages could not be taken in", "mend": "Report them; they are kept."})
        faults += [
            {"what": one.sentence, "mend": f"Look into it, then: rapport incidents close {one.id}"}
            for one in list_open_incidents(tx)
        ]
        beat = tx.session.get(Heartbeat, "beat")
        waiting = tx.session.scalar(
            select(func.count(Send.id)).where(Send.state == "scheduled", Send.due_at < tx.now - timedelta(hours=1))
        )
        if waiting and (beat is None or beat.at < tx.now - timedelta(minutes=10)):
            faults.append({"what": f"{waiting} mails are due and nobody is sending", "mend": "rapport up"})
    return faults
