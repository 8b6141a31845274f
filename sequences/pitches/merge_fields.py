"""Pure: the catalogue of merge fields, the only names a pitch may use, and what each one means."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple


class MergeField(NamedTuple):
    """What a merge field means, for the person writing a pitch."""

    description: str
    example: str


FIELDS: Mapping[str, MergeField] = MappingProxyType(
    {
        "contact.email": MergeField("The address we write to", "imani@kettle.example"),
        "contact.name": MergeField("Full name, as they write it", "Imani Oduya"),
        "contact.first_name": MergeField("First name", "Imani"),
        "contact.last_name": MergeField("Last name", "Oduya"),
        "contact.country": MergeField("Country", "Ireland"),
        "contact.city": MergeField("City", "Cork"),
        "contact.language": MergeField("Language they publish in", "English"),
        "contact.topic": MergeField("What they make things about", "one-pot cooking"),
        "contact.pronouns": MergeField("Pronouns they use", "she/her"),
        "contact.personal_line": MergeField(
            "A line or two that only fits this person: what of theirs you saw and what you liked",
            "Your video on cooking for one made me laugh, and the bit about the burnt pan is how we all learn.",
        ),
        "contact.custom": MergeField("Your own columns, by name: contact.custom.shirt_size", "{}"),
        "handle.platform": MergeField("Platform of their main account", "YouTube"),
        "handle.username": MergeField("Their name there, without the @", "imanicooks"),
        "handle.url": MergeField("Address of the account", "https://videos.example/@imanicooks"),
        "handle.followers": MergeField("Followers or subscribers", "47200"),
        "handle.avg_views": MergeField("Average views of recent posts", "18400"),
        "handle.engagement_rate": MergeField("Engagement, in percent", "4.1"),
        "brand.name": MergeField("The brand you write for", "Bracken Cookware"),
        "brand.postal_address": MergeField("The brand's postal address", "4 Fern Row, Dundalk, Ireland"),
        "brand.signature": MergeField("The lines under your name", "Bracken Cookware, Dundalk"),
        "product.name": MergeField("Name of the product", "the Everyday pan"),
        "product.what": MergeField(
            "What it is, in plain words, no full stop", "a carbon steel pan that weighs 900 grams"
        ),
        "product.difference": MergeField(
            "How it differs from what is there already", "it comes seasoned, so the first egg does not stick"
        ),
        "product.audience_reason": MergeField(
            "Why their audience will care", "many of them ask in your comments which pan to buy first"
        ),
        "product.url": MergeField("A page with more about it", "https://bracken.example/everyday"),
        "offer.idea": MergeField("The sponsorship idea", "one week of suppers in a single pan"),
        "offer.format": MergeField("Number, format and length", "one video of 6 to 10 minutes and two short clips"),
        "offer.budget": MergeField("What you can pay, with its currency", "EUR 1,400"),
        "offer.target_date": MergeField("When it should be live", "2026-12-04"),
        "offer.answer_by": MergeField("When you need an answer", "2026-11-13"),
        "sender.name": MergeField("Your name", "Mia Lund"),
        "sender.first_name": MergeField("Your first name", "Mia"),
        "sender.email": MergeField("Your address", "mia@bracken.example"),
        "sequence.name": MergeField("Name of the sequence", "Everyday carbon"),
    }
)

ROOTS: frozenset[str] = frozenset(name.partition(".")[0] for name in FIELDS)


def is_field(path: str) -> bool:
    """Say whether a pitch may use this dotted name; anything under `contact.custom` is allowed."""
    return path in FIELDS or path.rpartition(".")[0] == "contact.custom"


def suggest_field(path: str) -> str | None:
    """Find the field most likely meant by an unknown dotted or bare name."""
    leaf = path.rpartition(".")[2]
    same_leaf = [name for name in FIELDS if name.endswith(f".{leaf}")]
    if same_leaf:
        return same_leaf[0]
    close = get_close_matches(path, FIELDS, n=1, cutoff=0.6)
    if close:
        return close[0]
    leaves = {name.rpartition(".")[2]: name for name in FIELDS}
    return next((leaves[found] for found in get_close_matches(leaf, leaves, n=1, cutoff=0.7)), None)
