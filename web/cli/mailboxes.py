"""Wire: `rapport mailboxes`."""

import os
from dataclasses import asdict
from typing import Any

import click

from crm.consents import find_consent
from crm.mailboxes import add_mailbox, get_mailbox, list_mailboxes, pause_mailbox, resume_mailbox
from crm.models import Mailbox
from crm.zones import is_zone
from kit.errors import InvalidError, RefusedError
from mailer.addresses import normalise_email
from mailer.servers import parse_server
from sequences.course.windows import read_window, write_window
from sequences.mailboxes.deliverability import read_desk
from sequences.mailboxes.health import check_mailbox, mailbox_health
from sequences.mailboxes.sending_rules import Figures
from sequences.pitches.brand_letters import set_reply_to
from sequences.reading.intake import poll_mailbox
from web.cli.authorise import authorise
from web.cli.door import enter, json_option, print_json, print_table
from web.wiring import House, make_engine_of

DEFAULT_CAP = 30
_BY_TOKEN = ("xoauth2", "oauthbearer")  # two names of one thing: the server's offer decides
_NEXT = {True: "Try it with", False: "Now give consent with"}


@click.group("mailboxes")
def mailboxes_command() -> None:
    """The accounts that mail leaves from and comes back to."""


mailboxes_command.add_command(authorise)


@mailboxes_command.command("add")
@click.argument("address")
@click.option("--smtp", required=True, help="smtps://host:465 or smtp://host:587 (STARTTLS required)")
@click.option("--imap", required=True, help="imaps://host:993 or imap://host:143 (STARTTLS required)")
@click.option("--user", required=True)
@click.option("--secret-env", default="", help="The environment variable that holds the password or token.")
@click.option("--auth", type=click.Choice(["password", *_BY_TOKEN]), default="password", show_default=True)
@click.option("--name", default="", help="The sender's name, as people read it.")
@click.option("--daily-cap", default=str(DEFAULT_CAP), show_default=True, help="A number, or none.")
@click.option("--gap-s", default="480-840", show_default=True, help="Seconds between two mails, as A-B.")
@click.option("--ramp", type=click.Choice(["on", "off"]), default="on", show_default=True)
@click.option("--window", default="always", show_default=True, help="08:00-17:00 on the mailbox's clock, or always.")
@click.option("--zone", default="UTC", show_default=True, help="The mailbox's time zone, such as Europe/Dublin.")
@click.option("--sent-folder", default="", help="Only if it is not found by itself.")
@click.option("--junk-folder", default="", help="Only if it is not found by itself.")
def add(
    address: str,
    smtp: str,
    imap: str,
    user: str,
    secret_env: str,
    auth: str,
    name: str,
    daily_cap: str,
    gap_s: str,
    ramp: str,
    window: str,
    zone: str,
    sent_folder: str,
    junk_folder: str,
) -> None:
    """Connect a mailbox. Try it afterwards with: rapport mailboxes check ADDRESS."""
    house = enter()
    email = normalise_email(address)
    if email is None:
        raise InvalidError(f"{address!r} is not an email address.")
    low, high = _read_gap(gap_s)
    # A token may come later, by consent; a password is needed at once.
    given = bool(secret_env) or auth not in _BY_TOKEN
    mailbox = Mailbox(
        address=email,
        name=name,
        smtp_url=_read_url(smtp, "smtp"),
        imap_url=_read_url(imap, "imap"),
        user=user,
        auth="xoauth2" if auth in _BY_TOKEN else auth,
        secret=house.seal.seal(_read_secret(secret_env) if given else "", about=f"mailbox:{email}"),
        daily_cap=_read_cap(daily_cap),
        gap_min_s=low,
        gap_max_s=high,
        ramp=ramp == "on",
        window=write_window(read_window(window)),
        zone=_read_zone(zone),
        folders={role: n for role, n in (("sent", sent_folder), ("junk", junk_folder)) if n},
    )
    with house.database.transaction() as tx:
        add_mailbox(tx, mailbox)
    click.echo(f"Connected {email}. {_NEXT[given]}: rapport mailboxes {'check' if given else 'authorise'} {email}")


@mailboxes_command.command("check")
@click.argument("address")
@click.option("--no-dns", is_flag=True, help="Leave out SPF, DKIM, DMARC and all else about the sender.")
@json_option
def check(address: str, no_dns: bool, as_json: bool) -> None:
    """Sign in to both servers, list the folders, read SPF, DKIM, DMARC and what else receivers look at."""
    house = enter()
    result = check_mailbox(make_engine_of(house), _find(house, address), dns=not no_dns)
    if as_json:
        print_json(result)
    else:
        print_table(("check", "state", "what"), [(c["name"], c["state"], c["sentence"]) for c in result["checks"]])
        _print_records(result["checks"])
    if not result["ok"]:
        raise click.exceptions.Exit(1)


