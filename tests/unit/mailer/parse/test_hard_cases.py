"""Pure: the kinds of mail that other readers are known to get wrong, one by one."""

import base64

import pytest

from mailer.types import BounceReason, MailKind
from tests.unit.mailer.parse.builders import DAEMON, ORIGINAL, PERSON, parsed, report

MARA = ("mara@blog.example",)
FAILED = "Final-Recipient: rfc822; mara@blog.example\nAction: failed\nStatus: 5.1.1\n"


def test_a_report_without_daemon_and_without_report_part() -> None:
    text = f"Technical report:\n\n{FAILED}Diagnostic-Code: smtp; 550 5.1.1 user unknown"
    mail = parsed(text, From="no-reply@cloud.example", subject="Undeliverable: A film", return_path="<>")
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.recipients, mail.bounce.status) == (MailKind.BOUNCE, MARA, "5.1.1")


def test_nobody_writes_one_sentence_without_subject() -> None:
    mail = parsed("The user mara@blog.example does not exist.", headers=DAEMON, From="<>", subject="-")
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.recipients, mail.bounce.hard) == (MailKind.BOUNCE, MARA, True)


@pytest.mark.parametrize(
    "body",
    [
        f"--b1\nContent-Type: text/plain\n\nIt failed.\n--b1\nContent-Type: message/delivery-status\n\n{FAILED}",
        f"--b1\nContent-Type: text/plain\n\nIt failed.\n--b1\nContent-Type: text/plain\n\n{FAILED}--b1--",
        f"--b2\nContent-Type: message/delivery-status\n\n{FAILED}--b2--",
        f"It failed.\n\n{FAILED}",
        (
            f"--b1\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
            f"{base64.b64encode(FAILED.encode()).decode()}\n--b1--"
        ),
        f"--b1\nContent-Type: message/delivery-status\n\n\n\n{FAILED.replace(chr(10), chr(10) * 2)}\n--b1--",
    ],
    ids=["no end", "text part", "other boundary", "no parts", "base64", "blank lines"],
)
def test_broken_mime_in_the_report(body: str) -> None:
    kind = "multipart/report; report-type=delivery-status; boundary=b1"
    mail = parsed(body, headers=DAEMON, content_type=kind)
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.recipients, mail.bounce.status) == (MailKind.BOUNCE, MARA, "5.1.1")


def test_no_message_collected() -> None:
    mail = parsed("mara@blog.example ... no message collected", headers=DAEMON, subject="Returned mail")
    assert mail.bounce is not None
    assert mail.bounce.recipients == MARA


def test_a_gateway_without_a_report_names_the_address_after_two_dashes() -> None:
    text = (
        "This is a delivery failure notification message which indicates that\nan email you addressed to email address "
        ":\n-- mara@blog.example\n\ncould not be delivered. The problem appears to be :\n-- Recipient server rejected\n"
    )
    mail = parsed(text, headers=DAEMON, From="postmaster@gate.example", subject="[Postmaster] Email Delivery Failure")
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.recipients) == (MailKind.BOUNCE, MARA)


def test_a_custom_notice_of_two_lines() -> None:
    mail = parsed(
        "Your mail to mara@blog.example was rejected.\nThere is no such mailbox.",
        From="postmaster@blog.example",
        subject="Mail failure",
    )
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.hard) == (MailKind.BOUNCE, True)


def test_a_german_subject_in_utf_7() -> None:
    subject = "=?utf-7?Q?Benachrichtigung_+APw-ber_den_Zustellungsstatus_(Fehlgeschlagen)?="
    mail = parsed("Folgende Empfänger: mara@blog.example", From="postmaster@blog.example", subject=subject)
    assert mail.subject.startswith("Benachrichtigung über")
    assert mail.kind is MailKind.BOUNCE


@pytest.mark.parametrize("precedence", ["bulk", "list", "junk"])
def test_a_list_mark_on_a_bounce_does_not_make_it_a_newsletter(precedence: str) -> None:
    mail = report(
        FAILED, precedence=precedence, list_id="<bakers.lists.example>", list_unsubscribe="<mailto:x@l.example>"
    )
    assert mail.kind is MailKind.BOUNCE


