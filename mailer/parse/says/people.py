"""Pure: who speaks for a person, and which address to use from now on."""

import re
from collections.abc import Iterable

from mailer.addresses import normalise_email
from mailer.said import NewAddress, Representative
from mailer.types import Address

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_ROLE = (
    r"manager(?:in)?|agent(?:in|e|ur)?|agency|agentur|agence|agenci[aę]|agenzia|management|managerin|manageuse|"
    r"assistant|colleague|"
    r"assistente?|team|successor|partner|publicist|husband|wife|brother|sister|mum|kolleg(?:e|in|en)|collègue|"
    r"mánager|"
    r"manager|representante|agente|compañer[oa]|collega|empresári[oa]|agenzia|bureau|byr[åa]|talent agency|label|"
    r"partnerships?(?: lead| team| department)?|marketing(?: team| department| lead)?|pr team|menedżer\w*|"
    r"nachfolger(?:in)?"
)
_SPEAKS = re.compile(rf"\b(?:my|our|the|mein\w*|unser\w*|mon|ma|notre|mi|nuestr[oa]|mio|mia|il mio|la mia|minha|"
    rf"meu|o meu|a minha|"
                     rf"mijn|ons|onze|min|mitt|vår|moj\w+|his|her|an)\s{{1,2}}(?:[\w-]{{2,20}} )?(?:{_ROLE})\b|"
                     rf"\w[’']s (?:agent|manager)\b"
)  # fmt: skip
_HANDS_ON = re.compile(
    r"\b(?:cc[’']?(?:d|ed|ing)?|in (?:cc|copy|kopie|copia|cópia)|copied|copying|loop(?:ed|ing)? in|adding|forwarded|"
    r"handles?|takes? care|in charge|responsible|represent(?:ed|s)?|(?:i[’']m|i am) \w{2,30}[’']s (?:agent|manager)|"
    r"i manage|enquiries|inquiries|anfragen|requests?|bookings?|collab\w*|sponsorships?|speak (?:to|with)|talk to|"
    r"reach out to|contact|kümmert sich|zuständig|contacte[rz]?|s[’']occupe|gère|se (?:encarga|ocupa)|gestiona|"
    r"si occupa|segue|trata|cuida|regelt|wenden|please (?:write|ask|email|e-mail)|mejla|kontakta|proszę pisać|"
    r"write to|"
    r"instead|wrong (?:person|inbox)|not the right)\b"
)
_NAMED = re.compile(
    rf"\b(?i:{_ROLE})(?: is| ist| est| es|,|:| called| named)? {{0,2}}(?:(?:Mr|Mrs|Ms|Frau|Herrn?|Mme|Sra?)\.? )?"
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w’'-]{1,30}(?: [A-ZÀ-ÖØ-Þ][\w’'-]{1,30})?)"
)
_VERBED = re.compile(
    r"\b(?:contact|(?:[Rr]each|reach(?:ing)?) out to|speak (?:to|with)|talk(?:ing)? to|[Aa]sk|email|e-mail|"
    r"[Ww]rite(?: to)?|[Ll]ooping in|"
    r"[Aa]dding|copied|[Cc]ontact is(?: now)?|this is|wants?|avec|con|an|bei|met|with|her name is|his name is|lead,|"
    r"lookups?|connect you with) (?:(?:Mr|Mrs|Ms|Frau|Herrn?|Mme|Sra?)\.? )?"
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w’'-]{1,30}(?: [A-ZÀ-ÖØ-Þ][\w’'-]{1,30})?)\b(?!’s|'s)"
)
_BESIDE = re.compile(
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w’'-]{1,30}(?: [A-ZÀ-ÖØ-Þ][\w’'-]{1,30})?)(?:,| at| on| under| via| :|:| \(| <|"
    r",? (?:her|his|son|su) "
    r"(?:e-?mail|mail|address|adresse|correo)(?: is)?)\s{0,2}$"
)
_MOVED = re.compile(
    r"\b(?:new|changed|neue?[rns]?|geändert|nouvel(?:le)?|changé|nuev[oa]|cambi\w*|nuov[oa]|nov[oa]|mud\w+|"
    r"nieuwe?|ny|nytt|nya|now)"
    r"\b[^.!?\n]{0,25}\b(?:e-?mail|mail|address|adress\w*|correo|direcci[óo]n|indirizzo|endereço|e-mailadres|adres)|"
    r"(?:e-?mail|address|adresse|correo|adres|indirizzo)\b[^.!?\n]{0,20}\b(?:is now|has changed|changed to|"
    r"lautet jetzt|ist jetzt|"
    r"est maintenant|es ahora|è ora|agora é|is nu)\b|"
    r"\b(?:use|write to|reach me (?:at|on|under)|answer|reply to|"
    r"send\b[^@]{1,30} to)\b[^@]{0,60}@[^\s]{3,80}\s?(?:instead|"
    r"from now on|in (?:the )?future|going forward)|"
    r"\b(?:instead|from now on|in future|ab sofort|künftig|désormais|dorénavant|a partir de ahora|d[’']ora in poi|"
    r"a partir de agora|voortaan)\b[^.!?\n]{0,60}@|no longer (?:use|check|read) this (?:e-?mail |"
    r"mail )?(?:address|account|inbox)"
)
_NO_NAME_WORDS = """
    I Hi Hello Hey Dear Thanks Thank The This Please My Our Sorry Best We You It Instagram TikTok YouTube Business
    Marketing Brands Email Mail Bitte Frau Herr Merci Bonjour Hola Gracias Ciao Grazie Talent Management Agency Team PR
    All Any For Me
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_MOST = 4


def find_people(
    sentences: list[str], *, cc: Iterable[Address] = (), known: frozenset[str] = frozenset()
) -> list[Representative | NewAddress]:
    """Return who speaks for them and where they moved; `known` are the addresses of both sides, which are no news.

    `cc` are the people copied: when the words say so, one of them is meant.
    """
    copied = [person for person in cc if person.email not in known]
    found: dict[str, Representative | NewAddress] = {}
    moved_before = False
    # Without any address only "my manager Jana" can be news: most replies end here, quickly.
    has_address = bool(copied) or any("@" in sentence for sentence in sentences)
    for sentence in sentences:
        emails = [
            email for email in map(normalise_email, _EMAIL.findall(sentence)[:_MOST]) if email and email not in known
        ]
        small = sentence.lower()
        speaks = bool(_SPEAKS.search(small))
        hands = has_address and bool(_HANDS_ON.search(small))
        moved = has_address and not speaks and bool(_MOVED.search(small))
        if emails and (moved or moved_before):
            found.setdefault(
                emails[0], NewAddress(email=emails[0], sentence=sentence, confidence=0.9 if moved else 0.7)
            )
        elif speaks or hands:
            person = _person(sentence, emails, copied, speaks=speaks, hands=hands)
            if person:
                found.setdefault(person.email or person.name, person)
        moved_before = moved and not emails
    return _joined(list(found.values()))[:_MOST]


def _person(
    sentence: str, emails: list[str], copied: list[Address], *, speaks: bool, hands: bool
) -> Representative | None:
    name = _name(sentence)
    email = emails[0] if emails else ""
    if (
        not email
        and copied
        and re.search(
            r"\b(?:cc|copy|copied|copying|kopie|copie|copia|cópia|kopia|loop|adding)", sentence, re.IGNORECASE
        )
    ):
        person = next(
            (one for one in copied if name and name.split()[0].lower() in f"{one.name} {one.email}".lower()), copied[0]
        )
        name, email = name or person.name, person.email
    if not email and not (name and speaks):
        return None
    sure = 0.9 if speaks and email else 0.75 if email and hands else 0.6
    return Representative(name=name, email=email, sentence=sentence, confidence=sure)


def _name(sentence: str) -> str:
    """Return the name that stands beside the role, the verb or the address."""
    email = _EMAIL.search(sentence)
    beside = _BESIDE.search(sentence[max(0, email.start() - 80) : email.start()]) if email else None
    for hit in (_NAMED.search(sentence), beside, *_VERBED.finditer(sentence)):
        if hit and hit["name"].split()[0] not in _NO_NAME:
            words = hit["name"].split()
            return " ".join(words[:1] if words[-1] in _NO_NAME else words)
    return ""


def _joined(people: list[Representative | NewAddress]) -> list[Representative | NewAddress]:
    """Return one person instead of a name in one sentence and the lone address in the next."""
    names = [one for one in people if isinstance(one, Representative) and not one.email]
    bare = [one for one in people if isinstance(one, Representative) and one.email and not one.name]
    if len(names) == len(bare) == 1:
        joined = Representative(name=names[0].name, email=bare[0].email, sentence=names[0].sentence, confidence=0.75)
        return [joined, *(one for one in people if one not in (names[0], bare[0]))]
    return people
