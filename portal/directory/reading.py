"""Reads what rows of the list show, by SQL that is composed once: the list is the page that is made most often."""

from collections import defaultdict
from collections.abc import Sequence

from landespreis.composed import Read
from portal.models import Project, ProjectPartner

PLACE = ("ags", "name", "label", "district_ags", "region", "latitude", "longitude")
PROJECTS = Read(
    Project,
    [
        "id", "slug", "title", "abstract", "category_id", "lead_id", "picture_id", "prize_year", "is_funded",
        "published_at", "changed_at",
    ],
    joins={
        "category": ["key", "name", "short_name", "hue"],
        "lead": PLACE,
        "picture": ["key", "alt", "credit", "width", "height"],
    },
)  # fmt: skip
PARTNERS = Read(
    ProjectPartner,
    ["id", "project_id", "municipality_id", "name", "kind", "country"],
    by="project_id",
    joins={"municipality": PLACE},
    order="id",
)


def listed(keys: Sequence[int]) -> list[Project]:
    """Return the projects with these keys in their order, each with all that a row shows, in two queries."""
    known = {project.pk: project for project in PROJECTS.rows(keys)}
    partners: dict[int, list[ProjectPartner]] = defaultdict(list)
    for partner in PARTNERS.rows(keys):
        partners[partner.project_id].append(partner)
    for project in known.values():
        _keep(project, partners[project.pk])
    return [known[key] for key in keys if key in known]


def _keep(project: Project, partners: list[ProjectPartner]) -> None:
    """Let `project.partners.all()` return these rows, as after `prefetch_related`."""
    rows = ProjectPartner.objects.all()
    rows._result_cache = partners
    project._prefetched_objects_cache = {"partners": rows}  # type: ignore[attr-defined]
