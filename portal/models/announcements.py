"""That the winners of a round go public: what the news will say, who ordered it, and when it was done."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.models.news import News, NewsCategory
from submissions.models import Round


class Announcement(models.Model):
    """Ordered by a person, carried out by the worker once the embargo is over; one for each round.

    The words stay here until then and not in a `News` of the future, whose words the search would learn at once.
    """

    round = models.OneToOneField(Round, verbose_name="Runde", on_delete=models.PROTECT, related_name="announcement")
    title = models.CharField("Überschrift", max_length=150)
    lead = models.TextField("Vorspann", max_length=400)
    body = models.TextField("Text", max_length=30_000)
    category = models.ForeignKey(NewsCategory, verbose_name="Rubrik", on_delete=models.PROTECT, related_name="+")
    with_letters = models.BooleanField("Briefe freigeben", default=False)
    ordered_at = models.DateTimeField("angeordnet am", null=True)
    """Empty: taken back; the words are kept for the next time."""
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="angeordnet von",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    published_at = models.DateTimeField("veröffentlicht am", null=True)
    news = models.OneToOneField(
        News, verbose_name="Meldung", on_delete=models.SET_NULL, null=True, related_name="announcement"
    )
    error = models.TextField("zuletzt im Wege", blank=True)
    """Why the last try did not publish, or what it had to leave out."""

    class Meta:
        verbose_name = "Veröffentlichung der Preisträger"
        verbose_name_plural = "Preisverleihung"
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(ordered_at__isnull=True, ordered_by__isnull=True)
                | Q(ordered_at__isnull=False, ordered_by__isnull=False),
                name="announcement_order_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(ordered_at__isnull=False),
                name="announcement_published_was_ordered",
            ),
        )

    def __str__(self) -> str:
        """Never a winner: this name stands in the admin."""
        return f"Preisträger: {self.round}"

    @property
    def is_waiting(self) -> bool:
        return self.ordered_at is not None and self.published_at is None
