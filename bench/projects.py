"""Projects by the thousand, all invented: written past the verbs, so that thousands take seconds."""

import random
from collections.abc import Iterator
from datetime import timedelta

from accounts.models import Municipality
from accounts.register import sort_key
from landespreis import clock
from portal import slugs
from portal.actions import indexing
from portal.models import Project, ProjectCategory, ProjectFacet, ProjectPartner, Topic

CATEGORIES = {
    "pflichtaufgaben": ("Pflichtaufgaben & Verwaltung", "blau"),
    "austausch": ("Austausch & Vernetzung", "hellblau"),
    "wirtschaft": ("Wirtschaft, Tourismus & Kultur", "violett"),
    "umwelt": ("Umwelt, Planung & Infrastruktur", "tuerkis"),
    "krisen": ("Krisenbewältigung", "orange"),
    "shared-service": ("Shared Service Center", "grau"),
}
TOPICS = (
    "Bauen", "Bildung", "Digitalisierung", "Feuerwehr", "Gesundheit", "IT-Sicherheit", "Klima", "Kultur", "Mobilität",
    "Personal", "Tourismus", "Vergabe", "Wasser", "Wirtschaft",
)  # fmt: skip
THINGS = (
    "Bauakte", "Vergabestelle", "Feuerwehrschule", "Klärschlammverwertung", "Standesamt", "Musikschule", "Bauhof",
    "Datenplattform", "Leitstelle", "Gewerbepark", "Radwegenetz", "Hochwasserpegel", "Archiv", "Volkshochschule",
)  # fmt: skip
ABSTRACT = (
    "Die Beteiligten führen die Aufgabe in einer Stelle zusammen und vertreten sich gegenseitig. Anträge werden "
    "schneller entschieden, Fachleute teilen sich die Arbeit, und wer Rat sucht, hat eine Nummer für alle Rathäuser."
)
EDITIONS = ("1. Landespreis 2021/22", "2. Landespreis 2025/26", "")
BATCH = 2_000


def fill(amount: int, *, seed: int = 7) -> None:
    """Write that many published projects with partners, topics and facets; the register has to be loaded."""
    chance = random.Random(seed)
    categories = [
        ProjectCategory.objects.get_or_create(
            key=key, defaults={"name": name, "short_name": name, "hue": hue, "position": place}
        )[0]
        for place, (key, (name, hue)) in enumerate(CATEGORIES.items())
    ]
    topics = [Topic.objects.get_or_create(slug=slugs.slug(name), defaults={"name": name})[0] for name in TOPICS]
    towns = list(Municipality.objects.exclude(ags=None).order_by("ags"))
    first = Project.objects.count()
    for start in range(first, first + amount, BATCH):
        numbers = range(start, min(start + BATCH, first + amount))
        _write([_project(number, chance, categories, towns) for number in numbers], chance, topics, towns)
    indexing.rebuild()


def _project(
    number: int, chance: random.Random, categories: list[ProjectCategory], towns: list[Municipality]
) -> Project:
    lead, edition = chance.choice(towns), chance.choice(EDITIONS)
    title = f"{chance.choice(THINGS)} {lead.name.partition(',')[0]} und Nachbarn"
    published = clock.now() - timedelta(minutes=30 * number + 1)
    return Project(
        title=title,
        slug=f"{slugs.slug(title)}-{number}",
        sort_key=sort_key(title),
        category=chance.choice(categories),
        lead=lead,
        origin=Project.Origin.AWARD if edition else Project.Origin.FUNDED,
        edition=edition,
        abstract=ABSTRACT,
        body=ABSTRACT * 3,
        body_html=f"<p>{ABSTRACT * 3}</p>",
        is_funded=chance.random() < 0.15,
        prize_year=2022 if edition == EDITIONS[0] and chance.random() < 0.1 else None,
        published_at=published,
        changed_at=published,
    )


def _write(made: list[Project], chance: random.Random, topics: list[Topic], towns: list[Municipality]) -> None:
    Project.objects.bulk_create(made)
    place = {town.pk: number for number, town in enumerate(towns)}
    taking_part = {
        project.pk: [towns[(place[project.lead_id] + step) % len(towns)] for step in range(1, chance.randint(2, 6))]
        for project in made
        if project.lead_id
    }
    about = {project.pk: chance.sample(topics, 2) for project in made}
    ProjectPartner.objects.bulk_create(
        ProjectPartner(project=project, municipality=town) for project in made for town in taking_part[project.pk]
    )
    Project.topics.through.objects.bulk_create(
        Project.topics.through(project=project, topic=topic) for project in made for topic in about[project.pk]
    )
    ProjectFacet.objects.bulk_create(
        ProjectFacet(project=project, kind=kind, value=value)
        for project in made
        for kind, value in sorted(set(_facets(project, taking_part[project.pk], about[project.pk])))
    )


def _facets(project: Project, partners: list[Municipality], topics: list[Topic]) -> Iterator[tuple[str, str]]:
    """As `portal.actions.projects` derives them."""
    kind = ProjectFacet.Kind
    assert project.category
    assert project.lead
    yield kind.CATEGORY, project.category.key
    for topic in topics:
        yield kind.TOPIC, topic.slug
    for town in (project.lead, *partners):
        yield kind.REGION, slugs.slug(town.region)
        yield kind.DISTRICT, town.district_ags
        yield kind.MUNICIPALITY, town.ags or ""
    yield kind.EDITION, slugs.slug(project.edition, most=60) if project.edition else "ausserhalb"
    if project.prize_year:
        yield kind.AWARD, "preis"
    if project.is_funded:
        yield kind.AWARD, "foerderung"
