"""What the program says about its mails, held against what the server took."""

import threading
from collections import Counter
from collections.abc import Collection
from typing import Any

import pytest
from imapclient import IMAPClient

from tests.acceptance.conftest import Post
from tests.acceptance.program import Program

TERMINAL = ("sent", "failed", "unknown", "cancelled")
_ROUNDS_AT_MOST = 20

Sends = list[dict[str, Any]]


def tick_to_the_end(program: Program) -> Sends:
    """Tick undisturbed until every mail has come to its end, and return all mails."""
    sends: Sends = []
    for _ in range(_ROUNDS_AT_MOST):
        program.do("tick")
        sends = program.read("sends", "list")
        if is_over(sends):
            return sends
        threading.Event().wait(0.5)
    pytest.fail(f"The sequence does not come to its end: {Counter((send['step'], send['state']) for send in sends)}")


def is_over(sends: Sends) -> bool:
    """Return whether every mail is at an end, and whoever was sent the first has the second too."""
    pitched = {send["email"] for send in sends if (send["step"], send["state"]) == ("pitch", "sent")}
    nudged = {send["email"] for send in sends if send["step"] == "nudge"}
    return pitched == nudged and all(send["state"] in TERMINAL for send in sends)


def check_books(post: Post, sends: Sends, people: int) -> None:
    """Hold what the program says against what the server took."""
    by_id = {id_of(send): send for send in sends}
    deliveries = Counter(taken.message_id for taken in post.recorder.taken)
    assert [one for one, times in deliveries.items() if times > 1] == [], "the same mail twice"
    steps = Counter((taken.recipient, by_id[taken.message_id]["step"]) for taken in post.recorder.taken)
    assert [one for one, times in steps.items() if times > 1] == [], "a step twice"
    assert all(by_id[taken.message_id]["email"] == taken.recipient for taken in post.recorder.taken)
    said_sent = {id_of(send) for send in sends if send["state"] == "sent"}
    unclear = {id_of(send) for send in sends if send["state"] == "unknown"}
    assert said_sent <= set(deliveries), "recorded as sent, never delivered"
    assert set(deliveries) <= said_sent | unclear, "delivered, and recorded as neither sent nor unknown"
    pitches = [send for send in sends if send["step"] == "pitch"]
    assert len(pitches) == len({send["email"] for send in pitches}) == people, "the sum is not the audience"


def check_sums(report: dict[str, Any], people: int) -> None:
    """Hold that the program's own numbers of every step add up to the audience (A11)."""
    steps = report["steps"]
    assert [step["key"] for step in steps] == ["pitch", "nudge"]
    for step in steps:
        parts = [step[name] for name in ("sent", "failed", "skipped", "unknown", "waiting")]
        assert sum(parts) == people, step
        assert min(parts) >= 0, step


def check_sent_folders(post: Post, addresses: Collection[str], expected: int) -> None:
    """Our own copies lie in Sent once each, however often filing them was broken off."""
    ids: Counter[str] = Counter()
    for address in addresses:
        with IMAPClient("127.0.0.1", post.world.imap_port, ssl=False, timeout=10) as client:
            client.login(address, "secret")
            client.select_folder("Sent", readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        ids.update(str(value) for one in found.values() for key, value in one.items() if key != b"SEQ")
    assert ids.total() == len(ids) == expected


def id_of(send: dict[str, Any]) -> str:
    return str(send["message_id"]).strip("<> ")
