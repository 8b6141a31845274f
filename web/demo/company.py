"""Use cases: the demo's company as it stands on its first morning: people, products, conversations, a sequence."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from importlib import resources
from pathlib import Path

from crm.brands import create_brand, save_product
from crm.contacts import create_contact, refresh_search_text
from crm.mailboxes import add_mailbox
from crm.models import Handle, HandleSnapshot, Mailbox, Message, User
from crm.pipeline import ensure_relationship, move_stage
from crm.threads import find_owner, open_thread, store_message, touch_thread
from crm.timeline import record_entry
from crm.users import add_user
from kit.tx import Tx
from mailer.parse import parse_mail
from mailer.types import Fetched
from sequences.course.enrolments import Verdict, enrol
from sequences.reading.filing import file_mail
from sequences.versions.authoring import get_sequence, import_sequence, read_draft, start_sequence
from web.demo.cast import CAST, WAITING, Creator
from web.demo.known import remember_account
from web.demo.memory import remember
from web.demo.world import OURS, PASSWORD
from web.wiring import House

SEQUENCE = "Everyday Carbon, first touch"
ZONE = "Europe/Copenhagen"


def found_company(house: House, *, smtp_port: int, imap_port: int) -> User:
    """Fill an empty installation; return Ada, who is signed in."""
    with house.database.transaction() as tx:
        ada = add_user(tx, OURS, role="admin", name="Ada Marsh")
        ada.zone = ZONE
        mailbox = _connect(tx, house, ada, smtp_port, imap_port)
        brand = create_brand(
            tx, "Brackenware", postal_address="Havnegade 12, Aarhus, Denmark", signature="Brackenware, Aarhus"
        )
        product = save_product(
            tx,
            brand,
            "Bracken 26",
            what="a carbon-steel pan that weighs 1.3 kg, about half of cast iron",
            difference="it arrives already seasoned, so the first egg slides",
            audience_reason="they cook in small kitchens with one good burner, and this pan replaces three",
        )
        for waiting in WAITING:
            _remember_conversation(tx, mailbox, brand.id, waiting)
        for creator in CAST:
            _add_creator(tx, creator, brand.id, ada)
        remember(tx, brand.id, product.id, ada)
    return ada


def begin_sequence(house: House, *, review: bool) -> list[Verdict]:
    """Start the first touch with the whole cast in it; with `review`, first mails wait for a person's yes."""
    source = resources.files("web.demo").joinpath("first-touch.yaml").read_text(encoding="utf-8")
    path = Path(house.settings.home) / "first-touch.yaml"
    path.write_text(source if review else source.replace("review: required", "review: none"), encoding="utf-8")
    draft = read_draft(path, {})
    with house.database.transaction() as tx:
        sequence = import_sequence(tx, draft)
        start_sequence(tx, sequence.name)
    with house.database.transaction() as tx:
        contacts = [contact_id for creator in CAST if (contact_id := find_owner(tx, creator.email)) is not None]
        return enrol(tx, get_sequence(tx, SEQUENCE), contacts, actor="user:1")


def _connect(tx: Tx, house: House, ada: User, smtp_port: int, imap_port: int) -> Mailbox:
    return add_mailbox(
        tx,
        Mailbox(
            address=OURS,
            name="Ada Marsh",
            smtp_url=f"smtp+plain://127.0.0.1:{smtp_port}",
            imap_url=f"imap+plain://127.0.0.1:{imap_port}",
            user=OURS,
            auth="password",
            secret=house.seal.seal(PASSWORD, about=f"mailbox:{OURS}"),
            daily_cap=40,
            gap_min_s=480,
            gap_max_s=840,
            ramp=False,
            window="always",
            zone=ZONE,
            owner_id=ada.id,
        ),
    )


