"""Five hundred letters, the same each time: every starter, twelve languages, and everything awkward that people have.

The people and texts are made up for this file.
"""

# ruff: noqa: E501 - tables of texts

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from typing import Any

from mailer.types import Address, Attachment, Letter
from sequences.pitches.pitch import STARTERS, Footer, Rendered, lookup_pitch, render_pitch
from sequences.sending.letters import as_document
from tests.unit.sequences.examples import example_values

COUNT = 500


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: a person, a brand's writer, a subject, a line about the person, and a body in Markdown."""

    tag: str
    name: str
    sender: str
    subject: str
    line: str
    body: str
    stop: str


TONGUES = (
    Tongue("en", "Imani Oduya", "Mia Lund", "Soup, one pan, one evening", "Your video on cooking for one made me laugh.",
           "Hello {{ contact.first_name }},\n\n{{ contact.personal_line }} We make a **pan** that weighs 900 grams.\n\n"
           "- one video\n- two clips\n\nWould that be something? More at <https://bracken.example/pan>.",
           "No more messages, please"),
    Tongue("de", "Jörg Weiß-Müller", "Käthe Brühl", "Eine Pfanne für Ihre Küche?", "Ihr Film über Knödel hat mir gefallen.",
           "Guten Tag {{ contact.name }},\n\n{{ contact.personal_line }}\n\nWir zahlen **1.400 €** für ein Video; Näheres "
           "steht [hier](https://bracken.example/größe?a=1&b=2).\n\n1. Entwurf bis März\n2. Film im Mai\n\nMit Grüßen",
           "Bitte keine weiteren Nachrichten"),
    Tongue("fr", "Zoé Lefèvre", "Anaïs Bœuf", "Une poêle, une soirée — ça vous dit ?", "J’ai adoré votre vidéo « sans four ».",
           "Bonjour {{ contact.first_name }},\n\n{{ contact.personal_line }}\n\n> Rien ne colle, même l’œuf.\n\n"
           "Êtes-vous disponible en février ?\n\nBien à vous,\\\nAnaïs", "Plus de messages, merci"),
    Tongue("es", "Íñigo Núñez", "Begoña Ibáñez", "¿Una sartén para tu cocina?", "Tu vídeo de la tortilla me hizo reír.",
           "Hola, {{ contact.first_name }}:\n\n{{ contact.personal_line }} ¿Te apetece probarla? ¡Sin compromiso!\n\n"
           "Un saludo,\\\nBegoña", "No más mensajes, por favor"),
    Tongue("pt", "João Conceição", "Inês Assunção", "Uma panela para o seu canal", "O seu vídeo sobre pão é ótimo.",
           "Olá, {{ contact.first_name }}!\n\n{{ contact.personal_line }}\n\nPodemos enviar uma amostra até 3 de março?\n\n"
           "Até já", "Sem mais mensagens, por favor"),
    Tongue("pl", "Łucja Żółć", "Świętosława Gąs", "Patelnia dla Pani kuchni", "Pani film o pierogach mnie rozbawił.",
           "Dzień dobry,\n\n{{ contact.personal_line }} Szukamy kogoś, kto *naprawdę* gotuje.\n\nCzy możemy porozmawiać w "
           "środę?\n\nPozdrawiam serdecznie", "Proszę o brak wiadomości"),
    Tongue("ru", "Мария Щукина", "Фёдор Ёлкин", "Сковорода для вашей кухни", "Ваше видео о борще меня рассмешило.",
           "Здравствуйте, {{ contact.first_name }}!\n\n{{ contact.personal_line }}\n\n- одно видео\n- два ролика\n\n"
           "Подробности: [страница](https://bracken.example/ru)", "Больше не пишите, пожалуйста"),
    Tongue("el", "Ελένη Παπαδοπούλου", "Γιώργος Ωραίος", "Ένα τηγάνι για την κουζίνα σας", "Μου άρεσε το βίντεο με τα αυγά.",
           "Γεια σας {{ contact.first_name }},\n\n{{ contact.personal_line }}\n\nΘέλετε να μιλήσουμε;\n\nΜε εκτίμηση",
           "Όχι άλλα μηνύματα"),
    Tongue("ja", "山田 花子", "佐藤 健", "一人分の料理とフライパンのご相談", "「ひとり鍋」の動画を楽しく拝見しました。",
           "{{ contact.name }} 様\n\n{{ contact.personal_line }}\n\n900グラムの鉄フライパンを作っております。**動画を一本**お願いできませんでしょうか。"
           "詳しくは [こちら](https://bracken.example/ja) をご覧ください。\n\nよろしくお願いいたします。", "今後のご連絡は不要です"),
    Tongue("zh", "李小龙", "王芳", "关于一口平底锅的合作", "您的一人食视频让我笑了很久。",
           "{{ contact.name }}，您好！\n\n{{ contact.personal_line }}\n\n我们的预算是 1,400 欧元。\n\n1. 三月交初稿\n2. 五月发布\n\n期待您的回复。",
           "请不要再发邮件"),
    Tongue("ar", "نور الهدى", "ليلى حداد", "مقلاة لمطبخك؟", "أعجبني الفيديو عن الطبخ لشخص واحد.",
           "مرحبًا {{ contact.first_name }}،\n\n{{ contact.personal_line }}\n\n- فيديو واحد من Bracken\n- مقطعان\n\n"
           "هل يناسبك يوم 3 مارس؟ التفاصيل: <https://bracken.example/ar>", "لا مزيد من الرسائل من فضلك"),
    Tongue("he", "נועה לוי", "דנה כהן", "מחבת למטבח שלך?", "הסרטון על בישול לאחד הצחיק אותי.",
           "שלום {{ contact.first_name }},\n\n{{ contact.personal_line }} אנחנו מכינים מחבת של 900 גרם (Bracken).\n\n"
           "האם זה יכול להתאים?\n\nתודה", "בלי הודעות נוספות, בבקשה"),
)  # fmt: skip

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
NAMES = (
    "", 'Mila "Mi" Öz', "Lund, Mia", "O'Neill; Bo (studio) <x>", f"Ana {FAMILY} family kitchen", "e\u0301le\u0300ve n\u0303o",
    "The Very Long Kitchen of Imani Oduya and Her Many Friends Who Cook for One Person Only, Every Evening of the Week",
    "Bartholomäus-Maximilian Freiherr von und zu Großschönau-Lößnitz der Jüngere, Küchenmeister", "=?utf-8?q?Mila?=", "A\\B",
    "  Mila   Öz ", "Mila\u00a0Öz", "J. R. Hartley", "@imani", "Ἀθηνᾶ", "x" * 120, "𝓜𝓲𝓵𝓪",
)  # fmt: skip
ADDRESSES = (
    "imani@kettle.example", "jürgen@bücher.example", "o'neill+tag@kettle.example", "a.b-c_d@sub.kettle.example",
    f"{'l' * 64}@{'d' * 60}.{'e' * 60}.example", '"two words"@kettle.example', "山@例え.example", "pelé@kettle.example",
    "user=x@kettle.example", "почта@почта.example",
)  # fmt: skip
SUBJECTS = (
    "Grüße: " + "eine Flasche für die nächste Wanderung? " * 7 + "Ja",
    "A plain subject that is quite long and has to be folded, because no line of a header should be longer than 78 marks",
    "https://bracken.example/" + "a" * 280, "x" * 300, "=?utf-8?q?not_a_word?=", " edges ", "two  blanks   and three",
    "Re: Re: Fwd: AW: Hello", "100 % & more; <b>\"quoted\"</b>", f"Family {FAMILY} 🍳 kitchen", "日本語の題名" * 50, "e\u0301" * 100,
    "مرحبا hello שלום", "NBSP\u00a0here", "tab\there", "?=", "=", "a=?b", "zero\u200dwidth", "." * 100,
)  # fmt: skip
BODIES = (
    "From here on, all is said.\n\nFrom there:\n\n.\n\n..two dots\n\n.dot at the start",
    "w" * 2_000, "https://bracken.example/" + "p" * 900, "word " * 600, "ö" * 1_500, "日" * 2_000,
    "a\u00a0b\u200dc\u200bd " + FAMILY * 12, "trailing \\\nblank\t\\\nend", "--\n\n-- \n\n--=_not a boundary\n\n=_ = == =3D",
    "- one\n- two\n  - three\n\n3. a\n4. b\n\n> quoted\n> > twice", "# Title\n\n---\n\n*soft* **hard** `code` &amp; <b>raw</b>",
    "[a](https://a.example) [a.example](https://a.example) <mailto:m@a.example> [x](relative/path)", "=", "One line only",
    "1\\. not a list\n\n\\- nor this\n\n\\> nor that: (see (this))",
)  # fmt: skip
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
FILES = (
    Attachment(filename="proposal.pdf", content_type="application/pdf", content=PDF),
    Attachment(filename="Vertrag für März.pdf", content_type="application/pdf", content=PDF),
    Attachment(filename="見積書" * 40 + ".pdf", content_type="application/pdf", content=b"x"),
    Attachment(filename="long name " * 24 + ".bin", content_type="application/octet-stream", content=b"\0\r\n.\r\n" * 99),
    Attachment(filename="empty.txt", content_type="text/plain", content=b""),
    Attachment(filename='say "hi" \\ 50%; a=b.csv', content_type="text/csv", content="a;ü\n".encode()),
    Attachment(filename="old.csv", content_type="text/csv", content=b"a;\xfc\n"),
    Attachment(filename=f"{FAMILY}.png", content_type="image/png", content=b"\x89PNG\r\n"),
    Attachment(filename="=?utf-8?q?trap?=.pdf", content_type="application/pdf", content=b"From x\r\n.\r\n"),
    Attachment(filename="mail.eml", content_type="message/rfc822", content=b"A: b\r\n\r\nc"),
    Attachment(filename="دليل العلامة.pdf", content_type="application/pdf", content=b"1" * 57),
    Attachment(filename="e\u0301\u0302.ics", content_type="text/calendar; method=REQUEST", content=b"BEGIN:VCALENDAR\r\n"),
)  # fmt: skip
POSTAL = ("4 Fern Row\nDundalk, Ireland", "Königstraße 7, 01097 Dresden", "東京都千代田区1-1", "شارع النيل ١، القاهرة")
WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ZONES = (UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=9, minutes=30)))


