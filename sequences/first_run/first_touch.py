"""Use cases: the sequence "First touch": three steps with safe hours and limits, made from the pitch's facts."""

from collections.abc import Mapping

import yaml

from crm.brands import save_product
from crm.models import Brand, Mailbox
from kit.tx import Tx
from sequences.first_run.pitch import MAIL, SUBJECT, make_fields
from sequences.first_run.progress import keep_progress
from sequences.models import Sequence
from sequences.pitches.pitch import lookup_pitch
from sequences.versions.authoring import Draft, import_sequence, workspace_pitches
from sequences.versions.sequence_file import read_sequence_file

NAME = "First touch"
PER_DAY = 5
_HOURS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00", "zone": "recipient"}
_NUDGE, _LAST = "pitches/follow-up-1.md", "pitches/follow-up-2.md"


def keep_pitch(tx: Tx, brand: Brand, facts: Mapping[str, str]) -> None:
    """Keep the facts, and the product in the brand's own list."""
    product = {name: facts[name] for name in ("what", "difference", "audience_reason")}
    save_product(tx, brand, facts["name"], **product)
    keep_progress(tx, facts=dict(facts))


def make_sequence(tx: Tx, brand: Brand, mailbox: Mailbox, facts: Mapping[str, str], *, actor: str) -> Sequence:
    """Store it, not yet running; the same facts again change nothing, others make a new version."""
    source = write_source(brand.name, mailbox.address, facts)
    document = read_sequence_file(source)
    known = workspace_pitches(tx)
    bodies = {path: lookup_pitch(path, known) for path in (MAIL, _NUDGE, _LAST)}
    draft = Draft(source=source, document=document, bodies=bodies, files={})
    sequence = import_sequence(tx, draft, actor=actor, note="Made in set-up")
    keep_progress(tx, sequence_id=sequence.id)
    return sequence


def write_source(brand: str, address: str, facts: Mapping[str, str]) -> str:
    """Return the sequence as a file: the first mail waits for a yes and, at the earliest, for the next working day."""
    mail = {"kind": "email", "thread": "same"}
    return yaml.safe_dump(
        {
            "name": NAME, "brand": brand, "mailbox": address, "holidays": "recipient-country",
            "window": _HOURS,
            "stop_on": ["reply", "bounce", "opt_out"], "new_per_day": PER_DAY, "fields": make_fields(facts),
            "steps": [
                {"key": "first-touch", "kind": "email", "review": "required", "wait": "1 business day",
                 "subject": SUBJECT, "body": MAIL},
                {"key": "gentle-nudge", "wait": "4 business days", "body": _NUDGE, **mail},
                {"key": "last-note", "wait": "6 business days", "body": _LAST, **mail},
            ],
        },
        allow_unicode=True,
        sort_keys=False,
    )  # fmt: skip
