"""Pure: which dialect reads which server, and what each leaves to the next."""

import pytest

from benchmarks.labelled import read_labelled
from mailer.parse.bounce_text import report_head
from mailer.parse.dialects import DIALECTS, Prose, read_prose
from mailer.parse.opened import open_mail
from tests.unit.mailer.parse.test_own_samples import MAIL

CLAIMS = {
    "prose-qmail-two": "read_qmail",
    "prose-postfix-text-only": "read_postfix",
    "prose-exim-rcpt": "read_exim",
    "prose-sendmail-transcript": "read_sendmail",
    "prose-sendmail-local-name": "read_sendmail",
    "prose-domino-failure": "read_domino",
    "prose-notes-4": "read_domino",
    "prose-exchange-55": "read_exchange",
    "prose-office365-english": "read_exchange",
    "more-exchange-2010-polish": "read_exchange",
    "prose-groupwise": "read_gateway",
    "prose-imail": "read_gateway",
    "prose-mimecast-refused": "read_gateway",
    "prose-chinese-qq": "read_asian",
    "prose-alias-two-names": "read_bare_name",
    "prose-russian": "read_generic",
}
SAMPLES = {str(row["file"]): raw for row, raw in read_labelled(MAIL / "bounces")}


def prose_of(raw: bytes, ours: frozenset[str] = frozenset({"ana@agency.example"})) -> Prose:
    mail = open_mail(raw)
    return Prose(
        text=mail.body.text,
        head=report_head(mail.body.text),
        subject=mail.subject,
        from_text=mail.from_text,
        ours=ours,
        originals=("mara@blog.example",),
    )


@pytest.mark.parametrize("name", CLAIMS)
def test_each_product_is_read_by_its_own_dialect(name: str) -> None:
    prose = prose_of(SAMPLES[name])
    assert next(dialect.__name__ for dialect in DIALECTS if dialect(prose)) == CLAIMS[name]  # type: ignore[attr-defined]


def test_what_no_server_wrote_is_claimed_by_none() -> None:
    assert read_prose(prose_of(b"From: Mara <mara@blog.example>\n\nYes, gladly. Call me on Monday.")) == ()


def test_ours_are_never_named() -> None:
    prose = prose_of(SAMPLES["prose-qmail-two"], ours=frozenset({"mara@blog.example"}))
    assert [one.email for one in read_prose(prose)] == ["ben@blog.example"]


def test_each_address_has_its_own_words() -> None:
    words = {one.email: one.words for one in read_prose(prose_of(SAMPLES["prose-qmail-two"]))}
    assert "quota" in words["mara@blog.example"]
    assert "No such user" not in words["mara@blog.example"]
    assert "No such user" in words["ben@blog.example"]


def test_where_a_mailbox_has_moved_to_is_not_what_failed() -> None:
    prose = prose_of(b"From: postmaster@x.example\n\nmara@blog.example has moved to mara@bread.example, user unknown")
    assert [one.email for one in read_prose(prose)] == ["mara@blog.example"]
