"""A text cut into words and fields: a mail as it will look, a message as it is sent; nothing is carried out."""

import re
from html import unescape
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from sequences.pitches.source_pieces import SourcePiece, cut_line, cut_mail, cut_message

# What a mail is made of, and the one attribute each may have here.
HARMLESS = {("p", "dir"), ("p", "class"), ("li", "dir"), ("ol", "start"), ("span", "class"), ("span", "title")}
TAGS = {"p", "li", "ol", "ul", "span", "strong", "em", "code", "blockquote", "br", "hr"}


def text(words: str) -> SourcePiece:
    return SourcePiece(kind="text", words=words)


def html(words: str) -> SourcePiece:
    return SourcePiece(kind="html", words=words)


def field(name: str, otherwise: str = "") -> SourcePiece:
    return SourcePiece(kind="field", words=name, otherwise=otherwise)


def code(words: str) -> SourcePiece:
    return SourcePiece(kind="code", words=words)


def shown(source: str) -> str:
    """Return a mail as it is shown, its chips and codes as their words in guillemets."""
    return "".join(one.words if one.kind == "html" else f"«{one.words}»" for one in cut_mail(source))


class Tags(HTMLParser):
    """Notes every tag and its attributes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: set[tuple[str, str]] = set()
        self.tags: set[str] = set()
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found |= {(tag, name) for name, _ in attrs}


def test_fields_stand_where_the_text_has_them() -> None:
    assert cut_mail("Hi {{ contact.first_name }},\r\n\r\n{{contact.personal_line}}\n\nBye") == (
        html('<p dir="auto">Hi '), field("contact.first_name"), html(',</p>\n<p dir="auto">'),
        field("contact.personal_line"), html('</p>\n<p dir="auto">Bye</p>\n'),
    )  # fmt: skip


def test_what_stands_there_otherwise_is_said() -> None:
    assert cut_line("{{ contact.first_name | default('there, you') }}") == (field("contact.first_name", "there, you"),)
    assert cut_line("{{ contact.city or contact.country }}") == (
        field("contact.city"), text(" / "), field("contact.country")
    )  # fmt: skip


def test_a_subject_is_one_line_and_no_markdown() -> None:
    assert cut_line(" **One**\n[two](https://x.example) {{ contact.city }}") == (
        text("**One** [two](https://x.example) "), field("contact.city")
    )  # fmt: skip


def test_bold_lists_and_quotes_look_as_in_the_mail_with_chips_inside() -> None:
    assert shown(
        "**For {{ contact.first_name }}**\n*soon*\n\n- one\n- {{ product.name }}\n\n> as you said\n\n# Big"
    ) == (
        '<p dir="auto"><strong>For «contact.first_name»</strong> <em>soon</em></p>\n'
        '<ul>\n<li dir="auto">one</li>\n<li dir="auto">«product.name»</li>\n</ul>\n'
        '<blockquote>\n<p dir="auto">as you said</p>\n</blockquote>\n<p class="heading" dir="auto">Big</p>\n'
    )


def test_a_link_leads_nowhere_and_says_its_address() -> None:
    assert shown("[our *{{ product.name }}*](https://x.example/?a=1&b=2)") == (
        '<p dir="auto"><span class="link" title="https://x.example/?a=1&amp;b=2">our <em>«product.name»</em></span></p>'
        "\n"
    )
    assert shown("[here](https://x.example/{{ contact.custom.code }})") == (
        '<p dir="auto"><span class="link">here</span> <span class="faint t12">(https://x.example/«contact.custom.code»)'
        "</span></p>\n"
    )
    # An address that is a field only: whether it becomes a link shows with each person.
    assert shown("[here]({{ contact.website }})") == '<p dir="auto">here («contact.website»)</p>\n'


def test_hostile_text_is_text() -> None:
    assert shown("<script>alert(1)</script> <b onclick=x>") == (
        '<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt; &lt;b onclick=x&gt;</p>\n'
    )
    assert shown("[go](javascript:alert`1`)") == '<p dir="auto">go (javascript:alert`1`)</p>\n'
    assert shown("![x](https://x.example/1.png)").count("<img") == 0
    # Our own marks, typed by somebody, stand for nothing.
    assert shown("a \ufdd07\ufdd1") == '<p dir="auto">a 7</p>\n'


def test_conditions_and_strange_braces_are_shown_as_written() -> None:
    assert cut_line("{% if contact.city %}In {{ contact.city }}{% endif %} {{ friend.name }} {# note #}") == (
        code("{% if contact.city %}"), text("In "), field("contact.city"), code("{% endif %}"), text(" "),
        code("{{ friend.name }}"), text(" "), code("{# note #}"),
    )  # fmt: skip
    assert cut_mail("{{ unclosed <b>") == (html('<p dir="auto">{{ unclosed &lt;b&gt;</p>\n'),)
    assert cut_mail(" \n\n ") == cut_message(" \n\n ") == cut_line(" \n ") == ()


def test_a_message_without_html_promises_no_looks() -> None:
    assert cut_message("**Hi** {{ contact.first_name }}  \nthere\n\n[look](https://x.example)\n\n- one\n- two") == (
        (text("Hi "), field("contact.first_name"), text("\nthere")),
        (text("look (https://x.example)"),), (text("- one\n- two"),),
    )  # fmt: skip


@given(st.text(alphabet="a{}%# .\n<>'\"&/=:*_[]()`-!\\", max_size=80))
def test_nothing_but_the_tags_of_a_mail_comes_out(source: str) -> None:
    found = Tags("".join(one.words for one in cut_mail(source) if one.kind == "html"))
    assert found.tags <= TAGS
    assert found.found <= HARMLESS


@given(st.text(alphabet="a{}%# .\n<>'\"&/=:*_`-!\\", max_size=80))
def test_no_word_is_lost(source: str) -> None:
    pieces = cut_mail(source)
    said = "".join(unescape(re.sub("<[^>]*>", "", one.words)) if one.kind == "html" else one.words for one in pieces)
    assert said.count("a") == source.count("a")
