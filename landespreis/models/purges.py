"""What was deleted from the journals, why, by whom: the only door through which their rows ever go."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from landespreis import wording


class Closing(models.Model):
    """That a purge is over; written in its transaction, which cannot commit without. A trigger refuses every change.

    `sha256` is over the lines «table key» of all rows that went, sorted, so that none can be added to the list later.
    """

    id = models.BigIntegerField(primary_key=True, editable=False)
    """By chance: it is known, and told to the purge, before this row is written."""
    at = models.DateTimeField("Zeitpunkt")
    count = models.PositiveIntegerField("gelöschte Zeilen")
    sha256 = models.CharField("Prüfsumme", max_length=64)

    class Meta:
        verbose_name = "Abschluss einer Löschung"
        verbose_name_plural = "Abschlüsse von Löschungen"

    def __str__(self) -> str:
        return f"{self.count} Zeilen am {wording.moment_short(self.at)}"


class Purge(models.Model):
    """A lawful deletion of rows of the journals, open until its closing is written. A trigger refuses every change.

    Two people are behind it, or nobody: then it is a rule of the portal, which the reason names.
    """

    at = models.DateTimeField("Zeitpunkt")
    reason = models.TextField("Grund")
    run = models.CharField("Löschlauf", max_length=100, blank=True)
    """What names the run of the one who deletes, a key or number of theirs."""
    tables = models.JSONField("Tabellen")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="gelöscht von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Leer: das Portal selbst.",
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="freigegeben von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    closing = models.OneToOneField(
        Closing, verbose_name="Abschluss", on_delete=models.PROTECT, related_name="purge"
    )  # deferred: it names a row that is written last

    class Meta:
        verbose_name = "Löschung aus dem Verlauf"
        verbose_name_plural = "Löschungen aus dem Verlauf"
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(by__isnull=True, second__isnull=True)
                | (Q(by__isnull=False, second__isnull=False) & ~Q(by=F("second"))),
                name="purge_by_two_or_the_portal",
                violation_error_message="Eine Löschung geben zwei verschiedene Personen frei.",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="purge_has_reason",
                violation_error_message="Bitte nennen Sie den Grund der Löschung.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reason} am {wording.moment_short(self.at)}"


class PurgedRow(models.Model):
    """A row that a purge deleted; the trigger writes it, so that none goes unnoted. A trigger refuses every change."""

    purge = models.ForeignKey(Purge, verbose_name="Löschung", on_delete=models.PROTECT, related_name="rows")
    journal = models.CharField("Tabelle", max_length=63)
    row = models.BigIntegerField("Schlüssel")

    class Meta:
        verbose_name = "gelöschte Zeile"
        verbose_name_plural = "gelöschte Zeilen"
        ordering = ("journal", "row")
        constraints = (models.UniqueConstraint(fields=["journal", "row"], name="row_is_purged_once"),)

    def __str__(self) -> str:
        return f"{self.journal} {self.row}"
