"""Pure: which parts are the message's words and which travel with it."""

from dataclasses import dataclass

from mailer.parse.html_text import html_to_text, read_html
from mailer.parse.part import MAX_TEXT, Part
from mailer.types import Attachment

_STUB = 200  # characters: a text part this short that only says "see the HTML part" is no text
_STUB_WORDS = ("html", "view this", "email client", "mail client", "e-mail client", "mail reader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The words of a message. `from_html`: no text part had any; `own_text` is then the HTML without its quotes."""

    text: str
    html: str | None
    from_html: bool
    own_text: str = ""


def read_body(parts: tuple[Part, ...]) -> Body:
    """Return the text (from HTML when no text part has any) and the HTML of the message itself."""
    words = [part for part in parts if _is_words(part)]
    plain = [part for part in words if part.content_type != "text/html"]
    rich = [part for part in words if part.content_type == "text/html"]
    text = _join(plain)
    html = _join(rich) if rich else None
    if html and (not text.strip() or _is_stub(text)):
        page = read_html(html)
        return Body(text=page.text, html=html, from_html=True, own_text=page.own)
    if not text.strip():
        text = _join([part for part in parts if not part.original and part.content_type.startswith("text/")][:1])
    beside = [part for part in rich if not _has_plain_twin(part, plain)] if plain else []
    if beside:
        text = f"{text}\n\n{html_to_text(_join(beside))}"[:MAX_TEXT]
    return Body(text=text, html=html, from_html=False)


def _join(parts: list[Part]) -> str:
    """Return the texts one below the other, cut at MAX_TEXT; what lies behind the cut is not even decoded."""
    texts: list[str] = []
    room = MAX_TEXT
    for part in parts:
        if room <= 0:
            break
        texts.append(part.text()[:room])
        room -= len(texts[-1]) + 1
    return "\n".join(texts)


def _is_words(part: Part) -> bool:
    kind = part.content_type
    return (
        not part.original
        and not part.attached
        and (
            kind == "text/html"
            or (kind in {"text/plain", "text/enriched", "text/richtext", "text"} and not _is_named_file(part))
        )
    )


def _is_named_file(part: Part) -> bool:
    """Tell whether an inline text part is a file; mail programs do name the text of a mail itself now and then."""
    return bool(part.filename) and part.headers.raw("content-disposition") != ""


def _is_stub(text: str) -> bool:
    flat = text.strip().lower()
    return len(flat) < _STUB and "\n" not in flat and any(word in flat for word in _STUB_WORDS)


def _has_plain_twin(part: Part, plain: list[Part]) -> bool:
    """Tell whether a text part lies in the same multipart/alternative as this HTML part."""
    choices = {box for box in part.path if box[1] == "multipart/alternative"}
    return any(choices.intersection(other.path) for other in plain)


def read_attachments(parts: tuple[Part, ...]) -> tuple[Attachment, ...]:
    """Return the files: everything outside a nested message that is not the message's own words."""
    return tuple(
        Attachment(filename=part.filename or _default_name(part), content_type=part.content_type, content=part.content)
        for part in parts
        if not part.original and not _is_words(part) and (part.content or part.filename)
    )


def _default_name(part: Part) -> str:
    return "message.eml" if part.content_type == "message/rfc822" else "attachment"
