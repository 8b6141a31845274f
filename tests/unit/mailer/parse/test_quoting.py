"""Pure: what a person newly wrote."""

import time

import pytest

from mailer.parse.quoting import strip_quotes
from tests.unit.mailer.parse.builders import parsed

INTRODUCTIONS = [
    "On Mon, Nov 16, 2026 at 9:12 AM Ana <ana@agency.example> wrote:",
    "On Mon, Nov 16, 2026 at 9:12 AM Ana\n<ana@agency.example>\nwrote:",
    "On\nMon, 16 Nov 2026, Ana Example <ana@agency.example> wrote:",
    "On 16 Nov 2026, at 09:12, Ana Example wrote:",
    "Am 16.11.2026 um 09:12 schrieb Ana Example <ana@agency.example>:",
    "Am Mo., 16. Nov. 2026 um 09:12 Uhr schrieb Ana <ana@agency.example>:",
    "Le lun. 16 nov. 2026 à 09:12, Ana <ana@agency.example> a écrit :",
    "El lun, 16 nov 2026 a las 9:12, Ana (<ana@agency.example>) escribió:",
    "Em seg., 16 de nov. de 2026 às 09:12, Ana <ana@agency.example> escreveu:",
    "Il giorno lun 16 nov 2026 alle ore 09:12 Ana <ana@agency.example> ha scritto:",
    "Op ma 16 nov 2026 om 09:12 schreef Ana <ana@agency.example>:",
    "Den mån 16 nov. 2026 kl 09:12 skrev Ana <ana@agency.example>:",
    "Den 16.11.2026 kl. 09.12 skrev Ana Example:",
    "man. 16. nov. 2026 kl. 09:12 skrev Ana <ana@agency.example>:",
    "pon., 16 lis 2026 o 09:12 Ana <ana@agency.example> napisał(a):",
    "W dniu 16.11.2026 o 09:12, Ana Example pisze:",
    "ma 16. marrask. 2026 klo 9.12 Ana (ana@agency.example) kirjoitti:",
    "16.11.2026 09:12, Ana Example пишет:",
    "пн, 16 лист. 2026 р. о 09:12 Ana <ana@agency.example> пише:",
    "po 16. 11. 2026 v 9:12 odesílatel Ana <ana@agency.example> napsal:",
    "Ana <ana@agency.example> ezt írta (időpont: 2026. nov. 16., H, 9:12):",
    "Ana <ana@agency.example>, 16 Kas 2026 Pzt, 09:12 tarihinde şunu yazdı:",
    "2026年11月16日(月) 9:12 Ana <ana@agency.example>:",
    "Ana <ana@agency.example> 于2026年11月16日周一 09:12写道：",
    "2026-11-16 9:12 GMT+01:00 Ana <ana@agency.example>:",
    "-----Original Message-----\nFrom: Ana\nSent: Monday",
    "-----Ursprüngliche Nachricht-----\nVon: Ana\nGesendet: Montag",
    (
        "________________________________\nFrom: Ana <ana@agency.example>\nSent: Monday, November 16, 2026 9:12 "
        "AM\nTo: Mara\nSubject: Film"
    ),
    "*From:* Ana [mailto:ana@agency.example]\n*Sent:* Monday, November 16, 2026\n*To:* Mara\n*Subject:* Film",
    "Von: Ana <ana@agency.example>\nGesendet: Montag, 16. November 2026\nAn: Mara\nBetreff: Film",
    "De : Ana <ana@agency.example>\nEnvoyé : lundi 16 novembre 2026\nÀ : Mara\nObjet : Film",
    "De: Ana\nEnviado el: lunes, 16 de noviembre de 2026\nPara: Mara\nAsunto: Film",
    "Da: Ana\nInviato: lunedì 16 novembre 2026\nA: Mara\nOggetto: Film",
    "Van: Ana\nVerzonden: maandag 16 november 2026\nAan: Mara\nOnderwerp: Film",
    "Fra: Ana\nSendt: mandag 16. november 2026\nTil: Mara\nEmne: Film",
    "Från: Ana\nSkickat: den 16 november 2026\nTill: Mara\nÄmne: Film",
    "Od: Ana\nWysłano: 16 listopada 2026\nDo: Mara\nTemat: Film",
    "От: Ana\nОтправлено: 16 ноября 2026 г.\nКому: Mara\nТема: Film",
    "发件人: Ana\n发送时间: 2026年11月16日\n收件人: Mara\n主题: Film",
    (
        "---------- Forwarded message ---------\nFrom: Ana <ana@agency.example>\nDate: Mon, Nov 16\nSubject: "
        "Film\nTo: Mara"
    ),
    "Begin forwarded message:\n\nFrom: Ana\nSubject: Film\nDate: 16 November",
    "##- Please type your reply above this line -##",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_the_quote_goes_with_its_introduction(introduction: str, mark: str) -> None:
    quote = "\n".join(mark + line for line in ("Dear Mara,", "", "would you like our bread?"))
    assert strip_quotes(f"Yes, gladly!\n\nMara\n\n{introduction}\n\n{quote}\n") == "Yes, gladly!\n\nMara"


@pytest.mark.parametrize(
    "own",
    [
        "On Monday I bake. My rule: no sugar.",
        "One thing I wrote:\nbread needs time",
        "From: inside a sentence is fine",
        "Hi Ana,\nfrom: our kitchen\nthis is all",
        "We wrote on 3 May that it is too early.",
        "Stuff -- and this is no signature.",
        "drwxr-xr-x 2 mara mara 4096 film\n--x--x--x 1 mara mara 12 clip",
        "Sent from my desk, which is nicer than a phone.",
        "- one\n- two\n\n--- three ---",
        "Subject: to change, I would film in May.",
        "I said to him > this is not a quote",
        "The date: 3 May\nThe place: Lund",
        "```\n-- SELECT\nFrom: x\n```\nthat is it",
        "See you on Monday 16 Nov 2026 at 9:12",
    ],
)
def test_own_words_that_look_like_marks_stay(own: str) -> None:
    assert strip_quotes(own) == own


@pytest.mark.parametrize("text", [" Yes.\n\nSend it.", " Yes.\n\n Send it.", "\tYes.\n\n\tSend it."])
def test_the_space_before_paragraphs_goes(text: str) -> None:
    assert strip_quotes(f"{text}\n\nOn 23 Nov 2026, Mia <mia@brand.test> wrote:\n\n> Hello") == "Yes.\n\nSend it."


def test_interleaved_answers_stay_without_the_quotes() -> None:
    text = (
        "Hi Ana,\n\nOn 16 Nov 2026, Ana <ana@agency.example> wrote:\n> When can you film?\n\nIn May.\n\n"
        "> And for how much?\n\nFor 500 EUR.\n\n> Regards\n> Ana\n"
    )
    assert strip_quotes(text) == "Hi Ana,\n\nIn May.\n\nFor 500 EUR."


def test_an_answer_below_the_quote_stays() -> None:
    assert strip_quotes("On 16 Nov 2026, Ana wrote:\n\n> Shall we?\n\nYes.\n\n-- \nMara Lind\nBlog") == "Yes."


def test_text_above_and_below_the_quote_stays() -> None:
    assert strip_quotes("Hello!\n\n> Shall we?\n\nYes.") == "Hello!\n\nYes."


def test_an_unmarked_text_below_an_attribution_at_the_top_is_kept() -> None:
    text = "On 16 Nov 2026 at 09:12, Ana <ana@agency.example> wrote:\n\nShall we?\n\nYes."
    assert strip_quotes(text) == "Shall we?\n\nYes."


@pytest.mark.parametrize(
    "footer",
    [
        "-- \nMara Lind\n+46 555 0100",
        "--\nMara",
        "—\nMara Lind",
        "Sent from my iPhone",
        "Sent from my Galaxy phone",
        "Sent from Outlook for iOS",
        "Get Outlook for Android<https://aka.example/x>",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Sendt fra min iPhone",
        "Skickat från min iPhone",
        "Wysłane z iPhone’a",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "CONFIDENTIALITY NOTICE: this e-mail is private.\nDelete it.",
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "Diese E-Mail enthält vertrauliche Informationen.",
        "_______________________________________________\nBakers mailing list\nbakers@lists.example",
    ],
)
def test_footers_go(footer: str) -> None:
    assert strip_quotes(f"I would like that.\n\n{footer}\n") == "I would like that."


def test_a_long_text_below_two_dashes_is_no_signature() -> None:
    long = "\n".join(f"point {number}" for number in range(40))
    assert "point 39" in strip_quotes(f"Points:\n--\n{long}")


HTML_QUOTES = [
    '<div class="gmail_quote"><div class="gmail_attr">On Mon, Ana wrote:</div><blockquote>Dear Mara</blockquote></div>',
    '<blockquote type="cite">Dear Mara</blockquote>',
    '<div id="divRplyFwdMsg"><b>From:</b> Ana</div><div>Dear Mara</div>',
    '<div id="appendonsend"></div><hr><div>Dear Mara</div>',
    '<div class="yahoo_quoted">Dear Mara</div>',
    '<span id="OLK_SRC_BODY_SECTION">Dear Mara</span>',
    '<div class="moz-cite-prefix">Ana wrote:</div><blockquote type="cite" cite="mid:x">Dear Mara</blockquote>',
    '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt"><p>From: Ana</p></div><p>Dear Mara</p>',
]


@pytest.mark.parametrize("quote", HTML_QUOTES)
def test_an_html_reply_loses_its_quote_and_keeps_its_whole_text(quote: str) -> None:
    html = f"<html><head><style>p {{}}</style></head><body><p>Yes,<br>gladly &amp; soon.</p>{quote}</body></html>"
    mail = parsed(html, content_type="text/html; charset=utf-8")
    assert mail.new_text == "Yes,\ngladly & soon."
    assert "Dear Mara" in mail.text


def test_an_html_mail_that_is_nothing_but_a_quote_keeps_what_the_text_rules_leave() -> None:
    mail = parsed("<blockquote type=cite>x</blockquote><div>below</div>", content_type="text/html")
    assert mail.new_text == "below"


@pytest.mark.parametrize(
    "text",
    [
        "> " * 200_000,
        "On " * 100_000,
        ("x" * 1_000 + " wrote:\n") * 500,
        "On 3 May " + "a@b.example " * 20_000 + "wrote:",
        "From: " * 50_000,
        ("From: a\n\n" * 20_000),
        "-" * 300_000,
        ("_" * 80 + "\n") * 5_000,
        "Sent from my " + "phone " * 50_000,
        ("On 1.1.2026\n" * 30_000),
        "<a" * 100_000,
        "\u00a0" * 300_000,
    ],
    ids=range(12),
)
def test_hostile_text_takes_no_long_time(text: str) -> None:
    start = time.process_time()
    strip_quotes(text)
    assert time.process_time() - start < 2
