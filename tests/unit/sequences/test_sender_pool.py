"""Which mailbox of a pool writes to the next person: headroom times health, the same choice every time."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequences.sending.sender_pool import Sender, choose_sender


def box(number: int, room: int | None, rate: float = 0.0, *, paused: bool = False) -> Sender:
    return Sender(mailbox_id=number, room=room, bounce_rate=rate, is_paused=paused)


@pytest.mark.parametrize(
    ("senders", "assigned", "chosen"),
    [
        ([box(1, 10), box(2, 30)], {}, 2),
        ([box(1, 10), box(2, 30)], {2: 21}, 1),
        ([box(2, 10), box(1, 10)], {}, 1),
        ([box(1, None), box(2, 500)], {}, 1),
        ([box(1, None), box(2, None)], {1: 3, 2: 2}, 2),
        # Three percent of bounces halve what a mailbox may take on; more than five take it out, as a pause does.
        ([box(1, 30, 0.03), box(2, 16)], {}, 2),
        ([box(1, 30, 0.029), box(2, 16)], {}, 1),
        ([box(1, 30, 0.051), box(2, 1)], {}, 2),
        ([box(1, 30, 0.05), box(2, 14)], {}, 1),
        ([box(1, 30, paused=True), box(2, 0)], {}, 2),
        # Unless all are out: then the one with the most room.
        ([box(1, 30, 0.2), box(2, 40, paused=True)], {}, 2),
        # Beyond every limit, poor health still counts against a mailbox.
        ([box(1, 0, 0.04), box(2, 0)], {1: 5, 2: 5}, 2),
    ],
)
def test_chooses_the_most_healthy_room(senders: list[Sender], assigned: dict[int, int], chosen: int) -> None:
    assert choose_sender(senders, assigned) == chosen


@given(
    rooms=st.lists(st.one_of(st.none(), st.integers(0, 40)), min_size=1, max_size=6),
    people=st.integers(0, 80),
)
def test_no_limit_is_passed_while_another_mailbox_has_room(rooms: list[int | None], people: int) -> None:
    senders = [box(number, room) for number, room in enumerate(rooms, 1)]
    assigned: Counter[int] = Counter()
    for _ in range(people):
        assert choose_sender(senders, assigned) == choose_sender(senders[::-1], assigned)
        assigned[choose_sender(senders, assigned)] += 1
    over = [one for one in senders if one.room is not None and assigned[one.mailbox_id] > one.room]
    free = [one for one in senders if one.room is None or assigned[one.mailbox_id] < one.room]
    assert not (over and free)
