"""Pure: what becomes of each table when a person is erased. A table nobody decided about fails a test.

`delete` removes the person's rows, `blank` empties the named columns of them and keeps the others, which are named
too. All rows of these tables and of those with `search` are searched for the person's traces afterwards. `ours` is not
looked at: `why` says why nothing of a person we write to can be in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import String, cast, literal
from sqlalchemy.sql.elements import ColumnElement

OWNER = "contact_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of a person's rows: those whose `column` names them, or a row of theirs in the table `via`."""

    deed: Literal["delete", "blank", "search", "ours"]
    column: str = OWNER
    via: str = ""
    blank: Mapping[str, Any] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    why: str = ""


def made_up(prefix: str, number: ColumnElement[int]) -> ColumnElement[str]:
    """Return a value that stays unique and says nothing: for columns that may not be empty."""
    return literal(prefix) + cast(number, String)


UNIQUE = object()  # in `blank`: a value that says nothing and is its own

_FACTS = (
    "name", "first_name", "last_name", "pronouns", "city", "topic", "personal_line", "ships_to", "basis",
    "basis_source", "source", "search_text",
)  # fmt: skip


def _ours(why: str) -> Fate:
    return Fate(deed="ours", why=why)


def _theirs(column: str = OWNER, via: str = "") -> Fate:
    return Fate(deed="delete", column=column, via=via)


_SEARCH = Fate(deed="search")
_STAFF = _ours("Colleagues and their sign-ins.")
_MAILBOX = _ours("Our own mailboxes and keys.")
_RULES = _ours("What we sell, and how we work.")
_PITCHES = _ours("Published texts: written for everybody, and never changed.")

