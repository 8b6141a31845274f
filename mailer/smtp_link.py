"""Wire: bytes out and replies in over a signed-in connection, each step with its own time limit.

Whatever breaks is an OSError here, nonsense included; what it means for a mail is decided by the caller.
"""

import smtplib

from mailer.smtp_replies import Reply

_BLOCK_S = 180.0  # RFC 5321 4.5.3.2.5
_BLOCK = 65536
_LONGEST_LINE = 8192  # RFC 5321 4.5.3.1.5 allows 512; real servers say more
_MOST_LINES = 100


class SmtpLink:
    """The connection below a session, and what the server may still hold of us.

    `must_reset`: it may hold an envelope. `is_midway`: a mail was announced up to DATA, so that the next line that we
    write might be taken for its content.
    """

    def __init__(self, smtp: smtplib.SMTP, *, step_s: float, final_s: float) -> None:
        self._smtp = smtp
        self._sock = smtp.sock
        self._lines = smtp.file  # smtplib's own: it may have read ahead
        self._step_s = step_s
        self._final_s = final_s
        self._limit_s: float | None = None
        self.is_open = True
        self.must_reset = False
        self.is_midway = False

    def write(self, data: bytes) -> None:
        """Write in blocks, each with a limit of its own: one for all would fail big mails on slow lines."""
        if self._sock is None or not self.is_open:
            raise ConnectionError("the connection is closed")
        self._allow(_BLOCK_S)
        if len(data) <= _BLOCK:
            self._sock.sendall(data)
            return
        view = memoryview(data)
        for start in range(0, len(view), _BLOCK):
            self._sock.sendall(view[start : start + _BLOCK])

    def read(self) -> Reply:
        """Read the reply to a command, however many lines and packets it takes."""
        return self._read(self._step_s)

    def read_final(self) -> Reply:
        """Read the reply to a mail's content, which may take the server minutes."""
        return self._read(self._final_s)

    def ask(self, command: bytes) -> Reply:
        """Write one command and read its reply."""
        self.write(command + b"\r\n")
        return self.read()

    def say_goodbye(self, limit_s: float) -> None:
        """Send QUIT if it can only be taken for what it is."""
        if self.is_open and not self.is_midway:
            self._step_s = limit_s
            self.ask(b"QUIT")

    def close(self) -> None:
        """Close without a word."""
        self.is_open = False
        self._smtp.close()

    def _read(self, limit_s: float) -> Reply:
        if self._lines is None or not self.is_open:
            raise ConnectionError("the connection is closed")
        self._allow(limit_s)
        words: list[bytes] = []
        for _ in range(_MOST_LINES):
            line: bytes = self._lines.readline(_LONGEST_LINE + 1)
            if not line[:3].isdigit() or not line.endswith(b"\n"):
                raise ConnectionError("the server hung up or speaks no SMTP")
            words.append(line[4:].strip())
            if line[3:4] != b"-":
                return Reply(int(line[:3]), b"\n".join(words))
        raise ConnectionError("the server's reply does not end")

    def _allow(self, limit_s: float) -> None:
        """Set the socket's limit where it changes: that is a system call."""
        if limit_s != self._limit_s and self._sock is not None:
            self._sock.settimeout(limit_s)
            self._limit_s = limit_s
