"""Pure: challenges, complaints, auto-replies and notifications, each told from persons."""

import pytest

from mailer.types import MailKind
from tests.unit.mailer.parse.builders import DAEMON, ORIGINAL, PERSON, parsed

ARF = (
    "--b1\nContent-Type: text/plain\n\nThis is a complaint.\n--b1\nContent-Type: message/feedback-report\n\n"
    "Feedback-Type: abuse\nUser-Agent: loop/1\nOriginal-Rcpt-To: <mara@blog.example>\n\n"
    f"--b1\nContent-Type: message/rfc822\n\n{ORIGINAL}\n--b1--\n"
)


def test_a_feedback_report_is_a_complaint_of_its_recipient() -> None:
    mail = parsed(ARF, headers=DAEMON, content_type="multipart/report; report-type=feedback-report; boundary=b1")
    assert (mail.kind, mail.complaint, mail.quoted_ids) == (MailKind.OTHER, True, ("m1@agency.example",))
    assert mail.bounce is not None
    assert mail.bounce.recipients == ("mara@blog.example",)
    assert not mail.bounce.hard


def test_an_old_complaint_without_report_part_names_the_recipient_of_the_mail() -> None:
    body = f"--b1\nContent-Type: message/rfc822\n\n{ORIGINAL}\n--b1--\n"
    mail = parsed(
        body,
        headers=PERSON,
        content_type="multipart/mixed; boundary=b1",
        From="staff@hotmail.com",
        subject="complaint about message from 192.0.2.1",
    )
    assert mail.complaint
    assert mail.bounce is not None
    assert mail.bounce.recipients == ("mara@blog.example",)


def test_not_spam_is_no_complaint() -> None:
    mail = parsed(
        ARF.replace("abuse", "not-spam"),
        headers=DAEMON,
        content_type="multipart/report; report-type=feedback-report; boundary=b1",
    )
    assert not mail.complaint
    assert mail.kind is not MailKind.REPLY


@pytest.mark.parametrize(
    ("sender", "subject", "text", "more"),
    [
        (
            "noreply@boxbe.com",
            "Film (Action Required)",
            "Please click https://boxbe.example/x so that your mail is delivered.",
            {},
        ),
        ("bluebottle <verify@bluebottle.com>", "Film [verification]", "Visit https://b.example/y", {}),
        (
            "mara@blog.example",
            "Please confirm your message",
            "Click here to deliver your message: https://guard.example/1",
            {"auto_submitted": "auto-replied"},
        ),
    ],
)
def test_a_challenge_is_no_reply(sender: str, subject: str, text: str, more: dict[str, str]) -> None:
    assert parsed(text, From=sender, subject=subject, **more).kind is MailKind.CHALLENGE


def test_a_report_that_asks_for_a_confirmation_is_still_a_bounce() -> None:
    body = (
        "--b1\nContent-Type: text/plain\n\nPlease confirm your message at https://guard.example/1 to be delivered.\n"
        "--b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; "
        "mara@blog.example\n"
        "Action: failed\nStatus: 5.7.1\n\n--b1--\n"
    )
    mail = parsed(body, headers=DAEMON, content_type="multipart/report; report-type=delivery-status; boundary=b1")
    assert mail.kind is MailKind.BOUNCE


