"""What left to the people of many_people.py: two mails of one sequence to each who has a conversation.

So 100,000 people bring 100,000 mails of 50,000 finished runs, spread over the last 90 days; one in a hundred came back.
"""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import func, insert, select

from crm.models import Thread
from kit.tx import Database
from sequences.models import Enrolment, Send, SequenceVersion

CHUNK = 5_000
_STEPS = (("pitch", False), ("follow-up", True))


def fill_sends(database: Database, now: datetime) -> None:
    """Add runs and mails, a chunk a transaction."""
    rng, last = Random(20261128), 0
    while True:
        with database.transaction() as tx:
            version = tx.session.scalars(select(SequenceVersion).order_by(SequenceVersion.id)).first()
            query = select(Thread).where(
                Thread.id > last, Thread.contact_id.is_not(None), Thread.subject == "A pan for you?"
            )
            threads = list(tx.session.scalars(query.order_by(Thread.id).limit(CHUNK)))
            if not threads or version is None:
                return
            run_id = tx.session.scalar(select(func.max(Enrolment.id))) or 0
            runs, sends = [], []
            for number, thread in enumerate(threads, start=run_id + 1):
                first = now - timedelta(minutes=rng.randrange(60 * 24 * 90) + 60 * 24 * 4)
                email = f"p{thread.contact_id}@many.example"
                runs.append(
                    {"id": number, "sequence_id": version.sequence_id, "version_id": version.id,
                     "contact_id": thread.contact_id, "mailbox_id": thread.mailbox_id, "email": email,
                     "state": "finished", "next_step": 2, "actor": "user:1", "created_at": first,
                     "last_sent_at": first + timedelta(days=3), "ended_at": first + timedelta(days=4)}
                )  # fmt: skip
                for step, (key, is_follow_up) in enumerate(_STEPS):
                    at = first + timedelta(days=3 * step)
                    bounced = at + timedelta(minutes=2) if rng.random() < 0.01 else None
                    sends.append(
                        {"enrolment_id": number, "step_key": key, "step": step, "sequence_id": version.sequence_id,
                         "contact_id": thread.contact_id, "brand_id": thread.brand_id, "state": "sent",
                         "mailbox_id": thread.mailbox_id, "thread_id": thread.id, "email": email,
                         "domain": "many.example", "variant": rng.choice(("a", "b")), "is_follow_up": is_follow_up,
                         "rfc_id": f"<run-{number}-{step}@many.example>", "planned_at": at, "due_at": at,
                         "sent_at": at, "settled_at": at, "bounced_at": bounced, "hard_bounced_at": bounced,
                         "created_at": at, "explanation": {}}
                    )  # fmt: skip
            tx.session.execute(insert(Enrolment), runs)
            tx.session.execute(insert(Send), sends)
            last = threads[-1].id
