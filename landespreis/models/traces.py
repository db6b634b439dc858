"""The portal's own journal: what happened beside the entries and the jury, which have journals of their own."""

from django.conf import settings
from django.db import models

from landespreis import wording


class Trace(models.Model):
    """A line of the journal. A database trigger refuses every change."""

    class Verb(models.TextChoices):
        EXPORTED = "exported", "exportiert"
        CIRCULAR_WRITTEN = "circular_written", "Nachricht geschrieben"
        CIRCULAR_DELETED = "circular_deleted", "Nachricht gelöscht"
        CIRCULAR_RELEASED = "circular_released", "Nachricht freigegeben"
        CIRCULAR_CANCELLED = "circular_cancelled", "Versand abgebrochen"
        WORDING_CHANGED = "wording_changed", "Textvorlage geändert"
        WORDING_RESET = "wording_reset", "Textvorlage zurückgesetzt"
        WORDING_DELETED = "wording_deleted", "Textvorlage gelöscht"
        ROUND_BEGUN = "round_begun", "Wettbewerbsrunde angelegt"
        ROUND_CHANGED = "round_changed", "Wettbewerbsrunde geändert"
        ROUND_ANNOUNCED = "round_announced", "Wettbewerbsrunde bekannt gemacht"
        ROUND_UNANNOUNCED = "round_unannounced", "Bekanntmachung der Wettbewerbsrunde zurückgenommen"
        ROUND_DISCARDED = "round_discarded", "vorbereitete Wettbewerbsrunde verworfen"

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
