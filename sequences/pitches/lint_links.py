"""Pure: what the links, pictures and files of a mail give filters and people to think about."""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from kit.errors import say
from sequences.pitches.lint_mail import MOST_TEXT, Link, LintFinding, LintMail, Severity
from sequences.pitches.pitch_checklist import word_count

_MOST_LINKS = 3
_MANY_FILES = 2
_MB = 1_000_000
_HEAVY, _TOO_HEAVY = 5 * _MB, 15 * _MB
_SHORTENERS_WORDS = """
    bit.ly bitly.com buff.ly cutt.ly goo.gl is.gd lnkd.in ow.ly rb.gy rebrand.ly s.id shorturl.at t.co t.ly tiny.cc
    tinyurl.com v.gd
"""
_SHORTENERS = frozenset(_SHORTENERS_WORDS.split())
_DANGEROUS = re.compile(
    r"\.(?:exe|scr|bat|cmd|com|js|jse|vbs|vbe|wsf|hta|jar|msi|lnk|iso|img|ps1|docm|xlsm|pptm|html?)$"
)
_PACKED = re.compile(r"\.(?:zip|rar|7z|gz|tgz|tar)$")
_SHOWN_ADDRESS = re.compile(r"^(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?:[/?#:].*)?$", re.IGNORECASE)
_LEAST_SHARE = 0.6


def lint_links(mail: LintMail) -> Iterator[LintFinding]:
    """Look at where the mail leads."""
    if len(mail.urls) > _MOST_LINKS:
        yield _link(
            "many_links",
            "warn",
            say("There are %(count)s links.", count=len(mail.urls)),
            say("A personal mail has one or two; many links are the mark of a newsletter."),
        )
    for url in mail.urls:
        yield from _lint_url(url)
    for link in mail.sight.links:
        yield from _lint_label(link)


def _lint_url(url: str) -> Iterator[LintFinding]:
    host = _host(url)
    if host.removeprefix("www.") in _SHORTENERS:
        yield _link(
            "short_link",
            "warn",
            say("%(host)s is a link shortener.", host=host),
            say("It hides where the link leads; filters block most of them. Use the full address."),
        )
    if _is_number(host):
        yield _link(
            "bare_address",
            "serious",
            say("%(url)s leads to a bare number.", url=url[:80]),
            say("Honest sites have names; filters treat numbers as fraud."),
        )
    elif "xn--" in host or not host.isascii():
        yield _link(
            "odd_letters",
            "note",
            say("%(host)s is written in letters beyond a to z.", host=host),
            say("Some programs show it in code, which looks like a fake."),
        )
    if url.lower().startswith("http://") and not _is_number(host):
        yield _link(
            "plain_http",
            "note",
            say("%(url)s is not encrypted.", url=url[:80]),
            say("Browsers warn of such pages. Use https if the site has it."),
        )


def _lint_label(link: Link) -> Iterator[LintFinding]:
    shown = _SHOWN_ADDRESS.match(link.label[:300])
    if shown is None or not link.target.lower().startswith("http"):
        return
    said, target = shown[1].lower().removeprefix("www."), _host(link.target).removeprefix("www.")
    if said != target and not target.endswith(f".{said}"):
        yield _link(
            "other_target",
            "serious",
            say("The link says %(said)s, but leads to %(target)s.", said=said, target=target),
            say("That is how fraud works, and mail programs warn of it."),
        )


def lint_sight(mail: LintMail) -> Iterator[LintFinding]:
    """Look at pictures, at what is hidden, and whether both parts say the same."""
    sight = mail.sight
    if sight.hidden:
        yield LintFinding(
            code="hidden_text",
            severity="serious",
            sentence=say("Hidden text: “%(value)s”.", value=sight.hidden[:60]),
            reason=say("Filters look for words that people cannot see."),
        )
    if sight.pixels:
        yield _picture(
            "pixel",
            "serious",
            say("There is a picture too small to see."),
            say("It is taken for a tracking pixel: people mind, and many programs block it."),
        )
    if sight.pictures:
        count = len(sight.pictures)
        yield _picture(
            "pictures",
            "warn",
            say("There is a picture.") if count == 1 else say("There are %(count)s pictures.", count=count),
            say("Personal mail has none; many programs block them, and the mail looks empty."),
        )
    if mail.html and not _agree(mail):
        yield LintFinding(
            code="parts_differ",
            severity="warn",
            sentence=say("The text part and the HTML part differ."),
            reason=say("Filters compare the two, and some people see only the text."),
        )


def lint_files(mail: LintMail) -> Iterator[LintFinding]:
    """Look at what is attached."""
    size = sum(file.size for file in mail.files)
    if size > _HEAVY:
        serious = size > _TOO_HEAVY
        yield _file(
            "heavy",
            "serious" if serious else "warn",
            say("The attachments weigh %(size)s MB.", size=f"{size / _MB:.0f}"),
            say("Many servers refuse mail beyond 20 to 25 MB, a third of which is packaging.")
            if serious
            else say("Large mail from strangers is slow and often filtered. Link to it instead."),
        )
    if len(mail.files) > _MANY_FILES:
        yield _file(
            "many_files",
            "note",
            say("There are %(count)s attachments.", count=len(mail.files)),
            say("One short brief is read; a pile is not."),
        )
    for file in mail.files:
        name = file.name.lower()
        if _DANGEROUS.search(name):
            yield _file(
                "dangerous_file",
                "serious",
                say("“%(name)s” is of a kind that servers refuse.", name=file.name[:80]),
                say("Programs, pages and macros are how attacks travel. Send a PDF."),
            )
        elif _PACKED.search(name):
            yield _file(
                "packed_file",
                "warn",
                say("“%(name)s” is packed.", name=file.name[:80]),
                say("Filters distrust what they cannot look into. Send the file itself."),
            )
    if mail.files and not mail.is_follow_up:
        yield _file(
            "first_file",
            "note",
            say("A first mail carries an attachment."),
            say("People are wary of files from strangers; offer it, and send it when they answer."),
        )


def _agree(mail: LintMail) -> bool:
    """Compare the words of both parts, addresses left out: the HTML has them in its links."""
    bare = re.compile(r"https?://\S{1,2000}|\S{1,64}@\S{1,253}|\W+")
    said = set(bare.sub(" ", mail.text[:MOST_TEXT]).casefold().split())
    shown = set(bare.sub(" ", f"{mail.sight.text} {mail.sight.hidden}").casefold().split())
    if word_count(mail.text) < 10:  # noqa: PLR2004 - too short to compare
        return True
    return len(said & shown) >= _LEAST_SHARE * max(len(said), len(shown))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host.isdigit()
    return True


def _link(code: str, severity: Severity, sentence: str, reason: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, sentence=sentence, reason=reason, where="link")


def _picture(code: str, severity: Severity, sentence: str, reason: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, sentence=sentence, reason=reason, where="picture")


def _file(code: str, severity: Severity, sentence: str, reason: str) -> LintFinding:
    return LintFinding(code=code, severity=severity, sentence=sentence, reason=reason, where="attachment")