@mailboxes_command.command("report")
@click.argument("address")
@json_option
def report(address: str, as_json: bool) -> None:
    """Hold the sending log against the thresholds of Google, Yahoo, Microsoft and our own; nobody is asked."""
    with enter().database.reading() as tx:
        desk = read_desk(tx, get_mailbox(tx, address).id)
    if desk is None:
        return
    if as_json:
        figures = {"mailbox": _plain_figures(desk.own), "domain": _plain_figures(desk.domain)}
        print_json({"address": address, **figures, "rules": [asdict(rule) for rule in desk.rules]})
    else:
        print_table(("rule", "state", "what"), [(one.title, one.state, one.sentence) for one in desk.rules])
        for rule in desk.rules:
            if rule.todo:
                click.echo(f"{rule.title}: {rule.todo}")


@mailboxes_command.command("poll")
@click.argument("address")
@json_option
def poll(address: str, as_json: bool) -> None:
    """Read the mailbox once."""
    house = enter()
    result = poll_mailbox(make_engine_of(house), _find(house, address).id, by_hand=True)
    counts = {name: getattr(result.counts, name) for name in ("received", "replies", "auto_replies", "bounces")}
    if as_json:
        print_json(
            {"address": address, **counts, "first_look": _first_look(house, address), "error": result.error or None}
        )
    elif not result.error:
        click.echo(", ".join(f"{number} {name.replace('_', '-')}" for name, number in counts.items()))
    if result.error:
        raise click.ClickException(result.error)


@mailboxes_command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the mailboxes with their health."""
    house = enter()
    with house.database.reading() as tx:
        rows = [mailbox_health(tx, mailbox) for mailbox in list_mailboxes(tx)]
    if as_json:
        print_json(rows)
    else:
        heads = ("address", "state", "reason", "sent_24h", "daily_cap", "polled_at")
        lines = [[*(row[head] for head in heads), _left_to_read(row["first_look"])] for row in rows]
        print_table((*heads, "first_look"), lines)


@mailboxes_command.command("pause")
@click.argument("address")
def pause(address: str) -> None:
    """Send nothing from this mailbox until it is resumed."""
    house = enter()
    with house.database.transaction() as tx:
        pause_mailbox(tx, get_mailbox(tx, address).id, "Paused by hand.")
    click.echo(f"{address} is paused.")


@mailboxes_command.command("resume")
@click.argument("address")
@click.option("--secret-env", default="", help="Enter a new password or token on the way.")
def resume(address: str, secret_env: str) -> None:
    """Send from this mailbox again."""
    house = enter()
    with house.database.transaction() as tx:
        mailbox = get_mailbox(tx, address)
        if secret_env and find_consent(tx, mailbox.id):
            raise RefusedError(f"It signs in with consent. Give it anew: rapport mailboxes authorise {mailbox.address}")
        if secret_env:
            mailbox.secret = house.seal.seal(_read_secret(secret_env), about=f"mailbox:{mailbox.address}")
        resume_mailbox(tx, mailbox.id)
    click.echo(f"{address} goes on.")


@mailboxes_command.command("reply-to")
@click.argument("address")
@click.argument("to", default="")
def reply_to(address: str, to: str) -> None:
    """Let answers to this mailbox's mail go TO another connected one, or to a +tag; without TO, back to itself."""
    with enter().database.transaction() as tx:
        set_reply_to(tx, get_mailbox(tx, address), to)
    click.echo(f"Answers to mail from {address} go to {to or address}.")


def _print_records(checks: list[dict[str, Any]]) -> None:
    """Print what to set, whole, so that it can be copied."""
    for one in checks:
        for record in one.get("paste", ()):
            instead = " instead of what is there" if one["replaces"] else ""
            click.echo(f"\n{one['name']}: set {record['kind']} {record['name']}{instead}\n    {record['value']}")


def _plain_figures(figures: Figures) -> dict[str, Any]:
    plain = asdict(figures)
    plain.pop("breaker")
    return {**plain, "families": dict(figures.families)}


def _left_to_read(progress: dict[str, int] | None) -> str:
    return f"{progress['left']} of {progress['total']} left" if progress else ""


def _first_look(house: House, address: str) -> dict[str, int] | None:
    """Return how far the first look has come, None when all is read."""
    with house.database.reading() as tx:
        found: dict[str, int] | None = mailbox_health(tx, get_mailbox(tx, address))["first_look"]
    return found


def _find(house: House, address: str) -> Mailbox:
    with house.database.reading() as tx:
        return get_mailbox(tx, address)


def _read_secret(name: str) -> str:
    if not name:
        raise click.UsageError("Missing option '--secret-env': a password is needed.")
    secret = os.environ.get(name, "")
    if not secret:
        raise InvalidError(f"The environment variable {name} is not set; put the mailbox's password or token into it.")
    return secret


def _read_url(url: str, protocol: str) -> str:
    try:
        server = parse_server(url)
    except ValueError as error:
        raise InvalidError(str(error)) from error
    if server.protocol != protocol:
        raise InvalidError(f"{url} is not an address of {protocol.upper()}.")
    return url


def _read_cap(text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdigit():
        raise InvalidError(f"--daily-cap is a number or none, not {text!r}.")
    return int(text)


def _read_gap(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not low.isdigit() or (high and not high.isdigit()) or int(high or low) < int(low):
        raise InvalidError(f"--gap-s is two numbers of seconds such as 480-840, not {text!r}.")
    return int(low), int(high or low)


def _read_zone(name: str) -> str:
    if not is_zone(name):
        raise InvalidError(f"There is no time zone {name!r}; use a name such as Europe/Dublin.")
    return name
