"""Wire: `rapport dkim`: keys with which Rapport signs mail itself, for those who run their own mail server."""

from typing import BinaryIO

import click

from crm.models import DkimKey
from kit.errors import RefusedError
from mailer.dkim import is_published, split_record, write_record
from sequences.mailboxes.dkim import add_key, get_key, list_keys, make_key, open_pem, remove_key, start_key
from web.cli.door import enter, json_option, print_json, print_table
from web.wiring import House


@click.group("dkim")
def dkim_command() -> None:
    """Keys that sign our mail, where no mail server does it for us."""


@dkim_command.command("add")
@click.argument("domain")
@click.option("--selector", required=True, help="A name of your choice for the key, such as r2026.")
@click.option(
    "--key", "file", type=click.File("rb"), default=None, help="A private key in PEM form; made when left out."
)
@click.option("--kind", type=click.Choice(["rsa", "ed25519"]), default="rsa", show_default=True)
@json_option
def add(domain: str, selector: str, file: BinaryIO | None, kind: str, as_json: bool) -> None:
    """Keep a key and print the record for DNS. Nothing is signed before it is started."""
    house = enter()
    made = open_pem(file.read()) if file else make_key(kind)
    with house.database.transaction() as tx:
        key = add_key(tx, house.seal, domain=domain, selector=selector, key=made)
        said = _describe(key)
    if as_json:
        print_json(said)
        return
    click.echo(f"Put this TXT record into DNS:\n\n{said['name']}. IN TXT {said['record']}\n")
    click.echo(f"Then: rapport dkim start {said['domain']} --selector {selector}")


@dkim_command.command("start")
@click.argument("domain")
@click.option("--selector", required=True)
@click.option("--no-dns", is_flag=True, help="Do not look whether the record is there.")
def start(domain: str, selector: str, no_dns: bool) -> None:
    """Sign with this key from now on, once its record is in DNS."""
    house = enter()
    with house.database.reading() as tx:
        key = get_key(tx, domain, selector)
    if not no_dns:
        _require_record(house, key)
    with house.database.transaction() as tx:
        start_key(tx, get_key(tx, domain, selector))
    click.echo(f"Mail from {key.domain} is signed with {selector}.")


@dkim_command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the keys with their records."""
    with enter().database.reading() as tx:
        rows = [_describe(key) for key in list_keys(tx)]
    if as_json:
        print_json(rows)
    else:
        heads = ("domain", "selector", "algorithm", "signs", "created_at")
        print_table(heads, [[row[head] for head in heads] for row in rows])


@dkim_command.command("remove")
@click.argument("domain")
@click.option("--selector", required=True)
def remove(domain: str, selector: str) -> None:
    """Forget a key. Leave its record in DNS for a week: mail on its way still needs it."""
    with enter().database.transaction() as tx:
        remove_key(tx, get_key(tx, domain, selector))
    click.echo(f"Forgot {selector} of {domain}. Leave its record in DNS for a week.")


def _require_record(house: House, key: DkimKey) -> None:
    name = f"{key.selector}._domainkey.{key.domain}"
    records = house.make_resolver().find(name, "TXT")
    if records is None:
        raise RefusedError(f"{name} could not be looked up just now. Try again, or go on with --no-dns.")
    if not is_published(records, key.public):
        raise RefusedError(
            f"The record of this key is not under {name} yet. It may take an hour to be seen everywhere."
        )


def _describe(key: DkimKey) -> dict[str, object]:
    return {
        "domain": key.domain,
        "selector": key.selector,
        "algorithm": key.algorithm,
        "signs": key.started_at is not None,
        "created_at": key.created_at,
        "name": f"{key.selector}._domainkey.{key.domain}",
        "record": split_record(write_record(key.algorithm, key.public)),
    }
