"""The portal's own journal: what happened beside the entries and the jury, which have journals of their own."""

from django.conf import settings
from django.db import models

from landespreis import wording


class Trace(models.Model):
    """A line of the journal. A database trigger refuses every change."""

    class Verb(models.TextChoices):
        EXPORTED = "exported", "exportiert"
        CIRCULAR_WRITTEN = "circular_written", "Nachricht geschrieben"
        CIRCULAR_CHANGED = "circular_changed", "Nachricht einer anderen Person geändert"
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
        LOGGED_IN = "logged_in", "angemeldet"
        LOGGED_OUT = "logged_out", "abgemeldet"
        LOGIN_FAILED = "login_failed", "Anmeldung gescheitert"
        CODE_FAILED = "code_failed", "zweiter Faktor falsch"
        ACCESS_REFUSED = "access_refused", "Zugriff verweigert"
        SIGNED_UP = "signed_up", "Konto angelegt"
        PASSWORD_CHANGED = "password_changed", "Passwort geändert"
        PASSWORD_RESET = "password_reset", "Passwort zurückgesetzt"
        EMAIL_CONFIRMED = "email_confirmed", "E-Mail-Adresse bestätigt"
        EMAIL_CHANGED = "email_changed", "E-Mail-Adresse geändert"
        EMAIL_REMOVED = "email_removed", "E-Mail-Adresse entfernt"
        FACTOR_ADDED = "factor_added", "zweiter Faktor eingerichtet"
        FACTOR_REMOVED = "factor_removed", "zweiter Faktor entfernt"
        FACTOR_RESET = "factor_reset", "zweiter Faktor zurückgesetzt"
        CODES_MADE = "codes_made", "Notfallcodes erzeugt"
        CODES_SEEN = "codes_seen", "Notfallcodes angesehen"
        SESSIONS_ENDED = "sessions_ended", "Sitzungen beendet"
        DATA_TAKEN = "data_taken", "eigene Daten heruntergeladen"
        ROLES_CHANGED = "roles_changed", "Rollen geändert"
        ACCOUNT_LOCKED = "account_locked", "Konto gesperrt"
        ACCOUNT_UNLOCKED = "account_unlocked", "Konto entsperrt"
        ACCOUNT_CLOSED = "account_closed", "Konto gelöscht"
        MEMBERSHIP_STATED = "membership_stated", "Zugehörigkeit angegeben"
        MEMBERSHIP_CONFIRMED = "membership_confirmed", "Zugehörigkeit bestätigt"
        MEMBERSHIP_REFUSED = "membership_refused", "Zugehörigkeit abgelehnt"
        ADMIN_ADDED = "admin_added", "in der Verwaltung angelegt"
        ADMIN_CHANGED = "admin_changed", "in der Verwaltung geändert"
        ADMIN_DELETED = "admin_deleted", "in der Verwaltung gelöscht"
        IMPORTED = "imported", "aus einer Tabelle eingespielt"
        PROJECT_PUBLISHED = "project_published", "Projekt veröffentlicht"
        PROJECT_WITHDRAWN = "project_withdrawn", "Veröffentlichung eines Projekts zurückgenommen"
        PROJECT_MOVED = "project_moved", "Veröffentlichung eines Projekts verschoben"
        EVENT_MOVED = "event_moved", "Termin verlegt"
        EVENT_CANCELLED = "event_cancelled", "Termin abgesagt"
        NEWSLETTER_PAUSED = "newsletter_paused", "Versand des Newsletters angehalten"
        NEWSLETTER_RESUMED = "newsletter_resumed", "Versand des Newsletters fortgesetzt"
        NEWSLETTER_CORRECTED = "newsletter_corrected", "Newsletter im Web berichtigt"
        WINNERS_ORDERED = "winners_ordered", "Veröffentlichung der Preisträger angeordnet"
        WINNERS_RECALLED = "winners_recalled", "Veröffentlichung der Preisträger zurückgenommen"
        WINNERS_PUBLISHED = "winners_published", "Preisträger veröffentlicht"
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
        BACKED_UP = "backed_up", "Datenbank und Dateien gesichert"
        PERSON_SEEN = "person_seen", "Daten einer Person für eine Auskunft angesehen"
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
        indexes = (models.Index(fields=["-at", "-id"], name="trace_newest_first"),)

    def __str__(self) -> str:
        return f"{self.label} am {wording.moment_short(self.at)}"

    @property
    def label(self) -> str:
        """What happened, in the words of the interface."""
        return dict(Trace.Verb.choices).get(self.verb, self.verb)
