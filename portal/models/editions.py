"""How often the rows behind public pages have changed; counted by triggers, so that no way of writing forgets it."""

from collections.abc import Iterable

from django.db import models


class EditionQuerySet(models.QuerySet["Edition"]):
    def numbers(self, topics: Iterable[str]) -> dict[str, int]:
        """Return topic → number in one query; a topic whose rows never changed is 0."""
        wanted = dict.fromkeys(topics, 0)
        return wanted | dict(self.filter(topic__in=wanted).order_by().values_list("topic", "number"))


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
