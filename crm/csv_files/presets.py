"""Pure: files of other programs, known by the names of their columns.

Names are those the makers document in public; none of the files was seen. What is named:

- HubSpot: https://knowledge.hubspot.com/articles/kcs_article/contacts/how-do-i-import-contacts, default properties
- Upfluence: https://help.upfluence.co/en/articles/6997712-how-to-add-influencers-to-upfluence-via-csv-import
- BuzzStream: https://buzzstream.zendesk.com/hc/en-us/articles/216196903, http://www.buzzstream.com/import-link-partners
- Semrush, lists of links: https://developer.semrush.com/api/v3/analytics/backlinks/

GRIN lets columns be called anything (https://help.grin.co/docs/importing-creators), and Modash documents no names
(https://help.modash.io/en/articles/5482206-how-to-work-with-the-relationships-tab): their files are read by name and
value like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm.csv_files.fields import IGNORE, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A file of another program: whose it is, which columns tell it apart, and what each becomes."""

    name: str
    needs: frozenset[str]
    columns: Mapping[str, str]


_ADDRESS = ("line1", "line2", "zipcode", "state")
PRESETS: tuple[Preset, ...] = (
    Preset(
        name="HubSpot",
        needs=frozenset({"record id", "first name", "last name", "email"}),
        columns={
            "first name": "first_name",
            "last name": "last_name",
            "email": "email",
            "website url": "url",
            "city": "city",
            "country region": "country",
            "time zone": "zone",
            "preferred language": "language",
            **dict.fromkeys(
                ("record id", "phone number", "mobile phone number", "contact owner", "lead status", "lifecycle stage",
                 "create date", "last activity date", "job title", "company name", "associated company",
                 "marketing contact status", "state region", "zip code"),
                IGNORE,
            ),
        },
    ),
    Preset(
        name="Upfluence",
        needs=frozenset({"influencer id", "media url", "profile name"}),
        columns={
            "media url": "url",
            "profile name": "name",
            "first name": "first_name",
            "last name": "last_name",
            "email": "email",
            "shipping address city": "city",
            "shipping address country code": "country",
            **dict.fromkeys(("influencer id", "phone number", "merge fields"), IGNORE),
            **dict.fromkeys((f"shipping address {part}" for part in _ADDRESS), IGNORE),
        },
    ),
    Preset(
        name="BuzzStream",
        needs=frozenset({"assigned to", "relationship stage", "email 1"}),
        columns={
            **dict.fromkeys(("email 1", "email 2", "email 3"), "email"),
            "overall rating": "score",
            "person about": "notes",
            **dict.fromkeys(("assigned to", "relationship stage"), IGNORE),
        },
    ),
    Preset(
        name="BuzzStream",
        needs=frozenset({"link partner name", "link partner domain"}),
        columns={
            "link partner name": "name",
            "link partner domain": "url",
            **dict.fromkeys(
                ("linking from", "linking to", "anchor text", "acquisition method", "sitewide link", "payment amount"),
                IGNORE,
            ),
        },
    ),
    Preset(
        name="Semrush",
        needs=frozenset({"source url", "source title", "target url", "anchor"}),
        columns={
            "source url": "url",
            "source title": "notes",
            **dict.fromkeys(
                ("page ascore", "target url", "anchor", "external num", "external links", "internal num",
                 "internal links", "nofollow", "sponsored", "ugc", "text", "frame", "form", "image", "sitewide",
                 "first seen", "last seen", "new link", "lost link", "redirect", "image alt"),
                IGNORE,
            ),
        },
    ),
)  # fmt: skip


def find_preset(header: Sequence[str]) -> Preset | None:
    """Return whose file this is by its columns' names."""
    names = {fold(name) for name in header}
    return next((preset for preset in PRESETS if preset.needs <= names), None)


def preset_columns(preset: Preset, header: Sequence[str]) -> dict[str, str]:
    """Return what each column of this file becomes, for those that the preset knows."""
    known = ((name, preset.columns.get(fold(name))) for name in header)
    return {name: field for name, field in known if field}
