"""The product's own long-running processes, killed and started again: `up` alone, or a beat and four workers."""

import threading
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.acceptance.nursery import Process
from tests.acceptance.program import Program
from tests.acceptance.recorder import Recorder
from tests.acceptance.sockets_of import ports_towards

UP = (("up", "--port", "0"), "Rapport runs at")
BEAT, WORKER = (("beat",), "Beating."), (("worker",), "Working.")
TOGETHER = ("1", "20")
_LOOKS, _LOOK_S = 1200, 0.05


@dataclass(slots=True)
class Member:
    """One process: its command, the words by which it says that it is ready, and how many mails it commits at once."""

    command: tuple[str, ...]
    greeting: str
    together: str
    log: Path
    process: Process

    @property
    def is_ready(self) -> bool:
        # The program itself opens its log, a moment after it was asked for.
        return self.log.exists() and self.greeting in self.log.read_text(errors="replace")


@dataclass(slots=True)
class Fleet:
    """All processes of one installation; every start after a kill changes how many mails are committed at once."""

    program: Program
    recorder: Recorder
    rng: Random
    members: list[Member] = field(default_factory=list)
    started: int = 0

    def launch(self, parts: tuple[tuple[tuple[str, ...], str], ...]) -> None:
        """Start every part and wait until all are ready."""
        for command, greeting in parts:
            self.members.append(self._start(command, greeting))
        self.wait_ready(len(self.members))

    def holder(self, peer: int) -> Member:
        """Return the member at the other end of a connection; any member when none is."""
        for member in self.members:
            if peer in ports_towards(member.process.pid, self.recorder.port):
                return member
        return self.rng.choice(self.members)

    def kill(self, member: Member) -> None:
        """Kill -9 a member, end its dialogues, and start another in its place."""
        self.recorder.freeze()
        assert member.process.poll() is None, member.log.read_text()
        peers = ports_towards(member.process.pid, self.recorder.port)
        member.process.kill()
        member.process.wait()
        self.recorder.disarm()
        self.recorder.cut(peers)
        self.members[self.members.index(member)] = self._start(member.command, member.greeting)

    def wait_ready(self, count: int) -> None:
        """Wait until at least `count` members are ready."""
        for _ in range(_LOOKS):
            if sum(member.is_ready for member in self.members) >= count:
                return
            for member in self.members:
                assert member.process.poll() is None, member.log.read_text()
            threading.Event().wait(_LOOK_S)
        raise AssertionError("the processes do not come up")

    def stop(self) -> list[int]:
        """Ask every member to end, as an operator does, and return how they ended."""
        for member in self.members:
            member.process.terminate()
        return [member.process.wait(60) for member in self.members]

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        for member in self.members:
            if member.process.poll() is None:
                member.process.kill()
                member.process.wait()

    def _start(self, command: tuple[str, ...], greeting: str) -> Member:
        self.started += 1
        together = TOGETHER[self.started % len(TOGETHER)]
        log = self.program.home.parent / f"log-{self.started}"
        process = self.program.start(*command, log=log, RAPPORT_SEND_TOGETHER=together)
        return Member(command, greeting, together, log, process)
