"""Use cases: the products of a brand: added, edited, offered no more."""

from collections.abc import Mapping

from sqlalchemy import select

from crm.changes import record_change
from crm.models import Brand, Product
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx

FACTS = ("what", "difference", "audience_reason", "url")


def list_all_products(tx: Tx) -> list[Product]:
    """Return every product, retired ones last."""
    query = select(Product).order_by(Product.brand_id, Product.retired_at.is_not(None), Product.name)
    return list(tx.session.scalars(query.limit(500)))


def add_product(tx: Tx, brand_id: int, name: str, facts: Mapping[str, str], *, actor: str) -> Product:
    """Add a product to a brand."""
    if tx.session.get(Brand, brand_id) is None:
        raise NotFoundError(say("There is no such brand."))
    name = _name(tx, brand_id, name, None)
    product = Product(brand_id=brand_id, name=name, **_facts(facts))
    tx.session.add(product)
    tx.session.flush()
    words = say("Product added: %(name)s", name=name)
    record_change(tx, "product_added", actor=actor, summary=words, data={"product_id": product.id})
    return product


def edit_product(tx: Tx, product_id: int, name: str, facts: Mapping[str, str], *, actor: str) -> Product:
    """Change a product's name and facts; pitches that were written keep their words."""
    product = get_product(tx, product_id)
    before = {key: getattr(product, key) for key in ("name", *FACTS)}
    product.name = _name(tx, product.brand_id, name, product_id)
    for key, value in _facts(facts).items():
        setattr(product, key, value)
    tx.session.flush()
    words = say("Product changed: %(name)s", name=product.name)
    record_change(tx, "product_edited", actor=actor, summary=words, data={"product_id": product_id, "before": before})
    return product


def retire_product(tx: Tx, product_id: int, *, actor: str, back: bool = False) -> Product:
    """Offer a product no more, or again with `back`; feedback about it stays."""
    product = get_product(tx, product_id)
    product.retired_at = None if back else product.retired_at or tx.now
    shape = say("Product offered again: %(name)s") if back else say("Product retired: %(name)s")
    data = {"product_id": product_id, "back": back}
    record_change(tx, "product_retired", actor=actor, summary=say(shape, name=product.name), data=data)
    return product


def get_product(tx: Tx, product_id: int) -> Product:
    """Return a product, or refuse."""
    product = tx.session.get(Product, product_id)
    if product is None:
        raise NotFoundError(say("There is no such product."))
    return product


def _facts(given: Mapping[str, str]) -> dict[str, str]:
    facts = {key: given.get(key, "").replace("\r\n", "\n").strip()[:2000] for key in FACTS}
    if facts["url"] and not facts["url"].startswith(("https://", "http://")):
        raise InvalidError(say("The product's page begins with https://."), field="url")
    return {**facts, "url": facts["url"][:500]}


def _name(tx: Tx, brand_id: int, name: str, own: int | None) -> str:
    name = " ".join(name.split())[:200]
    if not name:
        raise InvalidError(say("A product needs a name."), field="name")
    found = tx.session.scalar(select(Product.id).where(Product.brand_id == brand_id, Product.name == name))
    if found is not None and found != own:
        raise ConflictError(say("This brand has a product named %(name)s already.", name=name), field="name")
    return name
