"""Pure: laws of the new text, whatever the text."""

import re
import time
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.parse.html_text import read_html
from mailer.parse.quoting import new_text_of, strip_quotes
from tests.unit.mailer.parse.reply_samples import flat, load, rich

LANGUAGES = load("languages")
WROTE = list(chain.from_iterable(row["wrote"] for row in LANGUAGES))
MARKS = [
    *WROTE[::7],
    *chain.from_iterable(row["block"].split("\n") for row in LANGUAGES[::5]),
    *(row["original"] for row in LANGUAGES[::4]),
    *chain.from_iterable(row["mobile"] for row in LANGUAGES[::4]),
    *(
        "> a quote",
        ">> older",
        ">",
        "| barred",
        "--",
        "-- ",
        "—",
        "---",
        "_" * 47,
        "```",
        ">>> code",
        "    > prompt",
        "",
        "",
    ),
    *(
        "bakers mailing list",
        "To unsubscribe, write",
        "Virus-free.",
        "This e-mail is confidential.",
        "[...]",
        "&nbsp;",
        "\u200b",
    ),
    *(
        "##- Please type your reply above this line -##",
        ">>> Ana 16.11.2026 09:12 >>>",
        "Yes, gladly.",
        "On",
        "Ana wrote:",
    ),
]
WORDS = st.lists(
    st.sampled_from(["bread", "dough", "oven", "flour", "Mara", "film", "cut", "rest", "salt", "we", "you", "bake"]),
    min_size=1,
    max_size=12,
)
SENTENCES = st.lists(WORDS.map(lambda words: " ".join(words) + "."), min_size=1, max_size=6)
OWN_TEXT = SENTENCES.map("\n".join) | SENTENCES.map("\n\n".join)
ANY_LINES = st.lists(st.sampled_from(MARKS) | st.text(max_size=30), max_size=14).map("\n".join)
TAGS = (
    *(
        "<div>",
        "</div>",
        "<blockquote>",
        "</blockquote>",
        "<p>",
        "<br>",
        "<pre>",
        "</pre>",
        "<a href=x>",
        "</a>",
        "<style>",
    ),
    *('<div class="gmail_quote">', '<div id="appendonsend">', "<", ">", "&lt;", "a", "-----", "\x0e"),
)
ANY_HTML = st.lists(st.sampled_from(TAGS) | st.text(max_size=9), max_size=25).map("".join)
FACELESS = "[\u200b-\u200f\u2028\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069]"


def bare(line: str) -> str:
    return re.sub(r"\s+", " ", re.sub(FACELESS, "", line)).strip()


@given(ANY_LINES)
@settings(deadline=None, max_examples=150)
def test_every_line_of_the_new_text_stands_in_the_text(text: str) -> None:
    given_lines = {bare(line) for line in re.split(r"[\n\u2028]", text.replace("\r", ""))}
    assert {bare(line) for line in strip_quotes(text).split("\n")} <= given_lines | {""}


@given(OWN_TEXT)
@settings(deadline=None, max_examples=50)
def test_a_text_without_any_mark_is_new_as_a_whole(text: str) -> None:
    assert strip_quotes(text) == text


@given(OWN_TEXT, st.sampled_from(WROTE), st.booleans(), SENTENCES)
@settings(deadline=None, max_examples=200)
def test_a_quote_below_a_text_changes_nothing(text: str, wrote: str, marked: bool, quote: list[str]) -> None:
    mark = "> " if marked else ""
    below = "\n".join(mark + line for line in quote)
    assert strip_quotes(f"{text}\n\n{wrote}\n\n{below}\n") == text


@given(ANY_LINES)
@settings(deadline=None, max_examples=150)
def test_line_ends_make_no_difference(text: str) -> None:
    assert strip_quotes(text.replace("\r", "").replace("\n", "\r\n")) == strip_quotes(text.replace("\r", ""))


@given(ANY_HTML)
@settings(deadline=None, max_examples=150)
def test_any_html_gives_a_new_text_from_its_words(html: str) -> None:
    new, whole = flat(new_text_of(rich(html))), flat(read_html(html).text)
    assert {word for word in new.split(" ") if word.isalnum()} <= set(re.split(r"\W+", whole)) | {""}


def filled(unit: str, size: int = 1_000_000) -> str:
    return (unit * (size // len(unit) + 1))[:size]


HOSTILE = [
    *(
        ">",
        "> ",
        "On ",
        "-",
        "_",
        "*",
        "\n",
        "> x\n",
        "--\n",
        "-- \n\n",
        "---\n\nx\n",
        "On 1.1.2026\n",
        "From: a\n",
        "From: a@b.example\nx\n",
    ),
    *(
        "x wrote:\n",
        "a@b.example ",
        "a@b <a@b> wrote: ",
        "Sent from my iPhone\n\n",
        "confidential recipient\n",
        "to unsubscribe: x\n",
    ),
    *(
        "```\n",
        ">>> a\n",
        ">>> a 1:11 >>>\n",
        "|a\n",
        "AB> x\n",
        "&gt; &lt;",
        "\u202b\u202c",
        "Ⅷ",
        "16 Nov ",
        "x" * 990 + "\n",
    ),
    *(
        "> " + "x" * 990 + "\n",
        "x" * 498 + ":\n",
        "_" * 80 + "\n",
        "-----\nx +46 555 0100\n",
        "##- x -##",
        "Virus-free.\n",
        "Le lun.\n",
    ),
]
HOSTILE_HTML = [
    *(
        "<div>",
        "<blockquote>",
        "</div>",
        '<div class="gmail_quote"><blockquote>x</blockquote>',
        "<table><tr><td>",
        "<td>x</td>",
        "<",
    ),
    *(
        '<a href="http://a.example">x</a>',
        "<br>",
        "&",
        "<!--",
        "<![",
        '<p style="' + "border:none;" * 50 + '">',
        "<a b c d e f g h i j>",
        "<pre>\n",
    ),
]


def spent(text: str, *, html: bool = False) -> float:
    start = time.process_time()
    new_text_of(rich(text)) if html else strip_quotes(text)
    return time.process_time() - start


@pytest.mark.parametrize("unit", HOSTILE, ids=range(len(HOSTILE)))
def test_a_million_hostile_characters_take_less_than_half_a_second(unit: str) -> None:
    text = filled(unit) if "\n" in unit else "\n".join([filled(unit, 140)] * 7_000)
    assert spent(text) < 0.5


def test_a_million_hostile_characters_on_one_line_take_less_than_half_a_second() -> None:
    assert max(spent(filled(unit)) for unit in HOSTILE[:6]) < 0.5


@pytest.mark.parametrize("unit", HOSTILE_HTML, ids=range(len(HOSTILE_HTML)))
def test_a_million_characters_of_hostile_html_take_less_than_half_a_second(unit: str) -> None:
    assert spent(filled(unit), html=True) < 0.5


def test_ten_thousand_levels_take_less_than_half_a_second() -> None:
    assert spent("<div>" * 10_000 + "Yes" + "</div>" * 10_000, html=True) < 0.5
