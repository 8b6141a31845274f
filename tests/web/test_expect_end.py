"""A service that is asked to stop hears it, whichever of its threads the system interrupts."""

import signal
import subprocess
import sys

import pytest

# The main thread, which waits, takes no signals here: another thread is interrupted, as happens by chance elsewhere.
PROGRAM = """
import signal, threading, time
from web.service import expect_end
wait = expect_end()
def take_signals():
    time.sleep(1)  # by then the main thread waits
    print("waits", flush=True)
    time.sleep(60)
threading.Thread(target=take_signals, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
wait()
print("ended", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_another_thread_takes_is_heard(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waits\n"
        process.send_signal(number)
        try:
            said, _ = process.communicate(timeout=10)
        finally:
            process.kill()
        assert said == "ended\n"
        assert process.returncode == 0
