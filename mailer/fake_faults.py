"""Pure: the faults that a fake mail server can be told to have, and when each strikes."""

from dataclasses import dataclass, field
from enum import StrEnum


class FaultPoint(StrEnum):
    """Where in a dialogue a fault strikes.

    Without a code the connection breaks there: CONTENT breaks before the mail was accepted, FINAL after it was
    accepted but before we are told. IMAP breaks every IMAP command, IMAP_CONNECT only new connections.
    """

    CONNECT = "connect"
    EHLO = "ehlo"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"
    FINAL = "final"
    IMAP_CONNECT = "imap_connect"
    IMAP_LOGIN = "imap_login"
    IMAP = "imap"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One scripted fault: `address` narrows it to a login user or a recipient, `times` None means for ever."""

    point: FaultPoint
    code: int | None = None
    text: str = ""
    address: str | None = None
    times: int | None = 1


@dataclass(slots=True)
class FaultScript:
    """The faults still to come, first fitting one first."""

    faults: list[Fault] = field(default_factory=list)

    def strike(self, point: FaultPoint, *addresses: str) -> Fault | None:
        """Return the fault that strikes here, using up one of its times."""
        for fault in self.faults:
            if fault.point is not point or (fault.address is not None and fault.address not in addresses):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
            return fault
        return None
