"""The resolver against a name server on loopback: what each answer becomes, and that all of it ends in time."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from mailer.resolver import DnsResolver, SilentResolver

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ZONE = {
    ("parts.brand.", "TXT"): ['"v=spf1 " "-all"', '"\\255 odd"'],
    ("brand.", "MX"): ["10 mx.brand.", "0 ."],
    ("brand.", "A"): ["192.0.2.1"],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["mail.brand."],
    ("bare.brand.", "A"): ["192.0.2.1"],
}


class NameServer:
    """Answers from ZONE; "broken." fails and "late." never answers."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.asked: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                wire, peer = self.socket.recvfrom(4096)
            except OSError:
                return
            query = dns.message.from_wire(wire)
            question = query.question[0]
            name, kind = str(question.name), question.rdtype.name
            self.asked.append(f"{name} {kind}")
            if name == "late.":
                continue
            answer = dns.message.make_response(query)
            found = ZONE.get((name, kind))
            if name == "broken.":
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif found:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
            elif not any(name == known for known, _ in ZONE):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.socket.sendto(answer.to_wire(), peer)


@pytest.fixture
def server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.socket.close()


def make(server: NameServer, now: object = None, **more: float) -> DnsResolver:
    resolver = DnsResolver(now or (lambda: START), **more)  # type: ignore[arg-type]
    inner = resolver._resolver
    assert inner is not None
    inner.nameservers, inner.port, inner.search, inner.cache = ["127.0.0.1"], server.socket.getsockname()[1], [], None
    return resolver


@pytest.mark.parametrize(
    ("name", "kind", "answer"),
    [
        ("parts.brand", "TXT", ("v=spf1 -all", "\ufffd odd")),
        ("brand", "MX", ("10 mx.brand", "0 .")),
        ("brand.", "A", ("192.0.2.1",)),
        ("1.2.0.192.in-addr.arpa", "PTR", ("mail.brand",)),
        ("bare.brand", "TXT", ()),
        ("nowhere", "TXT", ()),
        ("broken", "TXT", None),
        ("not..a.name", "TXT", None),
        ("x" * 70, "TXT", None),
    ],
)
def test_answers(server: NameServer, name: str, kind: str, answer: tuple[str, ...] | None) -> None:
    found = make(server).find(name, kind)
    assert (found if found is None else set(found)) == (answer if answer is None else set(answer))


def test_the_same_question_is_asked_once(server: NameServer) -> None:
    resolver = make(server)
    assert resolver.find("brand", "A") == resolver.find("BRAND.", "A") == ("192.0.2.1",)
    assert len(server.asked) == 1


@pytest.mark.parametrize("name", ["brand.example", "x.test", "a.invalid", "localhost"])
def test_names_set_apart_are_not_asked_for(server: NameServer, name: str) -> None:
    assert make(server).find(name, "TXT") is None
    assert server.asked == []


def test_who_does_not_answer_costs_no_more_than_what_is_left(server: NameServer) -> None:
    begun = time.monotonic()
    assert make(server, budget_s=0.3).find("late", "TXT") is None
    assert time.monotonic() - begun < 3


def test_when_the_time_is_used_up_nobody_is_asked_any_more(server: NameServer) -> None:
    times = iter([START, START + timedelta(seconds=21)])
    resolver = make(server, lambda: next(times))
    assert resolver.find("brand", "A") == ("192.0.2.1",)
    assert resolver.find("bare.brand", "A") is None
    assert len(server.asked) == 1


def test_silence() -> None:
    assert SilentResolver().find("brand", "TXT") is None
