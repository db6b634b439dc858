"""Projects of the directory: what they are about, who is part of them, where they come from."""

from datetime import datetime
from typing import ClassVar, Literal

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.functions import Lower

from accounts.models import Municipality, User
from landespreis.addresses import address_of
from portal.models.pictures import Picture
from submissions.models import Partner, Submission


class Hue(models.TextChoices):
    """The colour that a category has in maps; always beside its written name."""

    BLUE = "blau", "Blau"
    LIGHT_BLUE = "hellblau", "Hellblau"
    VIOLET = "violett", "Violett"
    TURQUOISE = "tuerkis", "Türkis"
    ORANGE = "orange", "Orange"
    GREY = "grau", "Grau"


class ProjectCategory(models.Model):
    """A category of the directory; it outlives the rounds, whose categories lead to it by `key`."""

    key = models.SlugField("Kürzel", max_length=40, unique=True, help_text="Steht in Adressen von Suchen.")
    name = models.CharField("Name", max_length=120, unique=True)
    short_name = models.CharField("kurzer Name", max_length=60)
    hue = models.CharField("Farbe der Karte", max_length=10, choices=Hue.choices, default=Hue.GREY)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Projektkategorie"
        verbose_name_plural = "Projektkategorien"
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class Topic(models.Model):
    name = models.CharField("Name", max_length=60, unique=True)
    slug = models.SlugField("Adresse", max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("Reihenfolge", default=0)

    class Meta:
        verbose_name = "Thema"
        verbose_name_plural = "Themen"
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class ProjectContent(models.Model):
    """What is told about a project, in the directory and in a proposal for it. Abstract."""

    title = models.CharField("Titel", max_length=150, blank=True)
    category = models.ForeignKey(
        ProjectCategory,
        verbose_name="Kategorie",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )
    topics = models.ManyToManyField(Topic, verbose_name="Themen", blank=True, related_name="%(class)ss")
    lead = models.ForeignKey(
        Municipality,
        verbose_name="federführende Kommune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
    )
    department = models.CharField("Fachbereich", max_length=120, blank=True)
    legal_form = models.CharField("Rechtsform", max_length=15, choices=Submission.LegalForm.choices, blank=True)
    agreed_on = models.DateField("vereinbart am", null=True, blank=True)
    state = models.CharField("Stand der Umsetzung", max_length=10, choices=Submission.State.choices, blank=True)
    state_since = models.DateField("im Betrieb seit", null=True, blank=True)
    website = models.URLField("Internetseite", blank=True)
    contact_name = models.CharField("Ansprechperson", max_length=120, blank=True)
    contact_email = models.EmailField("E-Mail-Adresse", blank=True)
    contact_phone = models.CharField("Telefon", max_length=40, blank=True)
    contact_public = models.BooleanField(
        "Kontakt darf veröffentlicht werden",
        default=False,
        help_text="Nur mit Einwilligung der genannten Person.",
    )
    abstract = models.TextField(
        "Kurzbeschreibung", max_length=800, blank=True, help_text="Zwei bis drei Sätze, ohne Auszeichnung."
    )
    body = models.TextField("Text", max_length=30_000, blank=True)
    picture = models.ForeignKey(
        Picture, verbose_name="Bild", on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or "Projekt ohne Titel"


class ProjectQuerySet(models.QuerySet["Project"]):
    def published(self, now: datetime) -> "ProjectQuerySet":
        return self.filter(published_at__lte=now)

    def visible_to(self, user: User | AnonymousUser, now: datetime) -> "ProjectQuerySet":
        """What is out, and for editors what is not yet."""
        return self if user.has_perm("portal.view_project") else self.published(now)

    def with_all(self) -> "ProjectQuerySet":
        """Everything that a row of a list shows, in two queries."""
        return self.select_related("category", "lead", "picture").prefetch_related(with_municipalities())


class Project(ProjectContent):
    """A cooperation in the directory. Of an entry it is a copy: what was handed in stays as it is."""

    class Origin(models.TextChoices):
        AWARD = "landespreis", "Beitrag zum Landespreis"
        PROPOSED = "vorschlag", "von der Kommune vorgeschlagen"
        FUNDED = "foerderung", "geförderte Kooperation"

    slug = models.SlugField(
        "Adresse",
        max_length=100,
        unique=True,
        blank=True,
        help_text="Der letzte Teil der Adresse. Leer = aus dem Titel. Frühere Adressen leiten weiter.",
    )
    origin = models.CharField("Herkunft", max_length=12, choices=Origin.choices)
    submission = models.OneToOneField(
        Submission,
        verbose_name="Einreichung",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="project",
    )
    edition = models.CharField(
        "Wettbewerb", max_length=60, blank=True, help_text="Zum Beispiel „1. Landespreis 2021/22“. Leer = außerhalb."
    )
    prize_year = models.PositiveSmallIntegerField(
        "Preisträger des Jahres",
        null=True,
        blank=True,
        help_text="Steht als Auszeichnung auf der Seite. Für den laufenden Wettbewerb setzt das Portal sie selbst, "
        "sobald die Sperrfrist endet.",
    )
    is_funded = models.BooleanField("vom Land gefördert", default=False)
    funding = models.CharField("Förderung", max_length=500, blank=True)
    body_html = models.TextField(editable=False, default="")
    sort_key = models.CharField(max_length=200, editable=False, default="", db_index=True)
    """The title as German sorts it."""
    published_at = models.DateTimeField(
        "veröffentlicht ab",
        null=True,
        blank=True,
        db_index=True,
        help_text="Ortszeit in Nordrhein-Westfalen. Leer = nicht öffentlich; ein Zeitpunkt in der Zukunft erscheint "
        "von selbst.",
    )
    changed_at = models.DateTimeField("geändert am", editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "Projekt"
        verbose_name_plural = "Projekte"
        ordering = ("-published_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(slug=""),
                name="project_has_address",
                violation_error_message="Das Projekt braucht eine Adresse.",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True)
                | (~Q(title="") & ~Q(abstract="") & Q(category__isnull=False, lead__isnull=False)),
                name="published_project_is_complete",
                violation_error_message="Veröffentlichen lässt sich ein Projekt mit Titel, Kategorie, federführender "
                "Kommune und Kurzbeschreibung.",
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=True) | Q(origin="landespreis"),
                name="only_an_award_project_has_an_entry",
            ),
        )

    def get_absolute_url(self) -> str:
        return address_of("portal:project", self.slug)

    def is_public(self, now: datetime) -> bool:
        return self.published_at is not None and self.published_at <= now


