"""Use cases: what the merge fields of a pitch stand for, for one contact."""

from collections.abc import Sequence
from typing import Any

from babel import Locale

from crm.brands import list_products
from crm.contacts import list_handles
from crm.models import Brand, Contact, Handle, Mailbox, Product
from kit.tx import Tx
from mailer.addresses import is_role_address
from sequences.pitches.markdown_mail import keep_lines
from sequences.pitches.pitch import Rendered, render_pitch
from sequences.versions.sequence_file import SequenceFile

Values = dict[str, dict[str, Any]]
PLATFORM_NAMES = {
    "youtube": "YouTube",
    "instagram": "Instagram",
    "tiktok": "TikTok",
    "twitch": "Twitch",
    "x": "X",
    "newsletter": "newsletter",
    "podcast": "podcast",
    "facebook": "Facebook",
    "pinterest": "Pinterest",
}


def merge_values(
    tx: Tx,
    contact: Contact,
    brand: Brand,
    mailbox: Mailbox,
    document: SequenceFile,
    *,
    email: str,
    personal_line: str = "",
    handles: Sequence[Handle] | None = None,
    products: Sequence[Product] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return every merge field's value; the fields written in the sequence file come last and win.

    `handles` (the main one first) and `products` may be given by who has read them for many at once.
    """
    values = person_values(
        contact,
        brand,
        mailbox,
        email=email,
        personal_line=personal_line,
        handles=list_handles(tx, contact.id) if handles is None else handles,
        products=list_products(tx, brand.id) if products is None else products,
    )
    values["sequence"] = {"name": document.name}
    if brand.signature:
        values["brand"]["signature"] = signature_text(brand, values)
    for root, fields in document.fields.items():
        values.setdefault(root, {}).update(fields)
    return values


def person_values(
    contact: Contact,
    brand: Brand,
    mailbox: Mailbox,
    *,
    email: str,
    handles: Sequence[Handle],
    products: Sequence[Product],
    personal_line: str = "",
) -> Values:
    """Return the values that do not hang on a sequence."""
    return {
        "contact": _contact(contact, email, personal_line),
        "handle": _handle(handles),
        "brand": {"name": brand.name, "postal_address": brand.postal_address},
        "product": _product(products),
        "offer": {},
        "sender": describe_sender(mailbox, brand),
    }


def signature_text(brand: Brand, values: Values) -> str:
    """Return the brand's signature as text; empty when one of its fields has no value."""
    rendered = render_pitch(None, keep_lines(brand.signature), values, footer=None)
    return rendered.text.strip() if isinstance(rendered, Rendered) else ""


def describe_sender(mailbox: Mailbox, brand: Brand) -> dict[str, Any]:
    """Return who writes: the mailbox's name, else what its address says, else the brand for a shared address."""
    local = mailbox.address.partition("@")[0]
    said = brand.name if is_role_address(mailbox.address) else local.replace(".", " ").replace("_", " ").title()
    name = mailbox.name or said
    return {
        "name": name,
        "first_name": name if name == brand.name else name.partition(" ")[0],
        "email": mailbox.address,
    }


def _contact(contact: Contact, email: str, personal_line: str) -> dict[str, Any]:
    return {
        "email": email,
        "name": contact.name,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "country": _country_name(contact.country),
        "city": contact.city,
        "language": contact.language or "",
        "topic": contact.topic,
        "pronouns": contact.pronouns,
        "personal_line": personal_line or contact.personal_line,
        "custom": dict(contact.fields),
    }


def _handle(handles: Sequence[Handle]) -> dict[str, Any]:
    if not handles:
        return {}
    main = handles[0]
    return {
        "platform": PLATFORM_NAMES.get(main.platform, main.platform),
        "username": main.username,
        "url": main.url,
        "followers": main.followers,
        "avg_views": main.avg_views,
        "engagement_rate": round(main.engagement_rate * 100, 2) if main.engagement_rate is not None else None,
    }


def _product(products: Sequence[Product]) -> dict[str, Any]:
    """Return the brand's product when there is just one: with several, the sequence file says which."""
    if len(products) != 1:
        return {}
    only = products[0]
    return {
        "name": only.name,
        "what": only.what,
        "difference": only.difference,
        "audience_reason": only.audience_reason,
        "url": only.url,
    }


def _country_name(code: str | None) -> str:
    return str(Locale("en").territories.get(code, "")) if code else ""
