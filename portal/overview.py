"""What the admin's first page says about the portal: what people wait for, and which Kreise take part in the award."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from landespreis import wording
from landespreis.overview import Chart, Part, Table, Task
from portal import ceremony, permissions
from portal.directory import country
from portal.models import Announcement, Inquiry, Proposal
from submissions.models import Partner, Round, Submission


def part(user: PermissionsMixin, now: datetime) -> Part:
    return Part(tasks=[*_tasks(user), *_ceremony(user, now)], charts=list(_map(user)))


def _tasks(user: PermissionsMixin) -> list[Task]:
    if not user.has_perm("portal.change_inquiry"):
        return []
    inquiries = reverse("admin:portal_inquiry_changelist")
    waiting = Inquiry.objects.waiting().aggregate(
        barrier=Count("pk", filter=Q(kind=Inquiry.Kind.BARRIER)),
        contact=Count("pk", filter=Q(kind=Inquiry.Kind.CONTACT)),
    )
    return [
        Task(
            waiting["barrier"], "gemeldete Barrieren", "gemeldete Barriere", f"{inquiries}?kind={Inquiry.Kind.BARRIER}"
        ),
        Task(
            waiting["contact"],
            "Nachrichten beantworten",
            "Nachricht beantworten",
            f"{inquiries}?kind={Inquiry.Kind.CONTACT}",
        ),
        Task(
            Proposal.objects.waiting().count(),
            "Projektvorschläge prüfen",
            "Projektvorschlag prüfen",
            f"{reverse('admin:portal_proposal_changelist')}?stand={Proposal.Status.REVIEW}",
        ),
    ]


def _ceremony(user: PermissionsMixin, now: datetime) -> Iterator[Task]:
    """Remind of the winners once all is decided, until somebody who may has ordered it, and if that fails."""
    round = Round.objects.current()
    if round is None or round.decided_at is None or not isinstance(user, User) or not permissions.may_announce(user):
        return
    announcement = Announcement.objects.filter(round=round).select_related("ordered_by", "round").first()
    url = reverse("admin:portal_ceremony", args=[round.pk])
    if announcement is None or announcement.ordered_at is None:
        early = now < round.embargo_until
        yield Task(1, "", f"Veröffentlichung der Preisträger {'vormerken' if early else 'veranlassen'}", url)
    elif ceremony.is_orphaned(announcement):
        yield Task(
            1, "", "Veröffentlichung der Preisträger neu vormerken", url, "Wer vorgemerkt hat, darf es nicht mehr"
        )
    elif ceremony.is_unfinished(announcement):
        yield Task(1, "", "Bei der Veröffentlichung der Preisträger blieb etwas offen", url)


def _map(user: PermissionsMixin) -> Iterator[Chart]:
    """Draw how many entries each Kreis takes part in, as lead or as partner; nothing before the first is in."""
    round = Round.objects.current() if user.has_perm("submissions.view_submission") else None
    numbers = _by_district(round) if round else {}
    if numbers:
        rows = [(row.name, "", [str(numbers[row.key])]) for row in country.districts() if row.key in numbers]
        missing = [row.name for row in country.districts() if row.key not in numbers]
        if missing:
            rows.append((f"keine aus: {', '.join(missing)}", "", ["0"]))
        table = Table("Einreichungen je Kreis", ("Kreis oder kreisfreie Stadt", "Einreichungen"), rows)
        yield Chart("Beteiligte Kreise", _drawn(numbers), table)


def _by_district(round: Round) -> Mapping[str, int]:
    """Return in how many submitted entries of the round a Kreis (by key) takes part, counted by the database."""
    handed_in = Submission.objects.filter(round=round, status=Submission.Status.SUBMITTED).order_by()
    leads = handed_in.values_list("submitted_lead__district_ags").annotate(number=Count("pk"))
    partners = Partner.objects.filter(submission__round=round, submission__status=Submission.Status.SUBMITTED)
    besides = partners.exclude(municipality__district_ags=F("submission__submitted_lead__district_ags")).order_by()
    others = (
        besides.filter(municipality__isnull=False)
        .values_list("municipality__district_ags")
        .annotate(number=Count("submission", distinct=True))
    )
    numbers: Counter[str] = Counter()
    for district, number in (*leads, *others):
        numbers[district] += number
    return {row.key: numbers[row.key] for row in country.districts() if numbers[row.key]}


def _drawn(numbers: Mapping[str, int]) -> SafeString:
    most, whole = max(numbers.values()), len(country.districts())
    legend = format_html_join(
        "",
        '<li><svg class="lp-nrw__key" viewBox="0 0 16 16" aria-hidden="true"><path class="m{}" d="M0 0h16v16H0z"/>'
        "</svg>{}</li>",
        ((step.number, step.label) for step in country.steps(most)),
    )
    return format_html(
        '<svg class="lp-nrw" viewBox="{}" role="img" aria-labelledby="kreise-t">'
        '<title id="kreise-t">Aus {} von {} Kreisen und kreisfreien Städten kommen Einreichungen</title>{}</svg>'
        '<p class="lp-nrw__said">An Einreichungen beteiligt: {} von {} Kreisen und kreisfreien Städten. '
        'Karte: © GeoBasis-DE / BKG (2016), VG250, verändert</p><ul class="lp-nrw__legend">{}</ul>',
        country.box(), len(numbers), whole, country.drawn(numbers, say=_said), len(numbers), whole, legend,
    )  # fmt: skip


def _said(number: int) -> str:
    """Return "keine Einreichung", "1 Einreichung", "9 Einreichungen"."""
    if number == 1:
        return "1 Einreichung"
    return f"{wording.number(number)} Einreichungen" if number else "keine Einreichung"
