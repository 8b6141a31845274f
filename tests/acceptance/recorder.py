"""A submission server that writes down what it took, and can stand still at a chosen moment of a chosen mail."""

import contextlib
import socketserver
import threading
import time
from dataclasses import dataclass, field
from email import message_from_bytes

GATES = ("greeting", "signed_in", "mail", "rcpt", "data", "content", "dot", "accepted")
_HOLD_S = 30.0


@dataclass(frozen=True)
class Taken:
    """One mail that this server answers for from now on."""

    recipient: str
    message_id: str
    at: float  # of the final dot, by the monotonic clock


@dataclass(slots=True)
class Gate:
    """One moment: the `nth` time that `stage` is reached; `peer` is the client's port that reached it."""

    stage: str
    nth: int
    peer: int = 0
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def pass_by(self, stage: str, peer: int) -> bool:
        """Count a moment; True when it was the awaited one, after it was let go."""
        with self._guard:
            if stage != self.stage or self.reached.is_set():
                return False
            self.nth -= 1
            if self.nth > 0:
                return False
            self.peer = peer
            self.reached.set()
        # After the reply the client runs on by itself: what it does next is what the kill is to meet.
        if stage != "accepted":
            self.released.wait(_HOLD_S)
        return True


class Recorder:
    """Plain SMTP with AUTH PLAIN on a free port of loopback; in the data and before, a mail is not taken yet.

    One dialogue may be held at a gate; all of them stand still where they are while the recorder is frozen.
    """

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.stage = "no connection"
        self.gate: Gate | None = None
        self._turn = threading.Condition()
        self._frozen = False
        self._open: set[int] = set()
        self._cut: set[int] = set()
        recorder = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                peer = int(self.client_address[1])
                recorder.enter(peer)
                with contextlib.suppress(OSError):
                    _Dialogue(recorder, self, peer).talk()
                recorder.leave(peer)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.disarm()
        self.thaw()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def arm(self, stage: str, nth: int) -> Gate:
        """Stand still at the `nth` time that `stage` is reached from now on."""
        self.gate = Gate(stage, nth)
        return self.gate

    def disarm(self) -> None:
        """Let go, and answer at once again."""
        if self.gate:
            self.gate.released.set()
        self.gate = None

    def freeze(self) -> None:
        """Let every dialogue stand still at the next stage it reaches."""
        with self._turn:
            self._frozen = True

    def thaw(self) -> None:
        """Let every dialogue go on."""
        with self._turn:
            self._frozen = False
            self._turn.notify_all()

    def cut(self, peers: set[int]) -> None:
        """Wait until the dialogues with clients that are dead came to their end: what was on its way is taken."""
        with self._turn:
            self._cut |= peers
            self._turn.notify_all()
            assert self._turn.wait_for(lambda: not self._open & peers, _HOLD_S), "a dialogue outlives its client"
            self._cut -= peers

    def enter(self, peer: int) -> None:
        with self._turn:
            self._open.add(peer)

    def leave(self, peer: int) -> None:
        with self._turn:
            self._open.discard(peer)
            self.stage = "no connection"
            self._turn.notify_all()

    def reach(self, stage: str, peer: int) -> bool:
        """Note where the dialogue is; True when it was held there at a gate."""
        self.stage = stage
        gate = self.gate
        was_held = gate is not None and gate.pass_by(stage, peer)
        with self._turn:
            self._turn.wait_for(lambda: not self._frozen or peer in self._cut)
        return was_held


class _Dialogue:
    """One connection."""

    def __init__(self, recorder: Recorder, handler: socketserver.StreamRequestHandler, peer: int) -> None:
        self._recorder = recorder
        self._peer = peer
        self._file = handler.rfile
        self._out = handler.wfile
        self._recipient = ""

    def talk(self) -> None:
        self._reach("greeting")
        self._say("220 recorder.test ESMTP")
        while line := self._file.readline():
            if not self._answer(line.decode("utf-8", "replace").strip()):
                return

    def _answer(self, line: str) -> bool:
        match line.split(maxsplit=1)[0].upper() if line else "":
            case "EHLO":
                self._say("250-recorder.test\r\n250-AUTH PLAIN\r\n250 8BITMIME")
            case "AUTH":
                self._reach("signed_in")
                self._say("235 2.7.0 Welcome")
            case "MAIL":
                self._reach("mail")
                self._say("250 2.1.0 Ok")
            case "RCPT":
                self._recipient = line.partition("<")[2].partition(">")[0]
                self._reach("rcpt")
                self._say("250 2.1.5 Ok")
            case "DATA":
                return self._take()
            case "RSET":
                self._say("250 2.0.0 Ok")
            case "QUIT":
                self._say("221 2.0.0 Goodbye")
                return False
            case _:
                self._say("502 5.5.2 What?")
        return True

    def _take(self) -> bool:
        self._reach("data")
        self._say("354 Go on")
        lines = [self._file.readline()]
        if self._reach("content"):
            return False  # the connection broke before the dot was read: nothing was taken
        while lines[-1] and lines[-1] != b".\r\n":
            lines.append(self._file.readline())
        if not lines[-1]:
            return False
        head = message_from_bytes(b"".join(lines[:-1]))
        taken = Taken(self._recipient, str(head["Message-ID"]).strip("<> "), time.monotonic())
        self._recorder.taken.append(taken)
        self._reach("dot")
        self._say("250 2.0.0 Ok: queued")
        self._reach("accepted")
        return True

    def _reach(self, stage: str) -> bool:
        return self._recorder.reach(stage, self._peer)

    def _say(self, words: str) -> None:
        self._out.write(words.encode() + b"\r\n")
