"""Wire: a small mail world on loopback, with a submission server and mailboxes, for the demo and for tests.

It hides aiosmtpd and pymap. Everything lies in memory: after a restart every folder has a new UIDVALIDITY.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, TypeVar

from mailer.domain import ascii_address
from mailer.sandbox_imap import SandboxMailboxes
from mailer.sandbox_smtp import RcptRule, SandboxSubmission, TakeRule

_Result = TypeVar("_Result")
_START_S = 10.0


class SandboxMailWorld:
    """One SMTP and one IMAP server in a thread of their own.

    `now` says when local mail arrives. `on_rcpt(sender, recipient)` and `on_data(sender, recipient, raw)` return
    None to accept or a reply line such as "550 5.1.1 no such user"; they run outside the servers' loop and may call
    `deliver`. Mail for a local account goes to its INBOX. Signing in is required on both servers.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        on_rcpt: RcptRule | None = None,
        on_data: TakeRule | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self._now = now
        self._host = host
        self._accounts: dict[str, str] = {}
        self._mailboxes = SandboxMailboxes()
        self._submission = SandboxSubmission(
            accounts=self._accounts, on_rcpt=on_rcpt, on_data=on_data, deliver=self._deliver_now
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="sandbox-mail", daemon=True)
        self._stop_asked = asyncio.Event()
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._ports = (0, 0)

    @property
    def smtp_port(self) -> int:
        """The port of the submission server."""
        return self._ports[0]

    @property
    def imap_port(self) -> int:
        """The port of the IMAP server."""
        return self._ports[1]

    def start(self, accounts: Mapping[str, str], *, smtp_port: int = 0, imap_port: int = 0) -> None:
        """Listen (on any free ports by default) and create the accounts; raises OSError when a port is taken."""
        self._ports = (smtp_port, imap_port)
        self._thread.start()
        if not self._started.wait(_START_S) or self._failure:
            raise OSError("The sandbox's mail servers did not start.") from self._failure
        for address, password in accounts.items():
            self.add_account(address, password)

    def add_account(self, address: str, password: str) -> None:
        """Create one more mailbox with INBOX, Sent and Junk."""
        key = ascii_address(address)
        self._call(self._mailboxes.add(key, password))
        self._accounts[key] = password

    def deliver(self, address: str, raw: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put a mail into a folder with `at` as its time of arrival; from any thread."""
        self._call(self._mailboxes.deliver(ascii_address(address), raw, at, folder))

    def stop(self) -> None:
        """Close every connection and end the thread."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_asked.set)
            self._thread.join(_START_S)
        elif not self._loop.is_closed():
            self._loop.close()

    async def _deliver_now(self, address: str, raw: bytes) -> None:
        await self._mailboxes.deliver(address, raw, self._now(), "INBOX")

    def _call(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_S)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except OSError as error:
            self._failure = error
        finally:
            self._started.set()
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    async def _serve(self) -> None:
        async with AsyncExitStack() as stack:
            smtp = await self._submission.start(stack, self._host, self._ports[0])
            imap = await self._mailboxes.start(stack, self._host, self._ports[1])
            self._ports = (smtp, imap)
            self._started.set()
            await self._stop_asked.wait()
        await _end_connections()


async def _end_connections() -> None:
    """Cancel what still talks to a client, so that nothing outlives the loop."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
