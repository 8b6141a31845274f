"""Use cases: brands, their products, and the workspace's stages."""

from sqlalchemy import select

from crm.models import Brand, Product, Stage
from crm.stages import DEFAULT_STAGES
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from kit.tx import Tx


def create_brand(tx: Tx, name: str, *, postal_address: str = "", signature: str = "") -> Brand:
    """Add a brand; the first one brings the default stages with it."""
    name = name.strip()
    if not name:
        raise InvalidError(say("A brand needs a name."), field="name")
    if find_brand(tx, name):
        raise ConflictError(say("There is a brand named %(name)s already.", name=name), field="name")
    ensure_stages(tx)
    brand = Brand(name=name, postal_address=postal_address.strip(), signature=signature, created_at=tx.now)
    tx.session.add(brand)
    tx.session.flush()
    return brand


def find_brand(tx: Tx, name: str) -> Brand | None:
    """Return the brand of that name."""
    return tx.session.scalar(select(Brand).where(Brand.name == name.strip()))


def get_brand(tx: Tx, name: str | None) -> Brand:
    """Return the brand of that name; the only brand is the default when `name` is None."""
    if name is not None:
        brand = find_brand(tx, name)
        if brand is None:
            raise NotFoundError(
                say("There is no brand named %(name)s. Add it with: rapport brands add %(name)r", name=name)
            )
        return brand
    brands = list(tx.session.scalars(select(Brand).order_by(Brand.id).limit(2)))
    if not brands:
        raise NotFoundError(say("There is no brand yet. Add one with: rapport brands add NAME --postal-address TEXT"))
    if len(brands) > 1:
        raise InvalidError(say("There are several brands; say which one with --brand NAME."))
    return brands[0]


def list_brands(tx: Tx) -> list[Brand]:
    """Return all brands by name."""
    return list(tx.session.scalars(select(Brand).order_by(Brand.name)))


def ensure_stages(tx: Tx) -> None:
    """Create the default stages in an empty workspace."""
    if tx.session.scalar(select(Stage.id).limit(1)) is None:
        tx.session.add_all(Stage(name=n, position=i, rule=r) for i, (n, r) in enumerate(DEFAULT_STAGES))
        tx.session.flush()


def list_stages(tx: Tx) -> list[Stage]:
    """Return the stages in the order of the board."""
    return list(tx.session.scalars(select(Stage).order_by(Stage.position)))


def save_product(tx: Tx, brand: Brand, name: str, **facts: str) -> Product:
    """Add or change a product: what, difference, audience_reason, url."""
    product = tx.session.scalar(select(Product).where(Product.brand_id == brand.id, Product.name == name))
    if product is None:
        product = Product(brand_id=brand.id, name=name)
        tx.session.add(product)
    for key, value in facts.items():
        setattr(product, key, value)
    tx.session.flush()
    return product


def list_products(tx: Tx, brand_id: int | None = None) -> list[Product]:
    """Return a brand's products by name, or all; what is retired is left out."""
    query = select(Product).where(Product.retired_at.is_(None)).order_by(Product.name)
    return list(tx.session.scalars(query.where(Product.brand_id == brand_id) if brand_id else query))
