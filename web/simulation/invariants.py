"""Pure: what must hold of every mail that leaves, judged from the record and the servers' own log.

Each rule raises BrokenRuleError. Times of earlier mails are taken so early, and of the mail in question so late, that a
rule never accuses by rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from web.simulation.books import Books, Letter, RunFacts, SendFacts, Taken
from web.simulation.broken import BrokenRuleError
from web.simulation.company import Box
from web.simulation.process import Poll
from web.simulation.wall_time import Place, has_waited, is_open, zone_of

DAY = timedelta(hours=24)
_RAMP_START = 5
_RAMP_STEP = 2
_SLACK = timedelta(milliseconds=1)
FOLDERS = frozenset({"INBOX", "Sent", "Junk"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What never changes in a world, by the numbers that its database gave."""

    boxes: Mapping[int, Box]
    stages: Mapping[int, str]
    brand_id: int
    fence_s: float


def demand_no_stop(books: Books, company: Company, send: SendFacts, at: datetime) -> None:
    """Demand that nothing which was committed before forbids the mail that was just committed to leave."""
    where = f"mail {send.id} to {send.email} ({send.step_key}) at {at:%d %b %H:%M:%S}"
    target = f"@{send.email.partition('@')[2]}"
    if send.contact_id in books.never or send.email in books.suppressed or target in books.suppressed:
        raise BrokenRuleError("suppressed", f"{where}: the recipient must not be contacted")
    if send.mailbox_id in books.paused:
        raise BrokenRuleError("mailbox paused", f"{where}: its mailbox is paused")
    if send.run_id is None:
        return
    run = books.runs[send.run_id]
    if run.is_over or (run.state == "held" and (run.hold_until is None or run.hold_until > at)):
        raise BrokenRuleError("run ended", f"{where}: its run is {run.state}")
    if books.sequences[run.sequence_id] != "live":
        raise BrokenRuleError("sequence paused", f"{where}: its sequence is {books.sequences[run.sequence_id]}")
    if "reply" in run.stops and any(one >= run.began_at for one in books.replied(run.contact_id)):
        raise BrokenRuleError("answered", f"{where}: they had answered, and we had read it")
    if "bounce" in run.stops and send.email in books.bad:
        raise BrokenRuleError("dead address", f"{where}: the address does not take mail")
    stage = company.stages.get(books.stages.get((run.contact_id, company.brand_id), 0))
    if f"stage:{stage}" in run.stops:
        raise BrokenRuleError("stage", f"{where}: the contact is at the stage {stage}")


def demand_hours(books: Books, company: Company, send: SendFacts, at: datetime) -> None:
    """Demand that the recipient's and the mailbox's windows are open."""
    run = books.runs[send.run_id or 0]
    box, place = company.boxes[send.mailbox_id], books.places[run.contact_id]
    window = run.document.get("window")
    named = window.get("zone", "recipient") if isinstance(window, dict) else "recipient"
    zone = zone_of(place, box.zone) if named == "recipient" else named
    if not is_open(window, at, zone, _holidays(run, place)):
        local = at.astimezone(ZoneInfo(zone))
        raise BrokenRuleError("window", f"mail {send.id} to {send.email} left at {local:%a %d %b %Y %H:%M} in {zone}")
    if not is_open(box.window, at, box.zone, None):
        raise BrokenRuleError("window", f"mail {send.id} left outside the window of {box.address}, at {at:%H:%M} UTC")


def demand_wait(books: Books, company: Company, send: SendFacts, at: datetime) -> None:
    """Demand that the wait before this step has passed since the last earlier mail of its run left."""
    earlier = [one for one in books.taken if one.send.run_id == send.run_id and one.send.step < send.step]
    if not earlier:
        return
    last = max(earlier, key=lambda one: one.send.step)
    run, wait = books.runs[send.run_id or 0], books.step_of(send).get("wait")
    place, box = books.places[run.contact_id], company.boxes[send.mailbox_id]
    window = run.document.get("window")
    named = window.get("zone", "recipient") if isinstance(window, dict) else "recipient"
    zones = (
        {zone_of(place, box.zone)} | books.past_zones.get(run.contact_id, set()) if named == "recipient" else {named}
    )
    if not any(has_waited(wait, last.claimed_at, at, zone, _holidays(run, place)) for zone in zones):
        raise BrokenRuleError(
            "wait", f"mail {send.id} ({send.step_key}) left at {at}, the one before at {last.at}; the wait is {wait}"
        )


