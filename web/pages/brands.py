"""Wire: brands and what they sell."""

from flask import Blueprint, Response, request

from crm import products
from crm.brands import list_brands
from crm.changes import record_change
from crm.models import Brand
from kit.errors import ConflictError, InvalidError, NotFoundError, say
from sequences.pitches.brand_letters import BrandFacts, add_brand, edit_brand
from web.auth import require
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _, said

blueprint = Blueprint("brands", __name__)
PLACE = "/settings/brands"
_CARRIED = ("postal_address", "signature", "reply_to", "requires_postal", "requires_one_click")


@blueprint.get("/settings/brands")
def show() -> Response:
    """List brands and products."""
    return _show()


@blueprint.post("/settings/brands")
def create() -> Response:
    """Add a brand."""
    require("rules")
    tx = this_tx()
    try:
        with tx.session.begin_nested():
            brand = add_brand(tx, request.form.get("name", ""), _facts())
            _note(brand, "brand_added", "Brand added: %(name)s")
    except (InvalidError, ConflictError) as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("Added %(name)s.", name=brand.name))


@blueprint.get("/settings/brands/<int:brand_id>")
def edit(brand_id: int) -> Response:
    """Show a brand as a form."""
    return _edit(_brand(brand_id))


@blueprint.post("/settings/brands/<int:brand_id>")
def save(brand_id: int) -> Response:
    """Change what a brand's mail carries."""
    require("rules")
    tx, brand = this_tx(), _brand(brand_id)
    try:
        with tx.session.begin_nested():
            edit_brand(tx, brand, _facts())
            _note(brand, "brand_edited", "Brand changed: %(name)s")
    except InvalidError as error:
        return _edit(brand, fault=said(error), status=422)
    return done(PLACE, _("Saved %(name)s. Mail that is fixed already stays as it is.", name=brand.name))


@blueprint.post("/settings/brands/<int:brand_id>/products")
def add_product(brand_id: int) -> Response:
    """Add a product."""
    require("rules")
    tx = this_tx()
    try:
        with tx.session.begin_nested():
            product = products.add_product(tx, brand_id, request.form.get("name", ""), request.form, actor=this_actor())
    except (InvalidError, ConflictError) as error:
        return _show(fault=said(error), status=422)
    return done(PLACE, _("Added %(name)s.", name=product.name))


@blueprint.get("/settings/products/<int:product_id>")
def product_form(product_id: int) -> Response:
    """Show a product as a form."""
    return page("settings/product.html", product=products.get_product(this_tx(), product_id), fault="")


@blueprint.post("/settings/products/<int:product_id>")
def save_product(product_id: int) -> Response:
    """Change a product."""
    require("rules")
    tx = this_tx()
    try:
        with tx.session.begin_nested():
            product = products.edit_product(
                tx, product_id, request.form.get("name", ""), request.form, actor=this_actor()
            )
    except (InvalidError, ConflictError) as error:
        product = products.get_product(tx, product_id)
        return page("settings/product.html", status=422, product=product, fault=said(error))
    return done(PLACE, _("Saved %(name)s.", name=product.name))


@blueprint.post("/settings/products/<int:product_id>/retirement")
def retire(product_id: int) -> Response:
    """Offer a product no more, or again."""
    require("rules")
    back = bool(request.form.get("back_again"))
    product = products.retire_product(this_tx(), product_id, actor=this_actor(), back=back)
    if back:
        return done(PLACE, _("%(name)s is offered again.", name=product.name))
    return done(PLACE, _("%(name)s is offered no more. What was said about it stays.", name=product.name))


def _facts() -> BrandFacts:
    given = request.form
    return BrandFacts(
        postal_address=given.get("postal_address", "")[:500],
        signature=given.get("signature", "")[:4000],
        reply_to=given.get("reply_to", ""),
        requires_postal=bool(given.get("requires_postal")),
        requires_one_click=bool(given.get("requires_one_click")),
    )


def _brand(brand_id: int) -> Brand:
    brand = this_tx().session.get(Brand, brand_id)
    if brand is None:
        raise NotFoundError(say("There is no such brand."))
    return brand


def _note(brand: Brand, kind: str, shape: str) -> None:
    words = say(shape, name=brand.name)
    record_change(this_tx(), kind, actor=this_actor(), summary=words, data={"brand_id": brand.id})


def _show(*, fault: str = "", status: int = 200) -> Response:
    tx = this_tx()
    given = {name: request.form.get(name, "") if fault else "" for name in ("name", *_CARRIED)}
    return page("settings/brands.html", status=status, brands=list_brands(tx), products=products.list_all_products(tx),
                given=given, fault=fault)  # fmt: skip


def _edit(brand: Brand, *, fault: str = "", status: int = 200) -> Response:
    given = {name: request.form.get(name, "") if fault else getattr(brand, name) for name in _CARRIED}
    return page("settings/brand.html", status=status, brand=brand, given=given, fault=fault)
