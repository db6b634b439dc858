"""What of a project is open data, under stable names: as a record for JSON and as a row of a table; pure."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings

from landespreis import tables, wording
from portal import picturing
from portal.models import Project, ProjectFacet, ProjectPartner

LICENCE = {
    "name": "Datenlizenz Deutschland – Namensnennung – Version 2.0",
    "url": "https://www.govdata.de/dl-de/by-2-0",
    "attribution": "Landespreis für innovative interkommunale Zusammenarbeit",
}
PER_PAGE = 100
"""Projects of a page of JSON."""
BETWEEN = "|"
"""Stands between several values in one cell, and nowhere else in it."""

FIELDS = {
    "slug": "letzter Teil der Adresse",
    "url": "Adresse der Seite",
    "title": "Titel",
    "abstract": "Kurzbeschreibung",
    "category": "Kategorie mit key und name, oder null",
    "topics": "Themen, jedes mit key und name",
    "lead": "federführende Kommune mit name, ags (Gemeindeschlüssel, acht Stellen), district (Kreisschlüssel, "
    "fünf Stellen), region (Regierungsbezirk), department (Fachbereich), latitude und longitude",
    "partners": "Partner ohne die federführende Kommune, jeder mit name, ags, kind (nrw, kommune, zweckverband, aoer, "
    "gesellschaft) und country",
    "legal_form": "Rechtsform mit key und name, oder null",
    "agreed_on": "Tag der Vereinbarung, oder null",
    "state": "Stand der Umsetzung mit key (planung, umsetzung, betrieb) und name, oder null",
    "state_since": "im Betrieb seit, oder null",
    "funded": "vom Land gefördert: true oder false",
    "funding": "Förderung in Worten",
    "website": "Internetseite des Projekts",
    "contact": "name, email und phone, wenn die Person der Veröffentlichung zugestimmt hat, sonst null",
    "origin": "Herkunft mit key (landespreis, vorschlag, foerderung) und name",
    "edition": "Wettbewerb, leer außerhalb",
    "prize_year": "Preisträger des Jahres, oder null",
    "map_url": "Adresse der gezeichneten Karte (SVG)",
    "published_at": "veröffentlicht am, mit Uhrzeit und Zeitzone",
    "changed_at": "zuletzt geändert am, mit Uhrzeit und Zeitzone",
}
"""Key of a record → what it holds. Keys stay; new ones may come."""


class Column(NamedTuple):
    key: str
    meaning: str
    value: Callable[[Project], object]


def explained() -> dict[str, Any]:
    """Return what the page about open data tells."""
    return {
        "licence": LICENCE,
        "fields": list(FIELDS.items()),
        "columns": COLUMNS,
        "filters": ProjectFacet.Kind.choices,
        "per_page": PER_PAGE,
    }


def record(project: Project) -> dict[str, Any]:
    """Return a project as JSON tells it; asks nothing if its relations are loaded."""
    category = project.category
    return {
        "slug": project.slug,
        "url": _url(project),
        "title": project.title,
        "abstract": project.abstract,
        "category": {"key": category.key, "name": category.name} if category else None,
        "topics": [{"key": topic.slug, "name": topic.name} for topic in project.topics.all()],
        "lead": _lead(project),
        "partners": [_partner(partner) for partner in picturing.partners(project)],
        "legal_form": _choice(project.legal_form, project.get_legal_form_display()),
        "agreed_on": _day(project.agreed_on),
        "state": _choice(project.state, project.get_state_display()),
        "state_since": _day(project.state_since),
        "funded": project.is_funded,
        "funding": project.funding,
        "website": project.website,
        "contact": _contact(project),
        "origin": _choice(project.origin, project.get_origin_display()),
        "edition": project.edition,
        "prize_year": project.prize_year,
        "map_url": _map_url(project),
        "published_at": _day(project.published_at),
        "changed_at": _day(project.changed_at),
    }


def row(project: Project) -> tables.Row:
    """Return a project as a line of the table, without what makes a cell safe."""
    return [column.value(project) for column in COLUMNS]


def _url(project: Project) -> str:
    return f"{settings.BASE_URL}{project.get_absolute_url()}"


def _map_url(project: Project) -> str:
    return f"{settings.BASE_URL}{picturing.address(project)}"


def _lead(project: Project) -> dict[str, Any] | None:
    lead = project.lead
    if lead is None:
        return None
    return {
        "name": lead.label,
        "ags": lead.ags or None,
        "district": lead.district_ags or None,
        "region": lead.region,
        "department": project.department,
        "latitude": lead.latitude,
        "longitude": lead.longitude,
    }


def _partner(partner: ProjectPartner) -> dict[str, str | None]:
    known = partner.municipality
    ags = (known.ags or None) if known else None
    return {"name": partner.label, "ags": ags, "kind": partner.kind, "country": partner.country}


def _contact(project: Project) -> dict[str, str] | None:
    """Return whom to ask, with their consent only."""
    if not project.contact_public:
        return None
    return {"name": project.contact_name, "email": project.contact_email, "phone": project.contact_phone}


def _choice(key: str, name: str) -> dict[str, str] | None:
    return {"key": key, "name": name} if key else None


def _day(value: Any) -> str | None:
    return wording.iso(value) if value else None


def _of_lead(name: str) -> Callable[[Project], object]:
    return lambda project: (_lead(project) or {}).get(name)


def _of_contact(name: str) -> Callable[[Project], object]:
    return lambda project: (_contact(project) or {}).get(name)


def _partners(name: str) -> Callable[[Project], object]:
    return lambda project: _joined(_partner(row)[name] or "" for row in picturing.partners(project))


def _joined(values: Iterable[str]) -> str:
    return BETWEEN.join(value.replace(BETWEEN, "/") for value in values)


COLUMNS = (
    Column("slug", FIELDS["slug"], lambda project: project.slug),
    Column("url", FIELDS["url"], _url),
    Column("title", FIELDS["title"], lambda project: project.title),
    Column("abstract", FIELDS["abstract"], lambda project: project.abstract),
    Column("category", "Kürzel der Kategorie", lambda project: project.category.key if project.category else ""),
    Column("category_name", "Name der Kategorie", lambda project: project.category.name if project.category else ""),
    Column("topics", "Kürzel der Themen", lambda project: _joined(topic.slug for topic in project.topics.all())),
    Column("topic_names", "Namen der Themen", lambda project: _joined(row.name for row in project.topics.all())),
    Column("lead", "federführende Kommune", _of_lead("name")),
    Column("lead_ags", "ihr amtlicher Gemeindeschlüssel, acht Stellen", _of_lead("ags")),
    Column("district", "ihr Kreisschlüssel, fünf Stellen", _of_lead("district")),
    Column("region", "ihr Regierungsbezirk", _of_lead("region")),
    Column("department", "Fachbereich", _of_lead("department")),
    Column("latitude", "ihre Breite in Grad", _of_lead("latitude")),
    Column("longitude", "ihre Länge in Grad", _of_lead("longitude")),
    Column("partners", "Namen der Partner", _partners("name")),
    Column("partners_ags", "ihre Gemeindeschlüssel in derselben Reihenfolge, leer ohne", _partners("ags")),
    Column("legal_form", "Kürzel der Rechtsform", lambda project: project.legal_form),
    Column("agreed_on", "Tag der Vereinbarung", lambda project: project.agreed_on),
    Column("state", "Stand: planung, umsetzung, betrieb", lambda project: project.state),
    Column("state_since", "im Betrieb seit", lambda project: project.state_since),
    Column("funded", "vom Land gefördert: true oder false", lambda project: project.is_funded),
    Column("funding", "Förderung in Worten", lambda project: project.funding),
    Column("website", "Internetseite des Projekts", lambda project: project.website),
    Column("contact_name", "Ansprechperson, nur mit Einwilligung", _of_contact("name")),
    Column("contact_email", "ihre E-Mail-Adresse, nur mit Einwilligung", _of_contact("email")),
    Column("contact_phone", "ihre Telefonnummer, nur mit Einwilligung", _of_contact("phone")),
    Column("origin", "Herkunft: landespreis, vorschlag, foerderung", lambda project: project.origin),
    Column("edition", "Wettbewerb, leer außerhalb", lambda project: project.edition),
    Column("prize_year", "Preisträger des Jahres", lambda project: project.prize_year),
    Column("map_url", FIELDS["map_url"], _map_url),
    Column("published_at", FIELDS["published_at"], lambda project: project.published_at),
    Column("changed_at", FIELDS["changed_at"], lambda project: project.changed_at),
)
