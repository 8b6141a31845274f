"""Wire: the composer: what it shows, what its form means, and what it says before a mail may leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request

from crm.models import Brand, Contact, Mailbox, SavedText, Thread
from crm.texts import get_text
from crm.zones import zone_of
from kit.errors import InvalidError, NotFoundError, say
from kit.ids import new_token
from kit.tx import Tx
from sequences.mail_models import MailDraft, MailFile
from sequences.pitches.typed_fields import fill_text, list_fields, sender_values, values_for
from sequences.pitches.values import person_values, signature_text
from sequences.sending import mail_drafts
from sequences.sending.answers import Letter, preferred_address
from sequences.sending.news import News, list_news
from sequences.sending.writing_desk import WritingDesk, read_desk
from web import forms
from web.copies_form import CopiesForm, read_cc, show_cc
from web.places import country_name
from web.reader_clock import Later, is_night, read_local, suggest
from web.request import this_actor, this_tx, this_user
from web.times import clock, read_zone, stamp, zone_city
from web.uploads import list_uploads
from web.words import _

_MORNING = "morning"  # of the times that are suggested, nine on their clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a mail did not go: a sentence, what others did meanwhile, or a time that is night there."""

    fault: str = ""
    news: tuple[News, ...] = ()
    night: str = ""
    when: str = ""
    at: str = ""
    later: bool = False
    closes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Composer:
    """All that the composer shows. `where` is its address: /threads/12 or /contacts/5/mail."""

    where: str
    action: str
    contact: Contact
    mailbox: Mailbox | None
    draft: MailDraft | None
    seen: str = ""
    is_new: bool = False
    mailboxes: tuple[Mailbox, ...] = ()
    files: tuple[MailFile, ...] = ()
    texts: tuple[SavedText, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    signature: str = ""
    copies: CopiesForm | None = None
    times: tuple[Later, ...] = ()
    night_now: bool = False
    trouble: Trouble = field(default_factory=Trouble)
    request_key: str = field(default_factory=new_token)


def answer_composer(
    tx: Tx,
    thread: Thread,
    desk: WritingDesk,
    about: Mapping[str, Any],
    seen: str,
    trouble: Trouble | None,
) -> Composer:
    """Return the composer under a conversation; `about` has the person's handles and the brand's products."""
    contact, mailbox = desk.contact, tx.session.get(Mailbox, thread.mailbox_id)
    if contact is None:
        raise NotFoundError(say("There is no such person."))
    brand = tx.session.get(Brand, thread.brand_id) if thread.brand_id else None
    fields: tuple[tuple[str, str], ...] = ()
    if brand and mailbox:
        values = person_values(contact, brand, mailbox, email="", handles=about["handles"], products=about["products"])
        fields = tuple(list_fields(values))
    return Composer(
        where=f"/threads/{thread.id}",
        action=f"/threads/{thread.id}/replies",
        contact=contact,
        mailbox=mailbox,
        draft=desk.draft,
        seen=seen,
        files=desk.files,
        texts=desk.texts,
        copies=show_cc(desk.draft.cc if desk.draft else "", desk.helpers),
        fields=fields,
        signature=_signature(brand, mailbox),
        times=_times(tx, contact),
        night_now=_night(tx.now, contact),
        trouble=trouble or Trouble(),
    )


def mail_composer(
    tx: Tx, contact: Contact, brand: Brand | None, mailboxes: list[Mailbox], email: str, trouble: Trouble | None
) -> Composer:
    """Return the composer of a new mail."""
    desk = read_desk(tx, this_user().id, mail_drafts.place_of(contact_id=contact.id), contact_id=contact.id)
    own = this_user().email
    mailbox = next((box for box in mailboxes if box.address == own), mailboxes[0] if mailboxes else None)
    fields: tuple[tuple[str, str], ...] = ()
    if brand and mailbox:
        fields = tuple(list_fields(values_for(tx, contact, brand, mailbox, email=email)))
    return Composer(
        where=f"/contacts/{contact.id}/mail",
        action=f"/contacts/{contact.id}/mail",
        contact=contact,
        mailbox=mailbox,
        mailboxes=tuple(mailboxes),
        is_new=True,
        draft=desk.draft,
        files=desk.files,
        texts=desk.texts,
        copies=show_cc(desk.draft.cc if desk.draft else "", desk.helpers),
        fields=fields,
        signature=_signature(brand, mailbox),
        times=_times(tx, contact),
        night_now=_night(tx.now, contact),
        trouble=trouble or Trouble(),
    )


def keep_typed(place: str, contact: Contact, brand: Brand | None, mailbox: Mailbox | None) -> MailDraft:
    """Keep what the form has, with files handed in, and with the text or field that was to be put in."""
    tx, given = this_tx(), request.form
    text, subject = given.get("text", ""), given.get("subject", "")
    text_id = forms.read_int(given.get("insert")) or forms.read_int(given.get("text_id"))
    if given.get("insert") and text_id:
        saved = get_text(tx, text_id)
        text = f"{text.rstrip()}\n\n{filled(tx, saved, contact, brand, mailbox)}".lstrip()
        subject = subject or saved.subject
    if given.get("insert_field"):
        text = f"{text}{given['insert_field'][:300]}"
    draft = mail_drafts.keep_draft(tx, this_user().id, place, text, subject=subject, cc=read_cc(), text_id=text_id)
    mail_drafts.attach(tx, draft, list_uploads())
    return draft


def filled(tx: Tx, saved: SavedText, contact: Contact, brand: Brand | None, mailbox: Mailbox | None) -> str:
    """Return a saved text for one person."""
    if brand is None or mailbox is None:
        return saved.body
    email = contact_email(tx, contact)
    return fill_text(saved.body, values_for(tx, contact, brand, mailbox, email=email)).text


def contact_email(tx: Tx, contact: Contact) -> str:
    """Return a person's address, or nothing."""
    try:
        return preferred_address(tx, contact.id)
    except InvalidError:
        return ""


def read_letter(tx: Tx, contact: Contact) -> Letter:
    """Return what the form asks to send, and when.

    Raises InvalidError for a time that cannot be, NightError for one that is night there and was not agreed to.
    """
    given, user = request.form, this_user()
    text = given.get("text", "").strip()[: mail_drafts.MAX_TEXT].replace("\r\n", "\n")
    at = _chosen_time(tx.now, contact) if given.get("later") else None
    if not text:
        raise InvalidError(_("Write something first."))
    if given.get("at_night") == _MORNING:
        at = next(one.at for one in _times(tx, contact) if one.key == _MORNING)
    elif not given.get("at_night") and _night(at or tx.now, contact):
        there = _there(at or tx.now, contact)
        if at:
            raise NightError(_("That is %(clock)s in %(city)s, at night there.", **there))
        raise NightError(_("Nothing was sent: it is %(clock)s in %(city)s, at night there.", **there))
    return Letter(
        text=text,
        subject=given.get("subject", ""),
        signed=bool(given.get("signed")),
        at=at,
        undo_s=user.undo_s,
        closes=bool(given.get("close")),
        cc=read_cc(),
    )


class NightError(InvalidError):
    """The mail would arrive at night, and nobody said that it may."""

    code = "night"


def trouble_of(error: Exception, sentence: str) -> Trouble:
    """Return what the composer shows after a refusal."""
    when, at = request.form.get("when", ""), request.form.get("at", "")
    if isinstance(error, NightError):
        later, closes = bool(request.form.get("later")), bool(request.form.get("close"))
        return Trouble(night=sentence, when=when, at=at, later=later, closes=closes)
    return Trouble(fault=sentence, when=when, at=at)


def find_news(thread_id: int) -> tuple[News, ...]:
    """Return what others did in the conversation since this form was made."""
    found = list_news(this_tx(), thread_id, request.form.get("seen", ""), actor=this_actor(), lock=True)
    return tuple(found)


def leaves_when(tx: Tx, letter: Letter, contact: Contact) -> str:
    """Return what to say once a mail waits: how long it can be taken back, or when it leaves on both clocks."""
    if letter.at is None:
        seconds = int(letter.undo_s)
        return _("Your answer leaves in %(n)s seconds.", n=seconds) if seconds else _("Your answer is on its way.")
    mine = stamp(letter.at, tx.now, read_zone(this_user().zone))
    if zone_of(contact.zone, contact.country) is None:
        return _("It leaves on %(mine)s, your time.", mine=mine)
    return _("It leaves on %(mine)s, your time: %(clock)s in %(city)s.", mine=mine, **_there(letter.at, contact))


def _there(at: datetime, contact: Contact) -> dict[str, str]:
    theirs = zone_of(contact.zone, contact.country)
    name = theirs.name if theirs else None
    place = (contact.city or country_name(contact.country)) if theirs and theirs.guessed else zone_city(name)
    return {"clock": clock(at, read_zone(name)), "city": place}


def _chosen_time(now: datetime, contact: Contact) -> datetime:
    given = request.form
    if given.get("when") and given["when"] != "at":
        chosen = next(
            (one.at for one in suggest(now, _clock_of(contact)) if one.key == given["when"]),
            None,
        )
    else:
        chosen = read_local(given.get("at", ""), read_zone(this_user().zone))
    if chosen is None:
        raise InvalidError(_("Choose when it is to leave."))
    return chosen


def _signature(brand: Brand | None, mailbox: Mailbox | None) -> str:
    return signature_text(brand, sender_values(mailbox, brand)) if brand and brand.signature and mailbox else ""


def _times(tx: Tx, contact: Contact) -> tuple[Later, ...]:
    return tuple(suggest(tx.now, _clock_of(contact)))


def _night(at: datetime, contact: Contact) -> bool:
    theirs = zone_of(contact.zone, contact.country)
    return theirs is not None and is_night(at, read_zone(theirs.name))


def _clock_of(contact: Contact) -> ZoneInfo:
    """Return the zone they live by, known or guessed; ours where nobody knows."""
    theirs = zone_of(contact.zone, contact.country)
    return read_zone(theirs.name if theirs else this_user().zone)
