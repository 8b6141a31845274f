"""The fictional company of the mock and the people it writes to, as rows."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import update

from crm import brands, contacts, feedback, pipeline, tasks, timeline, users
from crm.changes import record_change
from crm.jobs import leave_out, start_job, write_log
from crm.mailboxes import add_mailbox
from crm.models import Contact, ContactTag, Handle, Mailbox, Message, Task, Thread
from crm.search_index import index_waiting
from crm.threads import open_thread, store_message, touch_thread
from kit.tx import Tx
from sequences.course.enrolments import enrol
from sequences.course.planning import plan_due
from sequences.models import Send
from sequences.versions.authoring import import_sequence, read_draft, start_sequence
from web.wiring import House, make_engine_of

ADA = "ada@brackenware.example"
PASSWORD = "one pan, no lid"
SEQUENCE = """\
name: Everyday Carbon, first touch
brand: Brackenware
mailbox: ada@brackenware.example
window: always
holidays: none
new_per_day: none
steps:
  - key: first-touch
    kind: email
    review: required
    subject: "A pan for {{ contact.first_name }}?"
    body: |
      Hi {{ contact.first_name }},

      {{ contact.personal_line }}

      We make Bracken 26, a carbon-steel pan that weighs 1.3 kg, about half of cast iron, and goes from hob to oven to
      table. Unlike other carbon steel it arrives already seasoned, so the first egg slides.

      Could you tell me by 4 December if it sounds fun? A plain no is fine too.

      Ada
  - key: gentle-nudge
    kind: email
    wait: 4 business days
    thread: same
    body: |
      Just a short reminder.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One person: where they stand and what was said, hours ago, the newest last."""

    name: str
    email: str
    platform: str
    size: float
    stage: str
    country: str
    zone: str
    language: str
    mails: tuple[tuple[str, float, str], ...] = ()
    reply_kind: str | None = None
    subject: str = ""
    topic: str = ""
    facts: dict[str, str] = field(default_factory=dict)


_HANDLE = (
    "Hi both,\n\nDraft 2 is up. I moved the price card to 0:41 and I now say the sponsor line out loud.\n\n"
    "One thing, and I say it with love: the handle gets properly hot on my induction hob after ten minutes, and people "
    "ask about it every single time I film.\n\nCould we push the third video to 12 December?\n\nImani"
)
_LONG_AGO = tuple(("in" if n % 2 else "out", 24 * (75 - n * 0.8), "A word about the draft.") for n in range(1, 80, 5))
_DRAFT = (
    "Hi Imani, draft 1 made the whole office hungry. Two must-haves before it goes live: the price card before 0:45, "
    "and the sponsor line spoken as well as written."
)
_MONEY = "For three videos I would need €5,400, but then I can include the newsletter as well."
_AMMAN = "مرحبا أدا، شكراً على الرسالة اللطيفة. هل تشحنون إلى عمّان؟ وهل تناسب المقلاة موقد الغاز؟"
_BARRIO = "¡Me encanta la idea! ¿Puedo contarlo en español para mi gente, o lo necesitan en inglés?"
_LATER = "Not before Hogmanay, I am flat out, but do ask me again in January."
_STEW = "Five dinners on the slow burner, and the stew on Thursday. That is my kitchen exactly."
_COFFEE = "The bit where you deglaze with cold coffee had our test kitchen arguing for a week."
PEOPLE = (
    Part("Imani Oduya", "imani@smallkitchen.example", "youtube", 184_000, "Active", "CA", "America/Toronto", "en",
         (*_LONG_AGO, ("out", 75, _DRAFT), ("in", 16, _HANDLE)),
         "question", "Draft 2, and one thing about the handle", "Small Kitchen Imani"),
    Part("Tomek Wilczak", "tomek@castandcarbon.example", "youtube", 96_000, "Talking", "PL", "Europe/Warsaw", "pl",
         (("out", 40, "Three films?"), ("in", 5, _MONEY)),
         "counter_offer", "Re: three films with Bracken 26", "Cast and carbon"),
    Part("Layan Qasimi", "layan@matbakh.example", "instagram", 132_000, "Talking", "JO", "Asia/Amman", "ar",
         (("out", 30, "One pan for a small kitchen."), ("in", 3, _AMMAN)),
         "question", "رد: مقلاة واحدة لمطبخ صغير", "مطبخ ليان"),
    Part("Sofía Arrieta", "sofia@cocina.example", "tiktok", 410_000, "Talking", "UY", "America/Montevideo", "es",
         (("out", 28, "A pan for your barrio?"), ("in", 2, _BARRIO)),
         "interested", "Re: una sartén para tu barrio", "Cocina de barrio"),
    Part("Callum Strachan", "callum@weekitchen.example", "youtube", 58_000, "Pitched", "GB", "Europe/London", "en",
         (("out", 26, "Your wee kitchen and a 1.3 kg pan."), ("in", 0.8, _LATER)),
         "not_now", "Re: your wee kitchen and a 1.3 kg pan", "Wee kitchen"),
    Part("Kwesi Danquah-Mills", "kwesi@jolloflab.example", "youtube", 142_000, "Active", "GH", "Africa/Accra", "en",
         (("in", 30, "It is here and it is handsome. Filming on Friday."), ("out", 6, "Lovely, enjoy.")),
         None, "Sample has landed", "Jollof lab"),
    Part("Hanne Vosk", "hanne@slowpan.example", "youtube", 66_000, "Alumni", "DE", "Europe/Berlin", "de",
         tuple(("in", 24 * (71 + 9 * n), "See you soon.") for n in range(5, -1, -1)),
         None, "Spring", "Slow pan Sunday"),
    Part("Niamh Kerrisk", "niamh@rangecooker.example", "youtube", 31_000, "Shortlisted", "IE", "Europe/Dublin", "en",
         topic="Range cooker", facts={"personal_line": _STEW}),
    Part("Efua Mintah-Boyle", "efua@efuaeats.example", "instagram", 73_000, "Shortlisted", "GB", "Europe/London", "en",
         topic="Efua eats well"),
    Part("Dorte Fjeldgaard", "dorte@treretter.example", "youtube", 47_000, "Shortlisted", "DK", "Europe/Berlin", "da",
         topic="Tre retter", facts={"personal_line": _COFFEE}),
)  # fmt: skip


@dataclass(slots=True)
class Cast:
    """Numbers by name: contacts, threads and drafts."""

    brand: int = 0
    sequence: int = 0
    contacts: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    messages: dict[str, int] = field(default_factory=dict)


def seed_cast(house: House) -> Cast:
    """Fill an empty house: a brand, three colleagues, ten creators, one running sequence with three drafts."""
    cast = Cast()
    with house.database.transaction() as tx:
        _colleagues(tx, house)
        brand = brands.create_brand(tx, "Brackenware", postal_address="Havnegade 12, Aarhus")
        cast.brand = brand.id
        brands.save_product(tx, brand, "Bracken 26")
        box = _mailbox(tx, house)
        for part in PEOPLE:
            _person(tx, cast, part, box)
        _upkeep(tx, cast)
        _bygone(tx)
    with house.database.transaction() as tx:
        _sequence(tx, house, cast)
        tx.session.flush()
        index_waiting(tx.session.connection())
    return cast


def _bygone(tx: Tx) -> None:
    """Leave long work that ended, and a change nobody takes back here."""
    change = record_change(tx, "cast", actor="user:1", summary="Moved Imani Oduya to Talking", data={})
    job = start_job(tx, "cast", actor="user:1", total=3, data={}, title="A list from last week")
    job.state, job.done, job.change_id, job.started_at, job.ended_at = "done", 3, change.id, tx.now, tx.now
    leave_out(job, "The row has no address.")
    write_log(tx, job, "Begun.")


def _colleagues(tx: Tx, house: House) -> None:
    for email, role, name in (
        (ADA, "outreach", "Ada Marsh"),
        ("ruben@brackenware.example", "reviewer", "Ruben Castellan"),
        ("yuki@brackenware.example", "brand", "Yuki Lindholm"),
    ):
        user = users.add_user(tx, email, role=role, name=name)
        user.zone = "Europe/Copenhagen"
        users.set_password(user, PASSWORD, house.hasher)


def _mailbox(tx: Tx, house: House) -> Mailbox:
    return add_mailbox(
        tx,
        Mailbox(
            address=ADA, name="Ada Marsh", smtp_url="smtp+plain://127.0.0.1:2525", imap_url="imap+plain://127.0.0.1:1143",
            user=ADA, secret=house.seal.seal("x", about=f"mailbox:{ADA}"), daily_cap=40, ramp=False, window="always",
            zone="Europe/Copenhagen",
        ),
    )  # fmt: skip


def _person(tx: Tx, cast: Cast, part: Part, box: Mailbox) -> None:
    contact = contacts.create_contact(
        tx, name=part.name, emails=[part.email], actor="system", country=part.country, zone=part.zone,
        language=part.language, topic=part.topic, basis="business address on the channel page", **part.facts,
    )  # fmt: skip
    cast.contacts[part.name] = contact.id
    tx.session.add(
        Handle(
            contact_id=contact.id, platform=part.platform, username=contact.topic or contact.name, followers=part.size,
            avg_views=part.size * 0.52, engagement_rate=0.071, price_amount=Decimal(1800), price_currency="EUR",
            created_at=tx.now,
        )
    )  # fmt: skip
    tx.session.add(ContactTag(contact_id=contact.id, tag="one-pan"))
    contacts.refresh_search_text(tx, contact)
    pipeline.move_stage(tx, contact.id, cast.brand, part.stage, actor="system")
    if part.mails:
        _talk(tx, cast, part, contact, box)


def _talk(tx: Tx, cast: Cast, part: Part, contact: Contact, box: Mailbox) -> None:
    thread = open_thread(
        tx, mailbox_id=box.id, contact_id=contact.id, brand_id=cast.brand, subject=part.subject, at=tx.now
    )
    thread.last_at = tx.now - timedelta(days=900)
    cast.threads[part.name] = thread.id
    for number, (direction, hours, text) in enumerate(part.mails):
        message = _mail(tx, thread, part, direction, tx.now - timedelta(hours=hours), text, f"{contact.id}-{number}")
        cast.messages[part.name] = message.id


def _mail(tx: Tx, thread: Thread, part: Part, direction: str, at: datetime, text: str, key: str) -> Message:
    came = direction == "in"
    message = Message(
        mailbox_id=thread.mailbox_id, thread_id=thread.id, contact_id=thread.contact_id, direction=direction,
        kind="reply" if came else "sent", dedupe=key, rfc_id=f"<{key}@mail.test>", subject=part.subject, at=at,
        sender=part.email if came else ADA, sender_name=part.name if came else "Ada Marsh",
        recipients=[ADA if came else part.email], reply_kind=part.reply_kind if came else None,
        reply_cue="could we push" if came and part.reply_kind == "question" else "",
    )  # fmt: skip
    whole = f"{text}\n\nOn Friday Ada wrote:\n> Hi"
    store_message(tx, message, new_text=text, text=whole, html="<script>alert(1)</script>", raw=None, ids=[])
    touch_thread(tx, thread, at=at, inbound=came, counts_as_turn=True)
    return message


def _upkeep(tx: Tx, cast: Cast) -> None:
    imani, kwesi = cast.contacts["Imani Oduya"], cast.contacts["Kwesi Danquah-Mills"]
    timeline.add_note(tx, imani, "She tests on a portable induction plate, 2 kW.", actor="user:3", brand_id=cast.brand)
    tasks.create_task(tx, "Answer on draft 2", actor="user:1", contact_id=imani, due_on=tx.now.date())
    tasks.create_task(tx, "Ship Lid No. 2 to Kwesi", actor="user:1", contact_id=kwesi, due_on=tx.now.date())
    feedback.log_feedback(
        tx, "Half my comments are people asking whether the 26 fits a caravan hob. It does, just say so.", kind="idea",
        actor="user:1", contact_id=kwesi, brand_id=cast.brand, theme="Caravan hobs",
    )  # fmt: skip


def _sequence(tx: Tx, house: House, cast: Cast) -> None:
    path = house.settings.home / "first-touch.yaml"
    path.write_text(SEQUENCE, encoding="utf-8")
    sequence = import_sequence(tx, read_draft(path, {}))
    start_sequence(tx, sequence.name)
    cast.sequence = sequence.id
    people = [cast.contacts[name] for name in ("Niamh Kerrisk", "Efua Mintah-Boyle", "Dorte Fjeldgaard")]
    enrol(tx, sequence, people, actor="user:1")
    tx.session.flush()
    plan_due(tx, make_engine_of(house).links)


def settle(house: House, cast: Cast) -> None:
    """Let Kwesi's parcel be on its way and Niamh's pitch be left out: then it is his turn, and she rests."""
    with house.database.transaction() as tx:
        of = cast.contacts
        tx.session.execute(update(Task).where(Task.contact_id == of["Kwesi Danquah-Mills"]).values(done_at=tx.now))
        drafts = update(Send).where(Send.contact_id == of["Niamh Kerrisk"], Send.state == "draft")
        tx.session.execute(drafts.values(state="cancelled"))
