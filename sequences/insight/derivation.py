"""Use cases: why a mail exists, from this mailbox, in these words, and who agreed to it: from stored facts (C9)."""

from collections.abc import Iterator

from crm.history import list_actor_names
from crm.models import Mailbox
from crm.zones import read_zone
from kit.errors import say
from kit.tx import Tx
from sequences.insight.origin import Origin, Reason, name_actor, say_when
from sequences.models import Send


def derive_choices(origin: Origin) -> tuple[Reason, ...]:
    """Return why this mail exists, why from this mailbox, why in this text, and who agreed."""
    return (
        Reason(about="sent", question=say("Why this mail"), lines=tuple(_why_sent(origin))),
        Reason(about="mailbox", question=say("Why from this mailbox"), lines=tuple(_why_mailbox(origin))),
        Reason(about="variant", question=say("Why this text"), lines=tuple(_why_text(origin))),
        Reason(about="approval", question=say("Who agreed"), lines=(_approval(origin),)),
    )


def derive_by_hand(tx: Tx, send: Send, mailbox: Mailbox) -> tuple[Reason, ...]:
    """Return the same for a mail that a person wrote."""
    who = name_actor(send.approved_by, list_actor_names(tx))
    written = say(
        "Written by hand by %(who)s on %(when)s.", who=who, when=say_when(send.created_at, read_zone(mailbox.zone))
    )
    undo = say("It waited a moment so that it could be taken back, then left as soon as it could, at any hour.")
    place = say("From %(address)s, where the conversation is.", address=mailbox.address)
    return (
        Reason(about="sent", question=say("Why this mail"), lines=(written,)),
        Reason(about="now", question=say("Why now"), lines=(undo,)),
        Reason(about="mailbox", question=say("Why from this mailbox"), lines=(place,)),
        Reason(about="variant", question=say("Why this text"), lines=(say("Written for this one person."),)),
        Reason(about="approval", question=say("Who agreed"), lines=(say("%(who)s, by sending it.", who=who),)),
    )


def _why_sent(origin: Origin) -> Iterator[str]:
    send, run, version = origin.send, origin.run, origin.version
    facts = {"step": send.step_key, "sequence": origin.sequence.name, "version": version.number}
    if origin.index is None:
        yield say("Step %(step)s of %(sequence)s, version %(version)s.", **facts)
    else:
        all_steps = len(origin.document.flow.steps)
        yield say(
            "Step %(step)s (%(num)s of %(all)s) of %(sequence)s, version %(version)s.",
            num=origin.index + 1,
            all=all_steps,
            **facts,
        )
    who, zone = name_actor(run.actor, origin.names), origin.hours.zone
    yield say("%(who)s put this person into the sequence on %(when)s.", who=who, when=say_when(run.created_at, zone))
    if run.override:
        yield say("%(who)s went against a rule of the team, for this reason: %(words)s", who=who, words=run.override)
    yield from _branches(origin)


def _branches(origin: Origin) -> Iterator[str]:
    """Say which ways were taken before this step, and what decided."""
    taken = origin.run.facts.get("branches", {})
    if not taken:
        return
    entries = [(data, summary) for _, data, summary in origin.records.branches]
    said = {data.get("step"): summary for data, summary in entries if data.get("enrolment") == origin.run.id}
    numbers = origin.document.flow.index_of
    for key, way in taken.items():
        if origin.index is None or numbers.get(key, len(numbers)) < origin.index:
            yield say("Way taken at %(words)s.", words=said.get(key) or f"{key}: {way}")


def _why_mailbox(origin: Origin) -> Iterator[str]:
    address, named = origin.mailbox.address, origin.document.mailboxes
    if address not in named:
        yield say("From %(address)s, chosen when this person was put into the sequence.", address=address)
    elif len(named) == 1:
        yield say("From %(address)s, which the sequence names.", address=address)
    else:
        yield say(
            "From %(address)s: of the %(count)s mailboxes the sequence names, it had the most healthy room left.",
            address=address,
            count=len(named),
        )
    yield say("All mails of one run leave from one mailbox.")


def _why_text(origin: Origin) -> Iterator[str]:
    send, step = origin.send, origin.step
    texts = step.texts() if step else ()
    mine = next((text for text in texts if text.key == send.variant), None)
    if not send.variant:
        yield say("The step has one text.")
    elif mine is None:
        yield say("Text %(variant)s, drawn by weight.", variant=send.variant)
    else:
        total = sum(text.weight for text in texts)
        yield (
            say(
                "Text %(variant)s, drawn with weight %(weight)s of %(total)s. The draw "
                "follows from person and step alone, so it is the same however often it is asked.",
                variant=send.variant,
                weight=mine.weight,
                total=total,
            )
        )
    if send.explanation.get("edited"):
        yield say("Edited by hand in review.")
    filled = send.explanation.get("filled")
    if filled:
        yield say("Filled in by hand for this mail: %(filled)s.", filled=", ".join(filled))
    if origin.run.personal_line:
        yield say("With a personal line written for this person.")


def _approval(origin: Origin) -> str:
    send, step = origin.send, origin.step
    if send.approved_by:
        return say("Approved by %(who)s.", who=name_actor(send.approved_by, origin.names))
    if send.state == "draft":
        return say("Nobody yet: it waits for a person's yes.")
    if step is not None and step.review == "none":
        return say("This step asks nobody: whoever started the sequence agreed to it.")
    return "Nobody."
