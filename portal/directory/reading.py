"""Reads what rows of the list show, as plain values in two queries, and what hangs on projects read by other ways."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from landespreis import composed
from landespreis.composed import Question, Read, Values
from portal.models import Project, ProjectPartner, Topic

PLACE = ["ags", "name", "label", "district_ags", "region", "latitude", "longitude", "kind"]
ROW = Read(
    Project,
    ["id", "slug", "title", "abstract", "prize_year", "is_funded", "category_id", "lead_id", "picture_id"],
    joins={"category": ["short_name", "hue"], "lead": PLACE, "picture": ["key", "width", "height"]},
)
PARTNERS = Read(
    ProjectPartner,
    ["id", "project_id", "municipality_id", "name", "kind", "country"],
    by="project_id",
    joins={"municipality": PLACE},
    order="id",
)
TOPICS = Question(lambda project: Topic.objects.filter(projects=project), -1)
KEY = ROW.place("id")
"""Where the key of a project stands among the values of a row, and of a partner the key of its project."""
OF_PROJECT = PARTNERS.place("project_id")


def with_partners(rows: Sequence[Values]) -> list[tuple[Values, tuple[Values, ...]]]:
    """Return each of the rows of projects with the rows of its partners."""
    partners = _partners(row[KEY] for row in rows)
    return [(row, tuple(partners[row[KEY]])) for row in rows]


def made(row: Values, partners: Sequence[Values]) -> Project:
    """Return the project of a row, with all that a row shows and without its text."""
    project = ROW.made(row)
    _hold(project, partners)
    return project


def hold_partners(projects: Sequence[Project]) -> None:
    """Let each of the projects have its partners with their rows of the register; one query."""
    partners = _partners(project.pk for project in projects)
    for project in projects:
        _hold(project, partners[project.pk])


def hold_topics(project: Project) -> None:
    """Let the project have its topics; one query."""
    composed.hold(project, "topics", Topic.objects.all(), TOPICS.objects(project.pk))


def _partners(keys: Iterable[int]) -> dict[int, list[Values]]:
    found: dict[int, list[Values]] = defaultdict(list)
    for partner in PARTNERS.values(keys):
        found[partner[OF_PROJECT]].append(partner)
    return found


def _hold(project: Project, partners: Sequence[Values]) -> None:
    rows = [PARTNERS.made(partner) for partner in partners]
    composed.hold(project, "partners", ProjectPartner.objects.all(), rows)
