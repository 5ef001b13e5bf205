"""One connection to a broker, for one thread; the only module that knows kombu."""

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import kombu

from hub.bus.envelope import CONTENT_TYPE, Letter
from hub.errors import Transient

EXCHANGE: Final = "milepost.events"
DEAD: Final = "milepost.dead"
DELIVERIES: Final = 4
"""So often a message of a named queue is delivered before it counts as poison."""
HEARTBEAT_SECONDS: Final = 10
_CONNECT_SECONDS: Final = 5
# A broker that is out of memory or disk takes nothing and says nothing.
_CONFIRM_SECONDS: Final = 15


def log_in(url: str) -> None:
    """Connect and log in, then hang up; nothing is declared.

    Raises: Transient, when the broker is not there or refuses.
    """
    connection = _connection(url)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_max=0)
    except Exception as error:  # every transport raises something else
        raise Transient(f"{type(error).__name__}: {error}") from error
    finally:
        connection.release()


def _connection(url: str) -> Any:
    parts = urlsplit(url)
    # Without the name the certificate would be checked, but not whose it is.
    tls = {"server_hostname": parts.hostname} if parts.scheme == "amqps" else None
    return kombu.Connection(
        url, heartbeat=HEARTBEAT_SECONDS, connect_timeout=_CONNECT_SECONDS, ssl=tls
    )


class Line:
    """A connection; open it with `with`. Declares the exchange, and the queue if one is named.

    Shape: what it raises is whatever the transport raises; the caller reconnects on anything.
    """

    def __init__(self, url: str, queue: str | None) -> None:
        self._connection = _connection(url)
        self._queue = queue
        self._producer: Any = None
        self._channel: Any = None
        self._confirms = False
        self._sent = 0
        self._waiting: set[int] = set()
        self._refused = False

    def __enter__(self) -> Self:
        """Connect and declare."""
        # Without an interval kombu would sleep between its two tries, and `stop` would wait.
        self._connection.ensure_connection(max_retries=1, interval_start=0, interval_max=0)
        self._channel = self._connection.channel()
        self._confirms = self._connection.transport.driver_type == "amqp"
        if self._confirms:
            # kombu's own confirms wait for each message; these are awaited by the batch.
            self._channel.confirm_select()
            self._channel.events["basic_ack"].add(self._on_ack)
            self._channel.events["basic_nack"].add(self._on_nack)
        exchange = kombu.Exchange(EXCHANGE, type="topic", durable=True)
        exchange(self._channel).declare()
        if self._queue:
            self._declare(self._queue, exchange)
        self._producer = kombu.Producer(self._channel, exchange, auto_declare=False)
        return self

    def _declare(self, name: str, exchange: Any) -> None:
        """Declare a queue for everything; what its reader cannot take ends beside it.

        Without a limit one message that ends its reader each time would stand before all others.
        """
        if not self._confirms:
            kombu.Queue(name, exchange, routing_key="#", durable=True)(self._channel).declare()
            return
        quorum = {"x-queue-type": "quorum"}
        dead = kombu.Exchange(DEAD, type="direct", durable=True)
        beside = kombu.Queue(
            f"{name}.dead", dead, routing_key=name, durable=True, queue_arguments=quorum
        )
        beside(self._channel).declare()
        arguments = quorum | {
            "x-delivery-limit": DELIVERIES - 1,
            "x-dead-letter-exchange": DEAD,
            "x-dead-letter-routing-key": name,
        }
        queue = kombu.Queue(
            name, exchange, routing_key="#", durable=True, queue_arguments=arguments
        )
        queue(self._channel).declare()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close; politely only when the broker is likely to hear it."""
        if error_type is None:
            self._connection.release()
        else:
            self._connection.collect()

    def send(self, letters: Sequence[Letter]) -> None:
        """Send a batch; return when the broker has confirmed all of it, where it can.

        Raises: Transient, when it refuses one or does not confirm in time.
        """
        for one in letters:
            self._sent += 1
            if self._confirms:
                self._waiting.add(self._sent)
            self._producer.publish(
                one.body,
                routing_key=one.key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode="persistent",
                message_id=one.id,
                timeout=_CONFIRM_SECONDS,
            )
        self._await_confirms()

    def idle(self) -> None:
        """Keep the connection alive; call it at least every few seconds.

        Raises: whatever the transport raises when the broker is gone.
        """
        if self._confirms:
            self._drain(0.001)
            self._connection.heartbeat_check()

    def _await_confirms(self) -> None:
        end = time.monotonic() + _CONFIRM_SECONDS
        while self._waiting:
            if time.monotonic() > end:
                raise Transient("the broker does not confirm; it may be out of memory or disk")
            self._drain(1)
        if self._refused:
            raise Transient("the broker refused a message")

    def _drain(self, seconds: float) -> None:
        try:
            self._connection.drain_events(timeout=seconds)
        except TimeoutError:
            return

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - called by py-amqp
        if multiple:
            self._waiting = {waiting for waiting in self._waiting if waiting > tag}
        else:
            self._waiting.discard(tag)

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - called by py-amqp
        self._refused = True
        self._on_ack(tag, multiple)
