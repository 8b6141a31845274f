"""Pure: the samples of tests/data/mail/replies, each as a body and what the person newly wrote in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mailer.parse.body import Body
from mailer.parse.html_text import read_html

FOLDER = Path(__file__).resolve().parents[3] / "data" / "mail" / "replies"
BELOW = "\n\nOn Mon, Nov 16, 2026 at 9:12 AM Ana Example <ana@agency.example> wrote:\n\n> Dear Mara,\n>\n> shall we?\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    name: str
    body: Body
    new: str | None = None
    has: tuple[str, ...] = ()
    hasnt: tuple[str, ...] = ()

    def faults(self, text: str) -> list[str]:
        """Return what is wrong with this as the new text; white space is folded."""
        seen = flat(text)
        found = [f"is {seen!r}, not {flat(self.new)!r}"] if self.new is not None and seen != flat(self.new) else []
        found += [f"lost {part!r} of {seen!r}" for part in self.has if flat(part) not in seen]
        return found + [f"kept {part!r} in {seen!r}" for part in self.hasnt if flat(part) in seen]


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def plain(text: str) -> Body:
    return Body(text=text, html=None, from_html=False)


def rich(html: str) -> Body:
    page = read_html(html)
    return Body(text=page.text, html=html, from_html=True, own_text=page.own)


def load(name: str) -> list[dict[str, Any]]:
    return yaml.load((FOLDER / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)  # type: ignore[no-any-return]


def samples() -> Iterator[Sample]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for row in load(path.stem):
            yield from _in_language(row) if "lang" in row else _written(path.stem, row)


def _written(folder: str, row: dict[str, Any]) -> Iterator[Sample]:
    name = f"{folder}: {row['name']}"
    if folder == "kept":
        yield Sample(name=name, body=plain(row["text"]), new=row["text"])
        yield Sample(name=f"{name}, above a quote", body=plain(row["text"] + BELOW), new=row["text"])
        return
    body = rich(row["html"]) if "html" in row else plain(row["text"])
    yield Sample(
        name=name, body=body, new=row.get("new"), has=tuple(row.get("has", ())), hasnt=tuple(row.get("hasnt", ()))
    )


def _in_language(row: dict[str, Any]) -> Iterator[Sample]:
    reply, quote, block = row["reply"], row["quote"], row["block"]
    bodies = []
    for wrote in row["wrote"]:
        bodies += [
            f"{reply}\n\n{wrote}\n\n> {quote}\n",
            f"{reply}\n\n{wrote}\n\n{quote}\n",
            f"{wrote}\n> {quote}\n\n{reply}\n",
            f"{reply}\n\n{wrapped(wrote)}\n\n{quote}\n",
        ]
    bold = re.sub(r"(?m)^([^:]+):", r"*\1:*", block)
    bodies += [f"{reply}\n\n{block}\n\n{quote}\n", f"{reply}\n\n{bold}\n\n{quote}\n"]
    bodies += [f"{reply}\n\n{row['original']}\n{block}\n\n{quote}\n"] if row["original"] else []
    bodies += [f"{reply}\n\n{footer}\n" for footer in row["mobile"]]
    for number, text in enumerate(bodies):
        yield Sample(name=f"{row['lang']} {number}: {text!r}", body=plain(text), new=reply)


def wrapped(wrote: str) -> str:
    """Return an attribution on two lines; a name alone is never wrapped off, it is too short for that."""
    words = wrote.split(" ")
    half = len(words) // 2
    first = " ".join(words[:half])
    return f"{first}\n{' '.join(words[half:])}" if re.search(r"[\d@]", first) or len(words) < 3 else wrote
