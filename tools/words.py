#!/usr/bin/env python3
"""Gather the words of pages and refusals, and bring the catalogs of web/locale up to date with them.

    python tools/words.py            adds what is new, drops what is gone, keeps what is translated
    python tools/words.py --missing  prints what a catalog does not say yet, as a catalog
    python tools/words.py --fill FILE  takes translations from a catalog file

Words are `_("...")`, `ngettext(...)`, `pgettext("context", "...")`, `lazy("...")` and `say("...")` in Python, `_`,
`ngettext` and `pgettext` in templates. The
mail floor knows no languages and speaks plainly: what its modules of findings say is read off their strings
(tools/plain_words.py).
"""

import argparse
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tools.plain_words import list_plain_words

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "web" / "locale"
_KEYWORDS = {
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy": None,
    "say": None,
    "gettext": None,
}
_FLOORS = ("kit", "mailer", "crm", "sequences", "web", "templates")
_OPTIONS = {"**.html": {"silent": "false", "extensions": "jinja2.ext.i18n", "trim_blocks": "true"}}


def main() -> int:
    """Do what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--fill", type=Path)
    parser.add_argument("--language", default="de")
    given = parser.parse_args()
    catalog = read_catalog(given.language)
    if given.fill:
        fill(catalog, given.fill)
    catalog = refresh(catalog, given.language)
    if given.missing:
        sys.stdout.write(write(only_missing(catalog, given.language)).decode())
    else:
        path_of(given.language).write_bytes(write(catalog))
        sys.stdout.write(f"{len(catalog)} messages, {len(list(missing(catalog)))} not translated\n")
    return 0


def path_of(language: str) -> Path:
    """Return where a language's catalog lies."""
    return LOCALES / language / "LC_MESSAGES" / "rapport.po"


def read_catalog(language: str) -> Catalog:
    """Return a language's catalog as it is; empty when there is none."""
    path = path_of(language)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return Catalog(locale=language, domain="rapport", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def gather() -> Iterator[tuple[str | tuple[str, str], str, str]]:
    """Yield every message of the program with its context, if it has one, and the file it stands in."""
    for floor in _FLOORS:
        found = extract_from_dir(
            ROOT / floor,
            method_map=[("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")],
            options_map=_OPTIONS,
            keywords=_KEYWORDS,
        )
        for name, _line, message, _comments, context in found:
            pair = (message[0], message[1]) if isinstance(message, tuple) else message
            if pair:
                yield pair, context or "", f"{floor}/{name}"
    for place, msgid in list_plain_words(ROOT):
        yield msgid, "", place


def refresh(known: Catalog, language: str) -> Catalog:
    """Return a catalog of today's messages with the translations that are known."""
    fresh = Catalog(locale=language, domain="rapport", charset="utf-8", fuzzy=False)
    for pair, context, place in sorted(gather(), key=lambda found: (key(found[0]), *found[1:])):
        before = known.get(key(pair), context or None)
        kept = before.string if before is not None and isinstance(before.id, tuple) == isinstance(pair, tuple) else None
        blank = "" if isinstance(pair, str) else ("", "")
        message = fresh.add(pair, kept or blank, locations=[(place, None)], context=context or None)
        message.flags.discard("fuzzy")
    return fresh


def missing(catalog: Catalog) -> Iterator[Message]:
    """Yield the messages that are not translated."""
    for message in catalog:
        words = message.string if isinstance(message.string, list | tuple) else [message.string]
        if message.id and not all(words):
            yield message


def only_missing(catalog: Catalog, language: str) -> Catalog:
    """Return a catalog of what is not translated."""
    rest = Catalog(locale=language, domain="rapport", charset="utf-8", fuzzy=False)
    for message in missing(catalog):
        rest.add(message.id, message.string, locations=message.locations, context=message.context)
    return rest


def fill(catalog: Catalog, path: Path) -> None:
    """Take over every translation that a catalog file has."""
    with path.open("rb") as file:
        for message in read_po(file):
            if message.id and all(message.string if isinstance(message.string, list | tuple) else [message.string]):
                known = catalog.get(key(message.id), message.context)
                if known is None:
                    catalog.add(message.id, message.string, context=message.context)
                else:
                    known.string = message.string


def write(catalog: Catalog) -> bytes:
    """Return a catalog as a file without dates, so that only words make a difference."""
    catalog.header_comment = "# Made by tools/words.py; only the translations are written by hand."
    out = BytesIO()
    write_po(out, catalog, width=0, sort_output=True, omit_header=False, ignore_obsolete=True, include_lineno=False)
    lines = out.getvalue().decode().split("\n")
    dated = ("POT-Creation", "PO-Revision", "Last-Translator", "Language-Team", "Report-Msgid", "Project-Id", "Gener")
    return "\n".join(line for line in lines if not line.startswith(tuple(f'"{word}' for word in dated))).encode()


def key(pair: str | tuple[str, ...]) -> str:
    """Return what a catalog knows a message by."""
    return pair if isinstance(pair, str) else pair[0]


if __name__ == "__main__":
    sys.exit(main())
