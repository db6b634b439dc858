"""Reads what rows of the list show, in two queries; the list is the page that is made most often."""

from collections import defaultdict

from landespreis.composed import Read
from portal.models import Project, ProjectPartner
from portal.models.projects import ProjectQuerySet

PARTNERS = Read(
    ProjectPartner,
    ["id", "project_id", "municipality_id", "name", "kind", "country"],
    by="project_id",
    joins={"municipality": ["ags", "name", "label", "district_ags", "region", "latitude", "longitude"]},
    order="id",
)


def listed(projects: ProjectQuerySet) -> list[Project]:
    """Return the projects, each with all that a row shows and without its text."""
    found = list(projects.select_related("category", "lead", "picture").defer("body", "body_html"))
    partners: dict[int, list[ProjectPartner]] = defaultdict(list)
    for partner in PARTNERS.rows([project.pk for project in found]):
        partners[partner.project_id].append(partner)
    for project in found:
        _keep(project, partners[project.pk])
    return found


def _keep(project: Project, partners: list[ProjectPartner]) -> None:
    """Let `project.partners.all()` return these rows, as after `prefetch_related`."""
    rows = ProjectPartner.objects.all()
    rows._result_cache = partners
    project._prefetched_objects_cache = {"partners": rows}  # type: ignore[attr-defined]
