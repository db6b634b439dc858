"""Redis as the broker, for a worker that goes on when an acknowledgement gets no answer."""

from typing import Any

from kombu.transport import redis


class QoS(redis.QoS):
    """Counts a message as done here even when Redis could not be told so.

    kombu would go on counting it as being worked on: a worker that takes one message at a time then never takes
    another, although Redis answers again and the process looks healthy. What Redis still holds as unacknowledged it
    hands out once more later, which every task stands.
    """

    def ack(self, delivery_tag: Any) -> None:
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]  # kombu has few types
        except BaseException:
            self._quick_ack(delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
