"""The chain over the journals: a checksum of every line, and of every day with the one before."""

from django.db import models

from landespreis import wording


class Link(models.Model):
    """A finished day of all journals, and the day before it, as one checksum. A trigger refuses every change."""

    day = models.DateField("Tag", unique=True)
    previous = models.CharField("Prüfsumme davor", max_length=64, unique=True)
    """Unique: the chain never forks."""
    sha256 = models.CharField("Prüfsumme", max_length=64, unique=True)
    count = models.PositiveIntegerField("Zeilen")
    made_at = models.DateTimeField("verkettet am")

    class Meta:
        verbose_name = "verketteter Tag"
        verbose_name_plural = "Verkettung des Verlaufs"
        ordering = ("-day",)

    def __str__(self) -> str:
        return wording.day(self.day)


class Digest(models.Model):
    """The checksum of one line of a journal, which stays when a purge deletes the line.

    A trigger refuses every change.
    """

    link = models.ForeignKey(Link, verbose_name="Tag", on_delete=models.PROTECT, related_name="digests")
    journal = models.CharField("Tabelle", max_length=63)
    row = models.BigIntegerField("Schlüssel")
    sha256 = models.CharField("Prüfsumme", max_length=64)

    class Meta:
        verbose_name = "Prüfsumme einer Zeile"
        verbose_name_plural = "Prüfsummen der Zeilen"
        ordering = ("journal", "row")
        constraints = (models.UniqueConstraint(fields=["journal", "row"], name="row_is_chained_once"),)

    def __str__(self) -> str:
        return f"{self.journal} {self.row}"
