"""Wire: `rapport search`."""

import click

from crm.search import KINDS, search
from crm.search_marks import Part
from web.cli.door import enter, json_option, print_json


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(KINDS)), help="Only these; may be repeated.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
@json_option
def search_command(words: tuple[str, ...], kinds: tuple[str, ...], limit: int, *, as_json: bool) -> None:
    """Find people, mails, notes and feedback in which all WORDS stand; beginnings of words are enough."""
    house = enter()
    typed = " ".join(f'"{word}"' if " " in word else word for word in words)
    with house.database.reading() as tx:
        found = search(tx, typed, kinds=kinds, limit=limit)
    if as_json:
        print_json(
            {
                "counts": found.counts,
                "more": sorted(found.cut),
                "hits": [
                    {
                        "kind": hit.kind, "id": hit.number, "contact_id": hit.contact_id, "thread_id": hit.thread_id,
                        "name": hit.name, "head": hit.head_text, "passage": _plain(hit.passage), "at": hit.at,
                        "hits": [part.text for part in (*hit.head, *hit.passage) if part.is_hit],
                    }
                    for hit in found.hits
                ],
            }
        )  # fmt: skip
        return
    for hit in found.hits:
        click.echo(f"{hit.kind:9} {hit.number:>8}  {hit.name}  {hit.head_text if hit.kind == 'mails' else ''}".rstrip())
        click.echo(f"{'':20}{_plain(hit.passage)}")
    click.echo(", ".join(f"{name}: {count}{'+' if name in found.cut else ''}" for name, count in found.counts.items()))


def _plain(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)
