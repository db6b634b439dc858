"""The portal's own journal: what happened beside the entries and the jury, which have journals of their own."""

from django.conf import settings
from django.db import models

from landespreis import wording


class Trace(models.Model):
    """A line of the journal. A database trigger refuses every change."""

    class Verb(models.TextChoices):
        EXPORTED = "exported", "exportiert"
        WINNERS_ORDERED = "winners_ordered", "Veröffentlichung der Preisträger angeordnet"
        WINNERS_RECALLED = "winners_recalled", "Veröffentlichung der Preisträger zurückgenommen"
        WINNERS_PUBLISHED = "winners_published", "Preisträger veröffentlicht"

    at = models.DateTimeField("Zeitpunkt")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Leer: das Portal selbst, oder jemand ohne Konto.",
    )
    verb = models.CharField("Vorgang", max_length=40)
    """One of `Verb`; no choices of the column, so that a new one changes no schema."""
    about = models.CharField("worum es geht", max_length=200, blank=True)
    detail = models.JSONField("Einzelheiten", default=dict)

    class Meta:
        verbose_name = "Vorgang im Portal"
        verbose_name_plural = "Verlauf des Portals"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.label} am {wording.moment_short(self.at)}"

    @property
    def label(self) -> str:
        """What happened, in the words of the interface."""
        return dict(Trace.Verb.choices).get(self.verb, self.verb)
