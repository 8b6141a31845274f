"""Wire: what templates may call: times in the viewer's zone, short figures."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Flask, g
from jinja2 import StrictUndefined
from markupsafe import Markup

from crm.proposal_words import describe
from crm.zones import zone_of
from sequences.pitches.used_fields import short_name
from web import figures, places, times
from web.diff_words import diff_words
from web.people_query import OWN
from web.request import find_user, this_tx
from web.shell import this_shell
from web.sparkline import spark
from web.words import translate


def attach_filters(app: Flask) -> None:
    """Make `app`'s templates strict and give them their words."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters |= {
        "ago": _ago,
        "brief": lambda at: times.brief(at, this_tx().now, _zone()),
        "stamp": lambda at: times.stamp(at, this_tx().now, _zone()),
        "day": times.day,
        "dated": lambda on: times.dated(on, this_tx().now.astimezone(_zone()).date()),
        "month": times.month,
        "own_day": _own_day,
        "own_name": lambda key: f"{OWN}{key}",
        "full": lambda at: times.full(at, _zone()),
        "clock": lambda at: times.clock(at, _zone()),
        "clock_in": lambda at, zone: times.clock(at, times.read_zone(zone)),
        "city": times.zone_city,
        "wait": times.wait,
        "working": lambda clock: times.working(clock.working, clock.per_day),
        "wait_words": times.wait_in_words,
        "short": figures.short,
        "percent": figures.percent,
        "initials": figures.initials,
        "hue": figures.hue,
        "channel": figures.channel,
        "money": figures.money,
        "country": places.country_name,
        "slug": figures.slug,
        "spark": spark,
        "paragraphs": _paragraphs,
        "field_words": short_name,
        "fact": lambda row: translate(describe(row.kind, row.data)),
    }
    env.globals |= {
        "diff_words": diff_words,
        "share": figures.share,
        "bdi": _bdi,
        "now": lambda: this_tx().now,
        "shell": this_shell,
        "viewer": find_user,
        "this_day": lambda: this_tx().now.astimezone(_zone()).date(),
        "zone_of": lambda person: zone_of(person.zone, person.country),
        "zone_names": times.zone_names,
        "long_day": lambda at: times.long_day(at, _zone()),
    }


def _zone() -> ZoneInfo:
    if "zone" not in g:
        user = find_user()
        g.zone = times.read_zone(user.zone if user else None)
    zone: ZoneInfo = g.zone
    return zone


def _ago(at: datetime | None) -> str:
    return times.wait(this_tx().now - at) if at else ""


def _own_day(text: str) -> str:
    """Return a day of an own field with its year; what is no day stays as it is."""
    try:
        return times.whole_day(date.fromisoformat(text))
    except ValueError:
        return text


def _bdi(text: object) -> Markup:
    """Return a name set apart, so that its direction does not mix with the sentence around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
