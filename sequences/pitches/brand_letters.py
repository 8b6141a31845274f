"""Use cases: what a brand's mail carries, checked when it is set: postal address, signature, Reply-To, one click."""

from dataclasses import dataclass

from sqlalchemy import select

from crm.brands import create_brand
from crm.mailboxes import find_mailbox
from crm.models import Brand, Mailbox
from kit.errors import InvalidError, say
from kit.tx import Tx
from mailer.addresses import normalise_email
from sequences.pitches.merge_fields import FIELDS
from sequences.pitches.pitch import Gaps, render_pitch

# Fields that every mail of a brand can fill; others would keep drafts waiting.
_ALWAYS_KNOWN = ("sender.name", "sender.first_name", "sender.email", "brand.name", "brand.postal_address")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFacts:
    """What to set; None leaves it as it is. `signature` is Markdown, `reply_to` an address or empty."""

    postal_address: str | None = None
    requires_postal: bool | None = None
    requires_one_click: bool | None = None
    signature: str | None = None
    reply_to: str | None = None


def add_brand(tx: Tx, name: str, facts: BrandFacts) -> Brand:
    """Add a brand with what its mail carries."""
    brand = create_brand(tx, name)
    return edit_brand(tx, brand, facts)


def edit_brand(tx: Tx, brand: Brand, facts: BrandFacts) -> Brand:
    """Change what the mail of a brand carries; mail that is fixed already keeps what it has."""
    if facts.postal_address is not None:
        brand.postal_address = facts.postal_address.strip()
    if facts.requires_postal is not None:
        brand.requires_postal = facts.requires_postal
    if facts.requires_one_click is not None:
        brand.requires_one_click = facts.requires_one_click
    if facts.signature is not None:
        brand.signature = _check_signature(facts.signature)
    if facts.reply_to is not None:
        brand.reply_to = check_reply_to(tx, facts.reply_to)
    tx.session.flush()
    return brand


def set_reply_to(tx: Tx, mailbox: Mailbox, address: str) -> None:
    """Let the answers to a mailbox's mail go elsewhere; empty for the mailbox itself. It comes before the brand's."""
    mailbox.reply_to = check_reply_to(tx, address)


def check_reply_to(tx: Tx, address: str) -> str:
    """Return a usable Reply-To. It must arrive where Rapport reads, or follow-ups would go to people who answered."""
    if not address.strip():
        return ""
    email = normalise_email(address)
    if email is None or not email.isascii():
        raise InvalidError(say("“%(address)s” is no address that answers can go to.", address=address))
    if find_mailbox(tx, without_tag(email)) is None:
        raise InvalidError(
            say(
                "Nobody reads %(email)s here, so an answer would not stop the follow-ups. Connect that "
                "mailbox first, or use a connected one, with or without a +tag.",
                email=email,
            ),
            code="unread_reply_to",
        )
    return email


def answer_mailboxes(tx: Tx, mailbox: Mailbox) -> list[int]:
    """Return the other mailboxes in which answers to this one's mail may arrive."""
    wanted = {mailbox.reply_to, *tx.session.scalars(select(Brand.reply_to).where(Brand.reply_to != ""))} - {""}
    bare = {without_tag(email) for email in wanted} - {mailbox.address}
    if not bare:
        return []
    return list(tx.session.scalars(select(Mailbox.id).where(Mailbox.address.in_(bare)).order_by(Mailbox.id)))


def without_tag(email: str) -> str:
    """Return the address that a plus-tag belongs to (RFC 5233)."""
    local, _, domain = email.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _check_signature(source: str) -> str:
    """Return a signature that every mail can carry, or refuse with what is wrong."""
    text = source.replace("\r\n", "\n").strip()
    if not text:
        return ""
    values: dict[str, dict[str, str]] = {}
    for path in _ALWAYS_KNOWN:
        root, _, name = path.partition(".")
        values.setdefault(root, {})[name] = FIELDS[path].example
    rendered = render_pitch(None, text, values, footer=None)
    if isinstance(rendered, Gaps):
        words = [say("%(field)s is not known for every mail.", field=field) for field in rendered.fields]
        faults = (*words, *rendered.faults)
        raise InvalidError(
            say("The signature cannot be used: %(faults)s", faults=" ".join(faults)), code="bad_signature"
        )
    return text
