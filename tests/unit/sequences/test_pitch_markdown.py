"""One Markdown source, two parts with the same words, and values that stay literal in both."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sequences.pitches.pitch import STARTERS, Footer, Rendered, lookup_pitch, render_pitch
from tests.unit.sequences.examples import example_values

ALLOWED = {"div", "p", "ul", "ol", "li", "strong", "em", "code", "a", "br", "hr", "blockquote", "h1", "h2", "h3"}


class Reader(HTMLParser):
    """What a reader of the HTML sees, with list markers and addresses as a text part would show them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.said, self.tags, self.links, self.lists = "", [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in ("ol", "ul"):
            self.lists.append(int(dict(attrs).get("start", 1)) if tag == "ol" else None)
        if tag == "li" and self.lists[-1] is not None:
            self.said += f"{self.lists[-1]}. "
            self.lists[-1] += 1
        if tag == "a":
            self.links.append((dict(attrs)["href"], len(self.said)))

    def handle_endtag(self, tag):
        if tag in ("ol", "ul"):
            self.lists.pop()
        if tag == "a":
            url, start = self.links.pop()
            if self.said[start:] not in (url, url.removeprefix("mailto:"), url.removeprefix("https://")):
                self.said += f" ({url})"

    def handle_data(self, data):
        self.said += data


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def words(text):
    return re.findall(r"\w+", text)


def parts_of(body, footer=None, **values):
    outcome = render_pitch(None, body, values, footer=footer)
    assert isinstance(outcome, Rendered), outcome
    return outcome


SHAPES = (
    ("one\ntwo", "one two", '<p dir="auto">one two</p>'),
    ("one\\\ntwo", "one\ntwo", '<p dir="auto">one<br>\ntwo</p>'),
    ("**bold** *soft* `code`", "bold soft code", "<strong>bold</strong> <em>soft</em> <code>code</code>"),
    (r"5 \* 3 &amp; \[1\]", "5 * 3 & [1]", "5 * 3 &amp; [1]"),
    ("- a\n- b\n  - c", "- a\n- b\n  - c", "<ul>"),
    ("3. a\n4. b", "3. a\n4. b", '<ol start="3">'),
    ("- a\n\n- b", "- a\n\n- b", "<li"),
    ("> quoted\n> words", "> quoted words", "<blockquote>"),
    ("# Title\n\ntext", "Title\n\ntext", '<h1 dir="auto">Title</h1>'),
    ("a\n\n---\n\nb", "a\n\n* * *\n\nb", "<hr>"),
    ("Mia\n---", "Mia\n\n* * *", "Mia"),
    (
        "[shop](https://a.example/x?a=1&b=2)",
        "shop (https://a.example/x?a=1&b=2)",
        'href="https://a.example/x?a=1&amp;b=2"',
    ),
    ("<https://a.example>", "https://a.example", '<a href="https://a.example">https://a.example</a>'),
    ("[a.example](https://a.example)", "a.example", '<a href="https://a.example">a.example</a>'),
    ("[m@a.example](mailto:m@a.example)", "m@a.example", '<a href="mailto:m@a.example">'),
    ("<b>hi</b> <script>x</script>", "<b>hi</b> <script>x</script>", "&lt;b&gt;hi&lt;/b&gt; &lt;script&gt;"),
    ("    indented", "indented", '<p dir="auto">indented</p>'),
    ("[x](relative/path)", "x (relative/path)", '<p dir="auto">x (relative/path)</p>'),
    ("[x](javascript&colon;alert)", "x (javascript:alert)", '<p dir="auto">x (javascript:alert)</p>'),
)


@pytest.mark.parametrize(("body", "text", "html"), SHAPES)
def test_both_parts_of_a_shape(body, text, html):
    parts = parts_of(body)
    assert parts.text == text + "\n"
    assert html in parts.html
    assert words(read(parts.html).said) == words(parts.text)


@pytest.mark.parametrize("path", [starter.path for starter in STARTERS])
def test_a_starter_says_the_same_in_both_parts(path):
    footer = Footer(
        postal_address="4 Fern Row", opt_out_sentence="No more, please", opt_out_url="https://r.example/u/1"
    )
    parts = parts_of(lookup_pitch(path, {}), footer, **example_values())
    reader = read(parts.html)
    assert words(reader.said) == words(parts.text)
    assert {tag for tag, _ in reader.tags} <= ALLOWED
    assert {name for _, attrs in reader.tags for name in attrs} <= {"dir", "href", "start"}


HOSTILE = (
    "{{ 7 * 7 }}",
    "{% include 'x' %}",
    "<script>alert(1)</script>",
    "<img src=https://track.example/p.png>",
    "**Ana** _B_ `c`",
    "[click](javascript:alert(1))",
    "![x](https://track.example/p.png)",
    "# Ana",
    "- Ana",
    "1. Ana",
    "> Ana",
    "Ana\\",
    "&lt;b&gt; &amp;",
    '"><a href="https://evil.example">',
    "\ufdd00\ufdd1",
    "Zoë 李 نور",
)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize(
    "body", ["{{ contact.name }}", "Hi {{ contact.name }}, **{{ contact.name }}**", "`{{ contact.name }}`"]
)
def test_a_hostile_value_comes_out_as_it_is(value, body):
    parts = parts_of(body, contact={"name": value})
    shown = value.replace("\ufdd0", "").replace("\ufdd1", "")
    assert shown in parts.text
    reader = read(parts.html)
    assert shown in reader.said
    assert {tag for tag, _ in reader.tags} <= {"div", "p", "strong", "code"}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        "data:text/html,x",
        "//a.example",
        "https://a b",
        'https://a"b',
        "vbscript:x",
    ],
)
def test_a_value_that_is_no_web_address_never_becomes_a_link(url):
    parts = parts_of("[shop]({{ product.url }}) <https://{{ product.url }}>", product={"url": url})
    assert f"shop ({url})" in parts.text
    assert words(read(parts.html).said) == words(parts.text)
    assert not [
        attrs for tag, attrs in read(parts.html).tags if tag == "a" and not attrs["href"].startswith("https://")
    ]


