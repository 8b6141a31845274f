"""Pure: from a Letter to the bytes that leave.

The same letter always gives the same bytes. The lines are ASCII and end in CRLF; only an address with a
local part outside ASCII makes them UTF-8 (RFC 6532), see `needs_smtputf8`. Nothing is added that tracks anyone.
"""

import re
from email.utils import format_datetime
from urllib.parse import quote

from mailer.bodies import attachment_part, multipart, text_part
from mailer.headers import address_field, check_address, check_value, field
from mailer.types import Letter

_ID = re.compile(r"[!-;=?-~]{1,900}")
_OURS = re.compile(
    r"date|from|sender|reply-to|to|cc|bcc|subject|message-id|in-reply-to|references|list-unsubscribe(-post)?"
    r"|mime-version|content-.*|resent-.*|return-path|received|dkim-signature|authentication-results",
    re.IGNORECASE,
)
_LONGEST_URL = 900
_LONGEST_CHAIN = 998


def compose(letter: Letter) -> bytes:
    """Return the whole mail: header, empty line, body.

    Ids in `references` that could not stand in a header are left out; they came from elsewhere.

    Raises:
        ValueError: a value holds CR, LF or NUL, an address is unusable, or the date has no zone.
    """
    head = "\r\n".join(
        [*_head(letter), *_thread(letter), *_unsubscribe(letter), *_extra(letter), "MIME-Version: 1.0", ""]
    )
    return head.encode("utf-8") + _body(letter)


def needs_smtputf8(letter: Letter) -> bool:
    """Tell whether an address in the header needs a server with SMTPUTF8 (RFC 6531)."""
    people = [letter.sender, letter.to, *letter.cc, *([letter.reply_to] if letter.reply_to else [])]
    return not all(person.email.rpartition("@")[0].isascii() for person in people)


def _head(letter: Letter) -> list[str]:
    if letter.date.tzinfo is None:
        raise ValueError("A letter's date needs a zone.")
    fields = [f"Date: {format_datetime(letter.date)}", address_field("From", [letter.sender])]
    if letter.reply_to:
        fields.append(address_field("Reply-To", [letter.reply_to]))
    fields.append(address_field("To", [letter.to]))
    if letter.cc:
        fields.append(address_field("Cc", letter.cc))
    return [*fields, field("Subject", letter.subject)]


def _thread(letter: Letter) -> list[str]:
    if not _ID.fullmatch(letter.message_id) or "@" not in letter.message_id:
        raise ValueError(f"“{letter.message_id!r}” is no Message-ID.")
    fields = [f"Message-ID: <{letter.message_id}>"]
    parent = letter.in_reply_to if letter.in_reply_to and _ID.fullmatch(check_value(letter.in_reply_to)) else None
    if parent:
        fields.append(f"In-Reply-To: <{parent}>")
    chain = _chain(letter, parent)
    if chain:
        fields.append("References: " + "\r\n ".join(chain))
    return fields


def _chain(letter: Letter, parent: str | None) -> list[str]:
    """Return the ids of the conversation, each once and the answered one last.

    Of a chain that is too long the first id stays, which names the conversation, and the latest (RFC 5537 3.4.4).
    """
    others = [one for one in letter.references if _ID.fullmatch(check_value(one))]
    known = dict.fromkeys(one for one in others if one not in (parent, letter.message_id))
    first, *later = [f"<{one}>" for one in (*known, *([parent] if parent else []))] or [""]
    kept: list[str] = []
    room = _LONGEST_CHAIN - len(first)
    for one in reversed(later):
        room -= len(one) + 1
        if room < 0:
            break
        kept.insert(0, one)
    if later and not kept:
        return later[-1:]
    return [first, *kept] if first else []


def _unsubscribe(letter: Letter) -> list[str]:
    """Return RFC 2369 and RFC 8058 fields; the one-click field only together with its https link."""
    ways: list[str] = []
    if letter.unsubscribe_url:
        url = check_value(letter.unsubscribe_url)
        if not url.startswith("https://") or len(url) > _LONGEST_URL or not re.fullmatch(r"[!-;=?-~]+", url):
            raise ValueError("The link to unsubscribe must be a plain https address.")
        ways.append(f"<{url}>")
    if letter.unsubscribe_mailto:
        address = quote(check_address(letter.unsubscribe_mailto), safe="@!$*+-._~")
        ways.append(f"<mailto:{address}?subject=unsubscribe>")
    if not ways:
        return []
    one_click = ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"] if letter.unsubscribe_url else []
    return ["List-Unsubscribe: " + ",\r\n ".join(ways), *one_click]


def _extra(letter: Letter) -> list[str]:
    for name, _ in letter.headers:
        if _OURS.fullmatch(name):
            raise ValueError(f"The header {name} is written from the letter itself.")
    return [field(name, value) for name, value in letter.headers]


def _body(letter: Letter) -> bytes:
    body = text_part("plain", letter.text)
    if letter.html is not None:
        body = multipart("alternative", [body, text_part("html", letter.html)], seed=letter.message_id)
    if letter.attachments:
        parts = [body, *(attachment_part(one) for one in letter.attachments)]
        body = multipart("mixed", parts, seed=letter.message_id)
    return body
