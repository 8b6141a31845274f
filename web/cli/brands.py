"""Wire: `rapport brands`."""

from typing import TextIO

import click

from crm.brands import get_brand, list_brands, save_product
from crm.models import Brand
from kit.errors import InvalidError
from sequences.pitches.brand_letters import BrandFacts, add_brand, edit_brand
from web.cli.door import enter, json_option, print_json, print_table


@click.group("brands")
def brands_command() -> None:
    """On whose behalf we write."""


@brands_command.command("add")
@click.argument("name")
@click.option("--postal-address", default="", help="Every mail to a stranger carries it.")
@click.option(
    "--requires-postal/--no-requires-postal", default=True, help="Whether mail must carry the postal address."
)
@click.option(
    "--requires-one-click/--no-requires-one-click", default=False, help="Start nothing without one-click opt-out."
)
@click.option(
    "--signature", type=click.File("r", "utf-8"), default=None, help="A Markdown file for the end of every mail."
)
@click.option("--reply-to", default="", help="Where answers go: an address that a connected mailbox receives.")
def add(
    name: str,
    postal_address: str,
    requires_postal: bool,
    requires_one_click: bool,
    signature: TextIO | None,
    reply_to: str,
) -> None:
    """Add a brand."""
    if requires_postal and not postal_address.strip():
        raise InvalidError("A brand needs --postal-address TEXT, or --no-requires-postal where the law asks for none.")
    facts = BrandFacts(
        postal_address=postal_address,
        requires_postal=requires_postal,
        requires_one_click=requires_one_click,
        signature=signature.read() if signature else None,
        reply_to=reply_to,
    )
    with enter().database.transaction() as tx:
        brand = add_brand(tx, name, facts)
    click.echo(f"Added {brand.name}.")


@brands_command.command("edit")
@click.argument("name")
@click.option("--postal-address", default=None, help="Every mail to a stranger carries it.")
@click.option(
    "--requires-postal/--no-requires-postal", default=None, help="Whether mail must carry the postal address."
)
@click.option(
    "--requires-one-click/--no-requires-one-click", default=None, help="Start nothing without one-click opt-out."
)
@click.option(
    "--signature", type=click.File("r", "utf-8"), default=None, help="A Markdown file for the end of every mail."
)
@click.option("--reply-to", default=None, help="Where answers go: an address that a connected mailbox receives.")
def edit(
    name: str,
    postal_address: str | None,
    requires_postal: bool | None,
    requires_one_click: bool | None,
    signature: TextIO | None,
    reply_to: str | None,
) -> None:
    """Change what the mail of a brand carries; what is not named stays. Drafts are written again only when edited."""
    facts = BrandFacts(
        postal_address=postal_address,
        requires_postal=requires_postal,
        requires_one_click=requires_one_click,
        signature=signature.read() if signature else None,
        reply_to=reply_to,
    )
    with enter().database.transaction() as tx:
        brand = edit_brand(tx, get_brand(tx, name), facts)
    click.echo(f"Changed {brand.name}.")


@brands_command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the brands."""
    with enter().database.reading() as tx:
        rows = [_describe(brand) for brand in list_brands(tx)]
    if as_json:
        print_json(rows)
    else:
        print_table(("name", "postal address"), [[row["name"], row["postal_address"]] for row in rows])


@brands_command.command("product")
@click.argument("name")
@click.option("--brand", default=None, help="The only brand is the default.")
@click.option("--what", default="", help="What it is, in plain words.")
@click.option("--difference", default="", help="How it differs from what is there.")
@click.option("--audience-reason", default="", help="Why a creator's audience will care.")
@click.option("--url", default="")
def product(name: str, brand: str | None, what: str, difference: str, audience_reason: str, url: str) -> None:
    """Add or change a product, in the words that pitches need."""
    with enter().database.transaction() as tx:
        owner = get_brand(tx, brand)
        save_product(tx, owner, name, what=what, difference=difference, audience_reason=audience_reason, url=url)
    click.echo(f"Saved {name}.")


def _describe(brand: Brand) -> dict[str, object]:
    return {
        "name": brand.name,
        "postal_address": brand.postal_address,
        "requires_postal": brand.requires_postal,
        "requires_one_click": brand.requires_one_click,
        "signature": brand.signature,
        "reply_to": brand.reply_to,
    }
