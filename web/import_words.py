"""Pure: the words of the import page: what a column can become, why people may be written to, a sample file."""

from web.words import lazy

FIELDS = {
    "ignore": lazy("Leave out"),
    "name": lazy("Name"),
    "first_name": lazy("First name"),
    "last_name": lazy("Last name"),
    "pronouns": lazy("Pronouns"),
    "email": lazy("Email"),
    "handle": lazy("Handle or profile address"),
    "url": lazy("Profile or website"),
    "platform": lazy("Platform"),
    "followers": lazy("Audience size"),
    "posts": lazy("Posts"),
    "avg_views": lazy("Average views"),
    "avg_likes": lazy("Average likes"),
    "avg_comments": lazy("Average comments"),
    "engagement_rate": lazy("Engagement rate"),
    "score": lazy("Score"),
    "price": lazy("Rate"),
    "currency": lazy("Currency"),
    "last_post_on": lazy("Last post"),
    "read_on": lazy("Figures read on"),
    "topic": lazy("Topic"),
    "country": lazy("Country"),
    "city": lazy("City"),
    "language": lazy("Language"),
    "zone": lazy("Time zone"),
    "tags": lazy("Tags"),
    "notes": lazy("Notes"),
}
PLATFORM_HANDLES = ("instagram", "youtube", "tiktok", "twitch", "pinterest")
# Kept in English on the contact: it is a record, not a word of the page.
BASES = {
    "business": lazy("Legitimate interest, public business address"),
    "asked": lazy("They asked us to write"),
    "consent": lazy("They agreed to be written to"),
    "work": lazy("We work or worked together"),
    "unknown": lazy("Not written down yet"),
}
SAMPLE = (
    ("Name", "Email", "Instagram", "Followers", "Engagement rate", "Country", "Topic", "Tags"),
    (
        "Sunniva Elgaard",
        "sunniva@elgaard.example",
        "sunniva.elgaard",
        "47.2K",
        "8,2 %",
        "DK",
        "Cooking",
        "autumn; pans",
    ),
    ("Rashid Bakri", "rashid@bakri.example", "rashid.bakri", "132,000", "5.7 %", "Jordan", "Cooking", "autumn"),
)


KINDS = {
    "text": lazy("New field: text"),
    "number": lazy("New field: number"),
    "money": lazy("New field: money"),
    "date": lazy("New field: date"),
    "url": lazy("New field: web address"),
    "yes_no": lazy("New field: yes or no"),
}
# Before the kind of a field that is to be made from a column.
NEW = "new:"


def field_words(value: str) -> str:
    """Return the English of a field that may carry a platform."""
    platform, _, field = value.rpartition(".")
    words = FIELDS.get(field, field)
    return f"{platform.capitalize()}: {words}" if platform else words
