"""Two colleagues at once: what each does is begun before either ends."""

from collections.abc import Callable
from threading import Event, Thread

from kit.tx import Database, Tx

Deed = Callable[[Tx], object]


def two_at_once(database: Database, one: Deed, two: Deed) -> list[type[BaseException] | None]:
    """Do one, begin two while one is not committed, let both end; return what each raised."""
    raised: list[type[BaseException] | None] = [None, None]
    begun, go_on = Event(), Event()

    def run(place: int, deed: Deed) -> None:
        try:
            with database.transaction() as tx:
                deed(tx)
                tx.session.flush()
                if place == 0:
                    begun.set()
                    go_on.wait(10)
        except Exception as error:  # noqa: BLE001 - what was raised is what tests look at
            raised[place] = type(error)
        finally:
            begun.set()

    first, second = Thread(target=run, args=(0, one)), Thread(target=run, args=(1, two))
    first.start()
    begun.wait(10)
    second.start()
    # By then the second one stands at a lock of the first one's; if it does not, it comes after it all the same.
    second.join(0.3)
    go_on.set()
    first.join()
    second.join()
    return raised