def test_a_web_address_in_a_value_becomes_a_link_whole():
    parts = parts_of("[shop](https://a.example/{{ handle.username }}?x=1)", handle={"username": "ana_b*c"})
    assert parts.text == "shop (https://a.example/ana_b*c?x=1)\n"
    assert 'href="https://a.example/ana_b*c?x=1"' in parts.html


def test_lines_of_a_value_stay_lines():
    parts = parts_of("{{ brand.signature }}", brand={"signature": "Bracken\r\n4 Fern Row\n\nDundalk"})
    assert parts.text == "Bracken\n4 Fern Row\n\nDundalk\n"
    assert "Bracken<br>\n4 Fern Row<br>\n<br>\nDundalk" in parts.html


def test_controls_and_direction_marks_are_dropped():
    parts = parts_of("{{ contact.name }}", contact={"name": "A\x00n\x1ba\u202e \u2066x\ud800"})
    assert parts.text == "Ana x\n"
    parts.html.encode("utf-8")


@settings(max_examples=150, deadline=None)
@given(
    value=st.text(
        alphabet=st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" *_`<>[](){}%#&\"'\\!-+.:/|~=1"),
        min_size=1,
    )
)
def test_any_value_is_literal_in_both_parts(value):
    outcome = render_pitch(None, "Hi *{{ contact.name }}* end", {"contact": {"name": value}}, footer=None)
    if not isinstance(outcome, Rendered):
        assert not value.strip() or re.search(r"\[\w", value) or outcome.fields == ("contact.name",)
        return
    assert outcome.text == f"Hi {value.strip()} end\n"
    reader = read(outcome.html)
    assert f"Hi {value.strip()} end" in reader.said
    assert [tag for tag, _ in reader.tags] == ["div", "p", "em"]


@settings(max_examples=150, deadline=None)
@given(body=st.text(alphabet=st.sampled_from("ab \n*_`<>[]()#&\\!-+.:/|~=1>{{}}%"), max_size=80))
def test_any_source_renders_safely_or_is_refused(body):
    outcome = render_pitch(None, body, {}, footer=None)
    if isinstance(outcome, Rendered):
        assert {tag for tag, _ in read(outcome.html).tags} <= ALLOWED | {"h4", "h5", "h6"}
    else:
        assert outcome.faults