@lru_cache(maxsize=1)
def five_hundred() -> tuple[Letter, ...]:
    """Return the letters. The first ones are every starter in every language, then everything else by lot."""
    rng = Random(20260304)
    sources = [(starter.subject, lookup_pitch(starter.path, {})) for starter in STARTERS]
    plain = [(one, source) for one in TONGUES for source in [*sources, (one.subject, one.body)]]
    odd = [(rng.choice(TONGUES), (rng.choice(SUBJECTS), body)) for body in BODIES * 30]
    return tuple(_letter(number, *one, rng) for number, one in enumerate([*plain, *odd][:COUNT]))


def _letter(number: int, tongue: Tongue, source: tuple[str | None, str], rng: Random) -> Letter:
    is_odd = number >= len(TONGUES) * (len(STARTERS) + 1)
    rendered = render_pitch(
        None if is_odd else source[0], source[1], _values(tongue), footer=_footer(tongue, rng), lang=tongue.tag
    )
    assert isinstance(rendered, Rendered), rendered
    chain = tuple(f"{n}.abcdefghijklmnopqrstuvwxyz@kettle.example" for n in range(rng.choice((0, 0, 1, 2, 12, 60))))
    return Letter(
        message_id=f"{number}.{rng.getrandbits(64):x}@xn--brcken-cua.example",
        date=(WHEN + timedelta(hours=number)).astimezone(rng.choice(ZONES)),
        sender=Address(email="mia@bräcken.example", name=rng.choice((tongue.sender, *NAMES))),
        to=Address(email=rng.choice(ADDRESSES), name=rng.choice(NAMES) if is_odd else tongue.name),
        cc=(Address(email="bo@bräcken.example", name=rng.choice(NAMES)),) * rng.choice((0, 0, 1)),
        reply_to=rng.choice((None, Address(email="mia+desk@bräcken.example", name=rng.choice(NAMES)))),
        subject=(source[0] if is_odd else rendered.subject) or f"Re: {tongue.subject}",
        text=rendered.text,
        html=as_document(rendered.html) if number % 10 else None,
        in_reply_to=chain[-1] if chain else None,
        references=chain,
        attachments=tuple(rng.sample(FILES, rng.choice((0, 0, 1, 3)))),
        unsubscribe_mailto=rng.choice((None, "mia@bräcken.example")),
        unsubscribe_url=rng.choice((None, f"https://crm.bräcken.example/u/{number}".replace("ä", "a"))),
        headers=rng.choice(((), (("X-Rapport-Note", rng.choice(SUBJECTS)),))),
    )


def _values(tongue: Tongue) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {root: dict(fields) for root, fields in example_values().items()}
    first, _, last = tongue.name.partition(" ")
    values["contact"] |= {"name": tongue.name, "first_name": first, "last_name": last, "personal_line": tongue.line}
    values["sender"] |= {"name": tongue.sender, "first_name": tongue.sender.partition(" ")[0]}
    values["brand"] |= {"name": "Bräcken & Söhne"}
    return values


def _footer(tongue: Tongue, rng: Random) -> Footer | None:
    url = rng.choice(
        ("https://crm.bracken.example/u/k3y.Ab-_9", "mailto:mia@xn--brcken-cua.example?subject=unsubscribe", None)
    )
    return Footer(postal_address=rng.choice(POSTAL), opt_out_sentence=tongue.stop, opt_out_url=url)
