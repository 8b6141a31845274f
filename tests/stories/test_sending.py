"""How one mail leaves: rows and hints (A1), claims and leases (A2), bytes (A3), unclear ends (A4, A5), stops (A6)."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from crm.mailboxes import get_mailbox, pause_mailbox
from crm.models import Contact, Mailbox
from crm.pipeline import move_stage
from crm.suppressions import suppress
from kit.errors import ConflictError, InvalidError
from kit.ids import current_owner
from mailer.fakes import FaultPoint
from sequences.models import Heartbeat, SendBody
from sequences.sending.dispatch import drain_mailbox
from sequences.sending.outbox import begin_transmission, claim_sends, settle, sweep_leases
from sequences.sending.unclear import resolve_unknown
from sequences.tick import sweep
from sequences.versions.authoring import get_sequence, pause_sequence
from tests.stories.world import MIA, TWO_STEPS, World


def dead_owner() -> str:
    """Return the name of a process that had our number and is gone."""
    place, pid, _, role = current_owner("drain").split("/")
    return f"{place}/{pid}/1/{role}"


def claim(world: World, owner: str, lease_s: float = 1800) -> int:
    sweep(world.engine)
    with world.database.transaction() as tx:
        mailbox = tx.session.get_one(Mailbox, world.mailbox_id)
        return claim_sends(tx, mailbox, owner, limit=1, lease_s=lease_s)[0]


def test_due_rows_leave_without_a_hint_and_late_hints_do_nothing(world: World) -> None:
    world.load()
    world.enrol(world.people(2))
    sweep(world.engine)
    assert world.drain().sent == 2
    assert [world.drain().sent for _ in range(3)] == [0, 0, 0]
    assert len(world.server.outbox) == 2


def test_two_and_more_drains_at_once_send_nothing_twice(world: World) -> None:
    world.load()
    world.enrol(world.people(15))
    sweep(world.engine)
    box, sent = world.mailbox_id, []
    threads = [threading.Thread(target=lambda: sent.append(drain_mailbox(world.engine, box).sent)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.drain()
    recipients = [taken.recipient for taken in world.server.outbox]
    assert len(recipients) == len(set(recipients)) == 15


def test_claims_made_at_once_never_share_a_row(world: World) -> None:
    world.load()
    world.enrol(world.people(12))
    sweep(world.engine)
    box, taken, gate = world.mailbox_id, [], threading.Barrier(4)

    def take(number: int) -> None:
        gate.wait()
        with world.database.transaction() as tx:
            mailbox = tx.session.get_one(Mailbox, box)
            taken.extend(claim_sends(tx, mailbox, f"owner-{number}", limit=4, lease_s=60))

    threads = [threading.Thread(target=take, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) > 0


@pytest.mark.parametrize(("owner", "wait_s"), [("dead", 0), ("elsewhere/1/2/drain", 1801)])
def test_a_claim_of_the_dead_or_the_late_is_taken_back(small: World, owner: str, wait_s: int) -> None:
    small.load()
    small.enrol(small.people(1))
    claim(small, dead_owner() if owner == "dead" else owner)
    small.clock.advance(timedelta(seconds=wait_s))
    assert small.tick().sent == 1
    assert len(small.server.outbox) == 1


def test_a_living_claim_is_left_alone_and_a_lost_one_cannot_send(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    send_id = claim(small, "elsewhere/1/2/drain")
    assert small.tick().sent == 0
    small.clock.advance(timedelta(seconds=1801))
    with small.database.transaction() as tx:
        sweep_leases(tx)
        assert not begin_transmission(tx, [send_id], "elsewhere/1/2/drain", lease_s=60)


def test_a_lease_on_the_drain_of_a_dead_process_is_taken_over(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    with small.database.transaction() as tx:
        until = tx.now + timedelta(hours=1)
        tx.session.add(Heartbeat(name=f"drain:{small.mailbox_id}", owner=dead_owner(), at=tx.now, until=until))
    assert small.tick().sent == 1


def test_who_lost_the_drain_to_another_claims_no_more_and_leaves_them_their_lease(small: World) -> None:
    small.engine = replace(small.engine, batch=1)
    small.load()
    small.enrol(small.people(3))
    sweep(small.engine)
    other = "elsewhere/1/2/drain"

    def take_over() -> None:
        # What was in hand took longer than the lease.
        with small.database.transaction() as tx:
            lease = tx.session.get_one(Heartbeat, f"drain:{small.mailbox_id}")
            lease.owner, lease.until = other, tx.now + timedelta(hours=1)

    small.server.before_recipient = take_over
    assert small.drain().sent == 1, "what was in hand"
    assert [send.state for send in small.sends()] == ["sent", "scheduled", "scheduled"]
    with small.database.reading() as tx:
        assert tx.session.get_one(Heartbeat, f"drain:{small.mailbox_id}").owner == other
    assert small.drain().sent == 0
    small.clock.advance(timedelta(hours=2))
    assert small.drain().sent == 2


def test_a_crash_while_handing_over_is_unknown_and_never_retried(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    send_id = claim(small, owner := dead_owner())
    with small.database.transaction() as tx:
        begin_transmission(tx, [send_id], owner, lease_s=1800)
    assert small.tick().unknown == 1
    small.days(30)
    small.tick()
    assert small.server.outbox == []
    assert small.send().state == "unknown"


def test_id_and_bytes_are_the_same_in_every_try(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.server.fail(FaultPoint.RCPT, code=451, text="4.7.1 Greylisted")
    small.tick()
    with small.database.reading() as tx:
        before = tx.session.get_one(SendBody, 1).raw
    small.days(0.1)
    small.tick()
    assert [taken.raw for taken in small.server.outbox] == [before]
    assert small.send().rfc_id.encode() in (before or b"")


def unclear(world: World, point: FaultPoint = FaultPoint.FINAL) -> None:
    world.load()
    world.enrol(world.people(1))
    world.server.fail(point)
    assert world.tick().unknown == 1
    assert world.send().state == "unknown"


@pytest.mark.parametrize("point", [FaultPoint.FINAL, FaultPoint.CONTENT])
def test_a_drop_after_the_data_began_waits_for_a_person(small: World, point: FaultPoint) -> None:
    unclear(small, point)
    small.days(20)
    small.tick()
    assert small.send().state == "unknown"
    assert len(small.server.outbox) == (point is FaultPoint.FINAL)


def test_an_unclear_mail_found_in_sent_did_leave(small: World) -> None:
    unclear(small)
    small.deliver(small.server.outbox[0].raw, "Sent")
    small.clock.advance(timedelta(minutes=5))
    small.tick()
    send = small.send()
    assert (send.state, send.reason) == ("sent", "found in the Sent folder")
    assert send.sent_at == send.claimed_at
    assert len(small.server.folder(MIA, "Sent").mails) == 1
    small.days(3.1)
    assert small.tick().sent == 1


def test_a_copy_seen_while_still_handing_over_settles_it(small: World) -> None:
    """A worker elsewhere died after the server took the mail: its lease still runs, but the copy is there."""
    small.load()
    small.enrol(small.people(1))
    send_id = claim(small, "elsewhere/1/2/drain")
    with small.database.transaction() as tx:
        begin_transmission(tx, [send_id], "elsewhere/1/2/drain", lease_s=1800)
    small.deliver(f"From: {MIA}\nTo: creator0@people.example\nMessage-ID: <{small.send().rfc_id}>\n\nHello", "Sent")
    small.tick()
    assert small.send().state == "sent"
    with small.database.transaction() as tx:
        assert not settle(tx, send_id, "elsewhere/1/2/drain", "unknown")


def test_after_a_restore_what_lies_in_sent_does_not_leave_again(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    sweep(small.engine)
    small.deliver(f"From: {MIA}\nTo: creator0@people.example\nMessage-ID: <{small.send().rfc_id}>\n\nHello", "Sent")
    assert small.tick().sent == 0
    assert small.send().state == "sent"
    assert small.server.outbox == []


def test_an_answer_or_a_bounce_proves_an_unclear_mail(small: World) -> None:
    unclear(small)
    small.answer(small.mails_to("creator0@people.example")[0], "Sounds great, tell me more.")
    small.tick()
    assert small.send().state == "sent"
    assert small.runs()[0].reason == "reply"


def test_a_person_settles_an_unclear_mail(small: World) -> None:
    unclear(small, FaultPoint.CONTENT)
    with small.database.transaction() as tx, pytest.raises(InvalidError):
        resolve_unknown(tx, 1, verdict="maybe", actor="user:1")
    with small.database.reading() as tx:
        before = tx.session.get_one(SendBody, 1).raw
    small.days(15)
    with small.database.transaction() as tx:
        resolve_unknown(tx, 1, verdict="again", actor="user:1")
    assert small.tick().sent == 1
    assert [taken.raw for taken in small.server.outbox] == [before]
    with small.database.transaction() as tx, pytest.raises(ConflictError):
        resolve_unknown(tx, 1, verdict="again", actor="user:1")


def test_a_person_treats_an_unclear_mail_as_sent(small: World) -> None:
    unclear(small, FaultPoint.CONTENT)
    with small.database.transaction() as tx:
        resolve_unknown(tx, 1, verdict="sent", actor="user:1")
    assert small.tick().sent == 0
    small.days(3.1)
    assert small.tick().sent == 1  # the follow-up, counted from when the first was tried


def reply_arrives(world: World) -> None:
    world.answer(world.mails_to("creator0@people.example")[0], "No, thank you.")
    world.poll()


def suppressed(world: World) -> None:
    with world.database.transaction() as tx:
        suppress(tx, "@people.example", reason="manual", source="by hand", actor="user:1")


def becomes_alumni(world: World) -> None:
    with world.database.transaction() as tx:
        move_stage(tx, 1, 1, "Alumni", actor="user:1")


def sequence_pauses(world: World) -> None:
    with world.database.transaction() as tx:
        pause_sequence(tx, get_sequence(tx, "spring"))


def mailbox_pauses(world: World) -> None:
    with world.database.transaction() as tx:
        pause_mailbox(tx, get_mailbox(tx, MIA).id, "Holiday.")


def erased(world: World) -> None:
    with world.database.transaction() as tx:
        tx.session.get_one(Contact, 1).erased_at = tx.now


def expires(world: World) -> None:
    with world.database.transaction() as tx:
        tx.session.get_one(type(world.send()), world.send(-1).id).expires_at = tx.now


STOPS = [
    (reply_arrives, "cancelled", "already ended"),
    (suppressed, "cancelled", "do-not-contact"),
    (becomes_alumni, "cancelled", "Alumni"),
    (sequence_pauses, "scheduled", "paused"),
    (mailbox_pauses, "scheduled", "Holiday."),
    (erased, "cancelled", "erased"),
    (expires, "cancelled", "too long"),
]


@pytest.mark.parametrize(("stop", "state", "words"), STOPS, ids=lambda value: getattr(value, "__name__", None))
def test_a_stop_between_claim_and_sending_is_obeyed(
    small: World, stop: Callable[[World], None], state: str, words: str
) -> None:
    """The stop falls after the recipient was announced: the very last transaction has to see it."""
    small.load(TWO_STEPS.replace("steps:", "stop_on: [reply, bounce, opt_out, 'stage:Alumni']\nsteps:"))
    small.enrol(small.people(1))
    small.tick()
    small.days(3.1)
    sweep(small.engine)
    small.server.before_recipient = lambda: stop(small)
    small.drain()
    send = small.send(-1)
    assert send.step_key == "nudge"
    assert (send.state, words in send.reason) == (state, True), send.reason
    assert len(small.server.outbox) == 1


def test_what_a_dead_worker_held_of_a_stopped_run_is_cancelled_not_forgotten(small: World) -> None:
    small.load()
    small.enrol(small.people(1))
    small.tick()
    small.days(3.1)
    claim(small, "elsewhere/1/2/drain")
    small.answer(small.mails_to("creator0@people.example")[0], "No, thank you.")
    small.poll()
    small.days(1)
    small.tick()
    assert (small.send(-1).state, len(small.server.outbox)) == ("cancelled", 1)


@pytest.mark.parametrize("together", [1, 7, 50])
def test_several_committed_together_leave_once_each(world: World, together: int) -> None:
    world.engine.together = together
    world.load()
    world.enrol(world.people(30))
    world.tick()
    assert len({taken.recipient for taken in world.server.outbox}) == len(world.server.outbox) == 30
    world.days(5)
    world.tick()
    assert len(world.server.outbox) == 60
    assert {send.state for send in world.sends()} == {"sent"}


@pytest.mark.parametrize("point", [FaultPoint.DATA, FaultPoint.CONTENT, FaultPoint.FINAL, FaultPoint.RCPT])
def test_a_connection_that_ends_amid_a_group_leaves_one_unclear_at_most(small: World, point: FaultPoint) -> None:
    small.engine.together = 10
    small.load()
    small.enrol(small.people(25))
    small.server.fail(point, address="creator12@people.example")
    small.tick()
    states = Counter(send.state for send in small.sends())
    assert states["unknown"] == (point in (FaultPoint.CONTENT, FaultPoint.FINAL))
    # Whose turn on the wire never came has not been tried.
    assert {
        (send.attempts, send.due_at > small.clock.now()) for send in small.sends() if send.state == "scheduled"
    } == {(0, True)}
    small.days(0.1)
    small.tick()
    assert Counter(send.state for send in small.sends())["sent"] == 25 - states["unknown"]
    recipients = [taken.recipient for taken in small.server.outbox]
    assert len(recipients) == len(set(recipients))


def test_a_server_s_word_that_comes_after_the_lease_ran_out_still_counts(small: World) -> None:
    """The slowest legal dialogue of several mails outlasts any lease: whoever swept them meanwhile knew less (A5)."""
    small.engine.together = 10
    small.load()
    small.enrol(small.people(3))
    swept: list[int] = []

    def take_long() -> None:
        small.clock.advance(timedelta(hours=1))
        swept.append(sweep(small.engine).unknown)

    small.server.before_recipient = take_long
    assert small.tick().sent == 3
    assert swept == [3]
    assert {send.state for send in small.sends()} == {"sent"}
    small.days(3.2)
    small.tick()
    recipients = Counter(taken.recipient for taken in small.server.outbox)
    assert recipients == {f"creator{number}@people.example": 2 for number in range(3)}


def test_a_crash_after_a_group_was_committed_leaves_the_group_unclear(small: World) -> None:
    small.load()
    small.enrol(small.people(6))
    sweep(small.engine)
    owner = dead_owner()
    with small.database.transaction() as tx:
        mailbox = tx.session.get_one(Mailbox, small.mailbox_id)
        taken = claim_sends(tx, mailbox, owner, limit=4, lease_s=1800)
        assert begin_transmission(tx, taken, owner, lease_s=1800) == set(taken)
    small.tick()
    assert Counter(send.state for send in small.sends()) == {"unknown": 4, "sent": 2}


def test_a_mail_settled_by_hand_can_be_read_after_the_transaction(small: World) -> None:
    unclear(small)
    with small.database.transaction() as tx:
        send = resolve_unknown(tx, 1, verdict="sent", actor="user:1")
    assert (send.id, send.state) == (1, "sent")


def test_a_fault_of_ours_in_the_midst_of_a_batch_gives_the_rest_back(world: World) -> None:
    def break_down() -> None:
        raise ZeroDivisionError

    world.load()
    world.enrol(world.people(3))
    sweep(world.engine)
    world.server.before_recipient = break_down
    with pytest.raises(ZeroDivisionError):
        world.drain()
    assert Counter(send.state for send in world.sends()) == {"claimed": 1, "scheduled": 2}
    world.clock.advance(timedelta(hours=1))
    sweep(world.engine)
    world.drain()
    assert Counter(send.state for send in world.sends()) == {"sent": 3}
    assert len({taken.recipient for taken in world.server.outbox}) == len(world.server.outbox) == 3
