"""Wire: a forecast in sentences, in the language of the request."""

from collections.abc import Iterable
from datetime import tzinfo

from sequences.insight.departure import describe_shift
from sequences.insight.forecast import Blocked, DayLoad, Forecast
from web.words import _, date_words, ngettext, translate


def describe_outcome(forecast: Forecast, zone: tzinfo, *, others: int = 0) -> str:
    """Say how many mails go to how many people until when; `others` are left out besides those it knows of."""
    people = len({mail.contact_id for mail in forecast.mails})
    ends_at = forecast.ends_at
    if ends_at is None:
        begin = _("No mail leaves until %(day)s.", day=date_words(forecast.until.astimezone(zone)))
    else:
        mails = ngettext("%(num)s mail", "%(num)s mails", len(forecast.mails))
        reached = ngettext("%(num)s person", "%(num)s people", people)
        day = date_words(ends_at.astimezone(zone))
        begin = _("%(mails)s to %(people)s, the last on %(day)s.", mails=mails, people=reached, day=day)
    left = len(list_left_out(forecast)) + others
    if not left:
        return f"{begin} {_('Nobody is left out.')}" if people else begin
    return f"{begin} {ngettext('%(num)s person is left out.', '%(num)s people are left out.', left)}"


def list_left_out(forecast: Forecast) -> tuple[Blocked, ...]:
    """Return who will not get all mails, everybody once; to be in the sequence already is no reason for that."""
    found: dict[tuple[int, str], Blocked] = {}
    for one in forecast.blocked:
        if one.rule != "already_in":
            found.setdefault((one.contact_id, one.email), one)
    return tuple(found.values())


def describe_clash(load: DayLoad) -> str:
    """Say that mails of a mailbox are late on a day, and whether its limit is why."""
    day = date_words(load.day)
    if load.cap is None or load.mails < load.cap:
        return ngettext(
            "%(mailbox)s: on %(day)s %(num)s mail leaves a day or more later than planned.",
            "%(mailbox)s: on %(day)s %(num)s mails leave a day or more later than planned.",
            load.late,
            mailbox=load.mailbox,
            day=day,
        )
    return ngettext(
        "%(mailbox)s cannot keep up: on %(day)s %(num)s mail leaves a day or more later than planned, "
        "for its limit of %(cap)s in 24 hours is reached.",
        "%(mailbox)s cannot keep up: on %(day)s %(num)s mails leave a day or more later than planned, "
        "for its limit of %(cap)s in 24 hours is reached.",
        load.late,
        mailbox=load.mailbox,
        day=day,
        cap=load.cap,
    )


def describe_shifts(shifts: Iterable[str]) -> str:
    """Say in one line what moved a mail; what the schedule and the gate both said is said once."""
    words = (translate(describe_shift(shift)).rstrip(".") for shift in shifts)
    return "; ".join({said.casefold(): said for said in words}.values())
