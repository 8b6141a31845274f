"""Use cases: public forms for feedback: an address for a brand or a product, signed, closed at any time."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update

from crm.erased import find_erased
from crm.feedback import Origin, find_request, log_feedback
from crm.models import Brand, Feedback, FeedbackLink, Product
from kit.errors import InvalidError, NotFoundError, RefusedError, say
from kit.ids import new_token
from kit.seal import Seal
from kit.tx import Tx
from mailer.addresses import normalise_email

ACTOR = "form"
MOST_A_DAY = 300
_ABOUT, _STAMP = "feedback-link", "feedback-stamp"
_STAMP_HOLDS = timedelta(days=1)
_MAX_NAME = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One public form: its brand, its product if it is about one, and the products that may be chosen otherwise."""

    link: FeedbackLink
    brand: Brand
    product: Product | None
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a stranger handed in. `stamp` came with the form and holds once, for a day."""

    quote: str
    kind: str
    stamp: str
    name: str = ""
    email: str = ""
    product_id: int | None = None
    from_audience: bool = False


def open_link(tx: Tx, brand_id: int, product_id: int | None, *, actor: str) -> FeedbackLink:
    """Make an address for a brand, or for one of its products."""
    product = tx.session.get(Product, product_id) if product_id is not None else None
    if product_id is not None and (product is None or product.brand_id != brand_id):
        raise NotFoundError(say("There is no such product."))
    link = FeedbackLink(
        brand_id=brand_id, product_id=product_id, nonce=new_token(12), created_at=tx.now, created_by=actor
    )
    tx.session.add(link)
    tx.session.flush()
    return link


def close_link(tx: Tx, link_id: int) -> FeedbackLink:
    """Close an address: what it brought stays."""
    link = tx.session.get(FeedbackLink, link_id)
    if link is None:
        raise NotFoundError(say("There is no such link."))
    tx.session.execute(
        update(FeedbackLink)
        .where(FeedbackLink.id == link_id, FeedbackLink.closed_at.is_(None))
        .values(closed_at=tx.now)
        .execution_options(synchronize_session="fetch")
    )
    return link


def list_links(tx: Tx, brand_id: int | None, *, limit: int = 50) -> list[tuple[FeedbackLink, str]]:
    """Return a brand's links with the product of each, those that are open first."""
    query = (
        select(FeedbackLink, Product.name)
        .outerjoin(Product, Product.id == FeedbackLink.product_id)
        .where(FeedbackLink.brand_id == brand_id)
        .order_by(FeedbackLink.closed_at.is_not(None), FeedbackLink.id.desc())
        .limit(limit)
    )
    return [(link, name or "") for link, name in tx.session.execute(query)]


def token_of(link: FeedbackLink, seal: Seal) -> str:
    """Return what stands in a link's address: nobody can make one up."""
    return seal.sign(f"{link.id}-{link.nonce}", about=_ABOUT)


def read_form(tx: Tx, token: str, seal: Seal) -> Form | None:
    """Return the form behind an address; None for one that is closed, changed or made up."""
    number, _, nonce = (seal.check(token, about=_ABOUT) or "").partition("-")
    link = tx.session.get(FeedbackLink, int(number)) if number.isdecimal() else None
    if link is None or link.nonce != nonce or link.closed_at is not None:
        return None
    brand = tx.session.get_one(Brand, link.brand_id)
    product = tx.session.get(Product, link.product_id) if link.product_id else None
    query = select(Product).where(Product.brand_id == brand.id, Product.retired_at.is_(None)).order_by(Product.name)
    products = () if product else tuple(tx.session.scalars(query))
    return Form(link=link, brand=brand, product=product, products=products)


def make_stamp(tx: Tx, form: Form, seal: Seal) -> str:
    """Return what one showing of the form carries: it holds once, for a day, so that a double click keeps one note."""
    return seal.sign(f"{form.link.id}-{int(tx.now.timestamp())}-{new_token(9)}", about=_STAMP)


def hand_in(tx: Tx, form: Form, said: Said, seal: Seal) -> Feedback:
    """Keep what a stranger wrote, to be sorted; the same showing of the form never keeps twice."""
    key = _key(tx, form, said.stamp, seal)
    known = find_request(tx, key)
    if known is not None:
        return known
    _check_pace(tx, form)
    email = normalise_email(said.email) if said.email.strip() else ""
    if email is None:
        raise InvalidError(say("That is no email address. Correct it, or leave it empty."))
    ours = {product.id for product in form.products}
    product_id = form.product.id if form.product else next((n for n in (said.product_id,) if n in ours), None)
    name = " ".join(said.name.split())[:_MAX_NAME]
    if email and find_erased(tx, [email])[0]:
        # What they say counts; who says it is not written down again, and nobody learns that they were here.
        name, email = "", ""
    origin = Origin(source="form", said_by=name, said_email=email, request_key=key)
    return log_feedback(
        tx,
        said.quote,
        kind=said.kind,
        actor=ACTOR,
        brand_id=form.brand.id,
        product_id=product_id,
        from_audience=said.from_audience,
        origin=origin,
    )


def _key(tx: Tx, form: Form, stamp: str, seal: Seal) -> str:
    number, _, rest = (seal.check(stamp, about=_STAMP) or "").partition("-")
    made, _, nonce = rest.partition("-")
    if number != str(form.link.id) or not made.isdecimal() or not nonce:
        raise RefusedError(say("This form is not complete. Load the page again; your words are still in it."))
    if int(made) < (tx.now - _STAMP_HOLDS).timestamp():
        raise RefusedError(say("This form was open for more than a day. Load the page again and send it once more."))
    return f"form:{form.link.id}:{made}:{nonce}"


def _check_pace(tx: Tx, form: Form) -> None:
    """Refuse more in a day than people write: whoever fills a form by machine fills this one only so far."""
    lately = select(func.count(Feedback.id)).where(
        Feedback.created_at > tx.now - timedelta(days=1), Feedback.request_key.startswith(f"form:{form.link.id}:")
    )
    if (tx.session.scalar(lately) or 0) >= MOST_A_DAY:
        raise RefusedError(say("This form had very many answers today. Please come back tomorrow."))
