"""Wire: `rapport up`, `web`, `worker`, `beat` and `tick`."""

import sys

import click

from crm.users import count_users, create_link
from kit.config import Settings, load_settings
from kit.errors import RefusedError
from kit.log import start_log
from sequences.sending.outbox import Counts
from sequences.tick import tick
from web.cli.door import enter, json_option, print_json
from web.schema import back_up_before_upgrade
from web.wiring import House, make_engine_of, open_house

_PORT = click.option("--port", default=8000, show_default=True)
_HOST = click.option("--host", default="127.0.0.1", show_default=True)


@click.command("up")
@_PORT
@_HOST
def up_command(port: int, host: str) -> None:
    """Run everything in one process: pages, beat, workers."""
    from web.app import create_app
    from web.service import beating, expect_end, only_one, serving, working

    settings = _settings("up", port)
    with only_one(settings.home):
        back_up_before_upgrade(settings)
        house = open_house(settings, upgrade=True)
        wait_for_end = expect_end()
        with working(house) as engine, beating(house, engine), serving(create_app(house), host, port) as taken:
            _greet(house, f"http://{host}:{taken}")
            wait_for_end()
    click.echo("Stopped.")


@click.command("web")
@_PORT
@_HOST
def web_command(port: int, host: str) -> None:
    """Answer requests only: for many machines."""
    from web.app import create_app
    from web.service import expect_end, serving

    house, wait_for_end = open_house(_settings("web", port)), expect_end()
    with serving(create_app(house), host, port) as taken:
        _greet(house, f"http://{host}:{taken}")
        wait_for_end()


@click.command("worker")
def worker_command() -> None:
    """Send and read only: for many machines; needs RAPPORT_BROKER_URL."""
    from web.service import expect_end, working

    settings = _settings("worker")
    _need_broker(settings)
    house, wait_for_end = open_house(settings), expect_end()
    with working(house):
        click.echo("Working.")
        wait_for_end()


@click.command("beat")
def beat_command() -> None:
    """Sweep and ring only: for many machines; needs RAPPORT_BROKER_URL."""
    from sequences.actors import declare_actors
    from sequences.broker import make_broker
    from web.service import beating, expect_end

    settings = _settings("beat")
    _need_broker(settings)
    house = open_house(settings)
    engine = make_engine_of(house)
    house.hints = declare_actors(make_broker(settings.broker_url), engine)
    wait_for_end = expect_end()
    with beating(house, engine):
        click.echo("Beating.")
        wait_for_end()


@click.command("tick")
@json_option
def tick_command(as_json: bool) -> None:
    """Plan, send and read in the foreground until nothing is due."""
    house = enter()
    show = None if as_json or not sys.stderr.isatty() else lambda line: click.echo(line, err=True)
    counts = tick(make_engine_of(house), report=show)
    if as_json:
        print_json({name: getattr(counts, name) for name in Counts.names()})
    else:
        click.echo(", ".join(f"{getattr(counts, name)} {name.replace('_', ' ')}" for name in Counts.names()))
    for error in counts.errors:
        click.echo(error, err=True)


def _settings(command: str, port: int = 0) -> Settings:
    start_log(verbose=True)
    settings = load_settings(port=port)
    if settings.now:
        raise RefusedError(f"RAPPORT_NOW fixes the clock of one command; `rapport {command}` needs a running one.")
    return settings


def _need_broker(settings: Settings) -> None:
    if settings.broker_url is None:
        raise RefusedError("Set RAPPORT_BROKER_URL to redis://... or amqp://..., or run everything with: rapport up")


def _greet(house: House, address: str) -> None:
    """Print where to go; on an empty installation, the one-time link that makes the first account."""
    with house.database.reading() as tx:
        is_empty = count_users(tx) == 0
    if not is_empty:
        click.echo(f"Rapport runs at {address}")
        return
    with house.database.transaction() as tx:
        token = create_link(tx, "setup")
    click.echo(f"Rapport runs at {address}\nSet it up with this link, which works once: {address}/setup/{token}")
