"""Use cases: an address that is no longer used: sequences that write to it stop with it."""

from crm.addresses import get_address, retire_address
from crm.models import Change
from kit.errors import say
from kit.tx import Tx
from sequences.course.runs import stop_runs
from sequences.sending.stop_rules import Stop

REASON = "old_address"


def leave_address(tx: Tx, address_id: int, *, why: str, replacement: str = "", actor: str) -> tuple[Change, int]:
    """Retire an address; return the change, and how many open runs to it ended. They stay ended when it is undone."""
    change = retire_address(tx, address_id, why=why, replacement=replacement, actor=actor)
    row = get_address(tx, address_id)
    stop = Stop(reason=REASON, sentence=say("%(email)s is no longer used.", email=row.email))
    return change, stop_runs(tx, row.contact_id, stop, actor=actor, email=row.email)