def demand_fence(books: Books, company: Company, send: SendFacts, at: datetime, poll: Poll | None) -> None:
    """Demand that the mailbox was read just before a follow-up, and that what lay in it then is obeyed."""
    where = f"follow-up {send.id} to {send.email} ({send.step_key}) at {at:%d %b %H:%M:%S}"
    fence = timedelta(seconds=company.fence_s) + _SLACK
    stops = [one for one in books.letters if one.mailbox_id == send.mailbox_id and is_stop(books, one, send)]
    for letter in stops:
        read = poll is not None and letter.step < poll.step
        if read or letter.at < at - fence:
            raise BrokenRuleError(
                "after a stop that was readable", f"{where}: a {letter.kind} lay in the mailbox since {letter.at}"
            )
    if poll is None or poll.step < send.claimed_step or poll.at < at - fence or not poll.opened >= FOLDERS:
        raise BrokenRuleError("fence", f"{where}: the mailbox was not read just before ({poll})")


def is_stop(books: Books, letter: Letter, send: SendFacts) -> bool:
    """Tell whether a letter ends the run of a mail as soon as it is read."""
    if letter.concerns != send.contact_id or send.run_id is None:
        return False
    return ends(letter, books.runs[send.run_id])


def ends(letter: Letter, run: RunFacts) -> bool:
    """Tell whether a letter ends a run."""
    if letter.concerns != run.contact_id or letter.at < run.began_at:
        return False
    if letter.kind == "left" and run.joined_at and letter.at < run.joined_at:
        # Who left one address may be reached at another, which was not theirs yet.
        return False
    words = {"reply": "reply", "hard bounce": "bounce", "soft bounce": "bounce"}
    if letter.kind in words:
        # A bounce is about one mail: it stops the runs to that address.
        elsewhere = "bounce" in letter.kind and letter.email not in ("", run.email)
        return words[letter.kind] in run.stops and not elsewhere
    return letter.kind in ("opt-out", "complaint", "left")


def demand_once(books: Books, send: SendFacts) -> None:
    """Demand that nobody gets a mail or a step twice, unless a person said so."""
    if send.is_repeated:
        return
    for one in books.taken:
        if one.send is send:
            raise BrokenRuleError("never twice", f"mail {send.id} to {send.email} ({send.step_key}) left twice")
        same = (one.send.contact_id, one.send.sequence_id, one.send.step_key)
        if send.run_id and same == (send.contact_id, send.sequence_id, send.step_key):
            raise BrokenRuleError("never twice", f"{send.email} got the step {send.step_key} twice")


def demand_limits(books: Books, company: Company, taken: Taken) -> None:
    """Demand that a mail which a server just took is within cap, ramp, gap and the limit on new contacts."""
    send, box = taken.send, company.boxes[taken.send.mailbox_id]
    # What a person let go again was forgotten by the log of sent mail until it was settled.
    others = [one for one in books.taken if one is not taken and not one.send.is_repeated]
    box_log = [one for one in others if one.send.mailbox_id == send.mailbox_id]
    recent = [one for one in box_log if one.claimed_at > taken.sending_at - DAY]
    cap = _ramp(box, box_log, taken.sending_at) if box.ramp else box.daily_cap
    if cap is not None and len(recent) >= cap:
        raise BrokenRuleError("cap", f"mail {send.id} is number {len(recent) + 1} in 24 hours from {box.address}")
    if send.run_id is None:
        return
    last = max((one.claimed_at for one in box_log), default=None)
    if last and taken.sending_at - last < timedelta(seconds=box.gap_min_s) - _SLACK:
        raise BrokenRuleError("gap", f"mail {send.id} left {taken.sending_at - last} after another from {box.address}")
    limit = books.runs[send.run_id].document.get("new_per_day")
    if isinstance(limit, int) and not send.is_follow_up:
        firsts = [one for one in others if one.send.sequence_id == send.sequence_id and not one.send.is_follow_up]
        new = sum(one.claimed_at > taken.sending_at - DAY for one in firsts)
        if new >= limit:
            raise BrokenRuleError("new contacts", f"mail {send.id} is first mail {new + 1} in 24 hours of its sequence")


def _ramp(box: Box, log: list[Taken], at: datetime) -> int:
    """Return the most that a ramp can allow: every past day with mail was clean."""
    zone = ZoneInfo(box.zone)
    days = {one.claimed_at.astimezone(zone).date() for one in log} | {one.at.astimezone(zone).date() for one in log}
    level = _RAMP_START + _RAMP_STEP * len({day for day in days if day < at.astimezone(zone).date()})
    return level if box.daily_cap is None else min(level, box.daily_cap)


def _holidays(run: RunFacts, place: Place) -> str | None:
    return place.country if run.document.get("holidays") != "none" else None
