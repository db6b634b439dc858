"""How long a search takes with 1,000 and with 100,000 projects: the page /suche/, and the directory's first ten."""

import math
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from itertools import accumulate, product
from random import Random
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Municipality
from bench import entries
from bench.figures import Figure, holds
from landespreis import clock
from portal import findable, finding, keeping, stems
from portal.actions import indexing
from portal.models import Document, Project, ProjectCategory

SIZES, QUICK = (1000, 100_000), (200, 2000)
ROUNDS = 10
AT_ONCE = 2000
MOST_QUERIES = 4
TITLE, ABSTRACT, BODY = 4, 18, 120
"""Words of each."""
_FIRST = """
Bau Brand Bürger Daten Energie Familien Feuer Flur Gewerbe Grund Hafen Haushalts Jugend Kanal Kassen Klima Kranken
Kultur Land Markt Melde Museums Naturschutz Notfall Park Pegel Personal Pflege Rad Rechts Regional Reise Rettungs Schul
Sozial Sport Stadt Standes Starkregen Steuer Straßen Tourismus Umwelt Ufer Verkehrs Vergabe Vermessungs Wald Wasser Wege
Werk Winter Wirtschafts Wohn Zensus
"""
_LAST = """
akte amt anlage archiv aufsicht ausschuss bericht betrieb büro dienst förderung fläche gemeinschaft haus hilfe hof karte
kasse konferenz konzept leitstelle management messung netz ordnung plan planung portal programm projekt prüfung register
satzung schule service stelle system verband verbund verein vertrag verwaltung werkstatt zentrum
"""
WORDS = sorted(first + last for first, last in product(_FIRST.split(), _LAST.split()))
QUERIES = (
    "Feuerwehren", "Klimaschutzkonzept", "Pegelnetz", "Pegelnetz Stadt Soest", "Münster", "Muenster Bauakte", "Wasser",
    "Datenportal Rettungsdienst", "Straßenplanung", "strassenplanung", "Feueramtt", "Museumsverbudn", "Köln Schulbüro",
    "Vergabestelle", "Shared-Service-Center", "IKZ-2026-0001", "Regierungsbezirk Arnsberg", "gibtesnicht", "Bau Wald",
    "Jugendhilfe Kreis Kleve",
)  # fmt: skip
"""Rare and frequent words, one and several, beginnings of compounds, misspelled ones, and some that stand nowhere."""


def measure(*, quick: bool) -> list[Figure]:
    sizes = QUICK if quick else SIZES
    clock.set_now(entries.open_round().closes_at - entries.BEFORE_CLOSE)
    leads = entries.towns()
    ways: dict[str, Callable[[str], object]] = {"page": _page, "directory": _directory}
    p95: dict[str, list[float]] = {name: [] for name in ways}
    middle: dict[str, list[float]] = {name: [] for name in ways}
    most_queries = 0
    for size in sizes:
        _fill(size, leads)
        for name, way in ways.items():
            times = _times(way)
            p95[name].append(times[math.ceil(len(times) * 0.95) - 1])
            middle[name].append(median(times))
        most_queries = max(most_queries, *(_queries(query) for query in QUERIES))
    small, large = (f"{size:,}" for size in sizes)
    figures = [holds("SQL queries of a page at most", most_queries <= MOST_QUERIES, str(most_queries), "≤ 4")]
    for name in ways:
        for kind, values in (("p50", middle[name]), ("p95", p95[name])):
            shown = " / ".join(f"{value:.1f}" for value in values)
            figures.append(Figure(f"{name}, {kind} in ms with {small} / {large} projects", shown))
        figures.append(Figure(f"{name}, growth of the p95", f"{p95[name][1] / p95[name][0]:.1f}"))
    return figures


@cache
def _client() -> Client:
    return Client(SERVER_NAME="localhost")


def _page(query: str) -> None:
    """Ask for the page while none is kept."""
    keeping.forget()
    answer = _client().get("/suche/", {"q": query})
    if answer.status_code != 200:
        raise RuntimeError(f"{query}: {answer.status_code}")


def _directory(query: str) -> None:
    list(finding.matching(Project.objects.published(clock.now()).select_related("lead", "category"), query)[:10])


def _times(way: Callable[[str], object]) -> list[float]:
    """Return the milliseconds of every query, asked ROUNDS times after a first that warms up, in order of size."""
    times = []
    for number in range(ROUNDS + 1):
        for query in QUERIES:
            begin = time.perf_counter()
            way(query)
            if number:
                times.append((time.perf_counter() - begin) * 1000)
    return sorted(times)


def _queries(query: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        _page(query)
    return len(asked)


def _fill(size: int, leads: list[Municipality]) -> None:
    """Add projects with their documents until there are `size`; invented words, few of them frequent."""
    category, _ = ProjectCategory.objects.get_or_create(key="messung", name="Messung", short_name="Messung")
    begin, now = Project.objects.count(), clock.now()
    random = Random(begin)
    words = Random(1).sample(WORDS, len(WORDS))
    frequent = list(accumulate(1 / place for place in range(1, len(words) + 1)))

    def some(number: int) -> str:
        return " ".join(random.choices(words, cum_weights=frequent, k=number))

    for start in range(begin, size, AT_ONCE):
        made = [
            Project(
                title=some(TITLE),
                slug=f"messung-{number}",
                category=category,
                lead=leads[number % len(leads)],
                origin=Project.Origin.FUNDED,
                abstract=some(ABSTRACT),
                published_at=now - timedelta(minutes=number),
                changed_at=now,
            )
            for number in range(start, min(start + AT_ONCE, size))
        ]
        Document.objects.bulk_create(_document(project, some(BODY)) for project in Project.objects.bulk_create(made))
    if not begin:
        indexing.learn({word.folded: word.typed for word in stems.words(" ".join(WORDS))})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE portal_project, portal_document, portal_spelling")


def _document(project: Project, text: str) -> Document:
    lead = project.lead
    assert lead
    places = f"{lead.label}\nRegierungsbezirk {lead.region}"
    content = findable.Content(project.title, project.published_at, places, project.abstract, text)
    return findable.document(project, content)
