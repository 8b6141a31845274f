"""Pure: the static check of a sequence's branches: no dead end, no step out of reach, no condition that cannot hold.

Source: docs/commands.md, steps and branches.
"""

from collections.abc import Iterator
from typing import NamedTuple

from kit.errors import join_said, say
from sequences.versions.conditions import When
from sequences.versions.flow import Flow, Node

MAX_STEPS = 30
MAX_DEPTH = 5
MANY_MAILS = 4


class _Outlook(NamedTuple):
    """What can be said of a condition before anybody is in the sequence."""

    never: bool
    always: bool


def branch_faults(flow: Flow, stop_on: tuple[str, ...]) -> Iterator[str]:
    """Yield every fault that lies in how steps follow each other."""
    keys = [node.step.key for node in flow.nodes]
    yield from (say("Two steps have the key %(key)r.", key=key) for key in dict.fromkeys(keys) if keys.count(key) > 1)
    if len(keys) > MAX_STEPS:
        yield say(
            "A sequence has at most %(max_steps)s steps, those in branches included; this one has %(count)s.",
            max_steps=MAX_STEPS,
            count=len(keys),
        )
    yield from _unreachable(flow)
    for node in flow.nodes:
        yield from _dead_ends(node)
        if node.step.kind == "if" and node.step.when:
            yield from _idle_conditions(node, node.step.when, stop_on)
    yield from _lost_threads(flow)


def most_mails(flow: Flow) -> int:
    """Return how many mails the longest way through the sequence has."""
    found: dict[int | None, int] = {None: 0}
    for node in reversed(flow.nodes):
        found[node.index] = (node.step.kind == "email") + max(found[way] for way in node.ways)
    return found[0]


def _unreachable(flow: Flow) -> Iterator[str]:
    seen = flow.reach[0]
    for node in flow.nodes:
        is_first_lost = node.index not in seen and flow.nodes[node.index - 1].index in seen
        before = [one for one in flow.nodes[: node.index] if one.step.kind == "if" and one.after == node.index]
        if node.index not in seen and before:
            yield say(
                "Step %(key)r is never reached: both ways of %(before)r end before it.",
                key=node.step.key,
                before=before[0].step.key,
            )
        elif is_first_lost:
            yield say("Step %(key)r is never reached.", key=node.step.key)


def _dead_ends(node: Node) -> Iterator[str]:
    step = node.step
    where = say("Step %(key)r", key=step.key)
    if step.kind == "wait" and node.after is None:
        yield say("%(where)s waits for nothing: no step follows it.", where=where)
    if step.kind != "if":
        return
    for name, branch in (("then", step.then), ("else", step.otherwise)):
        if branch == "continue" and node.after is None:
            yield say(
                "%(where)s: %(name)r leads nowhere, for no step follows; write end, or steps.", where=where, name=name
            )
    if isinstance(step.then, str) and step.then == step.otherwise:
        yield say("%(where)s does the same either way.", where=where)


def _idle_conditions(node: Node, when: When, stop_on: tuple[str, ...]) -> Iterator[str]:
    outlook = _outlook(when, stop_on)
    if not (outlook.never or outlook.always):
        return
    where = say("Step %(key)r", key=node.step.key)
    because = say("the sequence stops on %(what)s", what=join_said(_culprits(when, stop_on)))
    if outlook.never:
        yield say("%(where)s can never hold: %(because)s.", where=where, because=because)
    else:
        yield say("%(where)s always holds, so its 'else' is never taken: %(because)s.", where=where, because=because)


def _outlook(when: When, stop_on: tuple[str, ...]) -> _Outlook:
    """Judge by the stops alone: who answered is out of a sequence that stops on an answer."""
    never = bool(when.reply_kind) and "reply" in stop_on
    never = never or bool(when.stage and all(_stops_at(name, stop_on) for name in when.stage))
    inner = _outlook(when.negated, stop_on) if when.negated else None
    only_not = [name for name, value in when if value is not None] == ["negated"]
    return _Outlook(never=never or bool(inner and inner.always), always=bool(only_not and inner and inner.never))


def _culprits(when: When, stop_on: tuple[str, ...]) -> list[str]:
    found: list[str] = [say("a reply")] if when.reply_kind and "reply" in stop_on else []
    found += [say("the stage %(name)s", name=name) for name in when.stage or () if _stops_at(name, stop_on)]
    return found or (_culprits(when.negated, stop_on) if when.negated else [])


def _stops_at(stage: str, stop_on: tuple[str, ...]) -> bool:
    return f"stage:{stage}".casefold() in (word.casefold() for word in stop_on)


def _lost_threads(flow: Flow) -> Iterator[str]:
    """Yield mails that need a subject: those that begin a conversation, on any way that leads to them."""
    on_all, on_some = _mail_before(flow)
    for node in flow.nodes:
        step = node.step
        if step.kind != "email" or all(text.subject for text in step.texts()):
            continue
        if step.thread == "new" or not on_some[node.index]:
            yield say("Step %(key)r begins a new conversation and needs a subject.", key=step.key)
        elif not on_all[node.index]:
            yield say(
                "Step %(key)r needs a subject: not every way to it passes a mail that it could continue.", key=step.key
            )


def _mail_before(flow: Flow) -> tuple[list[bool], list[bool]]:
    """Return for each step whether a mail comes before it on all ways, and on some."""
    count = len(flow.nodes)
    on_all, on_some = [index > 0 for index in range(count)], [False] * count
    for node in flow.nodes:
        is_mail = node.step.kind == "email"
        for way in node.ways:
            if way is not None:
                on_all[way] = on_all[way] and (on_all[node.index] or is_mail)
                on_some[way] = on_some[way] or on_some[node.index] or is_mail
    return on_all, on_some