FATES: dict[str, Fate] = {
    "contacts": Fate(
        deed="blank",
        column="id",
        blank=dict.fromkeys(_FACTS, "")
        | dict.fromkeys(("country", "language", "zone", "basis_since", "owner_id", "import_id"))
        | {"fields": {}},
        keep=frozenset({"id", "created_at", "erased_at"}),
    ),
    "contact_addresses": _theirs(),
    "contact_tags": _theirs(),
    "contact_keys": _theirs(),
    "contact_links": _theirs(),
    # The other side, and what merges kept of a person: crm/survivors.py.
    "contact_pairs": _theirs("low_id"),
    "contact_merges": _SEARCH,
    "pulses": _theirs(),
    "contact_bests": _theirs(),
    "promises": _theirs(),
    "theme_tells": _theirs(),
    "handle_names": _theirs("handle_id", "handles"),
    "handle_posts": _theirs("handle_id", "handles"),
    "handle_rates": _theirs("handle_id", "handles"),
    "handle_snapshots": _theirs("handle_id", "handles"),
    "handles": _theirs(),
    "relationships": _theirs(),
    "timeline_entries": _theirs(),
    "tasks": _theirs(),
    "proposals": _theirs(),
    "reply_corrections": _theirs("message_id", "messages"),
    "suppressions": _theirs(),
    "disclosures": _theirs(),
    "feedback": Fate(
        deed="blank",
        blank={
            "quote": "",
            "contact_id": None,
            "message_id": None,
            "heard": "",
            "reach": None,
            "said_by": "",
            "said_email": "",
        },
        keep=frozenset(
            {
                "id",
                "brand_id",
                "product_id",
                "kind",
                "theme_id",
                "from_audience",
                "actor",
                "created_at",
                "source",
                "request_key",
                "batch_id",
            }
        ),
    ),
    "threads": _theirs(),
    "messages": Fate(
        deed="blank",
        blank={
            "dedupe": UNIQUE,
            "rfc_id": None,
            "sender": "",
            "sender_name": "",
            "recipients": [],
            "subject": "",
            "snippet": "",
            "dated_at": None,
            "needs_review": False,
            "thread_id": None,
            "reply_cue": "",
            "facts": {},
        },
        keep=frozenset(
            {
                "id",
                "mailbox_id",
                "contact_id",
                "direction",
                "kind",
                "at",
                "folder",
                "matched_by",
                "reply_kind",
                "reply_kind_by",
                "guessed_kind",
                "reply_confidence",
                "opt_out",
                "complaint",
            }
        ),
    ),
    "message_bodies": _theirs("message_id", "messages"),
    "message_ids": _theirs("message_id", "messages"),
    "enrolments": Fate(
        deed="blank",
        blank={
            "email": "",
            "hold_until": None,
            "next_at": None,
            "thread_id": None,
            "personal_line": "",
            "facts": {},
            "override": "",
        },
        keep=frozenset(
            {
                "id",
                "sequence_id",
                "version_id",
                "contact_id",
                "mailbox_id",
                "state",
                "reason",
                "next_step",
                "last_sent_at",
                "actor",
                "user_id",
                "created_at",
                "ended_at",
            }
        ),
    ),
    "sends": Fate(
        deed="blank",
        blank={
            "email": "",
            "domain": "",
            "cc": [],
            "subject": "",
            "reason": "",
            "explanation": {},
            "thread_id": None,
            "lease_owner": None,
            "lease_until": None,
        },
        keep=frozenset(
            {
                "id",
                "enrolment_id",
                "step_key",
                "step",
                "request_key",
                "sequence_id",
                "contact_id",
                "brand_id",
                "mailbox_id",
                "variant",
                "is_follow_up",
                "state",
                "rfc_id",
                "planned_at",
                "due_at",
                "expires_at",
                "attempts",
                "claimed_at",
                "sent_at",
                "settled_at",
                "bounced_at",
                "hard_bounced_at",
                "copy_filed_at",
                "approved_by",
                "created_at",
            }
        ),
    ),
    "send_bodies": _theirs("send_id", "sends"),
    "mail_files": _theirs("send_id", "sends"),
    "attempts": Fate(
        deed="blank",
        column="send_id",
        via="sends",
        blank={"text": ""},
        keep=frozenset({"id", "send_id", "at", "outcome", "stage", "code"}),
    ),
    "incidents": Fate(
        deed="blank",
        blank={"sentence": "About a person who was erased.", "data": {}, "contact_id": None},
        keep=frozenset({"id", "kind", "mailbox_id", "sequence_id", "at", "closed_at", "closed_by"}),
    ),
    # Drafts name their person by place, files and imports by what is in them: sequences/privacy/erasure.py.
    "mail_drafts": _SEARCH,
    "changes": _SEARCH,
    "jobs": _SEARCH,
    "job_files": _SEARCH,
    "imports": _SEARCH,
    "saved_views": _SEARCH,
    # The first run keeps what was left out of its file.
    "workspace_settings": _SEARCH,
    "quarantine": _SEARCH,
    "themes": _SEARCH,
    "theme_moves": _SEARCH,
    "saved_texts": _SEARCH,
    "sequence_drafts": _SEARCH,
    "version_moves": _SEARCH,
    "heartbeats": _SEARCH,
    "mailbox_checks": _SEARCH,
    "text_uses": _ours("Which text a mail began with, by number."),
    "version_changes": _ours("Which versions a sequence had."),
    "erased_marks": _ours("The salted hashes themselves."),
    "users": _STAFF,
    "sessions": _STAFF,
    "one_time_links": _STAFF,
    "api_tokens": _STAFF,
    "trial_mails": _STAFF,
    "mailboxes": _MAILBOX,
    "mail_folders": _MAILBOX,
    "mail_consents": _MAILBOX,
    "mail_consent_requests": _MAILBOX,
    "dkim_keys": _MAILBOX,
    "leaves": _STAFF,
    "kept_figures": _ours("Sums over everybody."),
    "kept_reports": _ours("Sums over everybody."),
    "feedback_links": _RULES,
    "brands": _RULES,
    "products": _RULES,
    "stages": _RULES,
    "contact_fields": _RULES,
    "sequences": _PITCHES,
    "sequence_versions": _PITCHES,
    "sequence_files": _PITCHES,
    "sequence_draft_files": _PITCHES,
}
