"""What a row of the list shows of a project: every value formatted once, ready for the template."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from accounts.models import Municipality
from landespreis.wording import listed
from portal import picturing
from portal.models import Picture, Project, ProjectPartner
from submissions.models import Partner

LONGEST = 220
"""Letters of the abstract."""


class Row(NamedTuple):
    """`map` is the address of the picture that the portal draws; a `photo` goes before it."""

    url: str
    title: str
    category: str
    abstract: str
    places: str
    prize: str
    is_funded: bool
    map: str
    photo: Picture | None


def rows(projects: Iterable[Project]) -> list[Row]:
    """Return a row for each; `projects` were read `with_all`, or `reading.made`."""
    return [_row(project) for project in projects]


def shortened(text: str, most: int = LONGEST) -> str:
    """Return as many whole words of `text` as fit, with an ellipsis where some are left out."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut = flat[: most - 1].rpartition(" ")[0] or flat[: most - 1]
    return cut.rstrip(",;:.–- ") + " …"


def called(municipality: Municipality) -> str:
    """Return the short name: «Soest, Stadt» → «Soest», «Kreis Soest»."""
    return municipality.name.partition(",")[0]


def _row(project: Project) -> Row:
    return Row(
        url=project.get_absolute_url(),
        title=project.title,
        category=project.category.short_name if project.category else "",
        abstract=shortened(project.abstract),
        places=listed(list(_places(project))),
        prize=f"Preisträger {project.prize_year}" if project.prize_year else "",
        is_funded=project.is_funded,
        map=picturing.address(project),
        photo=project.picture,
    )


def _places(project: Project) -> Iterator[str]:
    if project.lead:
        yield called(project.lead)
    for partner in project.partners.all():
        if partner.municipality_id is None or partner.municipality_id != project.lead_id:
            yield _named(partner)


def _named(partner: ProjectPartner) -> str:
    """Return the name of a partner, with its country where that is another."""
    if partner.municipality:
        return called(partner.municipality)
    abroad = partner.country not in {Partner.Country.DE, Partner.Country.XX}
    return f"{partner.name} ({partner.get_country_display()})" if abroad else partner.name
