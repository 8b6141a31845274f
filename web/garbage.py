"""Wire: the garbage collector of a process that runs long: it looks seldom, and never among what was loaded."""

import gc

# Pages leave little behind that refers to itself. With Python's own numbers (700, 10, 10) a sixth of their time went
# into looking, and every thirtieth waited 200 ms for a look at everything.
SELDOM = (10_000, 10, 50)


def look_seldom() -> None:
    """Look seldom from now on: called before much is loaded, of which nothing is garbage."""
    gc.set_threshold(*SELDOM)


def settle_garbage() -> None:
    """Take what is there for what will stay: called once a service, a measurement or the tests have loaded."""
    gc.collect()
    gc.freeze()
    look_seldom()
