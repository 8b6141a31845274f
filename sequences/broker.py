"""Wire: the bell's rope: an in-process Dramatiq broker by default, Redis or RabbitMQ for many machines.

Messages are hints with one id. Nothing is ever delayed or retried here: due times are columns, the database is the
queue of record, and a sweep finds what a lost hint would have pointed at. Actors catch their own faults (actors.py), so
nothing is dead-lettered either.
"""

import threading
from typing import Any

import dramatiq
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Middleware, ShutdownNotifications

from kit.errors import InvalidError, RefusedError, say

MAX_WAITING = 10_000


class LocalBroker(StubBroker):
    """The stub broker made fit for work: bounded, coalescing, refusing delays."""

    def __init__(self) -> None:
        super().__init__(middleware=_middleware())
        self._waiting: set[tuple[str, str]] = set()
        self._guard = threading.Lock()

    def enqueue(self, message: dramatiq.Message[Any], *, delay: int | None = None) -> dramatiq.Message[Any]:
        """Queue a hint unless the same one waits already. Raises ValueError for a delay."""
        if delay is not None:
            raise ValueError("hints are never delayed: due times are columns")
        key = _key(message)
        with self._guard:
            if key in self._waiting or len(self._waiting) >= MAX_WAITING:
                return message
            self._waiting.add(key)
        return super().enqueue(message)

    def forget(self, message: dramatiq.Message[Any]) -> None:
        """Let the next equal hint in."""
        with self._guard:
            self._waiting.discard(_key(message))


class _Forgetting(Middleware):
    """Opens the way for the next hint before the work begins: a bell that rings meanwhile must be heard."""

    def before_process_message(self, broker: dramatiq.Broker, message: Any) -> None:
        if isinstance(broker, LocalBroker):
            broker.forget(message)


def make_broker(url: str | None) -> dramatiq.Broker:
    """Return the broker that an address names; in-process for None.

    Raises RefusedError when the client library for it is not installed.
    """
    try:
        if url is None:
            return LocalBroker()
        if url.startswith("redis"):
            from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415 - an optional client

            return RedisBroker(url=url, middleware=_middleware())
        if url.startswith("amqp"):
            from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415 - an optional client

            return RabbitmqBroker(url=url, middleware=_middleware())
    except ImportError as error:
        raise RefusedError(
            say("The client library for %(url)s is not installed with this program.", url=url)
        ) from error
    raise InvalidError(say("RAPPORT_BROKER_URL must begin with redis:// or amqp://."))


def _middleware() -> list[Middleware]:
    # No time limit: between the server's 250 and our commit nothing may interrupt; sockets have their own.
    return [ShutdownNotifications(), _Forgetting()]


def _key(message: dramatiq.Message[Any]) -> tuple[str, str]:
    return message.actor_name, repr(message.args)
