"""Wire: `rapport forecast`."""

from dataclasses import asdict
from datetime import UTC
from typing import Any

import click

from sequences.course.candidates import Verdict
from sequences.insight.departure import describe_shift
from sequences.insight.forecast import Forecast, make_forecast
from sequences.versions.published import get_sequence
from web.cli.chosen import Chosen, find_chosen, who_options
from web.cli.door import enter, json_option, print_json, print_table
from web.forecast_words import describe_clash, describe_outcome, describe_shifts, list_left_out
from web.wiring import make_engine_of


@click.command("forecast")
@click.argument("sequence")
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 366), help="How far ahead.")
@who_options
@click.option("--mailbox", default=None, metavar="ADDRESS", help="Which mailbox would write to new people.")
@json_option
def forecast_command(
    sequence: str,
    days: int,
    emails: tuple[str, ...],
    everybody: bool,
    query: str,
    view: str,
    mailbox: str | None,
    as_json: bool,
) -> None:
    """Say every mail that SEQUENCE will send; nothing is changed."""
    house, chosen = enter(), Chosen(emails, everybody, query, view)
    with house.database.reading() as tx:
        contact_ids, unknown = find_chosen(tx, chosen, brand_id=get_sequence(tx, sequence).brand_id)
    forecast = make_forecast(make_engine_of(house), sequence, contact_ids, days=days, mailbox=mailbox)
    if as_json:
        print_json(_document(forecast, unknown))
    else:
        _show(forecast, unknown)


def _document(forecast: Forecast, unknown: list[Verdict]) -> dict[str, Any]:
    return {
        "sequence": forecast.sequence,
        "began_at": forecast.began_at,
        "until": forecast.until,
        "mails": [asdict(mail) for mail in forecast.mails],
        "blocked": [*(asdict(one) for one in forecast.blocked), *(_refused(one) for one in unknown)],
        "loads": [asdict(load) for load in forecast.loads],
        "clashes": [asdict(load) for load in forecast.clashes],
        "holidays": list(forecast.holidays),
    }


def _refused(one: Verdict) -> dict[str, Any]:
    return {
        "contact_id": one.contact_id,
        "contact": one.name,
        "email": one.email,
        "rule": one.rule,
        "sentence": one.sentence,
    }


def _show(forecast: Forecast, unknown: list[Verdict]) -> None:
    click.echo(describe_outcome(forecast, UTC, others=len(unknown)))
    left = [(one.email, one.sentence) for one in list_left_out(forecast)] + [
        (one.email, one.sentence) for one in unknown
    ]
    for email, sentence in left:
        click.echo(f"Left out: {email}: {sentence}")
    for load in forecast.clashes:
        click.echo(describe_clash(load))
    for holiday in forecast.holidays:
        click.echo(f"Moved by a {describe_shift(holiday)}.")
    if forecast.mails:
        click.echo("")
        heads = ("at", "email", "step", "variant", "mailbox", "moved by")
        rows = [
            (mail.at, mail.email, mail.step, mail.variant, mail.mailbox, describe_shifts(mail.shifts))
            for mail in forecast.mails
        ]
        print_table(heads, rows)
