"""What names a person in a text: found in every case and encoding it is written in, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequences.privacy.traces import GONE, Traces, join_traces, make_traces

ZOE = make_traces(["zoe.b@film.example"], ["Zoë Brandström", "Zoë"], ["instagram/zoecooks", "youtube/zoecooks"])


@pytest.mark.parametrize(("text", "clean"), [
    ("Write to Zoe.B@Film.example, please", f"Write to {GONE}, please"),
    ("<zoe.b@film.example>", f"<{GONE}>"),
    ("q=zoe.b%40film.example&sort=name", f"q={GONE}&sort=name"),
    ("ZOË  BRANDSTRÖM said", f"{GONE} said"),
    ("see @zoecooks and instagram/zoecooks", f"see @{GONE} and instagram/{GONE}"),
    ("https://youtube.com/@zoecooks/videos", f"https://youtube.com/{GONE}/videos"),
    ("http://m.youtube.com/c/zoecooks?x=1", f"http://m.youtube.com/c/{GONE}?x=1"),
])  # fmt: skip
def test_traces_are_found(text: str, clean: str) -> None:
    assert ZOE.scrub(text) == clean


@pytest.mark.parametrize("text", [
    "zoe.b@film.example.org", "xzoe.b@film.example", "zoe.b@film.examples", "Zoë went home", "zoecooks is a word",
    "@zoecooksbetter", "https://shop.example/zoecooks", "mail@zoecooks.example", "tiktok/zoecooks",
    "@zoecooks.too", "Brandström", "", "zoe.b at film",
])  # fmt: skip
def test_others_are_left_alone(text: str) -> None:
    assert ZOE.scrub(text) == text


@pytest.mark.parametrize(("text", "clean"), [
    ("ask zoe.b@film.exa", f"ask {GONE}"), ("ask zoe.b@film.…", f"ask {GONE}…"), ("with Zoë Brandstr", f"with {GONE}"),
])  # fmt: skip
def test_only_an_excerpt_ends_in_the_middle_of_a_name(text: str, clean: str) -> None:
    assert ZOE.scrub(text, excerpt=True) == clean
    assert ZOE.scrub(text) == text


def test_names_of_others_that_hold_or_begin_one_are_left_alone() -> None:
    maria = make_traces(["info@kettle.co.uk"], ["Maria Garcia"], [], ["Maria Garcia Marquez", "info@kettle.co"])
    text = "Maria Garcia, maria garcia  marquez, Maria Garcia-Lopez and Anna-Maria Garcia"
    assert maria.scrub(text) == f"{GONE}, maria garcia  marquez, Maria Garcia-Lopez and Anna-Maria Garcia"
    assert maria.scrub("ask info@kettle.co", excerpt=True) == "ask info@kettle.co"
    assert maria.scrub("ask info@kettle.c", excerpt=True) == f"ask {GONE}"
    assert (
        join_traces([maria, make_traces([], ["Maria Garcia Marquez"], [])]).scrub(text).startswith(f"{GONE}, {GONE},")
    )


def test_a_website_is_known_by_its_address() -> None:
    site = make_traces([], [], ["website/zoe.example"])
    assert site.scrub("https://www.zoe.example/about") == f"https://www.{GONE}/about"
    assert site.scrub("hello@zoe.example and my.zoe.example") == "hello@zoe.example and my.zoe.example"


def test_documents_are_cleaned_in_keys_and_values() -> None:
    before = {
        "zoe.b@film.example": ["@zoecooks", 7, None, True],
        "account": "zoecooks",
        "tag": "zoecooks",
        "n": {"Zoë Brandström": 1.5},
    }
    after = {GONE: [f"@{GONE}", 7, None, True], "account": GONE, "tag": "zoecooks", "n": {GONE: 1.5}}
    assert ZOE.scrub_document(before) == after


def test_an_account_is_known_in_a_file_where_it_fills_a_cell() -> None:
    for encoding in ("utf-8", "utf-16"):
        assert ZOE.is_in_file("Q,,zoecooks\r\n".encode(encoding))
        assert ZOE.is_in_file('"https://instagram.com/ZoeCooks"'.encode(encoding))
        assert not ZOE.is_in_file("Q,where zoecooks well\r\n".encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_files_are_known_in_any_encoding(encoding: str) -> None:
    assert ZOE.is_in_file("name\r\nZOË BRANDSTRÖM\r\n".lower().encode(encoding))
    assert not ZOE.is_in_file("name\r\nSomebody Else\r\n".encode(encoding))


WORDS = st.text(st.characters(categories=["Ll", "Lu"]), min_size=3, max_size=8)


@given(WORDS, WORDS, st.text(max_size=20), st.text(max_size=20), st.booleans())
def test_every_text_that_names_them_holds_a_needle(
    first: str, last: str, before: str, after: str, escaped: bool
) -> None:
    traces = make_traces(["p.q@film.example"], [f"{first} {last}"], [])
    text = f"{before} {first} {last} {after}"
    if traces.scrub(text) == text:
        return
    stored = json.dumps(text) if escaped else text
    assert any(needle.lower() in stored.lower() for needle in traces.needles())


@given(st.text(max_size=60))
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    once = ZOE.scrub(text)
    assert ZOE.scrub(once) == once


@pytest.mark.parametrize("text", ["ЗОЯ ПЕТРОВА пишет", "зоя петрова", "Зоя Петрова"])
def test_names_in_other_letters_are_found_in_any_case(text: str) -> None:
    traces = make_traces([], ["Зоя Петрова"], [])
    assert GONE in traces.scrub(text)
    for stored in (text, json.dumps(text)):
        assert any(needle in stored for needle in traces.needles())


def test_traces_are_kept_and_joined() -> None:
    assert Traces.of_document(json.loads(json.dumps(ZOE.document()))) == ZOE
    other = make_traces(["b@x.example"], ["Bo Lund"], [])
    both = join_traces([ZOE, other])
    assert both.scrub("Bo Lund and zoe.b@film.example") == f"{GONE} and {GONE}"
    assert make_traces([], [], []).scrub("anything @ all") == "anything @ all"
    assert make_traces([], [], []).needles() == []
