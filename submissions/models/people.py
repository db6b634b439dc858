"""Who works on an entry beside its owner."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from submissions.models.entry import Submission


class Editor(models.Model):
    """A colleague on an entry; `user` is empty until the invitation is accepted."""

    class Role(models.TextChoices):
        READ = "read", "lesen"
        EDIT = "edit", "bearbeiten"
        SUBMIT = "submit", "bearbeiten und einreichen"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="editors")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="Person",
        on_delete=models.PROTECT,
        null=True,
        related_name="editorships",
    )
    email = models.EmailField("E-Mail-Adresse")
    role = models.CharField("darf", max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="eingeladen von",
        on_delete=models.PROTECT,
        related_name="+",
    )
    invited_at = models.DateTimeField("eingeladen am")
    accepted_at = models.DateTimeField("angenommen am", null=True)

    class Meta:
        verbose_name = "Mitwirkende Person"
        verbose_name_plural = "Mitwirkende"
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint("submission", Lower("email"), name="one_invitation_per_address"),
            models.UniqueConstraint(fields=["submission", "user"], name="one_editor_per_person"),
            models.CheckConstraint(
                condition=models.Q(user__isnull=True, accepted_at__isnull=True)
                | models.Q(user__isnull=False, accepted_at__isnull=False),
                name="editor_accepted_has_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user or self.email} ({self.get_role_display()})"
