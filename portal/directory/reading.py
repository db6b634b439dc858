"""Reads what rows of the list show, in two queries, as plain values: the list is the page that is made most often."""

from collections import defaultdict
from collections.abc import Sequence

from landespreis.composed import Read, Values
from portal.models import Project, ProjectPartner

PLACE = ["ags", "name", "label", "district_ags", "region", "latitude", "longitude"]
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
KEY = ROW.place("id")
"""Where the key of a project stands among the values of a row, and of a partner the key of its project."""
OF_PROJECT = PARTNERS.place("project_id")


def with_partners(rows: Sequence[Values]) -> list[tuple[Values, tuple[Values, ...]]]:
    """Return each of the rows of projects with the rows of its partners."""
    partners: dict[int, list[Values]] = defaultdict(list)
    for partner in PARTNERS.values(row[KEY] for row in rows):
        partners[partner[OF_PROJECT]].append(partner)
    return [(row, tuple(partners[row[KEY]])) for row in rows]


def made(row: Values, partners: Sequence[Values]) -> Project:
    """Return the project of a row, with all that a row shows and without its text."""
    project = ROW.made(row)
    kept = ProjectPartner.objects.all()
    kept._result_cache = [PARTNERS.made(partner) for partner in partners]
    project._prefetched_objects_cache = {"partners": kept}  # type: ignore[attr-defined]
    return project
