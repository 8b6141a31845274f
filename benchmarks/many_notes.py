"""What the people of many_people.py said of products: a note of every third, in some three hundred themes.

So 100,000 people bring some 33,000 notes spread over two years; few themes are said by many, a fifth has none, and a
tenth of the themes is out.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, insert, select

from crm.models import Brand, Contact, Feedback, Product, Theme
from kit.tx import Database, Tx

CHUNK = 5_000
THEMES = 300
PRODUCTS = ("Carbon pan", "Kettle", "Bread knife", "Camp stove")
_EVERY = 3
_DAYS = 730
_KINDS = ("problem", "idea", "praise")


def fill_notes(database: Database, now: datetime) -> None:
    """Add products, themes and notes, a chunk a transaction."""
    rng = Random(20261129)
    with database.transaction() as tx:
        products = _add_products(tx)
        themes = _add_themes(tx, products, rng, now)
        people = list(tx.session.scalars(select(Contact.id).where(Contact.id % _EVERY == 0).order_by(Contact.id)))
    for begin in range(0, len(people), CHUNK):
        with database.transaction() as tx:
            rows = [_note(person, themes, rng, now) for person in people[begin : begin + CHUNK]]
            tx.session.execute(insert(Feedback), rows)


def _add_products(tx: Tx) -> list[tuple[int, int]]:
    """Return product and brand of each product."""
    brand_id = tx.session.scalars(select(Brand.id).order_by(Brand.id)).first() or 1
    last = tx.session.scalar(select(func.max(Product.id))) or 0
    products = [
        {"id": last + n, "brand_id": brand_id, "name": f"{name} {last + n}"} for n, name in enumerate(PRODUCTS, start=1)
    ]
    tx.session.execute(insert(Product), products)
    return [(last + n, brand_id) for n in range(1, len(PRODUCTS) + 1)]


def _add_themes(tx: Tx, products: list[tuple[int, int]], rng: Random, now: datetime) -> list[dict[str, Any]]:
    last = tx.session.scalar(select(func.max(Theme.id))) or 0
    themes = []
    for number in range(last + 1, last + 1 + THEMES):
        product_id, brand_id = rng.choice(products)
        is_out = rng.random() < 0.1
        themes.append(
            {
                "id": number, "brand_id": brand_id, "product_id": product_id, "name": f"Theme {number}",
                "key": f"theme {number}", "state": "out" if is_out else "listening", "state_since": now,
                "out_on": (now - timedelta(days=rng.randrange(200))).date() if is_out else None, "created_at": now,
            }
        )  # fmt: skip
    tx.session.execute(insert(Theme), themes)
    return themes


def _note(contact_id: int, themes: list[dict[str, Any]], rng: Random, now: datetime) -> dict[str, Any]:
    # The first themes are said most, as it is with real ones.
    theme = themes[min(THEMES - 1, int(rng.paretovariate(0.6)) - 1)] if rng.random() < 0.8 else None
    product_id = theme["product_id"] if theme else rng.choice(themes)["product_id"]
    return {
        "contact_id": contact_id, "brand_id": themes[0]["brand_id"], "product_id": product_id,
        "quote": f"The handle gets warm, says {contact_id}.", "kind": rng.choice(_KINDS),
        "theme_id": theme["id"] if theme else None, "from_audience": rng.random() < 0.2,
        "actor": "user:1", "created_at": now - timedelta(minutes=rng.randrange(60 * 24 * _DAYS)),
    }  # fmt: skip
