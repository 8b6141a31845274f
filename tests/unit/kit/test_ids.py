"""Names of holders: gone is said only of who certainly ended."""

import os
import subprocess
import sys

import pytest

from kit.ids import current_owner, hash_token, is_gone, new_seed, new_token

PROGRAM = "import sys; from kit.ids import current_owner; print(current_owner('worker'), flush=True); sys.stdin.read()"


def test_this_process_lives() -> None:
    assert not is_gone(current_owner("worker"))


def test_another_process_is_gone_once_it_ended_and_not_before() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        owner = process.stdout.readline().strip()
        lived = not is_gone(owner)
        process.kill()
        # Ended but not yet asked after by its parent, it holds nothing any more.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        ended = is_gone(owner)
    assert lived
    assert ended
    assert is_gone(owner)


def test_a_number_that_a_newer_process_bears_is_not_the_old_holder() -> None:
    place, pid, started, role = current_owner("worker").split("/")
    assert is_gone(f"{place}/{pid}/{int(started) - 1}/{role}")


@pytest.mark.parametrize(
    "owner",
    ["", "worker", "a/b/c", "elsewhere-1-pid:[1]/1/5/worker-x", "{place}/x/5/worker-x", "{place}/²/5/worker-x", "////"],
)
def test_who_cannot_be_seen_from_here_is_not_called_gone(owner: str) -> None:
    assert not is_gone(owner.replace("{place}", current_owner("worker").split("/")[0]))


def test_every_name_token_and_seed_is_a_new_one() -> None:
    for make in (lambda: current_owner("worker"), new_token, new_seed):
        assert len({make() for _ in range(200)}) == 200


def test_a_token_is_stored_as_its_hash() -> None:
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert len(new_token(32)) > len(new_token()) >= 32
