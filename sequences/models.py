"""Pure: the rows of the engine: sequences, enrolments, sends, attempts, and the leases."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base, Document, Instant
from sequences.draft_models import DraftFile, SequenceDraft, TrialMail
from sequences.kept_models import KeptReport
from sequences.mail_models import MailDraft, MailFile
from sequences.tell_models import ThemeTell

# What the beat counts, and rows of what is being written; who knows these tables knows those.
KEPT_ROWS = (KeptReport,)
DRAFT_ROWS = (SequenceDraft, DraftFile, TrialMail, MailDraft, MailFile, ThemeTell)
SEND_STATES = ("draft", "scheduled", "claimed", "sending", "sent", "failed", "unknown", "cancelled")
OPEN_ENROLMENT = text("state IN ('active', 'held')")


class Sequence(Base):
    """Ordered steps by name; `state` is draft, live, paused or archived. Breakers count bounces since `counted_from`.

    Only a live one sends; in an archived one nobody is under way.
    """

    __tablename__ = "sequences"
    __table_args__ = (CheckConstraint("state IN ('draft', 'live', 'paused', 'archived')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brands.id"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)
    counted_from: Mapped[datetime | None] = mapped_column(Instant)


class SequenceVersion(Base):
    """One published text of a sequence, never changed: the file as written, its reading, and the bodies it names."""

    __tablename__ = "sequence_versions"
    __table_args__ = (UniqueConstraint("sequence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(Document)
    bodies: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    actor: Mapped[str] = mapped_column(String(80), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)


class SequenceFile(Base):
    """An attachment of one version, by its name in the file."""

    __tablename__ = "sequence_files"

    version_id: Mapped[int] = mapped_column(ForeignKey("sequence_versions.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Enrolment(Base):
    """One contact's run through one version. `next_step` is the index of the step not yet planned.

    `next_at` is when that step may be planned, None while a send is under way or the run has ended. `hold_until` is
    set while held. Open runs are unique per contact and sequence. `user_id` is who enrolled, None for the command
    line; `override` is that person's reason for going against a rule of the team.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'held', 'stopped', 'finished')", name="state"),
        Index(
            "uq_enrolments_open",
            "sequence_id",
            "contact_id",
            unique=True,
            sqlite_where=OPEN_ENROLMENT,
            postgresql_where=OPEN_ENROLMENT,
        ),
        Index(
            "ix_enrolments_due",
            "next_at",
            "id",
            sqlite_where=text("state = 'active' AND next_at IS NOT NULL"),
            postgresql_where=text("state = 'active' AND next_at IS NOT NULL"),
        ),
        Index("ix_enrolments_contact", "contact_id"),
        # Counts runs by state and orders a list of them without reading a row.
        Index("ix_enrolments_moves", "sequence_id", "state", "ended_at", "last_sent_at", "created_at", "id"),
        Index(
            "ix_enrolments_held",
            "hold_until",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("sequence_versions.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"))
    email: Mapped[str] = mapped_column(String(320))
    state: Mapped[str] = mapped_column(String(10), default="active")
    reason: Mapped[str] = mapped_column(String(60), default="")
    hold_until: Mapped[datetime | None] = mapped_column(Instant)
    next_step: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    last_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    personal_line: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    actor: Mapped[str] = mapped_column(String(80))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    override: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


# In the words of the partial indexes, so that no planner has to prove that they fit.
NEEDS_A_PERSON, LEFT = "state IN ('draft', 'unknown')", "state = 'sent'"
FIRST_MAIL = f"{LEFT} AND NOT is_follow_up AND sequence_id IS NOT NULL"


def _where(clause: str) -> dict[str, Any]:
    return {"sqlite_where": text(clause), "postgresql_where": text(clause)}


class Send(Base):
    """The intent to deliver one step to one person, or one mail written by hand (`request_key`).

    `due_at` is when it may next be tried; `planned_at` what the schedule first said. A scheduled row with a
    `reason` is held. `domain` is the recipient's, for its cap; `cc` who gets a copy, of mail by hand only. The bytes
    lie in SendBody, fixed before the first attempt.
    """

    __tablename__ = "sends"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "step_key"),
        CheckConstraint(f"state IN {SEND_STATES!r}", name="state"),
        CheckConstraint("enrolment_id IS NOT NULL OR request_key IS NOT NULL", name="has_key"),
        Index("ix_sends_due", "mailbox_id", "due_at", "id", **_where("state = 'scheduled'")),
        Index("ix_sends_leased", "lease_until", **_where("state IN ('claimed', 'sending')")),
        Index("ix_sends_log", "mailbox_id", "sent_at"),
        Index("ix_sends_step", "sequence_id", "step_key", "state"),
        Index("ix_sends_waiting", "sequence_id", "state", **_where(NEEDS_A_PERSON)),
        Index("ix_sends_box_hard", "mailbox_id", "hard_bounced_at", **_where("hard_bounced_at IS NOT NULL")),
        Index("ix_sends_sequence_hard", "sequence_id", "hard_bounced_at", **_where("hard_bounced_at IS NOT NULL")),
        Index("ix_sends_left", "mailbox_id", "sent_at", "bounced_at", **_where(LEFT)),
        Index("ix_sends_first", "mailbox_id", "sent_at", "thread_id", **_where(FIRST_MAIL)),
        Index("ix_sends_sequence_log", "sequence_id", "sent_at"),
        Index("ix_sends_domain_log", "domain", "sent_at"),
        Index("ix_sends_contact", "contact_id"),
        Index("ix_sends_thread", "thread_id"),
        Index("ix_sends_email", "email"),
        Index("ix_sends_draft", "due_at", "id", **_where("state = 'draft'")),
        Index("ix_sends_unclear", "mailbox_id", "claimed_at", **_where("state IN ('sending', 'unknown')")),
        Index("ix_sends_hard", "hard_bounced_at", **_where("hard_bounced_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolments.id"))
    step_key: Mapped[str | None] = mapped_column(String(60))
    step: Mapped[int] = mapped_column(default=0)
    request_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    sequence_id: Mapped[int | None] = mapped_column(ForeignKey("sequences.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    brand_id: Mapped[int | None] = mapped_column(ForeignKey("brands.id"))
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailboxes.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"))
    email: Mapped[str] = mapped_column(String(320))
    domain: Mapped[str] = mapped_column(String(255), default="")
    cc: Mapped[list[str]] = mapped_column(Document, default=list, server_default="[]")
    variant: Mapped[str] = mapped_column(String(60), default="")
    subject: Mapped[str] = mapped_column(Text, default="")
    is_follow_up: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    rfc_id: Mapped[str] = mapped_column(String(300), unique=True)
    planned_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(200))
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    hard_bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    copy_filed_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    explanation: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SendBody(Base):
    """What a send says: `text` and `html` as rendered, `raw` the whole MIME once it is fixed."""

    __tablename__ = "send_bodies"

    send_id: Mapped[int] = mapped_column(ForeignKey("sends.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    raw: Mapped[bytes | None] = mapped_column(LargeBinary)
    in_reply_to: Mapped[str | None] = mapped_column(String(998))
    references: Mapped[list[str]] = mapped_column(Document, default=list)


class Attempt(Base):
    """One SMTP try and the server's own words."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    send_id: Mapped[int] = mapped_column(ForeignKey("sends.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(10), default="")
    code: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text, default="")


class VersionChange(Base):
    """One move of runs from their versions to another one, kept so that it can be taken back."""

    __tablename__ = "version_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    sequence_id: Mapped[int] = mapped_column(ForeignKey("sequences.id", ondelete="CASCADE"), index=True)
    to_number: Mapped[int]
    actor: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str] = mapped_column(String(80), default="")


class VersionMove(Base):
    """What a change did to one run: versions, positions and next dates before and after."""

    __tablename__ = "version_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("version_changes.id", ondelete="CASCADE"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"))
    from_version_id: Mapped[int] = mapped_column(ForeignKey("sequence_versions.id"))
    to_version_id: Mapped[int] = mapped_column(ForeignKey("sequence_versions.id"))
    before: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)


class Incident(Base):
    """Something about our sending that a person has to look at: a complaint, a breaker, a refused login.

    `kind` is complaint, breaker or login. Open until somebody closes it.
    """

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "closed_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailboxes.id"))
    sequence_id: Mapped[int | None] = mapped_column(ForeignKey("sequences.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(Instant)
    sentence: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(Document, default=dict)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str] = mapped_column(String(80), default="")


class Heartbeat(Base):
    """A sign of life or a lease, by name: beat, upkeep, drain:<mailbox>, poll:<mailbox>. All that idle ticks write."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    owner: Mapped[str | None] = mapped_column(String(200))
    until: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(Text, default="")
