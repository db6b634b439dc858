"""The portal's own journal: what happened beside the entries and the jury, which have journals of their own."""

from django.conf import settings
from django.db import models

from landespreis import wording


class Trace(models.Model):
    """A line of the journal. A database trigger refuses every change."""

    class Verb(models.TextChoices):
        EXPORTED = "exported", "exportiert"
        RETENTION_CHANGED = "retention_changed", "Aufbewahrungsfrist geändert"
        RETENTION_HELD = "retention_held", "Aufbewahrung verlängert"
        RETENTION_UNHELD = "retention_unheld", "verlängerte Aufbewahrung beendet"
        RETENTION_PROPOSED = "retention_proposed", "Aussonderung vorgeschlagen"
        RETENTION_PACKED = "retention_packed", "Archivpaket erstellt"
        RETENTION_OFFERED = "retention_offered", "dem Landesarchiv angeboten"
        RETENTION_ANSWERED = "retention_answered", "Antwort des Landesarchivs festgehalten"
        RETENTION_RELEASED = "retention_released", "Aussonderung freigegeben"
        RETENTION_STARTED = "retention_started", "Aussonderung begonnen"
        RETENTION_ITEM = "retention_item", "ausgesondert"
        RETENTION_DONE = "retention_done", "Aussonderung vollzogen"
        RETENTION_DISCARDED = "retention_discarded", "Aussonderung verworfen"
        PERSON_DISCLOSED = "person_disclosed", "Auskunft über eine Person erstellt"
        PERSON_CORRECTED = "person_corrected", "Daten einer Person berichtigt"
        PERSON_ERASED = "person_erased", "Daten einer Person gelöscht"

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