def test_auto_submitted_does_not_make_a_bounce_an_auto_reply() -> None:
    assert report(FAILED, auto_submitted="auto-replied").kind is MailKind.BOUNCE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Buy our ovens today.", MailKind.REPLY),
        ("Thank you for your e-mail, we have received your message.", MailKind.AUTO_REPLY),
    ],
)
def test_the_null_path_alone_proves_nothing(text: str, kind: MailKind) -> None:
    assert parsed(text, return_path="<>", subject="Film").kind is kind


def test_one_delayed_and_one_failed_is_about_the_failed_one() -> None:
    waiting = "Final-Recipient: rfc822; slow@else.example\nAction: delayed\nStatus: 4.4.1\n\n"
    mail = report(waiting + FAILED)
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.recipients, mail.bounce.permanent) == (MailKind.BOUNCE, MARA, True)


def test_an_internal_recipient_yields_to_the_original_one() -> None:
    group = "Original-Recipient: rfc822; mara@blog.example\nFinal-Recipient: rfc822; u7@mailcluster.local\n"
    mail = report(group + "Action: failed\nStatus: 5.2.2")
    assert mail.bounce is not None
    assert (mail.bounce.recipients, mail.bounce.reason) == (MARA, BounceReason.MAILBOX_FULL)


def test_a_delivered_report_concerns_nobody() -> None:
    mail = report(FAILED.replace("failed", "relayed").replace("5.1.1", "2.0.0"), original=ORIGINAL)
    assert (mail.kind, mail.bounce, mail.is_delay) == (MailKind.OTHER, None, False)


def test_a_delay_is_known_as_one() -> None:
    mail = report(FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.1"))
    assert (mail.kind, mail.is_delay) == (MailKind.OTHER, True)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Paldies par vēstuli.", {"subject": "Automātiskā atbilde: Filma", "x_autoreply": "yes"}),
        ("I am out of office until Monday.", {"subject": "automatiska atbilde: Film"}),
        ("Thank you for your e-mail.", {"precedence": "bulk", "return_path": "<>"}),
        ("I will answer.", {"subject": "AUTO: Mara Lind is out of the office (returning 3 December)"}),
        ("I am away.", {"precedence": "auto_reply"}),
    ],
    ids=["Gmail in Latvian", "Exchange 2003 without a mark", "bulk and null path", "Lotus", "qmail"],
)
def test_automatic_answers_that_hardly_show_it(text: str, more: dict[str, str]) -> None:
    assert parsed(text, **more).kind is MailKind.AUTO_REPLY


def test_a_list_post_that_quotes_smtp_errors_is_a_persons() -> None:
    text = (
        "On Mon, 2 Mar 2026, Ben wrote:\n> <mara@blog.example>: host mx said: 550 5.1.1 User unknown\n\n"
        "That is the queue's fault, not the driver's. Undelivered mail is returned to the sender."
    )
    mail = parsed(text, subject="Re: [PATCH] mta: returned mail", precedence="bulk", list_id="<k.lists.example>")
    assert mail.kind is MailKind.REPLY


def test_a_new_post_to_a_list_that_can_be_left_by_mail_is_a_persons() -> None:
    marks = {"precedence": "bulk", "list_id": "<k.lists.example>", "list_unsubscribe": "<mailto:k+off@lists.example>"}
    mail = parsed("Fix the oven.", subject="[PATCH] oven", list_subscribe="<mailto:k+on@lists.example>", **marks)
    assert mail.kind is MailKind.REPLY


def test_a_person_who_answers_a_request_to_confirm_is_no_challenge() -> None:
    text = (
        "It does not work for me.\n\n> Please click https://agency.example/v?t=1 to confirm your e-mail so that our "
        "mail reaches your inbox."
    )
    mail = parsed(text, subject="Re: Please verify your e-mail", in_reply_to="<m1@agency.example>", headers=PERSON)
    assert mail.kind is MailKind.REPLY
