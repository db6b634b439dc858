"""How often the rows behind public pages have changed; counted by triggers, so that no way of writing forgets it."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, models

from landespreis import composed

QUESTIONS = {
    "postgresql": "SELECT COALESCE(json_object_agg(topic, number)::text, '{}') FROM portal_edition",
    "sqlite": "SELECT json_group_object(topic, number) FROM portal_edition",
}
"""All rows as one text, by vendor: taking rows apart takes longer than asking for them."""


class EditionManager(models.Manager["Edition"]):
    def numbers(self, topics: Iterable[str]) -> dict[str, int]:
        """Return topic → number in one query; a topic whose rows never changed is 0."""
        numbers = self.every()
        return {topic: numbers.get(topic, 0) for topic in topics}

    def every(self) -> Mapping[str, int]:
        """Return topic → number for all topics whose rows ever changed. Every public page begins with it."""
        return _read(_asked())


def _asked() -> str:
    """Ask. The question itself tells whether a kept connection is still alive: none is asked before it."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.health_check_done = True  # type: ignore[attr-defined]
    question = QUESTIONS[connection.vendor]
    try:
        return composed.text(question, connection)
    except OperationalError:
        if connection.in_atomic_block:
            raise
        connection.close()
        return composed.text(question, connection)


@lru_cache(maxsize=4)
def _read(text: str) -> Mapping[str, int]:
    """They are the same from one request to the next, mostly."""
    return MappingProxyType(json.loads(text))


class Edition(models.Model):
    """A topic of public pages ("news", "round") and a number that grows with each change, in the same transaction."""

    topic = models.CharField("Thema", max_length=30, primary_key=True)
    number = models.BigIntegerField("Nummer", default=0)

    objects = EditionManager()

    class Meta:
        verbose_name = "Ausgabe"
        verbose_name_plural = "Ausgaben"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.topic} {self.number}"
