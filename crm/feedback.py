"""Use cases: what creators and their audiences say about products."""

from sqlalchemy import select

from crm.models import Feedback
from crm.timeline import record_entry
from kit.errors import InvalidError, say
from kit.tx import Tx

KINDS = ("problem", "idea", "praise")


def log_feedback(
    tx: Tx,
    quote: str,
    *,
    kind: str,
    actor: str,
    contact_id: int | None = None,
    brand_id: int | None = None,
    product_id: int | None = None,
    message_id: int | None = None,
    theme: str = "",
    from_audience: bool = False,
) -> Feedback:
    """Keep a quote, with its source."""
    quote = quote.strip()
    if not quote:
        raise InvalidError(say("Select the words to keep as feedback first."))
    if kind not in KINDS:
        raise InvalidError(say("Feedback is one of: %(list)s.", list=", ".join(KINDS)))
    row = Feedback(
        contact_id=contact_id,
        brand_id=brand_id,
        product_id=product_id,
        message_id=message_id,
        quote=quote,
        kind=kind,
        theme=theme.strip(),
        from_audience=from_audience,
        actor=actor,
        created_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    if contact_id:
        record_entry(
            tx,
            contact_id,
            "feedback",
            quote,
            actor=actor,
            brand_id=brand_id,
            message_id=message_id,
            data={"feedback": row.id, "kind": kind, "theme": row.theme},
        )
    return row


def list_feedback(tx: Tx, *, limit: int = 200) -> list[Feedback]:
    """Return feedback, newest first."""
    return list(
        tx.session.scalars(select(Feedback).order_by(Feedback.created_at.desc(), Feedback.id.desc()).limit(limit))
    )
