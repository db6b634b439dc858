"""An entry while it is written: its facts, sections, answers and partners."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import Municipality, User
from submissions.models.round import Round
from submissions.models.rules import Category, Question

if TYPE_CHECKING:
    from submissions.models.people import Editor


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: User | AnonymousUser) -> "SubmissionQuerySet":
        """Entries the person owns or has joined as an editor. Staff read submitted versions in the admin."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(owner=user) | Q(pk__in=user.editorships.values("submission_id")))

    def admitted(self) -> "SubmissionQuerySet":
        """Entries the jury judges: submitted, not withdrawn, and admitted by the formal check."""
        return self.filter(status=Submission.Status.SUBMITTED, formal_check=Submission.Check.ADMITTED)

    def unchecked(self) -> "SubmissionQuerySet":
        """Those handed in whose formal check is not decided."""
        undecided = (Submission.Check.OPEN, Submission.Check.RETURNED)
        return self.filter(status=Submission.Status.SUBMITTED, formal_check__in=undecided)

    def never_submitted(self) -> "SubmissionQuerySet":
        return self.filter(status=Submission.Status.DRAFT)

    def ownerless(self, now: datetime) -> "SubmissionQuerySet":
        """Those that take part in an award that goes on, or still can, and whose owner's account nobody uses."""
        can_change = Q(round__closes_at__gt=now) | Q(extended_until__gt=now)
        takes_part = Q(status=Submission.Status.SUBMITTED) | (Q(status=Submission.Status.DRAFT) & can_change)
        return self.filter(takes_part, owner__is_active=False, round__embargo_until__gt=now)


class Submission(models.Model):
    """An entry. Its fields and rows are the draft side; what was handed in is frozen in its versions."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        SUBMITTED = "submitted", "eingereicht"
        WITHDRAWN = "withdrawn", "zurückgezogen"

    class Check(models.TextChoices):
        OPEN = "open", "noch nicht geprüft"
        ADMITTED = "admitted", "zugelassen"
        EXCLUDED = "excluded", "ausgeschlossen"
        RETURNED = "returned", "zur Korrektur zurückgegeben"

    class LegalForm(models.TextChoices):
        AGREEMENT = "oerv", "Öffentlich-rechtliche Vereinbarung"
        ZWECKVERBAND = "zweckverband", "Zweckverband"
        AOER = "aoer", "Anstalt des öffentlichen Rechts (AöR)"
        WORKING_GROUP = "arge", "Arbeitsgemeinschaft"
        PRIVATE = "privat", "GmbH oder andere private Rechtsform"
        INFORMAL = "informell", "Informelle oder andere Zusammenarbeit"

    class State(models.TextChoices):
        PLANNED = "planung", "in Planung, beschlossen"
        BUILDING = "umsetzung", "in Umsetzung"
        RUNNING = "betrieb", "im Betrieb"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(
        Round,
        verbose_name="Runde",
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="verantwortliche Person",
        on_delete=models.PROTECT,
        related_name="entries",
    )
    status = models.CharField(
        "Stand",
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,
    )
    formal_check = models.CharField(
        "formale Prüfung",
        max_length=10,
        choices=Check.choices,
        default=Check.OPEN,
        editable=False,
    )
    number = models.PositiveIntegerField("laufende Nummer", null=True, editable=False)
    created_at = models.DateTimeField("begonnen am", default=timezone.now, editable=False)
    extended_until = models.DateTimeField("eigene Frist bis", null=True, editable=False)
    current = models.ForeignKey(
        "submissions.Version",
        verbose_name="geltende Version",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    submitted_lead = models.ForeignKey(
        Municipality,
        verbose_name="federführend laut Version",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    submitted_category = models.ForeignKey(
        Category,
        verbose_name="Kategorie laut Version",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="entries",
    )
    submitted_title = models.CharField("Titel laut Version", max_length=150, blank=True, editable=False)

    category = models.ForeignKey(
        Category,
        verbose_name="Kategorie",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
    )
    title = models.CharField("Titel", max_length=150, blank=True)
    lead = models.ForeignKey(
        Municipality,
        verbose_name="federführende Kommune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
    )
    department = models.CharField("Fachbereich", max_length=120, blank=True)
    contact_name = models.CharField("Ansprechperson", max_length=120, blank=True)
    contact_email = models.EmailField("E-Mail-Adresse", blank=True)
    contact_phone = models.CharField("Telefon", max_length=40, blank=True)
    contact_public = models.BooleanField("Kontakt darf veröffentlicht werden", default=False)
    legal_form = models.CharField("Rechtsform", max_length=15, choices=LegalForm.choices, blank=True)
    controlled = models.BooleanField("kommunal beherrscht", null=True, blank=True)
    agreed_on = models.DateField("vereinbart am", null=True, blank=True)
    state = models.CharField("Stand der Umsetzung", max_length=10, choices=State.choices, blank=True)
    state_since = models.DateField("im Betrieb seit", null=True, blank=True)
    funding = models.CharField("frühere Förderung", max_length=500, blank=True)
    website = models.URLField("Internetseite", blank=True)
    abstract = models.TextField("Kurzbeschreibung", blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "Einreichung"
        verbose_name_plural = "Einreichungen"
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="newest_submissions"),
            models.Index(
                fields=["round", "number", "formal_check", "extended_until", "submitted_category", "current", "id"],
                condition=Q(status="submitted", formal_check__in=["open", "returned"]),
                name="undecided_submissions",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["round", "number"], name="one_submission_per_number"),
            models.UniqueConstraint(
                fields=["round", "submitted_lead"],
                condition=Q(status="submitted"),
                name="one_submitted_entry_per_lead",
                violation_error_message="Diese Kommune hat in dieser Runde schon federführend eingereicht.",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="draft",
                    number__isnull=True,
                    current__isnull=True,
                    submitted_lead__isnull=True,
                    submitted_category__isnull=True,
                    submitted_title="",
                )
                | Q(
                    status__in=["submitted", "withdrawn"],
                    number__isnull=False,
                    current__isnull=False,
                    submitted_lead__isnull=False,
                    submitted_category__isnull=False,
                )
                & ~Q(submitted_title=""),
                name="submitted_means_number_and_version",
                violation_error_message="Eingereicht ist nur, was Nummer und Version hat.",
            ),
        )

    def __str__(self) -> str:
        """Never the title: this name stands in the admin, where nobody reads drafts."""
        return self.label or "Entwurf"

    def get_absolute_url(self) -> str:
        return reverse("submissions:overview", args=[self.pk])

    @cached_property  # Django's own, because it prefetches into no other
    def colleagues(self) -> list["Editor"]:
        """Everybody who was invited, with their accounts; read once."""
        return list(self.editors.select_related("user"))

    @property
    def heading(self) -> str:
        """What the people of the entry call it."""
        return self.title or "Einreichung ohne Titel"

    @property
    def label(self) -> str:
        """The number once there is one: «IKZ-2026-0001»."""
        return f"{self.round.number_prefix}-{self.number:04d}" if self.number else ""

    @property
    def deadline(self) -> datetime:
        """The first instant at which nothing is accepted any more: the round's or a later one of its own."""
        return max(self.round.closes_at, self.extended_until) if self.extended_until else self.round.closes_at


