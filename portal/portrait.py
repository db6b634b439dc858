"""A project as its page tells it: facts, numbered partners and their map, in ready German words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from django.utils.safestring import SafeString

from accounts.models import Municipality
from landespreis import mapping, wording
from landespreis.addresses import address_of
from landespreis.mapping import Place
from portal import picturing
from portal.models import Project, ProjectFacet, ProjectPartner, Topic
from submissions.models import Partner

Kind = ProjectFacet.Kind
MOST_NUMBERS = 30
"""With more places the map's dots carry no numbers: they would cover each other."""

MOST_BESIDE = 9


class Fact(NamedTuple):
    label: str
    value: str
    url: str = ""


class Tag(NamedTuple):
    name: str
    url: str


class Member(NamedTuple):
    """Somebody who takes part, by their number in the list; `detail` says what else there is to know."""

    number: int
    name: str
    detail: str = ""
    url: str = ""


class Card(NamedTuple):
    """What stands on the card of a project among others."""

    url: str
    title: str
    category: str
    abstract: str
    picture: str
    parties: str


@dataclass(frozen=True)
class Portrait:
    """What `templates/portal/project.html` shows besides the project's own texts."""

    facts: tuple[Fact, ...]
    topics: list[str]
    tags: list[Tag]
    category_url: str
    members: tuple[Member, ...]
    is_large: bool
    """Whether the list is too long to stand beside the map."""
    map: SafeString | str
    map_note: str
    """Who takes part and has no place on the map, in one sentence."""
    origin: str
    is_changed: bool
    """Whether it changed on a later day than it came out."""
    has_contact: bool
    phone: str
    """The number as a telephone dials it."""


def of(project: Project) -> Portrait:
    """Return the portrait of a project whose relations are loaded; asks nothing."""
    partners, topics = picturing.partners(project), list(project.topics.all())
    members = tuple(_members(project, partners))
    drawn, note = _map(project, partners, members)
    category = project.category
    contact = project.contact_name or project.contact_email or project.contact_phone
    return Portrait(
        facts=tuple(_facts(project, partners, members)),
        topics=[topic.name for topic in topics],
        tags=list(_tags(project, topics)),
        category_url=_filtered(Kind.CATEGORY, category.key) if category else "",
        members=members,
        is_large=len(members) > MOST_BESIDE,
        map=drawn,
        map_note=note,
        origin=_origin(project),
        is_changed=_is_changed(project),
        has_contact=project.contact_public and bool(contact),
        phone=re.sub(r"\(0\)|[^+\d]", "", project.contact_phone),
    )


def card(project: Project) -> Card:
    return Card(
        url=project.get_absolute_url(),
        title=project.title,
        category=project.category.short_name if project.category else "",
        abstract=project.abstract,
        picture=picturing.address(project),
        parties=parties(project),
    )


def parties(project: Project) -> str:
    """Return who takes part as one reads it out, towns without their kind: «Soest, Werl und Kreis Unna»."""
    lead = [_short(project.lead)] if project.lead else []
    others = [_short(row.municipality) if row.municipality else row.name for row in picturing.partners(project)]
    return wording.listed([*lead, *others])


def district_name(key: str) -> str:
    """Return how one calls a Kreis or an independent town in a text, from its key: «Kreis Soest», «Hamm»."""
    return _district_names().get(key, "").removesuffix(", Stadt")


def _district_names() -> dict[str, str]:
    return {shape.key: shape.name for shape in mapping.shapes()}


def _short(row: Municipality) -> str:
    named = {Municipality.Kind.DISTRICT, Municipality.Kind.ASSOCIATION}
    return row.label if row.kind in named else row.label.removeprefix("Stadt ").removeprefix("Gemeinde ")


def _filtered(kind: Kind, value: str) -> str:
    return f"{address_of('portal:projects')}?{urlencode({kind.value: value})}"


def _tags(project: Project, topics: list[Topic]) -> Iterator[Tag]:
    district = project.lead.district_ags if project.lead else ""
    if name := district_name(district):
        yield Tag(name, _filtered(Kind.DISTRICT, district))
    for topic in topics:
        yield Tag(topic.name, _filtered(Kind.TOPIC, topic.slug))


def _members(project: Project, partners: list[ProjectPartner]) -> Iterator[Member]:
    first = 1
    if project.lead:
        first = 2
        yield Member(1, project.lead.label, "Federführung", _of(project.lead))
    for number, partner in enumerate(partners, start=first):
        row = partner.municipality
        yield Member(number, partner.label, _detail(partner), _of(row) if row else "")


def _of(row: Municipality) -> str:
    """Return where the projects of a municipality are; a Landschaftsverband has no key to be found by."""
    return _filtered(Kind.MUNICIPALITY, row.ags) if row.ags else ""