class ContentPartner(models.Model):
    """A partner of the lead: a row of the register, or somebody named freely with kind and country. Abstract."""

    municipality = models.ForeignKey(
        Municipality, verbose_name="Kommune", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField("Name", max_length=150, blank=True)
    kind = models.CharField("Art", max_length=15, choices=Partner.Kind.choices, default=Partner.Kind.REGISTER)
    country = models.CharField("Land", max_length=2, choices=Partner.Country.choices, default=Partner.Country.DE)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(kind="nrw", municipality__isnull=False, name="", country="DE")
                | (~Q(kind="nrw") & Q(municipality__isnull=True) & ~Q(name="")),
                name="%(class)s_from_register_or_named",
                violation_error_message="Ein Partner steht im Verzeichnis oder hat einen Namen.",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.municipality.label if self.municipality else self.name


class ProjectPartner(ContentPartner):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="partners")

    class Meta(ContentPartner.Meta):
        verbose_name = "Partner"
        verbose_name_plural = "Partner"
        ordering = ("pk",)
        constraints = (
            *ContentPartner.Meta.constraints,
            models.UniqueConstraint(
                fields=["project", "municipality"],
                name="project_partner_named_once",
                violation_error_message="Diese Kommune steht schon in der Liste.",
            ),
            models.UniqueConstraint(
                "project",
                Lower("name"),
                condition=~Q(name=""),
                name="free_project_partner_named_once",
                violation_error_message="Dieser Partner steht schon in der Liste.",
            ),
        )


def with_municipalities() -> "Prefetch[Literal['partners'], models.QuerySet[ProjectPartner], str]":
    """The partners of projects with their rows of the register, in one query."""
    return Prefetch("partners", ProjectPartner.objects.select_related("municipality").order_by("pk"))


class ProjectFacet(models.Model):
    """A value by which a project is filtered and counted; derived, written by `portal.actions.projects.save`."""

    class Kind(models.TextChoices):
        CATEGORY = "kategorie", "Kategorie"
        TOPIC = "thema", "Thema"
        REGION = "bezirk", "Regierungsbezirk"
        DISTRICT = "kreis", "Kreis oder kreisfreie Stadt"
        MUNICIPALITY = "kommune", "Kommune"
        EDITION = "wettbewerb", "Wettbewerb"
        AWARD = "auszeichnung", "Auszeichnung"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="facets")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=60)
    """Key of the category, slug of the topic or edition, name of the region as a slug, key of the Kreis (five
    digits), AGS, «preis» or «foerderung»; «ausserhalb» is the edition of a project outside the award."""

    class Meta:
        verbose_name = "Merkmal"
        verbose_name_plural = "Merkmale"
        constraints = (models.UniqueConstraint(fields=["project", "kind", "value"], name="one_facet_per_value"),)
        indexes = (models.Index(fields=["kind", "value", "project"], name="facet_by_value"),)

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class FormerProjectAddress(models.Model):
    """Where a project was found before; the old address leads to the new one."""

    slug = models.SlugField("frühere Adresse", max_length=100, unique=True)
    project = models.ForeignKey(
        Project, verbose_name="Projekt", on_delete=models.CASCADE, related_name="former_addresses"
    )

    class Meta:
        verbose_name = "frühere Adresse"
        verbose_name_plural = "frühere Adressen"
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug
