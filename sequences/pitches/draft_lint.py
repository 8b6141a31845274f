"""Use cases: the lint of one waiting draft, and the seven points: what a person may want to see before saying yes."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, literal, select

from crm.models import Contact
from kit.tx import Tx
from sequences.models import Enrolment, Send, SendBody, SequenceFile
from sequences.pitches.pitch import ChecklistItem, pitch_checklist
from sequences.pitches.pitch_lint import File, LintFinding, LintMail, OtherMail, lint_pitch
from sequences.reviewing.drafts import Draft
from sequences.sending.throttle import DAY

_OTHERS = 200
_ALIVE = ("draft", "scheduled", "claimed", "sending", "sent", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thoughts:
    """What a draft gives to think about; none of it keeps the mail. `points` are empty for follow-ups and gaps."""

    findings: tuple[LintFinding, ...] = ()
    points: tuple[ChecklistItem, ...] = ()


def lint_draft(tx: Tx, draft: Draft) -> Thoughts:
    """Lint a draft as it would leave; one with gaps is not written yet. At most two queries."""
    if draft.gaps or not draft.text:
        return Thoughts()
    mail = LintMail(
        subject=draft.subject,
        text=draft.text,
        html=draft.html,
        files=_list_files(tx, draft),
        line=draft.personal_line if draft.uses_line else "",
        names=(draft.contact_name,),
        language=draft.contact.language or "",
        is_follow_up=draft.is_follow_up,
        needs_way_out=True,
    )
    others = _list_others(tx, draft, by_line=bool(mail.line))
    same = sum(one.subject == draft.subject and (not one.sent_at or one.sent_at > tx.now - DAY) for one in others)
    mails = [OtherMail(contact_id=one.contact_id, name=one.name, text=one.text, line=one.line or "") for one in others]
    return Thoughts(
        findings=lint_pitch(mail, mails, contact_id=draft.contact_id, same_subject=same if draft.subject else 0),
        points=() if draft.is_follow_up else pitch_checklist(draft.subject, mail.body),
    )


def _list_others(tx: Tx, draft: Draft, *, by_line: bool) -> list[Row[Any]]:
    """Return the newest mails of the same step to other people, sent or waiting; with personal lines no texts."""
    line = func.coalesce(func.nullif(Enrolment.personal_line, ""), Contact.personal_line)
    text = literal("").label("text") if by_line else SendBody.text
    query = (
        select(Send.contact_id, Contact.name, Send.subject, Send.sent_at, text, line.label("line"))
        .join(Contact, Contact.id == Send.contact_id)
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .where(Send.sequence_id == draft.sequence_id, Send.step_key == draft.step_key)
        .where(Send.contact_id != draft.contact_id, Send.state.in_(_ALIVE))
        .order_by(Send.id.desc())
        .limit(_OTHERS)
    )
    if not by_line:
        query = query.join(SendBody, SendBody.send_id == Send.id)
    return list(tx.session.execute(query))


def _list_files(tx: Tx, draft: Draft) -> tuple[File, ...]:
    if not draft.files:
        return ()
    query = select(SequenceFile.name, SequenceFile.content_type, func.length(SequenceFile.content)).where(
        SequenceFile.version_id == draft.version_id, SequenceFile.name.in_(draft.files)
    )
    return tuple(File(name=name, content_type=kind, size=size) for name, kind, size in tx.session.execute(query))
