"""Wire: brands and what they sell."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from crm import products
from crm.brands import list_brands
from crm.changes import record_change
from crm.models import Brand
from kit.errors import NotFoundError, say
from sequences.pitches.brand_letters import BrandFacts, add_brand, edit_brand
from web.auth import require
from web.refused_forms import form_at
from web.request import this_actor, this_tx
from web.respond import done, page
from web.words import _

blueprint = Blueprint("brands", __name__)
PLACE = "/settings/brands"
_BLANK = dict.fromkeys(("postal_address", "signature", "reply_to", "requires_postal", "requires_one_click"), "")


@blueprint.get("/settings/brands")
def show() -> Response:
    """List brands and products."""
    tx = this_tx()
    return page("settings/brands.html", brands=list_brands(tx), products=products.list_all_products(tx), given=_BLANK)


@blueprint.post("/settings/brands")
def create() -> Response:
    """Add a brand."""
    require("rules")
    tx = this_tx()
    form_at(PLACE)
    brand = add_brand(tx, request.form.get("name", ""), _facts())
    _note(brand, "brand_added", "Brand added: %(name)s")
    return done(PLACE, _("Added %(name)s.", name=brand.name))


@blueprint.get("/settings/brands/<int:brand_id>")
def edit(brand_id: int) -> Response:
    """Show a brand as a form."""
    brand = _brand(brand_id)
    return page("settings/brand.html", brand=brand, given={name: getattr(brand, name) for name in _BLANK})


@blueprint.post("/settings/brands/<int:brand_id>")
def save(brand_id: int) -> Response:
    """Change what a brand's mail carries."""
    require("rules")
    tx, brand = this_tx(), _brand(brand_id)
    form_at(request.path)
    edit_brand(tx, brand, _facts())
    _note(brand, "brand_edited", "Brand changed: %(name)s")
    return done(PLACE, _("Saved %(name)s. Mail that is fixed already stays as it is.", name=brand.name))


@blueprint.post("/settings/brands/<int:brand_id>/products")
def add_product(brand_id: int) -> Response:
    """Add a product."""
    require("rules")
    form_at(PLACE)
    given = request.form
    product = products.add_product(this_tx(), brand_id, given.get("name", ""), given, actor=this_actor())
    return done(PLACE, _("Added %(name)s.", name=product.name))


@blueprint.get("/settings/products")
def list_of_products() -> ResponseReturnValue:
    """Lead to the list: products stand with their brands."""
    return redirect(PLACE)


@blueprint.get("/settings/products/<int:product_id>")
def product_form(product_id: int) -> Response:
    """Show a product as a form."""
    return page("settings/product.html", product=products.get_product(this_tx(), product_id))


@blueprint.post("/settings/products/<int:product_id>")
def save_product(product_id: int) -> Response:
    """Change a product."""
    require("rules")
    form_at(request.path)
    given = request.form
    product = products.edit_product(this_tx(), product_id, given.get("name", ""), given, actor=this_actor())
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
