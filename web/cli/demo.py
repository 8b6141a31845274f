"""Wire: `rapport demo`."""

import time

import click

from web.cli.door import print_table
from web.demo.headless import check, play_through, tell
from web.demo.play import Play, playing, running


@click.command("demo")
@click.option("--headless", is_flag=True, help="Run three weeks to the end without a page, and print what happened.")
@click.option("--port", default=8000, show_default=True)
def demo_command(headless: bool, port: int) -> None:
    """Show the main job with a sandbox mail world on this machine; nothing leaves it."""
    if headless:
        with playing(fast=False, review=False) as play:
            _run_headless(play)
    else:
        with playing(fast=True, review=True, port=port) as play:
            _run_with_pages(play, port)


def _run_headless(play: Play) -> None:
    began = time.monotonic()
    total = play_through(play)
    lines = tell(play)
    print_table(
        ("creator", "sent", "arrived", "came back", "filed as"),
        [(line.name, line.sent, line.got, line.came_back, line.filed_as) for line in lines],
    )
    click.echo("")
    checks = check(lines, total)
    for what, holds in checks:
        click.echo(f"{'ok  ' if holds else 'FAIL'}  {what}")
    click.echo(f"Three weeks in {time.monotonic() - began:.1f} s.")
    if not all(holds for _what, holds in checks):
        raise click.exceptions.Exit(1)


def _run_with_pages(play: Play, port: int) -> None:
    from web.app import create_app
    from web.service import expect_end, serving

    play.settle()
    wait_for_end = expect_end()
    with serving(create_app(play.house, demo=play), "127.0.0.1", port) as taken, running(play):
        click.echo("Brackenware is open: nine creators, one sequence, a day every minute. Nothing leaves this machine.")
        click.echo("Stop with Ctrl C; everything is thrown away then.")
        click.echo(f"Open http://127.0.0.1:{taken}/demo/enter/{play.key}")
        wait_for_end()
