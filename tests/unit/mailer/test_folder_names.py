"""Which folder is Sent, which is Junk."""

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


def test_another_delimiter() -> None:
    assert choose_folders(plain("INBOX.Sent"), {}, delimiter=".").sent == "INBOX.Sent"


def test_overrides_win_and_may_switch_off() -> None:
    chosen = choose_folders(plain("INBOX", "Sent", "Out"), {"sent": "Out", "junk": ""})
    assert chosen == Folders(inbox="INBOX", sent="Out", junk=None)
    with pytest.raises(FolderError, match="Nowhere"):
        choose_folders(plain("INBOX"), {"sent": "Nowhere"})
