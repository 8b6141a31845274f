"""Answers as mail programs write them; the texts and the shapes are our own, after what such programs produce."""

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape


@dataclass(frozen=True)
class Delivered:
    """What a creator found in the inbox."""

    mail: EmailMessage
    creator: str

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n").strip()

    @property
    def date(self) -> str:
        return str(self.mail["Date"])

    @property
    def sender(self) -> str:
        return str(self.mail["From"])


Shape = Callable[[Delivered, str], EmailMessage]


def gmail_web(got: Delivered, words: str) -> EmailMessage:
    line = f"On Mon, Nov 23, 2026 at 10:02 AM Mia Lund <{_address(got)}> wrote:"
    reply = _begin(got, "CAE+7Qw", "mail.gmail.test")
    reply.set_content(f"{words}\n\n{line}\n\n{_marked(got.text)}\n")
    reply.add_alternative(
        f'<div dir="ltr">{_html(words)}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{escape(line)}<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex;padding-left:1ex">{_html(got.text)}</blockquote></div>\n',
        subtype="html",
    )
    return reply


def gmail_android(got: Delivered, words: str) -> EmailMessage:
    line = f"Am Mo., 23. Nov. 2026 um 10:02 Uhr schrieb Mia Lund <{_address(got)}>:"
    reply = _begin(got, "CAF9kR", "mail.gmail.test")
    reply.set_content(f"{words}\n\n{line}\n\n{_marked(got.text)}\n", cte="base64")
    reply.add_alternative(
        f'<div dir="auto">{_html(words)}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{escape(line)}<br></div><blockquote class="gmail_quote">{_html(got.text)}</blockquote></div>',
        subtype="html",
        cte="base64",
    )
    return reply


def outlook_desktop(got: Delivered, words: str) -> EmailMessage:
    head = _head(got, "10:02 AM")
    reply = _begin(got, "AM0PR01", "eurprd01.prod.outlook.test", subject="RE: {}")
    reply["Thread-Index"] = "AQHanQ1kz0m0pS0xkEq1rW=="
    reply.set_content(f"{words}\n\n{head}\n\n{got.text}\n", cte="quoted-printable")
    reply.add_alternative(
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang="EN-US"><div class="WordSection1">'
        f'<p class="MsoNormal">{_html(words)}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">'
        f'{_html(head)}<o:p></o:p></p></div><p class="MsoNormal">{_html(got.text)}</p></div></body></html>',
        subtype="html",
    )
    return reply


def outlook_web(got: Delivered, words: str) -> EmailMessage:
    head = _head(got, "10:02:11 AM")
    reply = _begin(got, "DB9PR02", "eurprd02.prod.outlook.test")
    reply.set_content(f"{words}\n{'_' * 32}\n{head}\n\n{got.text}\n", charset="iso-8859-1", cte="quoted-printable")
    reply.add_alternative(
        f'<html><body dir="ltr"><div class="elementToProof">{_html(words)}</div><div id="appendonsend"></div>'
        f'<hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri">{_html(head)}</font></div><div>{_html(got.text)}</div></body></html>',
        subtype="html",
    )
    return reply


def outlook_ios(got: Delivered, words: str) -> EmailMessage:
    head = _head(got, "10:02:11 AM")
    reply = _begin(got, "VI1PR03", "eurprd03.prod.outlook.test")
    reply.set_content(f"{words}\n\nGet Outlook for iOS<https://aka.example/o0ukef>\n{'_' * 32}\n{head}\n\n{got.text}\n")
    return reply


def apple_mail(got: Delivered, words: str) -> EmailMessage:
    line = f"On 23. Nov 2026, at 10:02, Mia Lund <{_address(got)}> wrote:"
    reply = _begin(got, "8E1C2A70-5D1B-4C6F-9A55", "creator.test")
    reply["X-Mailer"] = "Apple Mail (2.3826.200.121)"
    reply.set_content(f"{words}\n\n> {line}\n> \n{_marked(got.text)}\n\n")
    reply.add_alternative(
        '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body '
        f'style="overflow-wrap: break-word;">{_html(words)}<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote '
        f'type="cite"><div>{escape(line)}</div><br class="Apple-interchange-newline"><div>{_html(got.text)}</div>'
        "</blockquote></div><br></body></html>",
        subtype="html",
    )
    return reply


def iphone(got: Delivered, words: str) -> EmailMessage:
    line = f"On Nov 23, 2026, at 10:02 AM, Mia Lund <{_address(got)}> wrote:"
    reply = _begin(got, "0B7D11F2-77A1-4E0E-8D3A", "creator.test")
    reply["X-Mailer"] = "iPhone Mail (23A341)"
    quote = f"> {line}\n> \n> \ufeff{_marked(got.text)[2:]}"
    reply.set_content(f"{words}\n\nSent from my iPhone\n\n{quote}\n", cte="quoted-printable")
    return reply


def yahoo(got: Delivered, words: str) -> EmailMessage:
    line = f"On Monday, November 23, 2026 at 10:02:11 AM GMT, Mia Lund <{_address(got)}> wrote:"
    indented = "\n".join(f" {row}" for row in (line, " ", *got.text.splitlines()))
    reply = _begin(got, "1093847561.2294671.1795428131", "mail.yahoo.test")
    reply.set_content(f" {words}\n\n   {indented.lstrip()}\n  \n", cte="quoted-printable")
    reply.add_alternative(
        f'<html><head></head><body><div class="ydp1yahoo-style-wrap"><div dir="ltr">{_html(words)}</div><div><br></div>'
        f'</div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted"><div><div>{escape(line)}</div><div><br></div>'
        f"<div>{_html(got.text)}</div></div></div></body></html>",
        subtype="html",
    )
    return reply


def out_of_office(got: Delivered, words: str) -> EmailMessage:
    reply = _begin(got, "autoreply.77120", "creator.test", subject="Automatic reply: {}")
    reply["Auto-Submitted"] = "auto-replied"
    reply["X-Auto-Response-Suppress"] = "All"
    reply.set_content(words)
    return reply


SHAPES: tuple[tuple[Shape, str], ...] = (
    (gmail_web, "Hi Mia,\n\nyes, I would love to try a set. Where do I send my address?"),
    (gmail_android, "Klingt gut! Schickt mir gerne ein Set, größere Pinselstifte wären toll."),
    (outlook_desktop, "Hello Mia,\n\nthank you. What would you need from me in return?"),
    (outlook_web, "Bonjour, ça m'intéresse beaucoup. Quel est votre budget ?"),
    (outlook_ios, "Not right now, maybe in spring."),
    (apple_mail, "Sounds fun.\n\nMy rate for a film is 400 euros."),
    (iphone, "Yes please 🙂"),
    (yahoo, "Please write to my manager about this."),
)


def _begin(got: Delivered, mark: str, host: str, *, subject: str = "Re: {}") -> EmailMessage:
    reply = EmailMessage()
    reply["From"] = f"Creator <{got.creator}>"
    reply["To"] = got.sender
    reply["Subject"] = subject.format(got.mail["Subject"])
    reply["Date"] = got.date
    reply["Message-ID"] = f"<{mark}.{got.creator.partition('@')[0]}@{host}>"
    reply["In-Reply-To"] = got.message_id
    reply["References"] = got.message_id
    return reply


def _address(got: Delivered) -> str:
    return got.sender.rpartition("<")[2].rstrip(">")


def _head(got: Delivered, time: str) -> str:
    sent = f"Sent: Monday, November 23, 2026 {time}"
    return f"From: {got.sender}\n{sent}\nTo: {got.creator}\nSubject: {got.mail['Subject']}"


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")
