"""Wire: `rapport users`."""

import click

from crm.users import add_user, create_link, get_user_by_email
from web.cli.door import enter


@click.group("users")
def users_command() -> None:
    """People who sign in."""


@users_command.command("add")
@click.argument("email")
@click.option("--role", required=True, help="admin, manager, outreach, relationship, reviewer or brand")
@click.option("--name", default="")
def add(email: str, role: str, name: str) -> None:
    """Add a colleague and print the link that sets the password."""
    house = enter()
    with house.database.transaction() as tx:
        user = add_user(tx, email, role=role, name=name)
        token = create_link(tx, "password", user=user)
    click.echo(f"{house.settings.public_url}/password/{token}")


@users_command.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a new link that sets the password; it works once, for three days."""
    house = enter()
    with house.database.transaction() as tx:
        token = create_link(tx, "password", user=get_user_by_email(tx, email))
    click.echo(f"{house.settings.public_url}/password/{token}")
