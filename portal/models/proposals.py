"""Projects that municipalities put in themselves, and changes to them: what waits for the editors."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Membership, User
from portal.models.projects import ContentPartner, Project, ProjectContent


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def visible_to(self, user: User | AnonymousUser) -> "ProposalQuerySet":
        """The person's own, and those of the municipalities where the ministry has confirmed them."""
        if not user.is_authenticated:
            return self.none()
        confirmed = user.memberships.filter(status=Membership.Status.CONFIRMED)
        return self.filter(Q(owner=user) | Q(lead__in=confirmed.values("municipality")))

    def waiting(self) -> "ProposalQuerySet":
        return self.filter(status=Proposal.Status.REVIEW)


class Proposal(ProjectContent):
    """A project as a municipality wants it to stand in the directory; what is out stays until it is taken over."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Entwurf"
        REVIEW = "review", "in Prüfung"
        RETURNED = "returned", "zurückgegeben"
        PUBLISHED = "published", "veröffentlicht"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(
        Project, verbose_name="Projekt", on_delete=models.CASCADE, null=True, editable=False, related_name="proposals"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="vorgeschlagen von",
        on_delete=models.PROTECT,
        editable=False,
        related_name="proposals",
    )
    status = models.CharField("Stand", max_length=10, choices=Status.choices, default=Status.DRAFT, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    """Grows with each saving, so that two people do not overwrite each other in silence."""
    created_at = models.DateTimeField("begonnen am", editable=False)
    saved_at = models.DateTimeField("gespeichert am", editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="gespeichert von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    sitting = models.CharField(max_length=40, editable=False, default="")
    """Token of the opened page that saved last: what it saves by itself never conflicts with its own button."""
    submitted_at = models.DateTimeField("vorgelegt am", null=True, editable=False)
    decided_at = models.DateTimeField("entschieden am", null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="entschieden von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    reason = models.TextField("Grund", max_length=2000, blank=True, editable=False)
    """Why it was returned; stays until it is put in again."""

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "Projektvorschlag"
        verbose_name_plural = "Projektvorschläge"
        ordering = ("-saved_at", "-pk")
        default_permissions = ("view", "change")
        constraints = (
            models.UniqueConstraint(
                fields=["project"],
                condition=~Q(status="published"),
                name="one_open_proposal_per_project",
                violation_error_message="Für dieses Projekt liegt schon eine Änderung vor.",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(reason=""),
                name="returned_proposal_has_reason",
                violation_error_message="Wer zurückgibt, sagt warum.",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(project__isnull=False),
                name="published_proposal_has_project",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "review"]) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="proposal_decision_has_who_and_when",
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("portal:proposal", args=[self.key])


class ProposalPartner(ContentPartner):
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="partners")

    class Meta(ContentPartner.Meta):
        verbose_name = "Partner"
        verbose_name_plural = "Partner"
        ordering = ("pk",)
        constraints = (
            *ContentPartner.Meta.constraints,
            models.UniqueConstraint(
                fields=["proposal", "municipality"],
                name="proposal_partner_named_once",
                violation_error_message="Diese Kommune steht schon in der Liste.",
            ),
            models.UniqueConstraint(
                "proposal",
                Lower("name"),
                condition=~Q(name=""),
                name="free_proposal_partner_named_once",
                violation_error_message="Dieser Partner steht schon in der Liste.",
            ),
        )


class ProposalStep(models.Model):
    """A line of a proposal's history: who did what and when."""

    class Verb(models.TextChoices):
        STARTED = "started", "begonnen"
        SUBMITTED = "submitted", "vorgelegt"
        RECALLED = "recalled", "zurückgeholt"
        CORRECTED = "corrected", "berichtigt"
        RETURNED = "returned", "zurückgegeben"
        PUBLISHED = "published", "veröffentlicht"

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField("was", max_length=10, choices=Verb.choices)
    at = models.DateTimeField("wann")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="wer", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.TextField("Grund", blank=True)

    class Meta:
        verbose_name = "Schritt"
        verbose_name_plural = "Verlauf"
        ordering = ("at", "pk")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.get_verb_display()
