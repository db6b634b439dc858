"""People, the register of municipalities (AGS), and who works where."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from landespreis import clock

NOWHERE = "@portal.invalid"
"""How the addresses of accounts end that are nobody's any more."""


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who logs in with `email`; without a password only other ways in work."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person of the role Administration."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True} | fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser, PermissionsMixin):
    """A person; the e-mail address is the login."""

    email = models.EmailField("E-Mail-Adresse", unique=True)
    name = models.CharField("Vor- und Nachname", max_length=120)
    is_staff = models.BooleanField(
        "Zugang zur Verwaltung",
        default=False,
        help_text="Hat, wer eine Rolle hat.",
    )
    is_active = models.BooleanField(
        "aktiv",
        default=True,
        help_text="Wer gesperrt ist, kommt nicht hinein; was der Person gehört, bleibt.",
    )
    joined_at = models.DateTimeField("angelegt am", default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "Person"
        verbose_name_plural = "Personen"
        ordering = ("name", "email")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_ignores_case"),)

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def roles(self) -> list[str]:
        """What staff call the roles of the person: Administration first, then the groups."""
        names = ["Administration"] if self.is_superuser else []
        return [*names, *(group.name for group in self.groups.all())]

    @property
    def is_gone(self) -> bool:
        """Whether the account was deleted and only stands where others point at it."""
        return self.email.endswith(NOWHERE)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class Municipality(models.Model):
    """A row of the register: town, Kreis or Landschaftsverband.

    Source: Gemeindeverzeichnis (Statistisches Bundesamt), as of 30 November 2025.
    """

    class Kind(models.TextChoices):
        TOWN = "stadt", "Stadt"
        INDEPENDENT = "kreisfrei", "kreisfreie Stadt"
        COMMUNE = "gemeinde", "Gemeinde"
        DISTRICT = "kreis", "Kreis"
        ASSOCIATION = "verband", "Landschaftsverband"

    ags = models.CharField(
        "AGS",
        max_length=8,
        unique=True,
        null=True,
        blank=True,
        help_text="Amtlicher Gemeindeschlüssel, acht Ziffern.",
    )
    name = models.CharField("amtlicher Name", max_length=120, unique=True)
    label = models.CharField("Name im Text", max_length=120, help_text="Zum Beispiel „Stadt Soest“.")
    kind = models.CharField("Art", max_length=10, choices=Kind.choices)
    district_ags = models.CharField("Kreisschlüssel", max_length=5, blank=True)
    region = models.CharField("Regierungsbezirk", max_length=60)
    latitude = models.FloatField("Breite")
    longitude = models.FloatField("Länge")
    sort_key = models.CharField("Sortierschlüssel", max_length=120, editable=False, db_index=True)

    class Meta:
        verbose_name = "Kommune"
        verbose_name_plural = "Kommunen"
        ordering = ("sort_key", "name")

    def __str__(self) -> str:
        return self.label

    @property
    def choice(self) -> str:
        """The text by which the register offers and recognises this row: «Stadt Soest (05974040)»."""
        return f"{self.label} ({self.ags})" if self.ags else self.label

    @property
    def regions(self) -> tuple[str, ...]:
        """Its Regierungsbezirk; a Landschaftsverband lies in several («Düsseldorf, Köln»)."""
        return tuple(self.region.split(", "))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        """Leave out refused ones: a waiting membership counts, it only flags the entry."""
        return self.exclude(status=Membership.Status.REFUSED)

    def waiting(self) -> "MembershipQuerySet":
        return self.filter(status=Membership.Status.PENDING)


class Membership(models.Model):
    """Who works where; the ministry confirms it, waiting blocks nothing."""

    class Status(models.TextChoices):
        PENDING = "pending", "wartet auf Bestätigung"
        CONFIRMED = "confirmed", "bestätigt"
        REFUSED = "refused", "abgelehnt"

    user = models.ForeignKey(
        User,
        verbose_name="Person",
        on_delete=models.CASCADE,
        related_name="memberships",
    )
    municipality = models.ForeignKey(
        Municipality,
        verbose_name="Kommune",
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    department = models.CharField("Fachbereich", max_length=120)
    status = models.CharField(
        "Stand",
        max_length=10,
        choices=Status.choices,
        default=Status.PENDING,
        editable=False,
    )
    created_at = models.DateTimeField("angegeben am", default=clock.now, editable=False)
    decided_by = models.ForeignKey(
        User,
        verbose_name="entschieden von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )
    decided_at = models.DateTimeField("entschieden am", null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "Zugehörigkeit"
        verbose_name_plural = "Zugehörigkeiten"
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["user", "municipality"],
                name="one_membership_per_municipality",
                violation_error_message="Diese Kommune steht schon in Ihrem Konto.",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_by__isnull=True, decided_at__isnull=True)
                | Q(
                    status__in=["confirmed", "refused"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="membership_decision_has_who_and_when",
                violation_error_message="Eine Entscheidung braucht Person und Zeitpunkt.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} – {self.municipality}"
