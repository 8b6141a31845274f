"""Wire: the people we wrote to, their machines and their servers: they answer at any moment."""

from datetime import timedelta
from random import Random

from sequences.reading.opt_outs import make_token, opt_out
from web.simulation.books import Letter, SendFacts, Taken
from web.simulation.company import BOXES, creators
from web.simulation.letters import (
    WORDS,
    Head,
    write_away,
    write_bounce,
    write_complaint,
    write_damaged,
    write_left,
    write_letter,
)
from web.simulation.world import World, make_seal

_EMAILS = [one.email for one in creators()]
_AUTO = ("Auto-Submitted: auto-replied",)
_OFTEN = 0.7
_AGAIN = 0.05
# Status, action and words of the reports that mail servers write.
_REPORTS = {
    "hard bounce": ("5.1.1", "failed", "550 5.1.1 no such user"),
    "soft bounce": ("5.2.2", "failed", "552 5.2.2 mailbox full"),
    "delay report": ("4.4.1", "delayed", "421 4.4.1 still trying"),
}
# What a letter must do, where that is not its kind's own name.
_MEANS = {
    "reply in junk": "reply",
    "reply without thread": "reply",
    "reply from elsewhere": "reply",
    "reply by a colleague": "reply",
    "delay report": "",
    "away": "",
    "away until": "",
}


def write(world: World, kind: str, rng: Random) -> bool:
    """Let somebody write; False when nobody had anything to answer to."""
    world.auditor.follow()
    if kind in ("noise", "stranger", "unreadable"):
        _write_unasked(world, kind, rng)
        return True
    taken = _choose(world, rng)
    if taken is None:
        return False
    if kind == "opt-out link":
        with world.people.transaction() as tx:
            opt_out(tx, token=make_token(make_seal(), taken.send.email), seal=make_seal())
    elif kind == "manual mail":
        _write_by_hand(world, taken)
    else:
        answer(world, kind, taken, rng)
    return True


def _choose(world: World, rng: Random) -> Taken | None:
    """Choose a mail to answer, sooner one whose follow-up is just on its way."""
    books = world.auditor.books
    answered = {letter.concerns for letter in books.letters if letter.kind}
    open_mails = [one for one in books.taken if one.send.contact_id not in answered or rng.random() < _AGAIN]
    leaving = ("claimed", "sending", "scheduled")
    busy = {send.contact_id for send in books.sends.values() if send.state in leaving and send.is_follow_up}
    hot = [one for one in open_mails if one.send.contact_id in busy]
    chosen = hot if hot and rng.random() < _OFTEN else open_mails
    return rng.choice(chosen) if chosen else None


def answer(world: World, kind: str, taken: Taken, rng: Random) -> None:
    """Let somebody, or a machine, answer one mail now."""
    head = _head(world, kind, taken, rng)
    returned = {"recipient": taken.send.email, "returned_id": taken.send.rfc_id}
    match kind:
        case "away" | "away until":
            until = head.at + timedelta(days=rng.randrange(1, 9))
            raw = write_away(head, until if kind == "away until" else None)
        case "left":
            raw = write_left(head)
        case "complaint":
            raw = write_complaint(head, **returned)
        case "hard bounce" | "soft bounce" | "delay report":
            status, action, words = _REPORTS[kind]
            raw = write_bounce(head, status=status, action=action, words=words, **returned)
        case _:
            raw = write_letter(head, rng.choice(WORDS["opt-out" if kind == "opt-out" else "reply"]))
    _deliver(world, kind, taken, head, raw)


def _head(world: World, kind: str, taken: Taken, rng: Random) -> Head:
    """Return who writes, about what, with which ids."""
    world.counts["letters"] += 1
    number, send = world.counts["letters"], taken.send
    sender = send.email
    ids: tuple[str, ...] = (send.rfc_id,)
    match kind:
        case "reply without thread":
            ids = ()
        case "reply from elsewhere":
            sender = f"private{number}@elsewhere.example"
        case "reply by a colleague":
            sender = rng.choice([email for email in _EMAILS if email != send.email])
        case "complaint":
            sender, ids = "complaints@mx.people.example", ()
        case "hard bounce" | "soft bounce" | "delay report":
            sender, ids = "MAILER-DAEMON@mx.people.example", ()
        case _:
            pass
    is_machine = kind in ("away", "away until", "left", *_REPORTS)
    return Head(
        message_id=f"letter.{number}@people.example",
        sender=sender,
        to=world.auditor.company.boxes[send.mailbox_id].address,
        subject="Undelivered Mail Returned to Sender" if kind in _REPORTS else "Re: Hello",
        at=world.clock.now(),
        answers=ids,
        more=_AUTO if is_machine else (),
    )


def _deliver(world: World, kind: str, taken: Taken, head: Head, raw: bytes) -> None:
    """Put a letter into our mailbox, and note what it must do from now on."""
    folder = "Junk" if kind == "reply in junk" else "INBOX"
    world.steps.number += 1
    world.office.deliver(head.to, raw, head.at, folder)
    concerned: list[tuple[SendFacts | None, int | None]] = [(taken.send, None)]
    if kind == "reply by a colleague":
        concerned.append((None, world.auditor.books.owners.get(head.sender, _EMAILS.index(head.sender) + 1)))
    for about, contact_id in concerned:
        world.auditor.books.letters.append(
            Letter(
                kind=_MEANS.get(kind, kind),
                contact_id=contact_id,
                about=about,
                email=taken.send.email,
                mailbox_id=taken.send.mailbox_id,
                message_id=head.message_id,
                at=head.at.replace(microsecond=0),
                step=world.steps.number,
            )
        )
    world.note(head.at, f"  {kind} of {head.sender} about mail {taken.send.id} arrives in {folder} of {head.to}")


def _write_by_hand(world: World, taken: Taken) -> None:
    """Let one of us write with another program: only the Sent folder knows."""
    world.counts["letters"] += 1
    box, now = world.auditor.company.boxes[taken.send.mailbox_id].address, world.clock.now()
    number = f"hand.{world.counts['letters']}@{box.partition('@')[2]}"
    head = Head(message_id=number, sender=box, to=taken.send.email, subject="By the way", at=now)
    world.office.deliver(box, write_letter(head, "I forgot to say something."), now, "Sent")
    _expect(world, taken.send.mailbox_id, number)


def _write_unasked(world: World, kind: str, rng: Random) -> None:
    """Let a newsletter come, which concerns nobody, a stranger, whom somebody has to look at, or a damaged letter."""
    world.counts["letters"] += 1
    number, now, box = f"{kind}.{world.counts['letters']}@else.example", world.clock.now(), rng.choice(BOXES).address
    more = ("List-Id: <news.else.example>", "Precedence: bulk") if kind == "noise" else ()
    head = Head(message_id=number, sender=f"{kind}@else.example", to=box, subject="Hello there", at=now, more=more)
    raw = write_damaged(head) if kind == "unreadable" else write_letter(head, "Have you seen this?")
    world.office.deliver(box, raw, now)
    if kind != "noise":
        _expect(world, world.box_ids[box], number)


def _expect(world: World, mailbox_id: int, message_id: str) -> None:
    """Expect that a letter which ends nothing is filed."""
    letter = Letter(
        kind="", contact_id=None, mailbox_id=mailbox_id, message_id=message_id, at=world.clock.now(), step=0
    )
    world.auditor.books.letters.append(letter)
