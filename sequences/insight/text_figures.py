"""Use cases: how often each template was used and what came back: in mails by hand, and in sequences that name it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import aliased

from crm.models import Message, SavedText, TextUse
from kit.tx import Tx
from sequences.models import Enrolment, Send, SequenceVersion
from sequences.versions.documents import read_documents

_VERSIONS = 300


@dataclass(slots=True, kw_only=True)
class TextFigures:
    """Mails that left with a text, answers they earned, and when the last one left."""

    sent: int = 0
    replies: int = 0
    last_at: datetime | None = None

    def add(self, sent: int, replies: int, last_at: datetime | None) -> None:
        """Count more mails."""
        self.sent += sent
        self.replies += replies
        self.last_at = max((one for one in (self.last_at, last_at) if one), default=None)


def read_figures(tx: Tx, texts: Collection[SavedText]) -> dict[int, TextFigures]:
    """Return what each of these texts did; the number of queries does not hang on their number."""
    figures = {text.id: TextFigures() for text in texts}
    by_hand = (
        select(TextUse.text_id, func.count(), func.sum(_answered()), func.max(Send.sent_at))
        .join(Send, Send.id == TextUse.send_id)
        .where(TextUse.text_id.in_(figures), Send.state == "sent")
        .group_by(TextUse.text_id)
    )
    for text_id, sent, replies, last_at in tx.session.execute(by_hand):
        figures[text_id].add(sent, replies or 0, last_at)
    _add_sequences(tx, {text.path: figures[text.id] for text in texts if text.kind == "template"})
    return figures


def _add_sequences(tx: Tx, by_path: dict[str, TextFigures]) -> None:
    places = _places(tx, by_path)
    if not places:
        return
    query = (
        select(
            Enrolment.version_id,
            Send.step_key,
            Send.variant,
            func.count(),
            func.sum(_answered()),
            func.max(Send.sent_at),
        )
        .join(Enrolment, Enrolment.id == Send.enrolment_id)
        .where(Enrolment.version_id.in_({place[0] for place in places}), Send.state == "sent")
        .group_by(Enrolment.version_id, Send.step_key, Send.variant)
    )
    for version_id, step_key, variant, sent, replies, last_at in tx.session.execute(query):
        found = places.get((version_id, step_key or "", variant)) or places.get((version_id, step_key or "", ""))
        if found:
            found.add(sent, replies or 0, last_at)


def _places(tx: Tx, by_path: dict[str, TextFigures]) -> dict[tuple[int, str, str], TextFigures]:
    """Return where sequences use the texts: version, step and variant; the empty variant where there is just one."""
    if not by_path:
        return {}
    versions = list(tx.session.scalars(select(SequenceVersion.id).order_by(SequenceVersion.id.desc()).limit(_VERSIONS)))
    places = {}
    for version_id, document in read_documents(tx, versions).items():
        for step in document.flow.steps:
            texts = step.texts()
            for text in texts:
                if text.body in by_path:
                    places[version_id, step.key, text.key if len(texts) > 1 else ""] = by_path[text.body]
    return places


def _answered() -> ColumnElement[int]:
    """Return 1 for a send after which a person wrote in its conversation."""
    reply = aliased(Message)
    answered = select(reply.id).where(
        reply.thread_id == Send.thread_id, reply.direction == "in", reply.kind == "reply", reply.at >= Send.sent_at
    )
    return case((answered.exists(), 1), else_=0)
