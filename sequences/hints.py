"""Pure: the bell. A hint says "look at this mailbox now"; lost, late or doubled it costs latency, never a mail."""

from typing import Protocol


class Hints(Protocol):
    """Rings for work that may be due."""

    def drain(self, mailbox_id: int) -> None:
        """Somebody should look whether this mailbox has something to send."""
        ...

    def poll(self, mailbox_id: int) -> None:
        """Somebody should look into this mailbox."""
        ...

    def work(self, job_id: int) -> None:
        """Somebody should go on with this job."""
        ...


class NoHints:
    """No bell: the sweep finds everything."""

    def drain(self, mailbox_id: int) -> None:
        """Ring nowhere."""

    def poll(self, mailbox_id: int) -> None:
        """Ring nowhere."""

    def work(self, job_id: int) -> None:
        """Ring nowhere."""
