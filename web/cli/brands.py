"""Wire: `rapport brands`."""

import click

from crm.brands import create_brand, get_brand, list_brands, save_product
from web.cli.door import enter, json_option, print_json, print_table


@click.group("brands")
def brands_command() -> None:
    """On whose behalf we write."""


@brands_command.command("add")
@click.argument("name")
@click.option("--postal-address", required=True, help="Every mail to a stranger carries it.")
@click.option("--signature", default="", help="The lines under your name.")
def add(name: str, postal_address: str, signature: str) -> None:
    """Add a brand."""
    with enter().database.transaction() as tx:
        brand = create_brand(tx, name, postal_address=postal_address, signature=signature)
    click.echo(f"Added {brand.name}.")


@brands_command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the brands."""
    with enter().database.reading() as tx:
        brands = list_brands(tx)
    rows = [{"name": brand.name, "postal_address": brand.postal_address} for brand in brands]
    if as_json:
        print_json(rows)
    else:
        print_table(("name", "postal address"), [list(row.values()) for row in rows])


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
