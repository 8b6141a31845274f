"""Pure: which folder of a mailbox is INBOX, Sent and Junk."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from mailer.errors import FolderError
from mailer.types import Folders

_FLAGS = {"sent": "\\sent", "junk": "\\junk"}  # RFC 6154; Gmail's old \Spam is kept as \Junk by its server
_UNUSABLE = frozenset({"\\noselect", "\\nonexistent"})
_SENT = (
    "sent|sent items|sent mail|sent messages|gesendet|gesendete elemente|gesendete objekte|gesendete nachrichten"
    "|envoyés|éléments envoyés|messages envoyés|enviados|elementos enviados|mensajes enviados|itens enviados"
    "|mensagens enviadas|inviati|posta inviata|elementi inviati|verzonden|verzonden items|verzonden berichten"
    "|skickat|skickade|sendt|sendte elementer|sendt post|sendte|lähetetyt|wysłane|elementy wysłane|odeslané"
    "|odeslaná pošta|elküldött|elküldött elemek|trimise|gönderilmiş|gönderilmiş öğeler|отправленные|надіслані"
    "|送信済み|送信済みアイテム|已发送|已发送邮件|寄件備份|보낸편지함|送信済みメール|已傳送郵件|已寄出"
    "|보낸 편지함|보낸 메일함"
    "|sendt e-post|sendt mail|lähetetyt viestit|wysłane wiadomości|odoslané|odoslaná pošta|elküldött üzenetek"
    "|elemente trimise|mesaje trimise|изпратени|изпратена поща|απεσταλμένα|gönderilen postalar|gönderilmiş postalar"
    "|отправленные письма|надіслані листи|відправлені|poslano|poslane stavke|послато|послате ставке"
    "|enviats|elements enviats"
    "|البريد المرسل|العناصر المرسلة|المرسلة|נשלחו|פריטים שנשלחו|דואר יוצא|भेजे गए|ส่งแล้ว|รายการที่ถูกส่ง|đã gửi"
    "|mục đã gửi|terkirim|item terkirim|saadetud|nosūtītie|išsiųsta|išsiųsti"
)
_JUNK = (
    "junk|spam|junk e-mail|junk email|junk mail|bulk mail|bulk|unerwünscht|spamverdacht|junk-e-mail"
    "|courrier indésirable|indésirables|pourriel|correo no deseado|no deseado|lixo eletrônico|lixo eletrónico"
    "|posta indesiderata|ongewenste e-mail|ongewenst|skräppost|søppelpost|uønsket e-post|uønsket mail|roskaposti"
    "|wiadomości-śmieci|niechciane|nevyžádaná pošta|levélszemét|önemsiz|gereksiz|нежелательная почта|спам"
    "|迷惑メール|垃圾邮件|垃圾郵件|스팸편지함|스팸 메일함|정크 메일|spam mail|junk mail|søppel-e-post|uønsket|skräp"
    "|wiadomości śmieci|nevyžiadaná pošta|spam-üzenetek|kéretlen levelek|e-mail nedorit|mesaje nedorite|нежелана поща"
    "|ανεπιθύμητη αλληλογραφία|ανεπιθύμητα|önemsiz e-posta|istenmeyen posta|небажана пошта|neželjena pošta"
    "|нежељена пошта|correu brossa|correo basura|البريد غير الهام|البريد العشوائي|דואר זבל|ספאם|स्पैम|จดหมายขยะ|สแปม"
    "|thư rác|email sampah|rämpspost|mēstules|brukalas"
)
_ROOTS = frozenset({"inbox", "[gmail]", "[google mail]"})


def _plain(name: str) -> str:
    """Return a name to compare: some clients write accents as characters of their own (NFD)."""
    return unicodedata.normalize("NFC", name).casefold()


_NAMES = {role: tuple(map(_plain, names.split("|"))) for role, names in (("sent", _SENT), ("junk", _JUNK))}


def choose_folders(
    listed: Iterable[tuple[Sequence[str], str]], overrides: Mapping[str, str], *, delimiter: str = "/"
) -> Folders:
    r"""Return the folders to poll, from LIST's (flags, name) pairs.

    An override (role to name) wins; an empty one says that the role is not to be polled. Then come the flags
    \Sent and \Junk of RFC 6154, then well-known names, also below INBOX or [Gmail].

    Raises:
        FolderError: an override names a folder that is not there.
    """
    pairs = [({flag.lower() for flag in flags}, name) for flags, name in listed]
    usable = [(flags, name) for flags, name in pairs if not flags & _UNUSABLE]
    names = {name for _, name in usable}
    for role, name in overrides.items():
        if name and name not in names and name.upper() != "INBOX":
            raise FolderError(f"There is no folder “{name}” to use as {role}.")
    return Folders(
        inbox=overrides.get("inbox") or "INBOX",
        sent=_choose("sent", usable, overrides, delimiter),
        junk=_choose("junk", usable, overrides, delimiter),
    )


def _choose(
    role: str, usable: Sequence[tuple[set[str], str]], overrides: Mapping[str, str], delimiter: str
) -> str | None:
    if role in overrides:
        return overrides[role] or None
    for flags, name in usable:
        if _FLAGS[role] in flags:
            return name
    by_leaf = {_leaf(name, delimiter): name for _, name in reversed(usable)}
    return next((by_leaf[known] for known in _NAMES[role] if known in by_leaf), None)


def _leaf(name: str, delimiter: str) -> str:
    """Return the name to compare, without INBOX or [Gmail] in front."""
    head, found, rest = name.partition(delimiter) if delimiter else (name, "", "")
    return _plain(rest if found and head.lower() in _ROOTS else name)
