"""How often the rows behind public pages have changed; counted by triggers, so that no way of writing forgets it."""

from collections.abc import Iterable

from django.db import OperationalError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from landespreis import composed

QUESTION = "SELECT topic, number FROM portal_edition"


class EditionQuerySet(models.QuerySet["Edition"]):
    def numbers(self, topics: Iterable[str]) -> dict[str, int]:
        """Return topic → number in one query; a topic whose rows never changed is 0."""
        numbers = self.every()
        return {topic: numbers.get(topic, 0) for topic in topics}

    def every(self) -> dict[str, int]:
        """Return topic → number for all topics whose rows ever changed.

        Every public page begins with it. The table has a row a topic, and composing a QuerySet takes four times as
        long as reading all of them.
        """
        return dict(_all(connections[self.db]))


def _all(connection: BaseDatabaseWrapper) -> list[tuple[str, int]]:
    """Return all rows. The question itself tells whether a kept connection is still alive: none is asked before it."""
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return _asked(connection)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return _asked(connection)


def _asked(connection: BaseDatabaseWrapper) -> list[tuple[str, int]]:
    return [(topic, number) for topic, number in composed.fetched(QUESTION, on=connection)]


class Edition(models.Model):
    """A topic of public pages ("news", "round") and a number that grows with each change, in the same transaction."""

    topic = models.CharField("Thema", max_length=30, primary_key=True)
    number = models.BigIntegerField("Nummer", default=0)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = "Ausgabe"
        verbose_name_plural = "Ausgaben"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.topic} {self.number}"
