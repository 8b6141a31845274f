"""Pure: a forecast in sentences."""

from datetime import tzinfo

from sequences.forecast import DayLoad, Forecast
from sequences.pitch_value import format_date
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
    left = len(forecast.blocked) + others
    if not left:
        return f"{begin} Nobody is left out."
    return f"{begin} {count_of(left, 'person is', 'people are')} left out."


def describe_clash(load: DayLoad) -> str:
    """Say that a mailbox could not keep up on a day."""
    late = count_of(load.late, "mail leaves", "mails leave")
    limit = "" if load.cap is None else f" Its limit is {load.cap} in 24 hours."
    return f"{load.mailbox} cannot keep up: on {format_date(load.day)} {late} a day or more late.{limit}"
