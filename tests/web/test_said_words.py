"""Every sentence that floors and templates say is known to the catalogs, whether anybody sees it in a test or not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, g

from kit.errors import InvalidError, RapportError, say
from sequences.team.rules import OpenRun, Refusal, TeamFacts, TeamRules, decide_team
from sequences.versions.sequence_file import read_sequence_file
from tests.web.test_words import NOW
from tools import words
from tools.plain_words import shape_of
from web.shapes import Shapes
from web.wiring import House
from web.words import said, translate

ROOT = Path(__file__).parents[2]
_WORD = re.compile(r"[A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Z“%\d].*[.?]", re.DOTALL)
_NO_SENTENCE = re.compile(r"SELECT|INSERT|TRIGGER|DROP|</|\{\{|\\b|://")
# Speak English to everybody: the command line, what runs it, the interface for programs, logs; and texts of letters.
_ENGLISH = (
    *("web/cli", "web/api", "web/simulation", "web/demo", "web/service.py", "web/schema.py", "web/wiring.py"),
    *("sequences/whole", "sequences/privacy/fates.py", "sequences/pitches/starter_pitch.py", "sequences/broker.py"),
    *("sequences/pitches/merge_fields.py", "sequences/telling/letter.py", "sequences/first_run", "crm/feedback_csv.py"),
)
_STEPS = """
name: a
brand: Bracken
mailbox: [ada@brackenware.example]
steps:
  - key: only
    kind: email
    subject: Hi
  - key: only
    kind: wait
    wait: 3 days
"""
_TAGS = re.compile(r"\{#.*?#\}|\{% trans.*?endtrans %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_UNREAD = re.compile(r"<(script|style|code|kbd|pre|svg)\b.*?</\1>", re.DOTALL)
_SPOKEN = re.compile(r'\s(?:aria-label|placeholder|title|alt)="([^"]*)"')
# Names, units and examples are the same in every language; `fixed` is a block that a page fills with a class.
_SAME = {"Rapport", "· Rapport", "kB", "fixed", "500 EUR", "Imani Oduya &lt;imani@smallkitchen.example&gt;"}


def _strings(tree: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        else:
            yield from _strings(node)


def _sentences() -> Iterator[tuple[str, str]]:
    for floor in ("crm", "sequences", "web"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            place = str(path.relative_to(ROOT))
            for node in [] if place.startswith(_ENGLISH) else _strings(ast.parse(path.read_text())):
                shape = shape_of(node)
                told = len(_WORD.findall(re.sub(r"%\(\w+\)[sr]", " ", shape))) > 2
                if told and _SENTENCE.fullmatch(shape) and not _NO_SENTENCE.search(shape):
                    yield place, shape


def test_every_sentence_of_the_code_is_in_the_catalogs() -> None:
    known = {word for message in words.read_catalog("de") if message.id for word in _forms(message.id)}
    unsaid = sorted({(place, text) for place, text in _sentences() if text not in known})
    assert unsaid == [], "say these with say(...) or _(...)"


def test_no_template_says_words_without_gettext() -> None:
    left = set()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = _TAGS.sub("\x00", _UNREAD.sub(" ", path.read_text()))
        parts = [*_SPOKEN.findall(text), *re.split("\x00", re.sub(r"<[^>]*>", "\x00", text))]
        if path.parent.name != "states":  # for those who build it
            left |= {(path.name, part) for one in parts if _is_english(part := " ".join(one.split()))}
    assert sorted(left) == []


def _is_english(part: str) -> bool:
    is_address = part.startswith(("/", "#", "?", "&")) or part.endswith(("=", "&amp;"))
    return bool(_WORD.search(part)) and part not in _SAME and not is_address


def _forms(words_of: str | tuple[str, ...]) -> tuple[str, ...]:
    return (words_of,) if isinstance(words_of, str) else tuple(words_of)


@pytest.fixture
def german(app: Flask, house: House) -> Iterator[None]:
    with app.test_request_context():
        g.language = "de"
        yield


@pytest.mark.usefixtures("german")
def test_what_is_wrong_with_a_sequence_is_said_in_german() -> None:
    with pytest.raises(InvalidError) as refused:
        read_sequence_file(_STEPS)
    assert said(refused.value) == (
        "Schritt 'only' hat keinen Text. Zwei Schritte haben den Schlüssel 'only'. "
        "Schritt 'only' wartet auf nichts: Kein Schritt folgt."
    )
    with pytest.raises(InvalidError) as refused:
        read_sequence_file(_STEPS.replace("wait: 3 days", "when: {handle: {followers: many}}"))
    assert "ist kein Vergleich; schreib eine Zahl" in said(refused.value)


@pytest.mark.usefixtures("german")
def test_a_refusal_of_the_team_is_said_in_german_with_its_date_also_once_it_was_kept() -> None:
    run = OpenRun(enrolment_id=1, sequence="Launch", who="Ruben", since=NOW)
    refusal = decide_team(TeamFacts(brand_id=1, runs=(run,)), TeamRules(), NOW)
    assert isinstance(refusal, Refusal)
    german = "Ruben hat sie seit 24. November 2026 in Launch; eine Antwort kam nie."
    assert (translate(refusal.sentence), translate(str(refusal.sentence))) == (german, german)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("kept", "words_of_it"), [
    ("Added mia@tinte.example. Price '??' could not be read.",
     "Ergänzt: mia@tinte.example. Price '??' war nicht lesbar."),
    ("Held by hand. Held until 30 November 2026: Launch",
     "Von Hand angehalten. Angehalten bis 30. November 2026: Launch"),
    ("Taken back: ask again on Monday 30 November 2026", "Zurückgenommen: wieder fragen am Montag, 30. November 2026"),
    ("Done: Send the pan", "Erledigt: Send the pan"),
    ("mail.tinte.example:993 cannot be reached: timed out.", "mail.tinte.example:993 ist nicht erreichbar: timed out."),
])  # fmt: skip
def test_what_was_kept_in_english_is_said_in_german(kept: str, words_of_it: str) -> None:
    assert translate(kept) == words_of_it


def test_a_quoted_slot_is_found_again() -> None:
    shapes = Shapes(["Step %(key)r has no way on to %(key2)r."])
    assert shapes.find("Step 'a' has no way on to 'b'.") == (
        "Step %(key)r has no way on to %(key2)r.",
        {"key": "a", "key2": "b"},
    )


@pytest.mark.usefixtures("german")
def test_several_refusals_are_said_as_what_they_are() -> None:
    inner = RapportError(say("1 message"))
    assert translate(say("Step %(key)r: %(error)s", key="a", error=inner)) == "Schritt 'a': 1 Nachricht"
