"""The formal check of an entry: what was found about each condition, and decisions that wait for a second person."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from submissions.models.entry import Submission
from submissions.models.record import Version


class Finding(models.Model):
    """What somebody judged about one condition of one version; `key` is that of `submissions.conditions`."""

    class Verdict(models.TextChoices):
        OPEN = "open", "offen"
        MET = "met", "erfüllt"
        FAILED = "failed", "nicht erfüllt"

    submission = models.ForeignKey(
        Submission, verbose_name="Einreichung", on_delete=models.CASCADE, related_name="findings"
    )
    version = models.ForeignKey(Version, verbose_name="Version", on_delete=models.CASCADE, related_name="findings")
    key = models.SlugField("Bedingung", max_length=40)
    verdict = models.CharField("Befund", max_length=6, choices=Verdict.choices)
    note = models.CharField("Notiz", max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="von", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("am")

    class Meta:
        verbose_name = "Befund"
        verbose_name_plural = "Befunde"
        constraints = (models.UniqueConstraint(fields=["version", "key"], name="one_finding_per_condition"),)

    def __str__(self) -> str:
        return f"{self.key}: {self.get_verdict_display()}"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> "ProposalQuerySet":
        return self.filter(outcome=Proposal.Outcome.OPEN)


class Proposal(models.Model):
    """A decision that one person proposed and another must confirm; it stays when it has ended."""

    class Act(models.TextChoices):
        ADMIT = "admit", "zulassen"
        EXCLUDE = "exclude", "ausschließen"
        HAND_BACK = "hand_back", "zur Korrektur zurückgeben"
        UNDO = "undo", "Entscheidung zurücknehmen"
        REOPEN = "reopen", "Prüfung wieder öffnen"
        WITHDRAW = "withdraw", "zurückziehen auf Wunsch"

    class Outcome(models.TextChoices):
        OPEN = "open", "wartet auf eine zweite Person"
        CONFIRMED = "confirmed", "bestätigt"
        REJECTED = "rejected", "abgelehnt"
        DROPPED = "dropped", "hinfällig"

    submission = models.ForeignKey(
        Submission, verbose_name="Einreichung", on_delete=models.CASCADE, related_name="proposals"
    )
    version = models.ForeignKey(Version, verbose_name="Version", on_delete=models.CASCADE, related_name="+")
    act = models.CharField("Entscheidung", max_length=10, choices=Act.choices)
    reason = models.TextField("Grund", max_length=1000, blank=True)
    until = models.DateTimeField("neue Frist", null=True)
    tell = models.BooleanField("mit E-Mail", default=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="vorgeschlagen von", on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("vorgeschlagen am")
    outcome = models.CharField("Ausgang", max_length=9, choices=Outcome.choices, default=Outcome.OPEN)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="beendet von", on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField("beendet am", null=True)
    ended_reason = models.TextField("Grund des Endes", max_length=1000, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "Vorschlag der formalen Prüfung"
        verbose_name_plural = "Vorschläge der formalen Prüfung"
        ordering = ("-proposed_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(outcome="open"),
                name="one_open_proposal",
                violation_error_message="Für diese Einreichung gibt es schon einen Vorschlag.",
            ),
            models.CheckConstraint(
                condition=Q(act="admit", reason="", until__isnull=True)
                | Q(act__in=["exclude", "undo", "reopen", "withdraw"], until__isnull=True) & ~Q(reason="")
                | Q(act="hand_back", until__isnull=False) & ~Q(reason=""),
                name="proposal_says_what_its_act_needs",
            ),
            models.CheckConstraint(
                condition=Q(outcome="open", ended_by__isnull=True, ended_at__isnull=True)
                | ~Q(outcome="open") & Q(ended_by__isnull=False, ended_at__isnull=False),
                name="proposal_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="confirmed", ended_by=F("proposed_by")),
                name="proposal_confirmed_by_another",
                violation_error_message="Den eigenen Vorschlag bestätigt eine andere Person.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_act_display()}, {self.get_outcome_display()}"
