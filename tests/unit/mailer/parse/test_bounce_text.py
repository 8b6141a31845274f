"""Pure: bounces that are only prose."""

import base64

import pytest

from mailer.types import MailKind
from tests.unit.mailer.parse.builders import DAEMON, PERSON, parsed

MARA = ("mara@blog.example",)
TAIL = (
    "\n\n--- Below this line is a copy of the message.\n\nFrom: ana@agency.example\nTo: "
    "other@else.example\nSubject: Film\n\nHi"
)

PROSE = {
    "qmail": "Hi. This is the qmail-send program at mx.blog.example.\nI'm afraid I wasn't able to deliver "
    "your message to the following "
    "addresses.\nThis is a permanent error; I've given up.\n\n<mara@blog.example>:\nSorry, no mailbox here "
    "by that name. (#5.1.1)\n",
    "exim": "This message was created automatically by mail delivery software.\n\nA message that you sent "
    "could not be delivered. The\nfollowing "
    "address(es) failed:\n\n  mara@blog.example\n    host mx.blog.example [192.0.2.7]: 550 5.1.1 unknown user\n",
    "sendmail": "   ----- The following addresses had permanent fatal errors -----\n<mara@blog.example>\n\n "
    "  ----- Transcript of session follows "
    "-----\n... while talking to mx.blog.example.:\n>>> RCPT To:<mara@blog.example>\n<<< 550 5.1.1 User unknown\n",
    "exchange": "Your message\n\n  To:      other@else.example\n  Subject: Film\n  Sent:    Mon, 16 Nov "
    "2026 09:12\n\ndid not reach the following "
    "recipient(s):\n\nmara@blog.example on Mon, 16 Nov 2026 09:13\n    The recipient name is not recognized\n",
    "postfix": "This is the mail system at host mx.blog.example.\n\nI'm sorry to have to inform you that "
    "your message could not\nbe delivered.\n\n"
    "<mara@blog.example>: host mx.blog.example[192.0.2.7] said: 550 5.1.1\n    <mara@blog.example>: user "
    "unknown (in reply to RCPT TO command)\n",
    "gmail": "Delivery to the following recipient failed permanently:\n\n     mara@blog.example\n\n"
    "Technical details of permanent failure:\nThe error "
    "that the other server returned was: 550 5.1.1 The email account does not exist.\n",
    "yahoo": "Sorry, we were unable to deliver your message to the following address.\n\n"
    "<mara@blog.example>:\n550: 5.1.1 User unknown\n",
    "smtp32": "Unknown user: mara@blog.example\n\nRCPT TO generated following response:\n553 5.1.1 "
    "<mara@blog.example> unknown\n",
    "mailenable": "MailEnable: Message could not be delivered to some recipients.\nRecipient: "
    "[SMTP:mara@blog.example]\nReason: 550 5.1.1 unknown user\n",
    "german": "Die folgende Nachricht konnte nicht zugestellt werden:\n\nmara@blog.example\n550 5.1.1 "
    "Empfänger existiert nicht\n",
    "chinese": "抱歉，您的邮件被退回来了\n收件人邮件地址：mara@blog.example\n退信原因：550 5.1.1 User not found\n",
    "terse": "Your mail to mara@blog.example could not be delivered: user unknown.\n",
}


@pytest.mark.parametrize("name", PROSE)
def test_the_failed_address_is_found_in_prose(name: str) -> None:
    mail = parsed(PROSE[name] + TAIL, headers=DAEMON)
    assert mail.kind is MailKind.BOUNCE
    assert mail.bounce is not None
    assert (mail.bounce.recipients, mail.bounce.permanent, mail.bounce.hard) == (MARA, True, True)


def test_the_named_header_decides() -> None:
    mail = parsed("It failed.", headers=DAEMON, x_failed_recipients="mara@blog.example, ben@blog.example")
    assert mail.bounce is not None
    assert mail.bounce.recipients == ("mara@blog.example", "ben@blog.example")


def test_a_single_recipient_of_the_returned_message_is_the_last_resort() -> None:
    text = (
        "Sorry, delivery failed.\n\nOriginal message follows.\n\nFrom: ana@agency.example\nTo: "
        "mara@blog.example\nSubject: Film\n"
    )
    mail = parsed(text, headers=DAEMON)
    assert mail.bounce is not None
    assert mail.bounce.recipients == MARA


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("<>", "-", "Your message to mara@blog.example could not be delivered."),
        (
            "notify@blog.example",
            "Undeliverable: A film",
            "Your message to mara@blog.example was not delivered. No such user.",
        ),
        (
            "postmaster@blog.example",
            "Nachricht unzustellbar",
            "Die Nachricht an mara@blog.example wurde nicht zugestellt.",
        ),
        ("Mail Delivery System <MAILER-DAEMON@x.example>", "hello", "mara@blog.example: no message collected"),
        (
            "gateway@blog.example",
            "RE: Film : non remis (delivery failed)",
            "Your message could not be delivered to\nmara@blog.example\n",
        ),
    ],
)
def test_custom_servers_are_understood(sender: str, subject: str, text: str) -> None:
    mail = parsed(text, headers=DAEMON, From=sender, subject=subject)
    assert mail.kind is MailKind.BOUNCE
    assert mail.bounce is not None
    assert mail.bounce.recipients == MARA


def test_an_encoded_japanese_postmaster_text() -> None:

    words = base64.b64encode(
        "次の宛先に送信できませんでした。\n<mara@blog.example>: 宛先が見つかりません\n".encode()
    ).decode()
    mail = parsed(
        words,
        headers=DAEMON,
        content_type="text/plain; charset=utf-8",
        content_transfer_encoding="base64",
        subject="送信エラー",
    )
    assert mail.bounce is not None
    assert (mail.kind, mail.bounce.recipients, mail.bounce.hard) == (MailKind.BOUNCE, MARA, True)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Warning: message delayed 2 days",
            "A message has not yet been delivered to:\n  mara@blog.example\nDelivery attempts will continue.",
        ),
        ("Delayed Mail (still being retried)", "THIS IS A WARNING ONLY.\nmara@blog.example: 451 4.7.1 try again later"),
    ],
)
def test_a_delay_in_prose_is_no_bounce(subject: str, text: str) -> None:
    mail = parsed(text, headers=DAEMON, subject=subject)
    assert mail.kind is MailKind.OTHER
    assert mail.bounce is not None
    assert (mail.bounce.recipients, mail.bounce.permanent, mail.bounce.hard) == (MARA, False, False)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "RE: Film",
            "Gracias.\n\n----------Mensaje original----------\nDe: x\nEnviado el: lunes\nAsunto: undeliverable",
        ),
        ("[list] SMTP errors", "The server said 550 5.1.1 User unknown for mara@blog.example, why?"),
        ("Re: Undelivered Mail Returned to Sender", "This came back, what now?\n\n> <mara@blog.example>: user unknown"),
        ("Fwd: Mail delivery failed", "See below.\n\n> could not be delivered"),
        ("Your parcel could not be delivered", "Can you send the bread again?"),
    ],
)
def test_a_person_who_speaks_of_failures_stays_a_person(subject: str, text: str) -> None:
    assert parsed(text, headers=PERSON, subject=subject).kind is MailKind.REPLY
