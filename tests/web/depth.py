"""What is known of one creator in depth: readings, posts, rates, a manager; made through the use cases."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from crm.account_figures import latest_day
from crm.figures import Reading, add_reading
from crm.handles import Account, add_handle
from crm.links import link_by_address
from crm.models import Handle
from crm.post_lines import read_posts
from crm.posts import add_posts
from crm.rates import NewRate, set_rate
from kit.tx import Tx

POSTS = """\
2026-11-20 96k 6100 likes https://video.example/a1
2026-11-13 88k 5200 likes https://video.example/a2 Oat & Co
2026-11-06 104k 7300 likes https://video.example/a3
2026-10-30 91k 6600 likes https://video.example/a4 Norr Knives
2026-10-23 99k 7000 likes https://video.example/a5
"""


def deepen(tx: Tx, contact_id: int, *, more: int = 0) -> Handle:
    """Give a person readings of half a year, posts, rates, a second account and a manager; `more` of each."""
    handle = tx.session.scalars(select(Handle).where(Handle.contact_id == contact_id).order_by(Handle.id)).first()
    assert handle is not None
    today = tx.now.date()
    for month in range(5 + more):
        reading = Reading(
            read_on=today - timedelta(days=28 * month + 1),
            source="platform page",
            followers=184_000 - 6_000 * month,
            avg_views=96_000 - 2_000 * (month % 3),
            engagement_rate=0.071,
        )
        add_reading(tx, handle.id, reading, actor="user:1")
    add_posts(tx, handle.id, read_posts(POSTS, latest_day(tx.now)), source="channel page", actor="user:1")
    said = [("video", 2400), ("video", 2800), ("short", 900), *[("post", 300)] * more]
    for number, (form, amount) in enumerate(said):
        rate = NewRate(
            format=form,
            amount=Decimal(amount),
            currency="EUR",
            said_on=today - timedelta(days=0 if number else 40),
            said_by="her manager",
        )
        set_rate(tx, handle, rate, actor="user:1")
    name = f"imani{contact_id}"
    account = Account(platform="tiktok", username=name, url=f"https://tiktok.example/@{name}", followers=61_000)
    add_handle(tx, contact_id, account, actor="user:1")
    for number in range(1 + more):
        who, email = f"Mira Holm {number or ''}".strip(), f"mira{number or ''}@agency.example"
        link_by_address(tx, contact_id, email, "manager", name=who, actor="user:1")
    return handle
