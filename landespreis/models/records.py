"""How long what is kept: the periods, what is held back, the runs that delete, and the figures that stay."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from landespreis import wording


class RetentionRule(models.Model):
    """How many months one kind of record is kept; which kinds there are, the apps say in their `retention`."""

    kind = models.SlugField("Art", max_length=20, unique=True, editable=False)
    title = models.CharField("was", max_length=100, editable=False)
    since = models.CharField("gerechnet ab", max_length=150, editable=False)
    months = models.PositiveSmallIntegerField(
        "aufbewahren, Monate",
        validators=[MinValueValidator(1), MaxValueValidator(1200)],
        help_text="12 = ein Jahr, 60 = fünf Jahre. Vorher lässt sich keine Löschung vorschlagen.",
    )
    note = models.TextField(
        "Grundlage",
        max_length=1000,
        help_text="Worauf die Frist beruht: eine Vorschrift, ein Aktenplan, eine Absprache mit dem Datenschutz. "
        "Solange hier „Annahme“ steht, hat sie noch niemand bestätigt.",
    )

    class Meta:
        verbose_name = "Aufbewahrungsfrist"
        verbose_name_plural = "Aufbewahrungsfristen"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(months__gte=1),
                name="retention_rule_has_months",
                violation_error_message="Die Frist ist mindestens ein Monat.",
            ),
        )

    def __str__(self) -> str:
        return self.title


class RetentionHoldQuerySet(models.QuerySet["RetentionHold"]):
    def standing(self) -> "RetentionHoldQuerySet":
        return self.filter(lifted_at__isnull=True)


class RetentionHold(models.Model):
    """That something is kept longer, for instance because of a lawsuit; no run touches it."""

    subject = models.CharField("Schlüssel", max_length=40, db_index=True, editable=False)
    label = models.CharField("was", max_length=200, editable=False)
    reason = models.TextField("Grund", max_length=1000)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="verlängert von", on_delete=models.PROTECT, related_name="+"
    )
    held_at = models.DateTimeField("verlängert am")
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="beendet von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField("beendet am", null=True)

    objects = RetentionHoldQuerySet.as_manager()

    class Meta:
        verbose_name = "verlängerte Aufbewahrung"
        verbose_name_plural = "verlängerte Aufbewahrungen"
        ordering = ("-held_at", "-pk")
        default_permissions = ("view", "add", "change")
        constraints = (
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(lifted_at__isnull=True),
                name="one_standing_hold",
                violation_error_message="Die Aufbewahrung ist schon verlängert.",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="hold_lifted_has_who_and_when",
            ),
        )

    def __str__(self) -> str:
        return self.label


class RetentionRun(models.Model):
    """One deletion of what has been kept long enough: proposed by one person, released by another."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", "vorgeschlagen"
        PACKED = "packed", "Paket erstellt"
        OFFERED = "offered", "dem Landesarchiv angeboten"
        ANSWERED = "answered", "vom Landesarchiv beantwortet"
        RELEASED = "released", "freigegeben"
        DONE = "done", "vollzogen"
        DISCARDED = "discarded", "verworfen"

    class Answer(models.TextChoices):
        TAKEN = "taken", "übernommen"
        DECLINED = "declined", "abgelehnt"
        SILENT = "silent", "keine Antwort in sechs Monaten"

    kind = models.SlugField("Art", max_length=20)
    title = models.CharField("was", max_length=100)
    scope = models.CharField("Schlüssel", max_length=60, blank=True)
    scope_name = models.CharField("woraus", max_length=150)
    is_archived = models.BooleanField("dem Landesarchiv anzubieten")
    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.PROPOSED)
    before = models.DateTimeField("älter als")
    """What the period was counted back to when the run was proposed."""
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="vorgeschlagen von", on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("vorgeschlagen am")
    parcel = models.ForeignKey(
        "landespreis.Parcel", verbose_name="Packauftrag", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    offered_at = models.DateField("angeboten am", null=True)
    answer = models.CharField("Antwort des Landesarchivs", max_length=10, choices=Answer.choices, blank=True)
    answered_at = models.DateField("beantwortet am", null=True)
    reference = models.CharField("Aktenzeichen", max_length=100, blank=True)
    package = models.FileField("Archivpaket", upload_to="aussonderung/", max_length=200, blank=True)
    package_size = models.PositiveBigIntegerField("Größe des Pakets in Byte", default=0)
    package_sha256 = models.CharField("Prüfsumme des Pakets", max_length=64, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="freigegeben von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField("freigegeben am", null=True)
    started_at = models.DateTimeField("begonnen am", null=True)
    done_at = models.DateTimeField("vollzogen am", null=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="verworfen von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    discarded_at = models.DateTimeField("verworfen am", null=True)
    reason = models.TextField("Grund des Verwerfens", max_length=1000, blank=True)
    counts = models.JSONField("was ging", default=dict)
    """After it is done: how many rows of each lot went, and how many files and bytes."""

    class Meta:
        verbose_name = "Aussonderung"
        verbose_name_plural = "Aussonderungen"
        ordering = ("-proposed_at", "-pk")
        default_permissions = ("view", "add")
        permissions = (
            ("release_retentionrun", "Kann Aussonderungen freigeben"),
            ("disclose_person", "Kann Auskunft über gespeicherte Daten einer Person geben"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("proposed_by")),
                name="retention_released_by_another",
                violation_error_message="Freigeben kann nur eine andere Person als die, die vorgeschlagen hat.",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="retention_release_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["released", "done"]) | Q(released_at__isnull=False),
                name="retention_done_only_released",
            ),
            models.CheckConstraint(
                condition=Q(is_archived=False) | ~Q(status__in=["released", "done"]) | ~Q(package_sha256=""),
                name="retention_archived_has_package",
            ),
            models.CheckConstraint(
                condition=~Q(status="discarded") | Q(discarded_at__isnull=False, discarded_by__isnull=False),
                name="retention_discard_has_who_and_when",
            ),
            models.UniqueConstraint(
                fields=["kind", "scope"],
                condition=~Q(status__in=["done", "discarded"]),
                name="one_running_retention",
                violation_error_message="Dafür läuft schon eine Aussonderung.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}, {self.scope_name}, {wording.day(self.proposed_at)}"


class RetentionItem(models.Model):
    """One subject of a run, an entry for instance, with everything that goes, exactly as it was proposed."""

    class State(models.TextChoices):
        PENDING = "pending", "steht an"
        HELD = "held", "ausgenommen, Aufbewahrung verlängert"
        DONE = "done", "vollzogen"
        FAILED = "failed", "nicht vollzogen"

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="items")
    subject = models.CharField("Schlüssel", max_length=40)
    label = models.CharField("was", max_length=200)
    about = models.CharField("wessen", max_length=200, blank=True)
    lots = models.JSONField("Inhalt", default=list)
    """Lots with key, label, fate, the keys of their rows and their files; empty again once it is done."""
    counts = models.JSONField("Umfang", default=dict)
    """How many rows of each label go, how many files and bytes; stays."""
    digest = models.CharField("Prüfsumme", max_length=64)
    state = models.CharField("Stand", max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("Versuche", default=0)
    error = models.CharField("Hindernis", max_length=500, blank=True)
    done_at = models.DateTimeField("vollzogen am", null=True)
    files = models.JSONField("noch zu löschende Dateien", default=list)
    """Paths of files whose rows are gone: deleted after the commit, and by the next sweep if that failed."""

    class Meta:
        verbose_name = "Teil einer Aussonderung"
        verbose_name_plural = "Teile einer Aussonderung"
        ordering = ("pk",)
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["run", "subject"], name="one_item_per_subject"),)

    def __str__(self) -> str:
        return self.label


class RetentionFigures(models.Model):
    """What stays of what was deleted: figures of one category, without anybody's name."""

    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="figures")
    category = models.CharField("Kategorie", max_length=120, blank=True)
    figures = models.JSONField("Zahlen", default=dict)

    class Meta:
        verbose_name = "Statistik"
        verbose_name_plural = "Statistik"
        ordering = ("pk",)
        default_permissions = ("view",)
        constraints = (models.UniqueConstraint(fields=["run", "category"], name="figures_once_per_category"),)

    def __str__(self) -> str:
        return self.category or "ohne Kategorie"