class Section(models.Model):
    """How often and by whom a section of the form was saved; the revision makes saving optimistic."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="sections")
    key = models.SlugField(max_length=40)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sitting = models.CharField(max_length=40, blank=True)
    """Which opened page saved last: its own autosave and button are not two people."""

    class Meta:
        verbose_name = "Abschnitt"
        verbose_name_plural = "Abschnitte"
        constraints = (models.UniqueConstraint(fields=["submission", "key"], name="one_row_per_section"),)

    def __str__(self) -> str:
        return f"{self.key}, Stand {self.revision}"


class Answer(models.Model):
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, verbose_name="Frage", on_delete=models.PROTECT, related_name="answers")
    text = models.TextField("Text", blank=True)

    class Meta:
        verbose_name = "Antwort"
        verbose_name_plural = "Antworten"
        constraints = (models.UniqueConstraint(fields=["submission", "question"], name="one_answer_per_question"),)

    def __str__(self) -> str:
        return f"{self.question}: {len(self.text)} Zeichen"


class Variant(models.Model):
    """What a second saver had written when somebody else had saved the section first; kept until they decide."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="variants")
    key = models.SlugField(max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField()
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = "zweite Fassung"
        verbose_name_plural = "zweite Fassungen"
        constraints = (models.UniqueConstraint(fields=["submission", "key", "user"], name="one_variant_per_person"),)

    def __str__(self) -> str:
        return f"{self.key} von {self.user}"


class Partner(models.Model):
    """A partner of the lead: a row of the register, or somebody named freely with kind and country."""

    class Kind(models.TextChoices):
        REGISTER = "nrw", "Kommune in Nordrhein-Westfalen"
        OUTSIDE = "kommune", "Kommune außerhalb von Nordrhein-Westfalen"
        ZWECKVERBAND = "zweckverband", "Zweckverband"
        AOER = "aoer", "Anstalt des öffentlichen Rechts"
        COMPANY = "gesellschaft", "kommunal beherrschte Gesellschaft"

    class Country(models.TextChoices):
        DE = "DE", "Deutschland"
        NL = "NL", "Niederlande"
        BE = "BE", "Belgien"
        LU = "LU", "Luxemburg"
        FR = "FR", "Frankreich"
        XX = "XX", "anderes Land"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="partners")
    municipality = models.ForeignKey(
        Municipality,
        verbose_name="Kommune",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField("Name", max_length=150, blank=True)
    kind = models.CharField("Art", max_length=15, choices=Kind.choices, default=Kind.REGISTER)
    country = models.CharField("Land", max_length=2, choices=Country.choices, default=Country.DE)

    class Meta:
        verbose_name = "Partner"
        verbose_name_plural = "Partner"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="nrw", municipality__isnull=False, name="", country="DE")
                | (~Q(kind="nrw") & Q(municipality__isnull=True) & ~Q(name="")),
                name="partner_from_register_or_named",
                violation_error_message="Ein Partner steht im Verzeichnis oder hat einen Namen.",
            ),
            models.UniqueConstraint(
                fields=["submission", "municipality"],
                name="partner_named_once",
                violation_error_message="Diese Kommune steht schon in der Liste.",
            ),
            models.UniqueConstraint(
                "submission",
                Lower("name"),
                condition=~Q(name=""),
                name="free_partner_named_once",
                violation_error_message="Dieser Partner steht schon in der Liste.",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.municipality.label if self.municipality else self.name

    @property
    def is_municipal(self) -> bool:
        """Whether the partner counts as a municipal one for the condition "at least two"."""
        return self.kind != Partner.Kind.COMPANY
