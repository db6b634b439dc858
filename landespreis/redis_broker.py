"""Redis as the broker, for a worker that goes on when Redis was away while it wanted to acknowledge a message."""

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """Counts a message as done with also when Redis could not be told so.

    Kombu leaves it among the messages in hand, and Celery only logs that. With one message at a time the worker then
    waits for a place that never comes free: it lives, is connected, and does nothing any more until somebody restarts
    it. What Redis was not told it hands out again later; every task may run twice.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]  # kombu has few types
        except Exception:
            virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call]
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        except Exception:
            virtual.QoS.ack(self, delivery_tag)  # type: ignore[no-untyped-call]
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel
