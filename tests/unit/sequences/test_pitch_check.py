"""What a pitch may say, and how a fault is named before the pitch is saved."""

import time

import pytest

from sequences.pitches.merge_fields import FIELDS, ROOTS, is_field
from sequences.pitches.pitch import check_pitch, render_pitch
from sequences.pitches.pitch_sandbox import FILTERS
from tests.unit.sequences.examples import example_values

FINE = (
    "",
    "Hello {{ contact.first_name | default('you') }}",
    "{% if handle.followers and handle.followers > 1000 %}{{ handle.followers | number }}{% endif %}",
    "{% set who = contact.first_name or 'you' %}Hello {{ who }}",
    "{% for word in contact.custom.topics %}{{ word }}{{ ', ' if not loop.last }}{% endfor %}",
    "{% for word in ['a', 'b'] %}{{ loop.index }} {{ word }}{% endfor %}",
    "{{ contact.custom.shirt_size }} {{ contact.first_name ~ ' ' ~ contact.last_name }}",
    "{% if contact.city is defined and contact.language == 'Danish' %}x{% elif not offer.budget %}y{% endif %}",
    "{% raw %}{{ not.a.field }}{% endraw %}{# a note #}",
    "[label](https://a.example) [mail](mailto:a@b.example) [{{ product.url }}]({{ product.url }}) footnote [1]",
    "{{ offer.budget | money('EUR') | trim | upper | lower | title | capitalize }} {{ offer.target_date | date }}",
    "{{ handle.engagement_rate | round(1) }}",
)


@pytest.mark.parametrize("source", FINE)
def test_a_fine_pitch_has_no_faults(source):
    assert check_pitch(source) == ()


UNKNOWN = (
    ("{{ contact.frist_name }}", "contact.first_name"),
    ("{{ first_name }}", "contact.first_name"),
    ("{{ contacts.name }}", "contact.name"),
    ("{{ handle.folowers }}", "handle.followers"),
    ("{% if product.urll %}x{% endif %}", "product.url"),
    ("{{ 'a' if offer.budgett else 'b' }}", "offer.budget"),
    ("{{ contact.name | default(brand.nam) }}", "brand.name"),
    ("{{ zzzzzz }}", None),
)


@pytest.mark.parametrize(("source", "meant"), UNKNOWN)
def test_an_unknown_field_is_named_with_what_was_meant(source, meant):
    (fault,) = check_pitch(source)
    assert (fault.code, fault.suggestion) == ("unknown_field", meant)
    assert ("Did you mean" in fault.sentence) == (meant is not None)


FORBIDDEN = (
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% from 'x' import y %}",
    "{% extends 'x' %}",
    "{% block x %}{% endblock %}",
    "{% macro x() %}{% endmacro %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set x %}y{% endset %}",
    "{% set contact = 'x' %}",
    "{% set loop = 'x' %}",
    "{% set x, y = 1 %}",
    "{% set x = 'a' ~ 'b' %}",
    "{% set x = ['a', 'b'] %}",
    "{% with %}{% endwith %}",
    "{% autoescape true %}{% endautoescape %}",
    "{{ range(10) }}",
    "{{ contact.name.upper() }}",
    "{{ contact['name'] }}",
    "{{ 'a' * 1000000 }}",
    "{{ 2 ** 64 }}",
    "{{ '%s' % 1 }}",
    "{{ {'a': 1} }}",
    "{{ ''.__class__ }}",
    "{{ contact.name is callable }}",
    "{% for a in [1] %}{% for b in [1] %}x{% endfor %}{% endfor %}",
    "{% for contact in [1] %}x{% endfor %}",
)


@pytest.mark.parametrize("source", FORBIDDEN)
def test_a_forbidden_construct_is_refused_and_never_run(source):
    assert "forbidden" in {fault.code for fault in check_pitch(source)}
    outcome = render_pitch("x", source, example_values(), footer=None)
    assert outcome.faults


OTHER = (
    ("a\n\n{{ contact.name", 3, "syntax"),
    ("a\n{% if contact.name %}", 2, "syntax"),
    ("a\n{% nonsense %}", 2, "syntax"),
    ("a\nb {{ contact.name | uper }}", 2, "unknown_filter"),
    ("a\n{{ contact }}", 2, "unknown_field"),
    ("{{ loop.index }}", 1, "unknown_field"),
    ("{% set x = 'a' %}{{ x.y }}", 1, "unknown_field"),
    ("a\nb\nDear [first name],", 3, "placeholder"),
    ("{# one\ntwo #}\n[name]", 3, "placeholder"),
    ("![logo](https://a.example/x.png)", 1, "picture"),
    ("[x](javascript:alert(1))", 1, "link"),
    ("[x](<data:text/html,x>)", 1, "link"),
    ("x" * 50_001, 1, "too_long"),
    ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", 1, "too_deep"),
    ("{% if 1 %}" * 60 + "{% endif %}" * 60, 1, "too_deep"),
    ("{% if 1 %}" + "{% elif 1 %}" * 4000 + "{% endif %}", 1, "too_deep"),
)


@pytest.mark.parametrize(("source", "line", "code"), OTHER, ids=[f"{code}-{line}" for _, line, code in OTHER])
def test_a_fault_says_its_line(source, line, code):
    assert (line, code) in {(fault.line, fault.code) for fault in check_pitch(source)}


def test_every_fault_is_reported_in_reading_order():
    faults = check_pitch("{{ a }}\n{{ brand.name | b }}\n[c]\n{% include 'd' %}")
    assert [fault.line for fault in faults] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "source", ["![ " * 16_000, "[" * 50_000, "](" + " " * 49_000, "{% raw %}" + "{" * 49_000 + "{% endraw %}"]
)
def test_checking_stays_quick_on_hostile_sources(source):
    start = time.perf_counter()
    check_pitch(source)
    assert time.perf_counter() - start < 2


def test_the_catalogue_is_whole():
    assert {name.partition(".")[0] for name in FIELDS} == ROOTS == set(example_values())
    assert {"contact", "handle", "brand", "product", "offer", "sender", "sequence"} == ROOTS
    assert all(field.description and field.example for field in FIELDS.values())
    assert is_field("contact.custom.anything")
    assert not is_field("contact.custom.a.b")
    assert set(FILTERS) == {
        "default",
        "upper",
        "lower",
        "title",
        "capitalize",
        "trim",
        "round",
        "number",
        "money",
        "date",
    }