def _detail(partner: ProjectPartner) -> str:
    if partner.municipality:
        return ""
    kind = "" if partner.kind == Partner.Kind.OUTSIDE else Partner.Kind(partner.kind).label
    country = "" if partner.country == Partner.Country.DE else Partner.Country(partner.country).label
    said = kind or ("" if country else "Kommune außerhalb von Nordrhein-Westfalen")
    return ", ".join(filter(None, [said[:1].upper() + said[1:], country]))


def _map(project: Project, partners: list[ProjectPartner], members: Sequence[Member]) -> tuple[SafeString | str, str]:
    """Return the map with the list's numbers, and who is not on it; no map without a lead."""
    if project.lead is None:
        return "", ""
    others = [picturing.place(partner.municipality) for partner in partners if partner.municipality]
    numbered = list(zip(members[1:], partners, strict=True))
    shown = [member for member, partner in numbered if partner.municipality]
    missing = [member for member, partner in numbered if not partner.municipality]
    names = wording.listed([member.name for member in shown])
    numbers = [member.number for member in (members[0], *shown)]
    description = f"{members[0].name} ist verbunden mit {names}." if names else f"Dort liegt {members[0].name}."
    shown_numbers = tuple(numbers) if len(numbers) <= MOST_NUMBERS else ()
    return _drawn(picturing.place(project.lead), tuple(others), description, shown_numbers), _missing(missing)


@lru_cache(maxsize=200)
def _drawn(lead: Place, others: tuple[Place, ...], description: str, numbers: tuple[int, ...]) -> SafeString:
    """Return the map, drawn once: it hangs on nothing but these values."""
    return mapping.svg(lead, others, title="Karte der Zusammenarbeit", description=description, numbers=numbers)


def _missing(members: Sequence[Member]) -> str:
    if not members:
        return ""
    numbers = wording.listed([str(member.number) for member in members])
    return f"Ohne Punkt auf der Karte: Nummer {numbers}."


def _facts(project: Project, partners: list[ProjectPartner], members: Sequence[Member]) -> Iterator[Fact]:
    lead = project.lead
    if lead:
        yield Fact("Federführung", ", ".join(filter(None, [lead.label, project.department])))
    yield Fact("Beteiligt", _count(partners, members))
    if project.legal_form:
        yield Fact("Rechtsform", project.get_legal_form_display())
    if project.agreed_on:
        yield Fact("Vereinbart am", wording.day(project.agreed_on))
    if project.state:
        yield Fact("Stand", _state(project))
    if lead:
        yield Fact("Region", _region(lead))
    if project.is_funded or project.funding:
        yield Fact("Förderung", _funding(project))
    if project.website:
        is_web = project.website.startswith(("http://", "https://"))
        yield Fact("Internetseite", _host(project.website), project.website if is_web else "")


def _count(partners: list[ProjectPartner], members: Sequence[Member]) -> str:
    municipal = {Partner.Kind.REGISTER, Partner.Kind.OUTSIDE}
    if len(members) == 1:
        return "1 Kommune"
    free = any(partner.kind not in municipal for partner in partners)
    return f"{wording.number(len(members))} {'Partner' if free else 'Kommunen'}"


def _state(project: Project) -> str:
    since = project.state_since
    return f"{project.get_state_display()} seit {wording.month(since)}" if since else project.get_state_display()


def _region(lead: Municipality) -> str:
    district = district_name(lead.district_ags)
    regions = lead.region.split(", ")
    named = f"Regierungsbezirk{'e' if len(regions) > 1 else ''} {wording.listed(regions)}"
    return ", ".join(filter(None, [district, named]))


def _funding(project: Project) -> str:
    by_state = "gefördert vom Land Nordrhein-Westfalen" if project.is_funded else ""
    return ". ".join(filter(None, [by_state, project.funding]))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or address).removeprefix("www.")
    except ValueError:  # brackets that hold no address
        return address


def _is_changed(project: Project) -> bool:
    out = project.published_at
    return out is not None and project.changed_at > out and wording.day(project.changed_at) != wording.day(out)


def _origin(project: Project) -> str:
    """Say in a sentence how the project came into the directory."""
    if project.origin == Project.Origin.PROPOSED:
        return "Die Kommune hat dieses Projekt selbst für das Verzeichnis vorgeschlagen."
    if project.origin == Project.Origin.FUNDED:
        return (
            "Das Land hat diese Zusammenarbeit gefördert; die Geschäftsstelle hat sie in das Verzeichnis aufgenommen."
        )
    contest = f"beim Wettbewerb „{project.edition}“" if project.edition else "beim Landespreis"
    return f"Die Kommune hat dieses Projekt {contest} eingereicht. Der Text gibt den Stand der Einreichung wieder."
