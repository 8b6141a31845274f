"""Wire: the sandbox's IMAP server: pymap with mailboxes in memory."""

import asyncio
import ssl
from argparse import Namespace
from contextlib import AsyncExitStack
from datetime import datetime

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, Identity, Login
from pymap.concurrent import Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

_FOLDERS = ("Sent", "Junk")


class SandboxMailboxes:
    """Mailboxes and the server that shows them; all its coroutines belong to one loop."""

    def __init__(self) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)
        self._config = Config(
            args,
            host=None,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            # Passwords of fictional people on loopback: hashing them would cost 110 ms for each login.
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            tls_enabled=False,
            reject_dnsbl=False,
        )
        self._login = Login(self._config)

    async def start(self, stack: AsyncExitStack, host: str, port: int) -> int:
        """Listen until `stack` closes; return the port."""
        self._config.apply_context()
        answer = ProxyProtocolReader(self._config.proxy_protocol).get_callback(IMAPServer(self._login, self._config))
        server = await asyncio.start_server(answer, host=host, port=port)
        stack.callback(server.close)
        return int(server.sockets[0].getsockname()[1])

    async def add(self, address: str, password: str) -> None:
        """Create an account with INBOX, Sent and Junk."""
        self._config.apply_context()
        identity = self._identity(address)
        await identity.set(UserMetadata(self._config, address, password=password))
        async with identity.new_session() as session:
            for name in _FOLDERS:
                await session.create_mailbox(name)

    async def deliver(self, address: str, raw: bytes, at: datetime, folder: str) -> None:
        """Append a mail with `at` as its INTERNALDATE."""
        self._config.apply_context()
        async with self._identity(address).new_session() as session:
            await session.append_messages(folder, [AppendMessage(raw, at, frozenset())])

    def _identity(self, address: str) -> Identity:
        return Identity(address, self._login, None, frozenset())
