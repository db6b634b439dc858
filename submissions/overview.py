"""What the admin's first page says about entries: how many there are by state and category, and how they came in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncDate, TruncHour
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from landespreis import wording
from landespreis.clock import BERLIN
from landespreis.overview import Chart, Figure, Part, Table, Task
from submissions import chart, gaps, permissions
from submissions.chart import Came
from submissions.models import HelpRequest, Partner, Round, Submission, Version
from submissions.models.entry import SubmissionQuerySet
from submissions.payload import EXCERPT
from submissions.turns import Kind, Queue

Status, Check = Submission.Status, Submission.Check
WEEK = timedelta(days=7)
MOMENT = timedelta(microseconds=1)
CHECKS = {
    "unchecked": Check.OPEN, "returned": Check.RETURNED, "admitted": Check.ADMITTED, "excluded": Check.EXCLUDED,
}  # fmt: skip
GAPS = (("vollständig", 0, 0), ("1 bis 2", 1, 2), ("3 bis 5", 3, 5), ("6 und mehr", 6, 1000))
"""In how many sections of a draft something is missing: in words, from, to."""


def part(user: PermissionsMixin, now: datetime) -> Part:
    """Speak of the current round; of drafts only how many there are and how many could be submitted."""
    if not user.has_perm("submissions.view_submission"):
        return Part()
    round = Round.objects.current()
    preparing = _preparing(user)
    if round is None:
        begin = Task(1, "", "Wettbewerbsrunde anlegen", reverse("admin:submissions_round_add"))
        state = (
            "Es ist noch keine Wettbewerbsrunde bekannt gemacht."
            if preparing
            else "Es gibt noch keine Wettbewerbsrunde."
        )
        return Part(state=state, tasks=preparing or [begin])
    entries = Submission.objects.filter(round=round)
    lacking = gaps.of_drafts(round, now)
    return Part(
        headline=f"Überblick: {round.name}",
        state=_state(round, now),
        figures=_figures(round, entries, lacking),
        tasks=[*_tasks(round, user, now), *preparing],
        tables=[_by_category(round), *([_by_gaps(lacking)] if lacking else [])],
        charts=list(_charts(round, now)),
    )


def _preparing(user: PermissionsMixin) -> list[Task]:
    """Say which rounds nobody else knows of yet, and lead to what they still lack."""
    if not user.has_perm("submissions.change_round"):
        return []
    rows = Round.objects.filter(announced_at=None).order_by("pk")
    return [
        Task(1, "", "Runde in Vorbereitung", reverse("admin:submissions_round_readiness", args=[row.pk]), row.name)
        for row in rows
    ]


def _state(round: Round, now: datetime) -> str:
    phase = round.phase(now)
    said = f"Phase: {phase.label}."
    if phase is Round.Phase.ANNOUNCED:
        rest = wording.stretch(round.opens_at - now)
        return f"{said} Beginn {wording.opening(round.opens_at)}, in {rest}."
    if phase is Round.Phase.OPEN:
        rest = wording.remaining(round.closes_at - now)
        return f"{said} Einreichungsschluss {wording.deadline(round.closes_at)}, noch {rest}."
    if phase is Round.Phase.PUBLISHED:
        return said
    embargo = wording.opening(round.embargo_until)
    return f"{said} Preisträger bleiben vertraulich bis {embargo}, noch {wording.remaining(round.embargo_until - now)}."


def _figures(round: Round, entries: SubmissionQuerySet, lacking: Sequence[int]) -> list[Figure]:
    handed_in = entries.filter(status=Status.SUBMITTED).order_by()
    leads = handed_in.values_list("submitted_lead", flat=True)
    partners = Partner.objects.filter(submission__round=round, submission__status=Status.SUBMITTED)
    others = partners.filter(municipality__isnull=False).order_by().values_list("municipality", flat=True)
    return [
        Figure(handed_in.count(), "eingereicht", _list(round, status=Status.SUBMITTED)),
        Figure(len(lacking), "noch Entwurf", _list(round, status=Status.DRAFT)),
        Figure(lacking.count(0), "davon vollständig, aber nicht eingereicht"),
        Figure(leads.union(others).count(), "Kommunen an den eingereichten beteiligt"),
    ]


def _tasks(round: Round, user: PermissionsMixin, now: datetime) -> list[Task]:
    """Say how many ask for help, how many nobody is responsible for any more, and how many wait in the formal check."""
    helping = HelpRequest.objects.waiting(now).count()
    asked = f"{reverse('admin:submissions_helprequest_changelist')}?stand=wartet"
    tasks = [Task(helping, "Bitten um Hilfe beantworten", "Bitte um Hilfe beantworten", asked)]
    if not isinstance(user, User) or not permissions.may_check(user):
        return tasks
    if left := Submission.objects.ownerless(now).filter(round=round).count():
        label, one = "Einreichungen ohne verantwortliche Person", "Einreichung ohne verantwortliche Person"
        tasks.append(Task(left, label, one, f"{_list(round)}&verantwortlich=niemand"))
    if now < round.closes_at:
        return tasks
    kinds = Queue(round, user, now).numbers()
    url = reverse("admin:submissions_queue")
    unchecked = Task(kinds[Kind.CHECK], "Einreichungen formal prüfen", "Einreichung formal prüfen", url)
    if not round.four_eyes and not kinds[Kind.CONFIRM]:
        return [*tasks, unchecked]
    label = "Vorschläge der formalen Prüfung bestätigen"
    confirm = f"{url}?{urlencode({'stand': Kind.CONFIRM.value})}"
    return [*tasks, unchecked, Task(kinds[Kind.CONFIRM], label, "Vorschlag der formalen Prüfung bestätigen", confirm)]


def _by_category(round: Round) -> Table:
    """Count the drafts by the category they name now, all others by that of their version; each entry is read once."""
    entries = Submission.objects.filter(round=round).order_by()
    places = ("category", "submitted_category", "status", "formal_check")
    counted = entries.values_list(*places).annotate(number=Count("pk"))
    numbers: Counter[tuple[int | None, str]] = Counter()
    for drafted, handed_in, status, check, number in counted:
        for name in _columns(status, check):
            numbers[drafted if name == "drafts" else handed_in, name] += number
    names = ("drafts", "submitted", *CHECKS, "withdrawn")
    rows = [
        (row.short_name, _list(round, category__id=row.pk), [str(numbers[row.pk, name]) for name in names])
        for row in round.categories.all()
    ]
    heads = (
        "Kategorie", "Entwurf", "eingereicht", "davon ungeprüft", "in Korrektur", "zugelassen", "ausgeschlossen",
        "zurückgezogen",
    )  # fmt: skip
    return Table("Nach Kategorie und Stand", heads, rows, wide=True)


def _columns(status: str, check: str) -> Iterator[str]:
    """Yield the columns in which an entry counts."""
    if status == Status.SUBMITTED:
        yield "submitted"
        yield from (name for name, state in CHECKS.items() if state == check)
    else:
        yield "drafts" if status == Status.DRAFT else "withdrawn"


def _by_gaps(lacking: Sequence[int]) -> Table:
    rows = [(said, "", [str(sum(low <= gap <= high for gap in lacking))]) for said, low, high in GAPS]
    return Table("Entwürfe nach Vollständigkeit", ("Abschnitte, in denen noch etwas fehlt", "Entwürfe"), rows)


def _charts(round: Round, now: datetime) -> Iterator[Chart]:
    begun = _by_hour(Submission.objects.filter(round=round), "created_at", round)
    first = Version.objects.filter(
        number__in=(EXCERPT, 1)
    )  # of one whose time of keeping is over, nothing else is left
    counting = first.filter(submission__round=round, submission__status=Status.SUBMITTED)
    submitted = _by_hour(counting, "submitted_at", round)
    if begun:
        yield _course(round, begun, submitted, now)
    if submitted and now >= round.closes_at - WEEK:
        yield _rush(round, submitted, now)


def _by_hour(rows: "QuerySet[Any]", moment: str, round: Round) -> list[Came]:
    """Count `rows` by day and by hour, in order; hours begin as the one does that ends with the closing."""
    past = round.closes_at - round.closes_at.replace(minute=0, second=0, microsecond=0)
    hours = rows.annotate(hour=TruncHour(F(moment) - past, tzinfo=UTC), day=TruncDate(moment, tzinfo=BERLIN))
    counted = hours.order_by("hour", "day").values_list("hour", "day").annotate(number=Count("pk"))
    return [Came(hour + past, day, number) for hour, day, number in counted]


def _course(round: Round, begun: list[Came], submitted: list[Came], now: datetime) -> Chart:
    until = min(now, round.closes_at)
    lines = [chart.Line("angelegt", "created", begun), chart.Line("eingereicht", "submitted", submitted)]
    svg = chart.svg(lines, start=round.opens_at, end=round.closes_at, until=until)
    return Chart("Einreichungen im Verlauf", svg, _by_week(round, begun, submitted, until))


def _rush(round: Round, submitted: list[Came], now: datetime) -> Chart:
    """Draw the last seven days before the closing in pieces of six hours; behind it, by day."""
    came = _by_day(submitted)
    last = (min(now, round.closes_at) - MOMENT).astimezone(BERLIN).date()
    first = (round.closes_at - WEEK).astimezone(BERLIN).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    rows = [(wording.weekday(day), "", [str(came[day])]) for day in days]
    earlier = sum(number for day, number in came.items() if day < first)
    table = Table("Eingang je Tag", ("Tag", "eingereicht"), [("davor", "", [str(earlier)]), *rows])
    svg = chart.bars(submitted, end=round.closes_at, until=min(now, round.closes_at))
    return Chart("Eingang in den letzten sieben Tagen", svg, table)


def _by_week(round: Round, created: list[Came], submitted: list[Came], until: datetime) -> Table:
    begun, came = _by_day(created), _by_day(submitted)
    last = until.astimezone(BERLIN).date()
    first = round.opens_at.astimezone(BERLIN).date()
    ends = [
        first + timedelta(days=6 - first.weekday()) + number * WEEK for number in range((last - first).days // 7 + 2)
    ]
    shown = [end for end in ends if end - WEEK < last]
    rows = [(wording.day(min(end, last)), "", [str(_until(begun, end)), str(_until(came, end))]) for end in shown]
    return Table("Summe je Woche", ("bis", "angelegt", "eingereicht"), rows)


def _by_day(hours: Iterable[Came]) -> Counter[date]:
    days: Counter[date] = Counter()
    for hour in hours:
        days[hour.day] += hour.number
    return days


def _until(days: Counter[date], last: date) -> int:
    return sum(number for day, number in days.items() if day <= last)


def _list(round: Round, **filters: str | int) -> str:
    query = {"round__id__exact": round.pk} | {f"{name}__exact": value for name, value in filters.items()}
    return f"{reverse('admin:submissions_submission_changelist')}?{urlencode(query)}"
