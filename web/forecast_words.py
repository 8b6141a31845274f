"""Pure: a forecast in sentences."""

from collections.abc import Iterable
from datetime import tzinfo

from sequences.insight.departure import describe_shift
from sequences.insight.forecast import Blocked, DayLoad, Forecast
from sequences.pitches.pitch_value import format_date
from web.figures import count_of


def describe_outcome(forecast: Forecast, zone: tzinfo, *, others: int = 0) -> str:
    """Say how many mails go to how many people until when; `others` are left out besides those it knows of."""
    people = len({mail.contact_id for mail in forecast.mails})
    ends_at = forecast.ends_at
    if ends_at is None:
        begin = f"No mail leaves until {format_date(forecast.until.astimezone(zone))}."
    else:
        mails = f"{count_of(len(forecast.mails), 'mail')} to {count_of(people, 'person', 'people')}"
        begin = f"{mails}, the last on {format_date(ends_at.astimezone(zone))}."
    left = len(list_left_out(forecast)) + others
    if not left:
        return f"{begin} Nobody is left out."
    return f"{begin} {count_of(left, 'person is', 'people are')} left out."


def list_left_out(forecast: Forecast) -> tuple[Blocked, ...]:
    """Return who will not get all mails, everybody once; to be in the sequence already is no reason for that."""
    found: dict[tuple[int, str], Blocked] = {}
    for one in forecast.blocked:
        if one.rule != "already_in":
            found.setdefault((one.contact_id, one.email), one)
    return tuple(found.values())


def describe_clash(load: DayLoad) -> str:
    """Say that mails of a mailbox are late on a day, and whether its limit is why."""
    late = count_of(load.late, "mail leaves", "mails leave")
    said = f"on {format_date(load.day)} {late} a day or more later than planned"
    if load.cap is None or load.mails < load.cap:
        return f"{load.mailbox}: {said}."
    return f"{load.mailbox} cannot keep up: {said}, for its limit of {load.cap} in 24 hours is reached."


def describe_shifts(shifts: Iterable[str]) -> str:
    """Say in one line what moved a mail; what the schedule and the gate both said is said once."""
    words = (describe_shift(shift).rstrip(".") for shift in shifts)
    return "; ".join({said.casefold(): said for said in words}.values())
