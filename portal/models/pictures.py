"""Pictures of the public pages: stored once, with the smaller copies that browsers choose from."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from landespreis.addresses import address_of

FORMS = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
"""Extension of a copy → its type, the smallest first."""
WIDTHS = (480, 960, 1600)
"""Pixels; a copy is never wider than the picture itself."""


def folder(picture: "Picture") -> str:
    return f"bilder/{picture.key}"


def upload_path(picture: "Picture", name: str) -> str:
    return f"{folder(picture)}/original.{name.rpartition('.')[2]}"


class Picture(models.Model):
    """An image with its alternative text; `key` names it in addresses, `pk` in the texts of editors (`bild:7`)."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField("Bild", upload_to=upload_path, max_length=200)
    alt = models.CharField(
        "Alternativtext",
        max_length=250,
        help_text="Was ist zu sehen, für jemanden, der das Bild nicht sieht? Höchstens 250 Zeichen.",
    )
    credit = models.CharField(
        "Bildnachweis", max_length=150, help_text="Wer hat das Bild gemacht? Steht unter dem Bild."
    )
    mimetype = models.CharField("Typ", max_length=60, editable=False)
    size = models.PositiveIntegerField("Größe in Byte", editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    width = models.PositiveIntegerField("Breite", editable=False)
    height = models.PositiveIntegerField("Höhe", editable=False)
    added_at = models.DateTimeField("hochgeladen am", editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="hochgeladen von",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        verbose_name = "Bild"
        verbose_name_plural = "Bilder"
        ordering = ("-added_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(alt=""),
                name="picture_has_alternative_text",
                violation_error_message="Jedes Bild braucht einen Alternativtext.",
            ),
        )

    def __str__(self) -> str:
        return f"Bild {self.pk}: {self.alt}"

    @property
    def widths(self) -> list[int]:
        """The widths of the copies, ascending."""
        most = min(self.width, WIDTHS[-1])
        return [width for width in WIDTHS if width < most] + [most]

    @property
    def beside_file(self) -> list[str]:
        """The copies in the storage, see `landespreis/belonging.py`."""
        return [f"{folder(self)}/{width}.{form}" for width in self.widths for form in FORMS]

    @property
    def shown_width(self) -> int:
        """The width of the largest copy; with `shown_height` it keeps the place in the page free."""
        return self.widths[-1]

    @property
    def shown_height(self) -> int:
        return max(1, round(self.height * self.shown_width / self.width))

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Type and `srcset` of the modern forms, for `<source>`."""
        return [(mimetype, self._srcset(form)) for form, mimetype in FORMS.items() if form != "jpg"]

    @property
    def srcset(self) -> str:
        return self._srcset("jpg")

    @property
    def src(self) -> str:
        """The address that every browser understands, also the one for other sites to show."""
        return self.address(self.shown_width, "jpg")

    @property
    def thumb(self) -> str:
        return self.address(self.widths[0], "jpg")

    def address(self, width: int, form: str) -> str:
        return address_of("portal:picture", self.key, width, form)

    def _srcset(self, form: str) -> str:
        return ", ".join(f"{self.address(width, form)} {width}w" for width in self.widths)
