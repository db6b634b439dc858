"""What people write to the Geschäftsstelle without an account: questions, and barriers they met."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class InquiryQuerySet(models.QuerySet["Inquiry"]):
    def waiting(self) -> "InquiryQuerySet":
        return self.filter(settled_at__isnull=True)


class Inquiry(models.Model):
    """A message; its text never changes, only that and by whom it was settled is added."""

    class Kind(models.TextChoices):
        CONTACT = "kontakt", "Kontakt"
        BARRIER = "barriere", "Barriere"

    kind = models.CharField("Art", max_length=10, choices=Kind.choices)
    fingerprint = models.CharField("Kennung", max_length=64, unique=True, editable=False)
    name = models.CharField("Name", max_length=120, blank=True)
    email = models.EmailField("E-Mail-Adresse", blank=True)
    subject = models.CharField("Betreff", max_length=150, blank=True)
    page = models.CharField("betroffene Seite", max_length=500, blank=True)
    equipment = models.CharField("Browser und Hilfsmittel", max_length=200, blank=True)
    message = models.TextField("Nachricht")
    received_at = models.DateTimeField("eingegangen am")
    settled_at = models.DateTimeField("erledigt am", null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="erledigt von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.TextField("Vermerk", max_length=2000, blank=True)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = "Anfrage"
        verbose_name_plural = "Anfragen"
        ordering = ("-received_at", "-pk")
        default_permissions = ("view", "change")
        constraints = (
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="inquiry_is_settled_by_somebody",
                violation_error_message="Erledigt braucht Person und Zeitpunkt.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.subject or self.page or self.get_kind_display()}"

    @property
    def number(self) -> str:
        """What sender and Geschäftsstelle call it."""
        return f"A-{self.pk:05d}"
