"""Use cases: the limits of the whole workspace over 24 hours: all mail, per sending domain, per recipient's domain."""

from dataclasses import asdict, dataclass, fields

from sqlalchemy import select

from crm.models import WorkspaceSetting
from crm.workspace import read_rules, write_rules
from kit.errors import InvalidError, say
from kit.tx import Tx

_NAME = "limits"

# Where millions have an address, a limit per domain says nothing about one receiving organisation.
_FREE_MAIL = """
gmail.com googlemail.com outlook.com hotmail.com live.com msn.com outlook.de hotmail.co.uk hotmail.fr live.fr
yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.es yahoo.it yahoo.co.jp ymail.com rocketmail.com aol.com
icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de posteo.de
mailbox.org proton.me protonmail.com pm.me tutanota.com tuta.com zoho.com mail.com fastmail.com hey.com
orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it alice.it tin.it btinternet.com sky.com
mail.ru yandex.ru yandex.com bk.ru inbox.ru list.ru wp.pl o2.pl onet.pl interia.pl seznam.cz uol.com.br
bol.com.br terra.com.br qq.com 163.com 126.com sina.com naver.com daum.net hanmail.net rediffmail.com
comcast.net verizon.net att.net bigpond.com
"""
_FREE_MAIL_DOMAINS = frozenset(_FREE_MAIL.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceLimits:
    """How many mails in 24 hours; None for no limit. `recipient_domain` leaves free-mail providers out."""

    workspace: int | None = None
    sending_domain: int | None = None
    recipient_domain: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether anything is limited."""
        return any(value is not None for value in asdict(self).values())


def is_free_mail(domain: str) -> bool:
    """Return whether a domain belongs to a provider where anybody may have an address."""
    return domain in _FREE_MAIL_DOMAINS


def read_workspace_limits(tx: Tx) -> WorkspaceLimits:
    """Return what is in force."""
    known = {field.name for field in fields(WorkspaceLimits)}
    return WorkspaceLimits(**{name: number for name, number in read_rules(tx, _NAME).items() if name in known})


def set_workspace_limit(tx: Tx, name: str, number: int | None) -> WorkspaceLimits:
    """Change one limit; None takes it away."""
    if name not in {field.name for field in fields(WorkspaceLimits)}:
        raise InvalidError(say("There is no limit named %(name)s.", name=name))
    if number is not None and number < 0:
        raise InvalidError(say("A limit is a number of mails, or none."))
    write_rules(tx, _NAME, {**read_rules(tx, _NAME), name: number})
    return read_workspace_limits(tx)


def lock_workspace_limits(tx: Tx) -> None:
    """Wait until nobody else counts against these limits."""
    query = select(WorkspaceSetting.name).where(WorkspaceSetting.name == _NAME)
    tx.session.execute(query.with_for_update()).all()
