"""What the admin's first page says about entries: how many there are by state and category, and how they came in."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.http import urlencode

from landespreis import wording
from landespreis.clock import BERLIN
from landespreis.overview import Chart, Figure, Part, Table, Task
from submissions import chart, checks, draft
from submissions.models import Category, HelpRequest, Partner, Round, Submission, Version
from submissions.models.entry import SubmissionQuerySet

Status, Check = Submission.Status, Submission.Check
WEEK = timedelta(days=7)


def part(user: PermissionsMixin, now: datetime) -> Part:
    """Speak of the current round; of drafts only how many there are and how many could be submitted."""
    if not user.has_perm("submissions.view_submission"):
        return Part()
    round = Round.objects.current()
    if round is None:
        url = reverse("admin:submissions_round_add")
        return Part(state="Es gibt noch keine Wettbewerbsrunde.", tasks=[Task(1, "", "Wettbewerbsrunde anlegen", url)])
    entries = Submission.objects.filter(round=round)
    created, submitted = _moments(round)
    return Part(
        headline=f"Überblick: {round.name}",
        state=_state(round, now),
        figures=_figures(round, entries, now),
        tasks=_tasks(round, entries, now),
        tables=[_by_category(round)],
        charts=[_course(round, created, submitted, now)] if created else [],
    )


def _state(round: Round, now: datetime) -> str:
    phase = round.phase(now)
    said = f"Phase: {phase.label}."
    if phase is Round.Phase.ANNOUNCED:
        rest = wording.remaining(round.opens_at - now)
        return f"{said} Beginn {wording.opening(round.opens_at)}, in {rest}."
    if phase is Round.Phase.OPEN:
        rest = wording.remaining(round.closes_at - now)
        return f"{said} Einreichungsschluss {wording.deadline(round.closes_at)}, noch {rest}."
    if phase is Round.Phase.PUBLISHED:
        return said
    embargo = wording.opening(round.embargo_until)
    return f"{said} Preisträger bleiben vertraulich bis {embargo}, noch {wording.remaining(round.embargo_until - now)}."


def _figures(round: Round, entries: SubmissionQuerySet, now: datetime) -> list[Figure]:
    drafts = list(entries.never_submitted().select_related("round"))
    ready = sum(not checks.problems(row, now) for row in draft.load_all(drafts, saves=False).values())
    handed_in = entries.filter(status=Status.SUBMITTED)
    leads = set(handed_in.order_by().values_list("submitted_lead", flat=True))
    others = Partner.objects.filter(submission__in=handed_in, municipality__isnull=False).order_by()
    return [
        Figure(handed_in.count(), "eingereicht", _list(round, status=Status.SUBMITTED)),
        Figure(len(drafts), "noch Entwurf", _list(round, status=Status.DRAFT)),
        Figure(ready, "davon vollständig, aber nicht eingereicht"),
        Figure(
            len(leads.union(others.values_list("municipality", flat=True))), "Kommunen an den eingereichten beteiligt"
        ),
    ]


def _tasks(round: Round, entries: SubmissionQuerySet, now: datetime) -> list[Task]:
    helping = HelpRequest.objects.open(now).count()
    asked = f"{reverse('admin:submissions_helprequest_changelist')}?stand=offen"
    tasks = [Task(helping, "Bitten um Hilfe beantworten", "Bitte um Hilfe beantworten", asked)]
    if now < round.closes_at:
        return tasks
    unchecked = entries.filter(status=Status.SUBMITTED, formal_check=Check.OPEN).count()
    url = _list(round, status=Status.SUBMITTED, formal_check=Check.OPEN)
    return [*tasks, Task(unchecked, "Einreichungen formal prüfen", "Einreichung formal prüfen", url)]


def _by_category(round: Round) -> Table:
    handed_in = Q(entries__status=Status.SUBMITTED)
    counted = Category.objects.filter(round=round).annotate(
        submitted=Count("entries", filter=handed_in, distinct=True),
        admitted=Count("entries", filter=handed_in & Q(entries__formal_check=Check.ADMITTED), distinct=True),
        excluded=Count("entries", filter=handed_in & Q(entries__formal_check=Check.EXCLUDED), distinct=True),
        drafts=Count("submissions", filter=Q(submissions__status=Status.DRAFT), distinct=True),
    )
    rows = [
        (
            row.short_name,
            _list(round, category__id=row.pk),
            [str(number) for number in (row.submitted, row.admitted, row.excluded, row.drafts)],
        )
        for row in counted
    ]
    return Table("Nach Kategorie", ("Kategorie", "eingereicht", "zugelassen", "ausgeschlossen", "Entwurf"), rows)


def _moments(round: Round) -> tuple[list[datetime], list[datetime]]:
    """Return when entries were begun, and when those that count now were handed in first; each in order."""
    begun = Submission.objects.filter(round=round).order_by("created_at").values_list("created_at", flat=True)
    first = Version.objects.filter(submission__round=round, submission__status=Status.SUBMITTED).order_by()
    moments = first.values("submission").annotate(at=Min("submitted_at")).values_list("at", flat=True)
    return list(begun), sorted(moments)


def _course(round: Round, created: list[datetime], submitted: list[datetime], now: datetime) -> Chart:
    until = min(now, round.closes_at)
    lines = [chart.Line("angelegt", "created", created), chart.Line("eingereicht", "submitted", submitted)]
    svg = chart.svg(lines, start=round.opens_at, end=round.closes_at, until=until)
    return Chart("Einreichungen im Verlauf", svg, _by_week(round, created, submitted, until))


def _by_week(round: Round, created: list[datetime], submitted: list[datetime], until: datetime) -> Table:
    begun, came = _by_day(created), _by_day(submitted)
    last = until.astimezone(BERLIN).date()
    first = round.opens_at.astimezone(BERLIN).date()
    ends = [
        first + timedelta(days=6 - first.weekday()) + number * WEEK for number in range((last - first).days // 7 + 2)
    ]
    shown = [end for end in ends if end - WEEK < last]
    rows = [(wording.day(min(end, last)), "", [str(_until(begun, end)), str(_until(came, end))]) for end in shown]
    return Table("Summe je Woche", ("bis", "angelegt", "eingereicht"), rows)


def _by_day(moments: Iterable[datetime]) -> Counter[date]:
    return Counter(moment.astimezone(BERLIN).date() for moment in moments)


def _until(days: Counter[date], last: date) -> int:
    return sum(number for day, number in days.items() if day <= last)


def _list(round: Round, **filters: str | int) -> str:
    query = {"round__id__exact": round.pk} | {f"{name}__exact": value for name, value in filters.items()}
    return f"{reverse('admin:submissions_submission_changelist')}?{urlencode(query)}"
