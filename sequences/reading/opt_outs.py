"""Use cases: the wish to get no more mail: by link, by one click, by mail, by hand. It holds for all brands (C10)."""

from crm.contacts import display_name, find_contact_by_email, get_contact
from crm.erased import find_erased
from crm.suppressions import suppress, suppress_contact
from kit.errors import say
from kit.seal import Seal
from kit.tx import Tx
from sequences.course.runs import stop_runs
from sequences.sending.stop_rules import Stop

_ABOUT = "opt-out"


def make_token(seal: Seal, email: str) -> str:
    """Return the signed token of an address's opt-out link."""
    return seal.sign(email, about=_ABOUT)


def read_token(seal: Seal, token: str) -> str | None:
    """Return the address that a token is for."""
    return seal.check(token, about=_ABOUT)


def opt_out(tx: Tx, *, token: str, seal: Seal) -> str | None:
    """Obey an opt-out link; return the address, or None for a link that was tampered with."""
    email = read_token(seal, token)
    if email is None:
        return None
    contact = find_contact_by_email(tx, email)
    if find_erased(tx, [email])[0]:
        return email
    if contact is None:
        suppress(tx, email, reason="opt_out", source=say("opt-out link"), actor="contact")
    else:
        record_opt_out(tx, contact.id, source=say("opt-out link"))
    return email


def record_opt_out(tx: Tx, contact_id: int, *, source: str) -> None:
    """Suppress every address of a contact and end every run."""
    suppress_contact(tx, contact_id, reason="opt_out", source=source, actor="contact")
    stop_runs(tx, contact_id, Stop(reason="opt_out", sentence=say("They asked for no more mail.")), actor="contact")


def forbid_contact(tx: Tx, contact_id: int, *, actor: str) -> str:
    """Set "do not contact" by hand; return the contact's name."""
    contact = get_contact(tx, contact_id)
    suppress_contact(tx, contact_id, reason="manual", source="by hand", actor=actor)
    stop_runs(tx, contact_id, Stop(reason="suppressed", sentence=say("Set to do not contact.")), actor=actor)
    return display_name(contact)
