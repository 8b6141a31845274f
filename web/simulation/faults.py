"""Wire: what goes wrong with servers and processes."""

from collections import Counter
from random import Random

from mailer.fakes import FaultPoint
from web.simulation.company import BOXES
from web.simulation.world import World

# Where it strikes, with what code and words; without a code the connection breaks.
_SERVER: dict[str, tuple[FaultPoint, int | None, str]] = {
    "connect refused": (FaultPoint.CONNECT, None, ""),
    "connect 421": (FaultPoint.CONNECT, 421, "4.3.2 not now"),
    "ehlo dropped": (FaultPoint.EHLO, None, ""),
    "login 535": (FaultPoint.LOGIN, 535, "5.7.8 bad credentials"),
    "login 454": (FaultPoint.LOGIN, 454, "4.7.0 try later"),
    "mail dropped": (FaultPoint.MAIL, None, ""),
    "mail 421": (FaultPoint.MAIL, 421, "4.3.2 closing"),
    "mail 451": (FaultPoint.MAIL, 451, "4.3.0 local error"),
    "mail 550": (FaultPoint.MAIL, 550, "5.7.1 sender refused"),
    "rcpt dropped": (FaultPoint.RCPT, None, ""),
    "rcpt 421": (FaultPoint.RCPT, 421, "4.3.2 closing"),
    "rcpt 450": (FaultPoint.RCPT, 450, "4.2.0 busy"),
    "rcpt 550": (FaultPoint.RCPT, 550, "5.1.1 user unknown"),
    "rcpt 554": (FaultPoint.RCPT, 554, "5.7.1 refused by policy"),
    "data dropped": (FaultPoint.DATA, None, ""),
    "data 451": (FaultPoint.DATA, 451, "4.3.0 local error"),
    "data 554": (FaultPoint.DATA, 554, "5.5.0 no"),
    "content dropped": (FaultPoint.CONTENT, None, ""),
    "final dropped": (FaultPoint.FINAL, None, ""),
    "final 421": (FaultPoint.FINAL, 421, "4.3.2 closing"),
    "final 451": (FaultPoint.FINAL, 451, "4.3.0 local error"),
    "final 554": (FaultPoint.FINAL, 554, "5.6.0 content refused"),
    "imap refused": (FaultPoint.IMAP_CONNECT, None, ""),
    "imap login refused": (FaultPoint.IMAP_LOGIN, 535, "no"),
    "imap dropped": (FaultPoint.IMAP, None, ""),
}
_DOMAINS = ("studio.example", "video.example", "stream.example", "ink.example")
# Seconds that single words take: up to the ten minutes that RFC 5321 4.5.3.2.6 allows for the final dot.
_STALLS = (2.0, 9.5, 11.0, 40.0, 300.0, 590.0)


def strike(world: World, kind: str, rng: Random) -> bool:
    """Let one fault happen; False when there was nothing it could happen to."""
    if kind in _SERVER:
        point, code, text = _SERVER[kind]
        world.office.fail(point, code=code, text=text, times=rng.choice((1, 1, 1, 2, 3)))
        return True
    box = rng.choice(BOXES).address
    match kind:
        case "greylisting":
            world.office.grey.setdefault(rng.choice(_DOMAINS), set())
        case "stall":
            world.stall.extend(rng.choices(_STALLS, k=rng.randrange(1, 8)))
        case "uidvalidity":
            world.office.folder(box, rng.choice(("INBOX", "Sent", "Junk"))).renumber()
        case "duplicate":
            return _duplicate(world, box, rng)
        case "vanished":
            return _expunge(world, box, rng)
        case "crash":
            if not world.running:
                return False
            world.running[-1].dies_in = rng.randrange(1, 4)
        case _:
            return False
    return True


def count_strikes(world: World) -> Counter[str]:
    """Return how often each fault of a server really struck; what was scripted and never met is not counted."""
    struck = Counter({kind: world.office.struck[point, code] for kind, (point, code, _text) in _SERVER.items()})
    struck["greylisting"] = world.office.refused_once
    return struck


def is_counted_when_it_strikes(kind: str) -> bool:
    """Tell whether a fault is only laid out when it is scripted."""
    return kind in _SERVER or kind == "greylisting"


def _duplicate(world: World, box: str, rng: Random) -> bool:
    """Let the server show one mail in two folders."""
    mails = world.office.folder(box).mails
    if not mails:
        return False
    mail = rng.choice(mails[-6:])
    world.office.deliver(box, mail.raw, mail.at, "Junk")
    return True


def _expunge(world: World, box: str, rng: Random) -> bool:
    """Let a mail vanish; what nobody had read yet nobody can be held to."""
    folder = world.office.folder(box, rng.choice(("INBOX", "Sent")))
    if not folder.mails:
        return False
    mail = rng.choice(folder.mails[-4:])
    folder.expunge(mail.uid)
    books = world.auditor.books
    books.letters = [one for one in books.letters if f"Message-ID: <{one.message_id}>".encode() not in mail.raw]
    return True
