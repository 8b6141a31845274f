"""Which folder is Sent, which is Junk."""

import unicodedata
from typing import Literal

import pytest

from mailer.errors import FolderError
from mailer.folder_names import choose_folders
from mailer.types import Folders

Listed = list[tuple[list[str], str]]


def plain(*names: str) -> Listed:
    return [([], name) for name in names]


@pytest.mark.parametrize(
    ("listed", "sent", "junk"),
    [
        ([(["\\Sent"], "Copies"), ([], "Sent"), (["\\JUNK"], "Bin")], "Copies", "Bin"),
        (plain("INBOX", "Sent", "Junk"), "Sent", "Junk"),
        (plain("INBOX", "INBOX/Sent", "INBOX/Spam"), "INBOX/Sent", "INBOX/Spam"),
        (plain("INBOX", "Gesendete Elemente", "Junk-E-Mail"), "Gesendete Elemente", "Junk-E-Mail"),
        (plain("INBOX", "Éléments envoyés", "Courrier indésirable"), "Éléments envoyés", "Courrier indésirable"),
        (plain("INBOX", "送信済みアイテム", "迷惑メール"), "送信済みアイテム", "迷惑メール"),
        ([(["\\Noselect"], "[Gmail]"), ([], "[Gmail]/Sent Mail"), ([], "[Gmail]/Spam")],
         "[Gmail]/Sent Mail", "[Gmail]/Spam"),
        ([(["\\Noselect", "\\Sent"], "Sent"), ([], "Sent Items")], "Sent Items", None),
        (plain("Sent Items", "Sent"), "Sent", None),
        (plain("INBOX", "Projects/Sent"), None, None),
    ],
)  # fmt: skip
def test_chooses(listed: Listed, sent: str | None, junk: str | None) -> None:
    assert choose_folders(listed, {}) == Folders(inbox="INBOX", sent=sent, junk=junk)


@pytest.mark.parametrize(
    ("sent", "junk"),
    [
        ("Gesendet", "Spamverdacht"), ("Messages envoyés", "Pourriel"), ("Elementos enviados", "Correo no deseado"),
        ("Itens Enviados", "Lixo Eletrônico"), ("Posta inviata", "Posta indesiderata"),
        ("Verzonden items", "Ongewenste e-mail"), ("Skickat", "Skräppost"), ("Sendt post", "Uønsket mail"),
        ("Sendt e-post", "Søppelpost"), ("Lähetetyt", "Roskaposti"), ("Wysłane", "Wiadomości-śmieci"),
        ("Odeslaná pošta", "Nevyžádaná pošta"), ("Elküldött elemek", "Levélszemét"),
        ("Elemente trimise", "E-mail nedorit"), ("Изпратена поща", "Нежелана поща"),
        ("Απεσταλμένα", "Ανεπιθύμητη αλληλογραφία"), ("Gönderilmiş Öğeler", "Önemsiz E-posta"),
        ("Отправленные", "Спам"), ("Надіслані", "Небажана пошта"), ("送信済みアイテム", "迷惑メール"),
        ("已发送邮件", "垃圾邮件"), ("寄件備份", "垃圾郵件"), ("보낸편지함", "스팸편지함"),
        ("العناصر المرسلة", "البريد العشوائي"), ("פריטים שנשלחו", "דואר זבל"), ("Đã gửi", "Thư rác"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", ["{}", "INBOX/{}", "[Gmail]/{}"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_chooses_in_many_languages(sent: str, junk: str, shape: str, form: Literal["NFC", "NFD"]) -> None:
    listed = plain("INBOX", *(unicodedata.normalize(form, shape.format(name)) for name in (sent, junk)))
    assert choose_folders(listed, {}) == Folders(inbox="INBOX", sent=listed[1][1], junk=listed[2][1])


def test_another_delimiter() -> None:
    assert choose_folders(plain("INBOX.Sent"), {}, delimiter=".").sent == "INBOX.Sent"


def test_overrides_win_and_may_switch_off() -> None:
    chosen = choose_folders(plain("INBOX", "Sent", "Out"), {"sent": "Out", "junk": ""})
    assert chosen == Folders(inbox="INBOX", sent="Out", junk=None)
    with pytest.raises(FolderError, match="Nowhere"):
        choose_folders(plain("INBOX"), {"sent": "Nowhere"})
