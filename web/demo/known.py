"""Use cases: what the demo's company knows of its creators' accounts: readings, posts, sponsors and rates, made up."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from crm.models import Handle, HandlePost, HandleRate, HandleSnapshot
from crm.posts import refresh_posts
from crm.rate_formats import default_format
from crm.rates import refresh_price
from kit.tx import Tx

_MONTH = timedelta(days=29)
_POSTS = 10
_BRANDS = ("Oat & Co", "Norr Knives", "Tidewater Salt", "Linnet Aprons")
_SOURCE = "channel page"


def remember_account(tx: Tx, handle: Handle) -> None:
    """Give an account half a year of readings, ten posts and its rates; the same for the same account each time."""
    rng = Random(handle.username)
    followers, views = handle.followers or 0.0, handle.avg_views or 0.0
    for month in range(1, 6):
        reading = HandleSnapshot(
            handle_id=handle.id,
            taken_at=tx.now - month * _MONTH,
            followers=round(followers * (1 - 0.03 * month * rng.uniform(0.5, 1.2))),
            avg_views=round(views * rng.uniform(0.85, 1.1)),
            engagement_rate=handle.engagement_rate,
            source=_SOURCE,
        )
        tx.session.add(reading)
    _remember_posts(tx, handle, rng)
    day = tx.now.date()
    for ago, share in ((140, 0.018), (12, 0.021)):
        rate = HandleRate(
            handle_id=handle.id,
            format=default_format(handle.platform),
            amount=Decimal(round(views * share / 50) * 50 + 100),
            currency="EUR",
            said_on=day - timedelta(days=ago),
            said_by="their media kit",
            actor="user:1",
            created_at=tx.now,
        )
        tx.session.add(rate)
    tx.session.flush()
    refresh_posts(tx, handle)
    refresh_price(tx, handle)


def _remember_posts(tx: Tx, handle: Handle, rng: Random) -> None:
    gap, day = rng.choice((4, 7, 7, 10)), tx.now.date() - timedelta(days=rng.randint(1, 5))
    wide = rng.choice((0.15, 0.3, 0.9))
    sponsored = rng.sample(range(_POSTS), 2)
    for number in range(_POSTS):
        seen = round((handle.avg_views or 0) * max(0.1, rng.gauss(1, wide)))
        post = HandlePost(
            handle_id=handle.id,
            posted_on=day,
            views=seen,
            interactions=round(seen * (handle.engagement_rate or 0.05) * rng.uniform(0.8, 1.2)),
            url=f"https://{handle.platform}.example/{handle.username}/{_POSTS - number}",
            sponsor=rng.choice(_BRANDS) if number in sponsored else "",
            source=_SOURCE,
            created_at=tx.now,
        )
        tx.session.add(post)
        handle.last_post_on = handle.last_post_on or day
        day -= timedelta(days=max(1, gap + rng.randint(-1, 1)))
