"""Verbs on prizes: put the award on the projects of winners once the embargo has ended."""

from collections import defaultdict

from django.db import transaction

from jury.models import Decision
from landespreis import clock
from portal.actions import projects
from portal.models import Project, ProjectFacet
from submissions.models import Round


@transaction.atomic
def award_due() -> int:
    """Set the year of the prize on projects whose entry has won, in rounds whose embargo is over; return how many.

    Only locked decisions count. Repeating it changes nothing, and asks once.
    """
    now = clock.now()
    due = defaultdict(list)
    for decision in _decisions():
        project, round_ = decision.winner.project, decision.session.category.round  # type: ignore[union-attr]
        if round_.phase(now) is Round.Phase.PUBLISHED and project.prize_year != round_.ceremony_on.year:
            due[round_.ceremony_on.year].append(project.pk)
    projects.lock(pk for of_year in due.values() for pk in of_year)
    for year, pks in due.items():
        Project.objects.filter(pk__in=pks).update(prize_year=year, changed_at=now)
        facets = (ProjectFacet(project_id=pk, kind=ProjectFacet.Kind.AWARD, value=projects.PRIZE) for pk in pks)
        ProjectFacet.objects.bulk_create(facets, ignore_conflicts=True)
    return sum(map(len, due.values()))


def _decisions() -> list[Decision]:
    won = Decision.objects.filter(locked_at__isnull=False, winner__project__isnull=False)
    return list(won.select_related("winner__project", "session__category__round"))
