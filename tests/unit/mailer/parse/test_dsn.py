"""Pure: delivery reports with a status part, tidy and broken."""

import pytest

from mailer.parse.dsn import find_statuses, parse_report
from mailer.types import MailKind
from tests.unit.mailer.parse.builders import DAEMON, ORIGINAL, parsed, report

HEAD = "Reporting-MTA: dns; mx.blog.example\n\n"


@pytest.mark.parametrize(
    ("text", "recipient", "status", "action"),
    [
        (
            "Final-Recipient: rfc822; mara@blog.example\nAction: failed\nStatus: 5.1.1",
            "mara@blog.example",
            "5.1.1",
            "failed",
        ),
        (
            "Final-Recipient: rfc822;<Mara@Blog.example>\nAction: FAILED\nStatus: 5.2.2 (full)",
            "mara@blog.example",
            "5.2.2",
            "failed",
        ),
        (
            "Final-Recipient: rfc/822; mara@blog.example\nAction: failed\nStatus: 5.0.0",
            "mara@blog.example",
            "5.0.0",
            "failed",
        ),
        (
            "Final-Recipient : RFC822; mara@blog.example\nAction : failed\nStatus : 5.1.1",
            "mara@blog.example",
            "5.1.1",
            "failed",
        ),
        (
            (
                "Original-Recipient: rfc822;mara@blog.example\nFinal-Recipient: rfc822;x@cluster.local\nAction: "
                "failed\nStatus: 5.1.1"
            ),
            "mara@blog.example",
            "5.1.1",
            "failed",
        ),
        (
            "Original-Recipient: rfc822; mara@blog.example\nFinal-Recipient: x400; /S=mara/C=GB/\nAction: failed",
            "mara@blog.example",
            None,
            "failed",
        ),
        (
            "Final-Recipient: X400; c=US;a= ;p=B;dda:SMTP=mara@blog.example;\nAction: failed",
            "mara@blog.example",
            None,
            "failed",
        ),
        (
            (
                "Final-Recipient: rfc822; mara@blog.example\nAction: failed (no such)\nStatus: 5.0.0\n"
                "Diagnostic-Code: smtp; 550 5.1.1 unknown\n user"
            ),
            "mara@blog.example",
            "5.1.1",
            "failed",
        ),
        (
            "Final-Recipient: rfc822; mara@blog.example\nAction: failure\nStatus: 553 too big",
            "mara@blog.example",
            "5.0.0",
            "failure",
        ),
    ],
)
def test_a_group_is_read_in_spite_of_its_form(text: str, recipient: str, status: str | None, action: str) -> None:
    (found,) = parse_report(HEAD + text)
    assert (found.recipient, found.status, found.action) == (recipient, status, action)


def test_blank_lines_between_and_inside_groups() -> None:
    text = (
        "Final-Recipient: rfc822; a@blog.example\n\nAction: failed\n\nStatus: 5.1.1\n\n\n"
        "Final-Recipient: rfc822; b@blog.example\nAction: delayed\nStatus: 4.4.1\n"
    )
    assert [(one.recipient, one.action) for one in parse_report(HEAD + text)] == [
        ("a@blog.example", "failed"),
        ("b@blog.example", "delayed"),
    ]


def test_addresses_of_hosts_and_versions_are_no_status() -> None:
    assert find_statuses("host 5.1.1.9 said (mailer 5.0.2195.77): 550 #5.1.1 no, 2.0.12") == ["5.1.1"]
    assert find_statuses("550-5.7.26 policy") == ["5.7.26"]


def test_a_report_is_a_bounce_with_everything_it_says() -> None:
    mail = report(
        HEAD + "Final-Recipient: rfc822; mara@blog.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 <mara@blog.example>: User unknown",
        original=ORIGINAL,
        auto_submitted="auto-replied",
        precedence="bulk",
    )
    assert mail.kind is MailKind.BOUNCE
    assert mail.bounce is not None
    assert mail.bounce.recipients == ("mara@blog.example",)
    assert (mail.bounce.status, mail.bounce.permanent, mail.bounce.hard) == ("5.1.1", True, True)
    assert mail.quoted_ids == ("m1@agency.example",)


def test_a_delay_is_no_bounce_but_says_who_waits() -> None:
    mail = report(HEAD + "Final-Recipient: rfc822; mara@blog.example\nAction: delayed\nStatus: 4.4.1")
    assert mail.kind is MailKind.OTHER
    assert mail.bounce is not None
    assert (mail.bounce.recipients, mail.bounce.permanent, mail.bounce.hard) == (("mara@blog.example",), False, False)


def test_of_several_recipients_only_the_failed_count() -> None:
    mail = report(
        HEAD + "Final-Recipient: rfc822; a@blog.example\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; b@blog.example\nAction: failed\nStatus: 5.1.1\n"
    )
    assert mail.bounce is not None
    assert (mail.bounce.recipients, mail.bounce.status, mail.bounce.hard) == (("b@blog.example",), "5.1.1", True)


def test_an_internal_final_recipient_yields_to_the_address_we_mailed() -> None:
    text = HEAD + "Final-Recipient: rfc822; mara@cluster.local\nAction: failed\nStatus: 5.1.1"
    mail = report(text, original=ORIGINAL)
    assert mail.bounce is not None
    assert mail.bounce.recipients == ("mara@blog.example",)


def test_a_temporary_code_with_a_final_failure_is_permanent_but_not_hard() -> None:
    mail = report(HEAD + "Final-Recipient: rfc822; mara@blog.example\nAction: failed\nStatus: 4.4.7")
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.permanent, mail.bounce.hard) == (MailKind.BOUNCE, True, False)


def test_a_report_as_plain_text_counts() -> None:
    mail = parsed("Final-Recipient: rfc822; mara@blog.example\nAction: failed\nStatus: 5.1.1\n", headers=DAEMON)
    assert mail.bounce is not None
    assert mail.bounce.recipients == ("mara@blog.example",)


def test_a_person_who_forwards_a_report_stays_a_person() -> None:
    text = (
        "Ana, I get this when I write to you:\n\n> Final-Recipient: rfc822; ana@agency.example\n> "
        "Action: failed\n> Status: 5.1.1"
    )
    mail = parsed(text, in_reply_to="<m1@agency.example>")
    assert mail.kind is MailKind.REPLY
