"""Pure: the way out: List-Unsubscribe and one click belong together, and a signature covers both.

Source: RFC 2369, RFC 8058; of a DKIM signature only what can be told without its key (RFC 6376).
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from mailer.lint.fields import Header
from mailer.lint.findings import Finding, found

_WAYS = re.compile(r"<[!-;=?-~]+>(?:[ \t]*,[ \t]*<[!-;=?-~]+>)*")
_TAGS = re.compile(r"[ \t]*[a-z][a-z0-9_]*[ \t]*=[^;]*(?:;[ \t]*[a-z][a-z0-9_]*[ \t]*=[^;]*)*;?[ \t]*")
_NEEDED_TAGS = frozenset({"v", "a", "b", "bh", "d", "h", "s"})
_ONE_CLICK = "List-Unsubscribe=One-Click"


def lint_unsubscribe(header: Header) -> Iterator[Finding]:
    """Check the fields by which a mail offers to be the last."""
    ways, post = header.get("list-unsubscribe"), header.get("list-unsubscribe-post")
    if ways is not None and not _WAYS.fullmatch(ways):
        yield found("unsubscribe-syntax", "list-unsubscribe", "This is no list of addresses in angle brackets.")
        return
    urls = re.findall(r"<([^>]*)>", ways or "")
    has_link = any(url.lower().startswith("https://") for url in urls)
    if any(url.lower().startswith("http://") for url in urls):
        yield found("unsubscribe-not-https", "list-unsubscribe", "The link is not https.")
    if post is not None and post != _ONE_CLICK:
        yield found("one-click-value", "list-unsubscribe-post", f"The value is always {_ONE_CLICK}.")
    if post is not None and not has_link:
        yield found("one-click-without-link", "list-unsubscribe-post", "One click needs an https link.")
    if post is None and has_link:
        yield found("one-click-missing", "list-unsubscribe", "An https link without List-Unsubscribe-Post.")


def lint_signatures(header: Header, body: bytes) -> Iterator[Finding]:
    """Check the form of DKIM signatures, the hash of the body, and what they cover."""
    for value in header.all("dkim-signature"):
        tags = _read_tags(value)
        if not set(tags) >= _NEEDED_TAGS or tags["v"] != "1":
            yield found("dkim-syntax", "dkim-signature", "A tag is missing, or the value cannot be read.")
            continue
        covered = {name.strip().lower() for name in tags["h"].split(":")}
        wanted = {"from"} | ({"list-unsubscribe", "list-unsubscribe-post"} & {field.name for field in header.fields})
        if wanted - covered:
            yield found("dkim-coverage", "dkim-signature", f"Not signed: {', '.join(sorted(wanted - covered))}.")
        if tags.get("c", "").endswith("/relaxed") and tags["bh"] != _relaxed_hash(body):
            yield found("dkim-body", "dkim-signature", "The body is not the one that was signed.")


def _read_tags(value: str) -> dict[str, str]:
    if not _TAGS.fullmatch(value):
        return {}
    pairs = (tag.partition("=") for tag in value.split(";") if tag.strip())
    return {name.strip(): re.sub(r"[ \t]", "", text) for name, _, text in pairs}


def _relaxed_hash(body: bytes) -> str:
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b64encode(sha256(b"".join(line + b"\r\n" for line in lines)).digest()).decode()
