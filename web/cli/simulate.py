"""Wire: `rapport simulate`."""

import time

import click

from web.cli.door import json_option, print_json, print_table
from web.simulation.campaign import Campaign, shorten, simulate, tell
from web.simulation.script import FAULTS, OPERATORS, PEOPLE


@click.command("simulate")
@click.option("--seeds", default=20, show_default=True, help="How many worlds.")
@click.option("--days", default=30, show_default=True, help="How many days each lives.")
@click.option("--first", default=0, show_default=True, metavar="SEED", help="The number of the first world.")
@click.option("--merges", is_flag=True, help="Contacts become one and two again, and sequences are archived, as well.")
@json_option
def simulate_command(seeds: int, days: int, first: int, merges: bool, as_json: bool) -> None:
    """Live through worlds with faults, crashes, people and operators, and check every rule after every step."""
    began = time.monotonic()
    campaign = simulate(range(first, first + seeds), days, merges=merges)
    seconds = time.monotonic() - began
    if as_json:
        print_json(_document(campaign, seconds))
    else:
        _print(campaign, seconds)
    if campaign.outcome:
        raise click.exceptions.Exit(1)


def _document(campaign: Campaign, seconds: float) -> dict[str, object]:
    outcome = campaign.outcome
    return {
        "worlds": campaign.worlds,
        "seconds": round(seconds, 1),
        "sent": campaign.sent,
        "counts": dict(sorted(campaign.counts.items())),
        "stops": dict(sorted(campaign.stops.items())),
        "never": campaign.missing,
        "broken": {"seed": outcome.seed, "rule": str(outcome.broken)} if outcome else None,
    }


def _print(campaign: Campaign, seconds: float) -> None:
    for title, kinds in (("fault", FAULTS), ("people", PEOPLE), ("operator", OPERATORS)):
        print_table((title, "times"), [(kind, campaign.counts[kind]) for kind in kinds])
        click.echo("")
    print_table(("stop", "times"), sorted(campaign.stops.items()))
    click.echo("")
    each = seconds / max(1, campaign.worlds)
    click.echo(f"{campaign.worlds} worlds, {campaign.sent} mails taken by servers, {each:.1f} s a world.")
    if campaign.missing:
        click.echo(f"Never happened: {', '.join(campaign.missing)}.")
    if campaign.outcome is None:
        click.echo("No rule broke.")
        return
    click.echo(f"Seed {campaign.outcome.seed} broke a rule: {campaign.outcome.broken}")
    click.echo("Looking for a shorter history ...")
    outcome, events = shorten(campaign.outcome, campaign.script)
    click.echo(f"{len(events)} of {len(campaign.script)} events are enough:")
    for line in tell(outcome.history):
        click.echo(f"  {line}")
