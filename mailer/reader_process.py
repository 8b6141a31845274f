"""Wire: a process that understands mails for another one: batches in on stdin, one answer a mail on stdout.

Run as `python -m mailer.reader_process`. It ends when its parent does, because then its input ends.
"""

import pickle
import resource
import struct
import sys
from typing import Any, BinaryIO

from mailer.parse import parse_mail

LENGTH = struct.Struct(">Q")
_MEMORY = 1_500_000_000  # bytes of address space


def write_frame(stream: BinaryIO, value: object) -> None:
    """Write one value with its length in front."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO) -> Any:
    """Return the next value, None at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return pickle.loads(stream.read(LENGTH.unpack(head)[0]))  # noqa: S301  from our own parent


def main() -> None:
    """Answer until there is nothing more to read: (None, ParsedMail) or (words of the fault, None)."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    while (batch := read_frame(sys.stdin.buffer)) is not None:
        ours, mails = batch
        for raw, received_at in mails:
            try:
                answer: tuple[str | None, object] = (None, parse_mail(raw, received_at=received_at, ours=ours))
            except Exception as error:  # noqa: BLE001  whatever it is, this mail is set aside and the next one read
                answer = (f"{type(error).__name__}: {error}", None)
            write_frame(sys.stdout.buffer, answer)


if __name__ == "__main__":
    main()