def _add_creator(tx: Tx, creator: Creator, brand_id: int, owner: User) -> None:
    contact = create_contact(
        tx,
        name=creator.name,
        emails=[creator.email],
        actor=f"user:{owner.id}",
        source="by Ada from kitchen-creators-nov.csv",
        country=creator.country,
        city=creator.city,
        language=creator.language,
        topic="cooking",
        personal_line=creator.first_line,
        basis="Legitimate interest, business address on the channel page",
    )
    contact.owner_id = owner.id
    handle = Handle(
        contact_id=contact.id,
        platform=creator.platform,
        username=creator.username,
        url=f"https://{creator.platform}.example/@{creator.username}",
        topic="cooking",
        followers=creator.followers,
        avg_views=creator.avg_views,
        engagement_rate=creator.engagement_rate,
        created_at=tx.now,
    )
    tx.session.add(handle)
    tx.session.flush()
    tx.session.add(
        HandleSnapshot(
            handle_id=handle.id,
            taken_at=tx.now,
            followers=creator.followers,
            avg_views=creator.avg_views,
            engagement_rate=creator.engagement_rate,
            source="kitchen-creators-nov.csv",
        )
    )
    remember_account(tx, handle)
    refresh_search_text(tx, contact)
    ensure_relationship(tx, contact.id, brand_id)
    move_stage(tx, contact.id, brand_id, "Shortlisted", actor=f"user:{owner.id}")


def _remember_conversation(
    tx: Tx, mailbox: Mailbox, brand_id: int, waiting: tuple[str, str, str, str, str, str, float]
) -> None:
    """Let somebody have been written to last week, and have answered some hours ago."""
    name, email, country, subject, words, username, hours = waiting
    contact = create_contact(tx, name=name, emails=[email], actor="user:1", country=country, topic="cooking")
    handle = Handle(
        contact_id=contact.id,
        platform="youtube",
        username=username,
        url=f"https://youtube.example/@{username}",
        followers=96_000,
        avg_views=52_000,
        engagement_rate=0.062,
        created_at=tx.now,
    )
    tx.session.add(handle)
    tx.session.flush()
    remember_account(tx, handle)
    asked_at = tx.now - timedelta(days=6, hours=hours)
    thread = open_thread(
        tx, mailbox_id=mailbox.id, contact_id=contact.id, brand_id=brand_id, subject=subject, at=asked_at
    )
    ours = f"{asked_at:%Y%m%d%H%M}.{contact.id}@brackenware.example"
    text = f"Hi {contact.first_name},\n\nhere is what I promised. What do you think?\n\nAda"
    message = store_message(
        tx,
        Message(
            mailbox_id=mailbox.id,
            thread_id=thread.id,
            contact_id=contact.id,
            direction="out",
            kind="manual",
            dedupe=ours,
            rfc_id=ours,
            sender=OURS,
            sender_name="Ada Marsh",
            recipients=[email],
            subject=subject,
            at=asked_at,
            dated_at=asked_at,
            folder="sent",
            matched_by="recipient",
        ),
        new_text=text,
        text=text,
        html=None,
        raw=None,
        ids=[ours],
    )
    touch_thread(tx, thread, at=asked_at, inbound=False, counts_as_turn=True)
    entry = record_entry(
        tx, contact.id, "mail_manual", subject, actor="user:1", brand_id=brand_id, message_id=message.id
    )
    entry.at = asked_at
    _let_answer(tx, mailbox, email, name, subject, words, ours, hours)


def _let_answer(
    tx: Tx, mailbox: Mailbox, email: str, name: str, subject: str, words: str, ours: str, hours: float
) -> None:
    at = tx.now - timedelta(hours=hours)
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = f"{name} <{email}>", OURS, f"Re: {subject}"
    reply["Date"], reply["Message-ID"] = format_datetime(at), f"<{ours.partition('@')[0]}.re@{email.partition('@')[2]}>"
    reply["In-Reply-To"] = f"<{ours}>"
    reply.set_content(words)
    raw = reply.as_bytes()
    fetched = Fetched(uid=0, received_at=at, size=len(raw), raw=raw)
    file_mail(tx, mailbox, "inbox", fetched, parse_mail(raw, received_at=at), frozenset({OURS}))