SUBJECTS = [
    "Automatic reply: A film",
    "Auto Reply: A film",
    "Autoreply: film",
    "Out of Office: A film",
    "Out of the office",
    "OOO: film",
    "OOF: film",
    "AUTO: Mara Lind is out of the office (returning 3 December)",
    "Automatische Antwort: Film",
    "Abwesenheitsnotiz: Film",
    "Réponse automatique : Film",
    "Respuesta automática: Film",
    "Resposta automática: Film",
    "Risposta automatica: Film",
    "Automatisch antwoord: Film",
    "Automatiskt svar: Film",
    "Autosvar: Film",
    "Automatyczna odpowiedź: Film",
    "Автоответ: Film",
    "自動応答: Film",
    "自动回复: Film",
    "Film (Automatic Response)",
    "vacation: Film",
    "Re: Automatic reply: Film",
    "Automātiska atbilde: Film",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_subject_of_an_auto_reply_is_enough(subject: str) -> None:
    assert parsed("Hello.", subject=subject).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "more",
    [
        {"auto_submitted": "auto-replied"},
        {"auto_submitted": "Auto-Replied (vacation)"},
        {"auto_submitted": "auto-generated", "in_reply_to": "<m1@agency.example>"},
        {"x_autoreply": "yes"},
        {"x_autorespond": "yes"},
        {"precedence": "auto_reply"},
        {"precedence": "bulk", "return_path": "<>"},
        {"x_auto_response_suppress": "All", "return_path": "<>"},
        {"x_auto_response_suppress": "All", "x_ms_exchange_inbox_rules_loop": "mara@blog.example"},
    ],
)
def test_a_header_of_an_auto_reply_is_enough(more: dict[str, str]) -> None:
    assert parsed("Thank you for your e-mail.", **more).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office until Monday. For urgent matters contact Ben.",
        "Ich bin derzeit nicht im Büro und ab dem 3. Dezember wieder zurück.",
        "Je suis actuellement absente du bureau jusqu'au 3 décembre.",
        "This is an automatic reply. We will answer soon.",
    ],
)
def test_the_words_of_an_auto_reply_are_the_last_resort(text: str) -> None:
    assert parsed(text, subject="Re: Film", in_reply_to="<m1@agency.example>").kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Yes, gladly.", {"auto_submitted": "no"}),
        ("Yes, gladly.", {"precedence": "bulk"}),
        ("Yes, gladly.", {"precedence": "list", "list_id": "<bakers.lists.example>"}),
        ("Yes, gladly.", {"return_path": "<>"}),
        ("Yes, gladly.", {"x_auto_response_suppress": "All"}),
        ("Yes, gladly.", {"x_ms_exchange_inbox_rules_loop": "mara@blog.example"}),
        ("Yes! But I am on holiday in May, so April is better.", {"in_reply_to": "<m1@agency.example>"}),
        ("Sure.", {"subject": "Automate your oven"}),
        (
            "Thanks! " + "Bread is lovely. " * 60 + "I am out of the office until May, contact me then.",
            {"in_reply_to": "<m1@agency.example>"},
        ),
        ("Sure.", {"subject": "Auto: a film about cars"}),
        (
            "Ha, your auto-reply says you are back. Shall we talk?",
            {"subject": "Re: Out of office: bread", "in_reply_to": "<x@a.example>"},
        ),
    ],
)
def test_a_person_is_kept(text: str, more: dict[str, str]) -> None:
    assert parsed(text, **more).kind is MailKind.REPLY


@pytest.mark.parametrize(
    "more",
    [
        {"auto_submitted": "auto-generated", "subject": "Your invoice"},
        {"From": "noreply@shop.example", "subject": "Sale", "list_unsubscribe": "<https://shop.example/u>"},
        {"precedence": "bulk", "subject": "News", "list_unsubscribe": "<https://shop.example/u>"},
    ],
)
def test_a_notification_is_nobodys_answer(more: dict[str, str]) -> None:
    assert parsed("Buy!", **more).kind is MailKind.OTHER


def test_a_read_receipt_is_nobodys_answer() -> None:
    body = (
        "--b1\nContent-Type: text/plain\n\nYour mail was displayed.\n--b1\nContent-Type: "
        "message/disposition-notification\n\nDisposition: manual-action; displayed\n--b1--\n"
    )
    mail = parsed(body, content_type="multipart/report; report-type=disposition-notification; boundary=b1")
    assert mail.kind is MailKind.OTHER


@pytest.mark.parametrize(
    "text",
    [
        "I am no longer with the company.",
        "Mara has left the agency. Please write to Ben.",
        "This mailbox is no longer monitored.",
        "Ich bin nicht mehr für das Unternehmen tätig.",
        "Je ne travaille plus chez Brot.",
        "Ya no trabajo en la agencia.",
        "Não trabalho mais aqui.",
        "Non lavoro più per questa agenzia.",
        "Ik ben niet meer werkzaam bij Brood.",
        "Jeg er ikke længere ansat her.",
        "Jag har slutat på Bröd.",
        "Nie pracuję już w firmie.",
    ],
)
def test_somebody_who_has_left_is_gone_for_good(text: str) -> None:
    mail = parsed(text, auto_submitted="auto-replied")
    assert mail.auto_reply is not None
    assert (mail.auto_reply.permanent, mail.auto_reply.until) == (True, None)
