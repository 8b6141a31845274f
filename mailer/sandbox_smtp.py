"""Wire: the sandbox's submission server: aiosmtpd, which asks our rules about every mail."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from types import SimpleNamespace

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from mailer.domain import ascii_address

RcptRule = Callable[[str, str], str | None]
TakeRule = Callable[[str, str, bytes], str | None]

_LARGEST = 32_000_000

logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of itself at every login


class SandboxSubmission:
    """Takes mail from signed-in clients; `accounts` is shared with the world and may grow."""

    def __init__(
        self,
        *,
        accounts: Mapping[str, str],
        on_rcpt: RcptRule | None,
        on_data: TakeRule | None,
        deliver: Callable[[str, bytes], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self._on_rcpt = on_rcpt
        self._on_data = on_data
        self._deliver = deliver
        self._taken = 0

    async def start(self, stack: AsyncExitStack, host: str, port: int) -> int:
        """Listen until `stack` closes; return the port."""
        server = await asyncio.get_running_loop().create_server(self._make_connection, host, port)
        stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    def _make_connection(self) -> SMTP:
        hooks = SimpleNamespace(handle_MAIL=self._answer_mail, handle_RCPT=self._answer_rcpt, handle_DATA=self._take)
        return SMTP(
            hooks,
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
            hostname="sandbox.test",
            ident="Sandbox",
            auth_require_tls=False,  # loopback only; signing in itself is demanded at MAIL
            authenticator=self._sign_in,
            loop=asyncio.get_running_loop(),
        )

    def _sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, credentials: LoginPassword
    ) -> AuthResult:
        del server, session, envelope, mechanism
        expected = self._accounts.get(credentials.login.decode("utf-8", "replace"))
        is_right = expected is not None and credentials.password.decode("utf-8", "replace") == expected
        return AuthResult(success=is_right, handled=False)

    async def _answer_mail(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        del server
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 Ok"

    async def _answer_rcpt(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Ask the rule, then refuse unknown people in our own domains."""
        del server, session
        refusal = await _ask(self._on_rcpt, envelope.mail_from or "", address) or self._refusal_of(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 2.1.5 Ok"

    async def _take(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        del server, session
        raw = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            refusal = await _ask(self._on_data, envelope.mail_from or "", recipient, raw)
            if refusal:
                return refusal
            local = ascii_address(recipient)
            if local in self._accounts:
                await self._deliver(local, raw)
        self._taken += 1
        return f"250 2.0.0 Ok: queued as SANDBOX{self._taken:06d}"

    def _refusal_of(self, address: str) -> str | None:
        try:
            local = ascii_address(address)
        except ValueError:
            return "553 5.1.3 Bad recipient address"
        domain = local.rpartition("@")[2]
        is_ours = any(one.endswith(f"@{domain}") for one in self._accounts)
        return "550 5.1.1 User unknown" if is_ours and local not in self._accounts else None


async def _ask(rule: Callable[..., str | None] | None, *facts: object) -> str | None:
    """Call a rule in a thread of its own: it may deliver mail, which waits for the servers' loop."""
    if rule is None:
        return None
    return await asyncio.get_running_loop().run_in_executor(None, rule, *facts)
