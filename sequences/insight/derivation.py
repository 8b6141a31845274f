"""Use cases: why a mail exists, from this mailbox, in these words, and who agreed to it: from stored facts (C9)."""

from collections.abc import Iterator

from crm.history import list_actor_names
from crm.models import Mailbox
from crm.zones import read_zone
from kit.tx import Tx
from sequences.insight.origin import Origin, Reason, name_actor, say_when
from sequences.models import Send


def derive_choices(origin: Origin) -> tuple[Reason, ...]:
    """Return why this mail exists, why from this mailbox, why in this text, and who agreed."""
    return (
        Reason(about="sent", question="Why this mail", lines=tuple(_why_sent(origin))),
        Reason(about="mailbox", question="Why from this mailbox", lines=tuple(_why_mailbox(origin))),
        Reason(about="variant", question="Why this text", lines=tuple(_why_text(origin))),
        Reason(about="approval", question="Who agreed", lines=(_approval(origin),)),
    )


def derive_by_hand(tx: Tx, send: Send, mailbox: Mailbox) -> tuple[Reason, ...]:
    """Return the same for a mail that a person wrote."""
    who = name_actor(send.approved_by, list_actor_names(tx))
    written = f"Written by hand by {who} on {say_when(send.created_at, read_zone(mailbox.zone))}."
    undo = "It waited a moment so that it could be taken back, then left as soon as it could, at any hour."
    place = f"From {mailbox.address}, where the conversation is."
    return (
        Reason(about="sent", question="Why this mail", lines=(written,)),
        Reason(about="now", question="Why now", lines=(undo,)),
        Reason(about="mailbox", question="Why from this mailbox", lines=(place,)),
        Reason(about="variant", question="Why this text", lines=("Written for this one person.",)),
        Reason(about="approval", question="Who agreed", lines=(f"{who}, by sending it.",)),
    )


def _why_sent(origin: Origin) -> Iterator[str]:
    send, run, version = origin.send, origin.run, origin.version
    place = "" if origin.index is None else f" ({origin.index + 1} of {len(origin.document.flow.steps)})"
    yield f"Step {send.step_key}{place} of {origin.sequence.name}, version {version.number}."
    who, zone = name_actor(run.actor, origin.names), origin.hours.zone
    yield f"{who} put this person into the sequence on {say_when(run.created_at, zone)}."
    if run.override:
        yield f"{who} went against a rule of the team, for this reason: {run.override}"
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
            yield f"Way taken at {said.get(key) or f'{key}: {way}'}."


def _why_mailbox(origin: Origin) -> Iterator[str]:
    address, named = origin.mailbox.address, origin.document.mailboxes
    if address not in named:
        yield f"From {address}, chosen when this person was put into the sequence."
    elif len(named) == 1:
        yield f"From {address}, which the sequence names."
    else:
        yield f"From {address}: of the {len(named)} mailboxes the sequence names, it had the most healthy room left."
    yield "All mails of one run leave from one mailbox."


def _why_text(origin: Origin) -> Iterator[str]:
    send, step = origin.send, origin.step
    texts = step.texts() if step else ()
    mine = next((text for text in texts if text.key == send.variant), None)
    if not send.variant:
        yield "The step has one text."
    elif mine is None:
        yield f"Text {send.variant}, drawn by weight."
    else:
        total = sum(text.weight for text in texts)
        yield (
            f"Text {send.variant}, drawn with weight {mine.weight} of {total}. "
            "The draw follows from person and step alone, so it is the same however often it is asked."
        )
    if send.explanation.get("edited"):
        yield "Edited by hand in review."
    filled = send.explanation.get("filled")
    if filled:
        yield f"Filled in by hand for this mail: {', '.join(filled)}."
    if origin.run.personal_line:
        yield "With a personal line written for this person."


def _approval(origin: Origin) -> str:
    send, step = origin.send, origin.step
    if send.approved_by:
        return f"Approved by {name_actor(send.approved_by, origin.names)}."
    if send.state == "draft":
        return "Nobody yet: it waits for a person's yes."
    if step is not None and step.review == "none":
        return "This step asks nobody: whoever started the sequence agreed to it."
    return "Nobody."
