"""Wire: `rapport mail kinds`: how often people corrected what replies were taken for."""

import click

from crm.corrections import count_guesses
from web.cli.door import enter, json_option, print_json, print_table


@click.command("kinds")
@json_option
def kinds(as_json: bool) -> None:
    """Show how often people corrected what replies were taken for, and to what."""
    with enter().database.reading() as tx:
        rows = [
            {
                "guessed": one.guessed,
                "replies": one.replies,
                "looked_at": one.looked_at,
                "corrected": one.corrected,
                "share_corrected": one.share,
            }
            for one in count_guesses(tx)
        ]
    if as_json:
        print_json(rows)
        return
    table = [[*list(row.values())[:3], row["share_corrected"], _to_words(row["corrected"])] for row in rows]
    print_table(("guessed", "replies", "looked at", "share corrected", "to"), table)


def _to_words(corrected: object) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in corrected.items()) if isinstance(corrected, dict) else ""
