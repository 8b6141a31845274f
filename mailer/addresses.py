"""Pure: what an e-mail address is, so that it means the same on every floor."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_ROLES_WORDS = """
    abuse accounting accounts admin administrator billing bookings business careers collab collabs compliance
    contact contacto customercare customerservice enquiries feedback finance ftp help helpdesk hello hi hola
    hostmaster hr info information inquiries it jobs kontakt legal mail mailer-daemon management marketing media
    news newsletter no-reply noc noreply office orders partners partnership partnerships postmaster pr press
    privacy recruiting root sales security service spam sponsors sponsorship staff subscribe support sysadmin
    talent team test unsubscribe usenet uucp webmaster www
"""
_ROLES = frozenset(_ROLES_WORDS.split())
_FREE_MAIL_WORDS = """
    126.com 163.com aol.com bk.ru btinternet.com comcast.net email.com fastmail.com free.fr freenet.de gmail.com
    gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de hotmail.es
    hotmail.fr hotmail.it icloud.com inbox.ru interia.pl laposte.net libero.it list.ru live.co.uk live.com live.nl
    mac.com mail.com mail.ru me.com msn.com naver.com o2.pl onet.pl orange.fr outlook.com outlook.de outlook.es
    outlook.fr pm.me proton.me protonmail.com qq.com rambler.ru rocketmail.com seznam.cz sfr.fr t-online.de
    tutanota.com ukr.net virgilio.it wanadoo.fr web.de wp.pl yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk
    yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com
"""
_FREE_MAIL = frozenset(_FREE_MAIL_WORDS.split())
_MAX_LENGTH = 320  # RFC 3696 erratum 1690 says 254; longer input is refused by email-validator with the right reason
_TAG = re.compile(r"\+.*$")


@lru_cache(maxsize=4_096)
def normalise_email(text: str) -> str | None:
    """Return the address in the one form that is stored and compared, or None when it is no address.

    Surrounding blanks, angle brackets and `mailto:` are dropped, the whole address is lower-cased (RFC 5321 2.4 lets
    the local part differ by case; no mailbox in use does), an international domain becomes ASCII (RFC 5891).
    """
    bare = text.strip()
    if bare[:7].lower() == "mailto:":
        bare = bare[7:].partition("?")[0].strip()
    if bare.startswith("<") and bare.endswith(">"):
        bare = bare[1:-1].strip()
    if not bare or len(bare) > _MAX_LENGTH:
        return None
    try:
        valid = validate_email(bare, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, ValueError):
        return None
    return f"{valid.local_part}@{valid.ascii_domain}".lower()


def domain_of(email: str) -> str:
    """Return the part after the last @, lower-case; empty when there is none."""
    return email.rpartition("@")[2].lower() if "@" in email else ""


def is_role_address(email: str) -> bool:
    """Tell whether the address names a function (info@, press@) instead of a person. A plus-tag does not matter."""
    return _TAG.sub("", email.partition("@")[0].lower()) in _ROLES


def is_free_mail(domain: str) -> bool:
    """Tell whether anybody can get an address at this domain, so that it says nothing about an employer."""
    return domain.strip().rstrip(".").lower() in _FREE_MAIL
