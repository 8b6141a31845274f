"""A pitch and one person's values: a whole mail or the list of what is missing, never something in between."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sequences.pitches.pitch import Footer, Gaps, Rendered, render_pitch
from tests.unit.sequences.examples import example_values

FOOTER = Footer(
    postal_address="4 Fern Row\nDundalk",
    opt_out_sentence="No more messages, please",
    opt_out_url="https://rapport.example/u/k3y",
)


def text_of(body, **values):
    outcome = render_pitch(None, body, values, footer=None)
    assert isinstance(outcome, Rendered), outcome
    return outcome.text.rstrip("\n")


def test_every_gap_is_found_in_one_pass_in_the_order_met():
    body = "{{ contact.first_name }} {{ product.url | upper }} {{ offer.budget ~ '!' }} {{ contact.first_name }}"
    values = {"contact": {"first_name": "  "}, "product": {"url": None}, "offer": {}}
    outcome = render_pitch("{{ brand.name }}", body, values, footer=FOOTER)
    assert outcome == Gaps(fields=("brand.name", "contact.first_name", "product.url", "offer.budget"))


GUARDED = (
    ("{{ contact.first_name | default('you') }}", "you"),
    ("{{ contact.first_name | upper | default('you') }}", "you"),
    ("{{ contact.first_name | default(contact.name) }}", "Imani Oduya"),
    ("{{ contact.first_name or contact.name }}", "Imani Oduya"),
    ("{{ contact.first_name if contact.first_name else 'you' }}", "you"),
    ("{% if contact.first_name %}{{ contact.first_name }}{% else %}you{% endif %}", "you"),
    ("{% if contact.first_name is defined %}{{ contact.first_name }}{% else %}you{% endif %}", "you"),
    ("{% if contact.first_name is none %}you{% endif %}", "you"),
    ("{% if contact.first_name == 'x' %}x{% else %}you{% endif %}", "you"),
    ("{% if contact.custom %}x{% else %}you{% endif %}", "you"),
    ("{% if handle.followers and handle.followers > 5 %}x{% else %}you{% endif %}", "you"),
)


@pytest.mark.parametrize(("body", "expected"), GUARDED)
def test_a_guarded_field_is_no_gap(body, expected):
    assert text_of(body, contact={"first_name": "", "name": "Imani Oduya"}) == expected


UNGUARDED = (
    ("{{ contact.first_name | default(contact.name) }}", ("contact.first_name",)),
    ("{% if handle.followers > 5 %}x{% endif %}y", ("handle.followers",)),
    ("{% if 5 <= handle.followers %}x{% endif %}y", ("handle.followers",)),
    ("x {% for item in contact.custom.topics %}{{ item }}{% endfor %}", ("contact.custom.topics",)),
    ("{{ offer.target_date | date }} {{ offer.budget | money('EUR') }}", ("offer.target_date", "offer.budget")),
    ("{{ handle.followers | round | number }}", ("handle.followers",)),
    ("{% set who = contact.name %}{{ who }}", ("contact.name",)),
)


@pytest.mark.parametrize(("body", "gaps"), UNGUARDED)
def test_an_unguarded_field_blocks_the_mail(body, gaps):
    assert render_pitch("x", body, {}, footer=FOOTER) == Gaps(fields=gaps)


@pytest.mark.parametrize("zero", [0, 0.0, Decimal(0), False])
def test_nought_is_a_value(zero):
    assert text_of("{{ handle.followers }}", handle={"followers": zero})


FAULTY = (
    ("", "body", "The subject is empty."),
    ("{{ contact.first_name | default('') }}", "body", "The subject is empty."),
    ("\u200b", "body", "The subject is empty."),
    ("subject", "", "The body is empty."),
    ("subject", "{% if contact.city %}x{% endif %}\n\n{# later #}", "The body is empty."),
    ("subject", "Hello {{ contact.name }}", "“[first name]” still waits to be filled in."),
    ("Hello {{ contact.name }}", "body", "“[first name]” still waits to be filled in."),
    (
        "subject",
        "{{ contact.custom }}",
        "The pitch could not be filled in: This is a group of fields; choose one of them.",
    ),
    ("subject", "{% if handle.followers > 'many' %}x{% endif %}", "The pitch could not be filled in: "),
    ("subject", "{% if contact.city %}{% set x = 'a' %}{% endif %}{{ x }}", "The pitch could not be filled in: "),
    ("subject", "{% for c in contact.email %}{{ contact.email }}{% endfor %}", "The pitch could not be filled in: "),
)


@pytest.mark.parametrize(("subject", "body", "sentence"), FAULTY)
def test_nothing_empty_half_filled_or_endless_is_sent(subject, body, sentence):
    values = {
        "contact": {"name": "[first name]", "email": "x" * 1000, "custom": {"a": "b"}},
        "handle": {"followers": 5},
    }
    outcome = render_pitch(subject, body, values, footer=FOOTER)
    assert isinstance(outcome, Gaps)
    assert any(fault.startswith(sentence) for fault in outcome.faults)


def test_an_empty_paragraph_leaves_no_hole():
    assert text_of("a\n\n{{ contact.city | default('') }}\n\nb") == "a\n\nb"


def test_a_subject_is_one_line_and_shows_markdown_as_it_is():
    values = {"contact": {"name": "Ana\r\nBcc: x@y.example"}}
    outcome = render_pitch("*Hi* {{ contact.name }}\n  again", "x", values, footer=None)
    assert isinstance(outcome, Rendered)
    assert outcome.subject == "*Hi* Ana Bcc: x@y.example again"


def test_a_step_in_the_same_thread_has_no_subject():
    outcome = render_pitch(None, "x", {}, footer=None)
    assert isinstance(outcome, Rendered)
    assert outcome.subject == ""


FORMATS = (
    ("{{ handle.followers | number }}", 47200, "47,200"),
    ("{{ handle.followers | number }}", "47200.50", "47,200.5"),
    ("{{ handle.followers | number }}", "about 40k", "about 40k"),
    ("{{ handle.followers | money('EUR') }}", 1400, "€1,400"),
    ("{{ handle.followers | money('GBP') }}", Decimal("99.5"), "£99.50"),
    ("{{ handle.followers | money }}", 1400, "1,400"),
    ("{{ handle.followers | round(1) }}", 4.15, "4.2"),
    ("{{ handle.followers | round }}", "4.5", "5"),
    ("{{ handle.followers | date }}", "2026-12-03", "3 December 2026"),
    ("{{ handle.followers | date }}", "early spring", "early spring"),
    ("{{ handle.followers }}", date(2026, 1, 9), "9 January 2026"),
    ("{{ handle.followers }}", datetime(2026, 1, 9, 8, tzinfo=UTC), "9 January 2026"),
    ("{{ handle.followers }}", 3.5, "3.5"),
    ("{{ handle.followers }}", 20.0, "20"),
    ("{{ handle.followers }}", ["tea", None, "bread"], "tea, bread"),
    ("{{ handle.followers | title }}", "tea and bread", "Tea And Bread"),
)


@pytest.mark.parametrize(("body", "value", "expected"), FORMATS)
def test_values_read_as_a_person_would_write_them(body, value, expected):
    assert text_of(body, handle={"followers": value}) == expected


def test_loops_and_custom_fields():
    body = "{% for item in contact.custom.topics %}{{ loop.index }} {{ item }}{{ ', ' if not loop.last }}{% endfor %}"
    assert text_of(body, contact={"custom": {"topics": ["tea", "", "bread"]}}) == "1 tea, 2 bread"


def test_the_footer_closes_both_parts():
    outcome = render_pitch("x", "Hello", {}, footer=FOOTER, lang="en-GB")
    assert isinstance(outcome, Rendered)
    assert outcome.text == (
        "Hello\n\n-- \n4 Fern Row\nDundalk\nNo more messages, please: https://rapport.example/u/k3y\n"
    )
    assert outcome.html == (
        '<div dir="auto" lang="en-GB">\n<p dir="auto">Hello</p>\n<hr>\n<p dir="auto">4 Fern Row<br>\nDundalk</p>\n'
        '<p dir="auto"><a href="https://rapport.example/u/k3y">No more messages, please</a></p>\n</div>\n'
    )


def test_a_footer_without_a_safe_link_or_an_address_is_words_only():
    footer = Footer(postal_address=None, opt_out_sentence="Say <no>", opt_out_url="javascript:alert(1)")
    outcome = render_pitch("x", "Hello", {}, footer=footer, lang='en" onload="x')
    assert isinstance(outcome, Rendered)
    assert outcome.text == "Hello\n\n-- \nSay <no>\n"
    assert outcome.html.endswith('<hr>\n<p dir="auto">Say &lt;no&gt;</p>\n</div>\n')
    assert "onload" not in outcome.html


def test_rendering_twice_gives_the_same_mail():
    values = example_values()
    body = "Hello {{ contact.name }}, **{{ product.name }}**"
    assert render_pitch("x", body, values, footer=FOOTER) == render_pitch("x", body, values, footer=FOOTER)
    other = render_pitch("x", body, {**values, "contact": {"name": "Dorte"}}, footer=FOOTER)
    assert isinstance(other, Rendered)
    assert other.text.startswith("Hello Dorte, the Everyday pan")
