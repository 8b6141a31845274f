"""Pure: the company that every simulated world begins with: mailboxes, contacts in many zones, three sequences."""

from dataclasses import dataclass
from itertools import cycle, islice

BRAND = "Pastel & Co"
SECRET = "sixteen characters at least"  # noqa: S105 - seals nothing but the passwords of fakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One mailbox of ours: `window` is "always" or a window as a document."""

    address: str
    zone: str
    daily_cap: int | None
    gap_min_s: int = 0
    gap_max_s: int = 0
    ramp: bool = False
    window: str | dict[str, object] = "always"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """One person we write to."""

    name: str
    email: str
    country: str | None
    zone: str | None


BOXES = (
    Box(address="mia@pastel.test", zone="Europe/Dublin", daily_cap=9),
    Box(
        address="noor@pastel.test",
        zone="America/New_York",
        daily_cap=14,
        gap_min_s=480,
        gap_max_s=840,
        ramp=True,
    ),
    Box(
        address="ines@quay.test",
        zone="Asia/Tokyo",
        daily_cap=None,
        window={"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "05:00", "to": "23:00"},
    ),
)

SPRING = """\
name: spring
brand: Pastel & Co
mailbox: [mia@pastel.test, noor@pastel.test]
new_per_day: 8
steps:
  - {key: pitch, kind: email, subject: "Hello {{ contact.first_name }}", body: "We make markers."}
  - {key: nudge, kind: email, wait: 2 business days, thread: same, body: "Once more."}
  - {key: last, kind: email, wait: 4 days, thread: same, body: "A last time."}
"""
AUTUMN = """\
name: autumn
brand: Pastel & Co
mailbox: ines@quay.test
window: {days: [mon, tue, wed, thu, fri, sat], from: "18:00", to: "02:00"}
stop_on: [bounce, opt_out, "stage:Agreed"]
steps:
  - {key: open, kind: email, subject: "Ink for {{ contact.first_name }}", body: "We make ink."}
  - {key: follow, kind: task, wait: 1 day, channel: instagram, title: "Follow them", body: "Say hello."}
  - {key: close, kind: email, wait: 2 days, subject: "Ink once more", body: "It dries fast."}
"""
WINTER = """\
name: winter
brand: Pastel & Co
mailbox: [mia@pastel.test, ines@quay.test]
window: {days: [mon, tue, wed, thu, fri], from: "09:00", to: "16:00", zone: Europe/Berlin}
holidays: none
stop_on: [reply, bounce, opt_out, "stage:Alumni"]
steps:
  - key: hello
    kind: email
    review: required
    variants:
      - {key: short, weight: 2, subject: "Paper", body: "We make paper."}
      - {key: long, weight: 1, subject: "Paper and pens", body: "We make paper, and pens."}
  - {key: again, kind: email, wait: 36 hours, thread: same, body: "Still paper."}
  - {key: bye, kind: email, wait: 1 week, thread: same, body: "Goodbye, paper."}
"""
SOURCES = (SPRING, AUTUMN, WINTER)
NAMES = ("spring", "autumn", "winter")

# Country, zone: who says neither lives on the clock of the mailbox.
_PLACES: tuple[tuple[str | None, str | None], ...] = (
    ("DE", None),
    ("JP", None),
    ("US", "America/Los_Angeles"),
    ("IN", None),
    ("FR", None),
    ("NZ", "Pacific/Auckland"),
    ("US", "America/New_York"),
    ("BR", "America/Sao_Paulo"),
    (None, "Australia/Lord_Howe"),
    (None, None),
    ("GB", "Europe/London"),
)
_DOMAINS = ("studio.example", "video.example", "stream.example", "ink.example", "solo{n}.example", "one{n}.example")
PEOPLE = 42
ZONE_OF = {"DE": "Europe/Berlin", "JP": "Asia/Tokyo", "IN": "Asia/Kolkata", "FR": "Europe/Paris"}
NEW_ZONES = ("Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin", "Pacific/Chatham", "America/St_Johns")


def creators() -> list[Creator]:
    """Return everybody, in the order of their numbers."""
    places = islice(cycle(_PLACES), PEOPLE)
    return [
        Creator(
            name=f"Creator{n} Example",
            email=f"creator{n}@{_DOMAINS[n % len(_DOMAINS)].format(n=n)}",
            country=country,
            zone=zone,
        )
        for n, (country, zone) in enumerate(places)
    ]
