"""Wire: `rapport team-rules`."""

import click

from crm.brands import get_brand
from sequences.team.team_settings import describe_team_rules, read_team_book, set_team_rules
from web.cli.door import enter, json_option, print_json, print_table
from web.forms import read_limit

_SWITCH = click.Choice(["on", "off"])


@click.command("team-rules")
@click.option(
    "--brand", default=None, metavar="NAME", help="Only for this brand; without it, for all that do not differ."
)
@click.option("--recent-days", default=None, metavar="N|off", help="Between the last mail of one run and the next run.")
@click.option("--cold-days", default=None, metavar="N|off", help="Before a pitch without an answer is repeated.")
@click.option(
    "--budget", default=None, metavar="N|off", help="Mails and messages to one person within the budget days."
)
@click.option("--budget-days", default=None, type=click.IntRange(1, 366), help="The span of the budget.")
@click.option("--owned", default=None, type=_SWITCH, help="Whether a colleague's people are left to that colleague.")
@click.option("--active-elsewhere", default=None, type=_SWITCH, help="Whether nobody is in two sequences at once.")
@json_option
def team_rules_command(
    brand: str | None,
    recent_days: str | None,
    cold_days: str | None,
    budget: str | None,
    budget_days: int | None,
    owned: str | None,
    active_elsewhere: str | None,
    as_json: bool,
) -> None:
    """Show, and with options change, what keeps colleagues from writing to the same person."""
    numbers = {"recent_days": recent_days, "cold_days": cold_days, "budget": budget}
    changes: dict[str, int | None] = {
        name: read_limit(text, "off") for name, text in numbers.items() if text is not None
    }
    if budget_days is not None:
        changes["budget_days"] = budget_days
    switches = {"owned": owned, "active_elsewhere": active_elsewhere}
    changes |= {name: word == "on" for name, word in switches.items() if word is not None}
    database = enter().database
    with database.transaction() if changes else database.reading() as tx:
        brand_id = get_brand(tx, brand).id if brand else None
        if changes:
            set_team_rules(tx, changes, brand_id=brand_id)
        book = read_team_book(tx)
        rules = describe_team_rules(book.workspace if brand_id is None else book.of(brand_id))
    if as_json:
        print_json(rules)
    else:
        print_table(("rule", "value"), [(name.replace("_", "-"), _word(value)) for name, value in rules.items()])


def _word(value: int | bool | None) -> object:
    if value is None or value is False:
        return "off"
    return "on" if value is True else value
