"""A text as it was written, cut into words and fields: nothing is lost, and nothing is carried out."""

from hypothesis import given
from hypothesis import strategies as st

from sequences.pitches.source_pieces import SourcePiece, cut_source


def text(words: str) -> SourcePiece:
    return SourcePiece(kind="text", words=words)


def field(name: str, otherwise: str = "") -> SourcePiece:
    return SourcePiece(kind="field", words=name, otherwise=otherwise)


def code(words: str) -> SourcePiece:
    return SourcePiece(kind="code", words=words)


def test_fields_stand_where_the_text_has_them() -> None:
    assert cut_source("Hi {{ contact.first_name }},\r\n\r\n{{contact.personal_line}}\n\nBye") == (
        (text("Hi "), field("contact.first_name"), text(",")),
        (field("contact.personal_line"),),
        (text("Bye"),),
    )


def test_what_stands_there_otherwise_is_said() -> None:
    assert cut_source("{{ contact.first_name | default('there, you') }}") == (
        (field("contact.first_name", "there, you"),),
    )
    assert cut_source("{{ contact.city or contact.country }}") == (
        (field("contact.city"), text(" / "), field("contact.country")),
    )


def test_lines_run_on_as_they_do_in_the_mail() -> None:
    assert cut_source("One\ntwo  \nthree:\n- four\n2. five") == ((text("One two  \nthree:\n- four\n2. five"),),)


def test_conditions_and_strange_braces_are_shown_as_written() -> None:
    assert cut_source("{% if contact.city %}In {{ contact.city }}{% endif %} {{ friend.name }} {# note #}") == (
        (code("{% if contact.city %}"), text("In "), field("contact.city"), code("{% endif %}"), text(" "),
         code("{{ friend.name }}"), text(" "), code("{# note #}")),
    )  # fmt: skip
    assert cut_source("{{ unclosed <b>") == ((text("{{ unclosed <b>"),),)
    assert cut_source(" \n\n ") == ()


@given(st.text(alphabet="a{}%# .\n<'", max_size=60))
def test_no_word_is_lost(source: str) -> None:
    # Without the name of a field in it, every piece is as it was written.
    shown = "".join(piece.words for paragraph in cut_source(source) for piece in paragraph)
    assert "".join(shown.split()) == "".join(source.split())
