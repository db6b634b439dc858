"""What a query finds and in which order: the same on SQLite and PostgreSQL, whatever somebody types."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from landespreis import clock
from portal import finding
from portal.actions import indexing, newsletters, projects
from portal.models import Document, Edition, Project, ProjectCategory
from submissions.models import Round
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories

Queries = Callable[..., Any]
PROJECTS: dict[str, tuple[str, str, str, str]] = {
    "wehr": ("Gemeinsame Feuerwehr am Hellweg", "Stadt Soest", "Drei Wehren, ein Löschzug.", "Seit 2023 im Dienst."),
    "haus": ("Feuerwehrhaus für zwei Städte", "Stadt Münster", "Unter einem Dach.", "An der Hammer Straße."),
    "pegel": ("Pegelnetz Rur", "Stadt Düren", "Messpunkte melden Wasser.", "Die Feuerwehr liest mit. Siehe Soest."),
    "schule": ("Schulbus", "Stadt Werl", "Die Feuerwehren fahren mit.", "Geübt wird in Münster."),
    "center": ("Shared-Service-Center", "Stadt Köln", "Bezüge aus einer Hand.", "Beitrag IKZ-2026-0001, E-Government."),
    "daten": (
        "Offene Daten",
        "Stadt Datteln",
        "Ein Katalog für alle.",
        "Auch Feuerwehrleute suchen darin. 10.000 Sätze.",
    ),
}
"""Key → title, lead, abstract and text. The later one is the newer."""


@pytest.fixture
def directory(open_round: Round) -> dict[int, str]:
    """The projects above, with what the search has learned of them: number → key."""
    category = factories.ProjectCategoryFactory(name="Kategorie")
    made = {}
    for age, (key, (title, lead, abstract, body)) in enumerate(reversed(PROJECTS.items()), start=1):
        project = factories.ProjectFactory(
            title=title,
            lead=MunicipalityFactory(name=lead, label=lead, region="Arnsberg", district_ags=""),
            abstract=abstract,
            body=body,
            category=category,
            published_at=clock.now() - timedelta(days=age),
        )
        made[project.pk] = key
    indexing.rebuild()
    return made


FOUND = {
    "Feuerwehr": "wehr haus schule pegel daten",
    "feuerwehren": "wehr haus schule pegel daten",
    "FEUERWEHRHAUS": "haus",
    "Feuerwehrh": "haus wehr schule pegel daten",
    "strasse": "haus",
    "Strassen": "haus",
    "Muenster": "haus schule",
    "Munster": "haus schule",
    "Soest": "wehr pegel",
    "Feuerwehr Soest": "wehr pegel",
    "soest feuerwehr": "wehr pegel",
    "Feuerwehr in Köln": "",
    "Arnsberg": "daten center schule pegel haus wehr",
    "Schule": "schule",
    "Daten": "daten",
    "Datteln": "daten",
    "Shared Service Center": "center",
    "shared-service-center": "center",
    "SharedServiceCenter": "center",
    "Service-Center": "center",
    "IKZ-2026-0001": "center",
    "ikz 2026": "center",
    "IKZ-2026-0002": "",
    "egovernment": "center",
    "E-Government": "center",
    "10000": "daten",
    "10.000": "daten",
    "2023": "wehr",
    "202": "",
    "die Feuerwehr und der Löschzug": "wehr",
}
"""Query → what it finds, the best first."""
FORGIVEN = {
    "Feuerwher": "wehr haus schule pegel daten",
    "Feurwehren": "wehr haus schule pegel daten",
    "Feuerrwehr Soest": "wehr pegel",
    "Müsnter": "haus schule",
    "Löshczug": "wehr",
    "Pegelnez": "pegel",
    "Servixe-Center": "center",
    "Feurewher": "",
    "Rurr": "",
    "2032": "",
}
"""The same with a mistake, and with two."""
BORNE = [
    ("", 6), ("   ", 6), ("und der die", 0), ("%", 0), ("_", 0), ("&|!():*'\"\\", 0), ("😀", 0), ("\0", 0),
    ("\u202e", 0), ("' | 'feuerwehr", 5), ("feuerwehr':*", 5), ("feuerwehr & !soest", 2),
    ("'); DROP TABLE portal_document; --", 0),
    ("feuerwehr" * 10_000, 0), (" ".join(["feuerwehr"] * 500), 5), ("x" * 100_000, 0),
    (" ".join(f"wort{n}" for n in range(500)), 0), ("a-" * 5000, 0), ("\udcff", 0),
    ("-".join(chr(97 + n % 26) * (2 + n // 26) for n in range(300)), 0),
    (" ".join(f"{a}euerwehr-{a}ellweg-{a}chule-{a}egelnetz-{a}aten-{a}ienst" for a in "abcdefgh"), 0),
]  # fmt: skip
"""Query, and how many it finds."""


@pytest.mark.parametrize("expected", [FOUND, FORGIVEN])
def test_matching_finds_the_best_first(directory: dict[int, str], expected: dict[str, str]) -> None:
    found = {
        query: " ".join(directory[project.pk] for project in finding.matching(Project.objects.all(), query))
        for query in expected
    }

    assert found == expected


def test_matching_bears_anything(directory: dict[int, str]) -> None:
    for query, amount in BORNE:
        found = finding.matching(Project.objects.all(), query)

        assert (query[:50], len(found), found.count()) == (query[:50], amount, amount)
        assert all(isinstance(project.rank, float) for project in found)  # type: ignore[attr-defined]


def test_matching_keeps_to_the_projects_it_is_given(directory: dict[int, str]) -> None:
    some = Project.objects.filter(title__startswith="P")

    assert [directory[project.pk] for project in finding.matching(some, "feuerwehr")] == ["pegel"]


def test_matching_ranks_by_field_and_prefers_the_word_to_longer_ones(directory: dict[int, str]) -> None:
    ranks = {directory[p.pk]: p.rank for p in finding.matching(Project.objects.all(), "Feuerwehr")}  # type: ignore[attr-defined]

    assert ranks == {"wehr": 16.0, "haus": 10.0, "schule": 4.0, "pegel": 1.0, "daten": 0.5}


def test_matching_ranks_other_spellings_below_the_word_itself(directory: dict[int, str]) -> None:
    """«Bauhfo» only begins a word of a text, but that is what was typed; «Bauhof» is one mistake away."""
    category = ProjectCategory.objects.get()
    factories.ProjectFactory(title="Bauhof", abstract="Titel.", body="Bauhof.", category=category)
    factories.ProjectFactory(title="Ein Text", abstract="Nur.", body="Ein Bauhfospiel.", category=category)
    factories.ProjectFactory(title="Bauhofleitung", abstract="Länger.", body="Nichts.", category=category)
    indexing.rebuild()

    ranked = [(p.title, p.rank) for p in finding.matching(Project.objects.all(), "Bauhfo")]  # type: ignore[attr-defined]

    assert ranked == [("Ein Text", 0.5), ("Bauhof", 0.4375), ("Bauhofleitung", 0.375)]


@pytest.mark.parametrize(
    "query", ["Feuerwehr", "Feuerwher Soest", "Shared-Service-Center", "Feuerwehr Soest Münster Amt"]
)
def test_matching_asks_the_database_twice(
    directory: dict[int, str], django_assert_num_queries: Queries, query: str
) -> None:
    with django_assert_num_queries(2):
        list(finding.matching(Project.objects.all(), query))


def test_matching_takes_a_query_that_was_read(directory: dict[int, str], django_assert_num_queries: Queries) -> None:
    wanted = finding.read("Feuerwehr")

    with django_assert_num_queries(1):
        assert len(finding.matching(Project.objects.all(), wanted)) == 5


def test_documents_are_those_that_are_public(open_round: Round) -> None:
    out = factories.NewsFactory(title="Feuerwehr")
    factories.NewsFactory(title="Feuerwehr", planned=True)
    factories.NewsFactory(title="Feuerwehr", draft=True)
    factories.faq_entry(question="Feuerwehr?", is_public=False)
    factories.EventFactory(title="Feuerwehr", draft=True)

    found = finding.documents(finding.read("Feuerwehr"), clock.now())

    assert [document.news for document in found] == [out]


def test_documents_of_all_kinds_are_counted_in_one_query(open_round: Round, django_assert_num_queries: Queries) -> None:
    factories.NewsFactory.create_batch(2, title="Feuerwehr")
    factories.ProjectFactory(title="Feuerwehr")
    factories.EventFactory(body="Feuerwehr")
    factories.faq_entry(answer="Feuerwehr")
    factories.page(body="Feuerwehr")
    factories.download(description="Feuerwehr")
    newsletters.release(factories.issue(factories.text("Feuerwehr")), by=StaffFactory())
    wanted = finding.read("Feuerwehr")

    with django_assert_num_queries(1):
        tally = finding.documents(wanted, clock.now()).tally()

    assert tally == {"project": 1, "news": 2, "event": 1, "faq": 1, "page": 1, "download": 1, "newsletter": 1}


def test_confirmed_tells_only_what_stands_in_public_documents(open_round: Round) -> None:
    factories.NewsFactory(title="Feuerwehr")
    factories.NewsFactory(title="Feierwehr", draft=True)
    indexing.rebuild()
    wanted = finding.read("Fezerwehr Feuerwehr")

    found = list(finding.documents(wanted, clock.now()))

    assert [word.typed for word in wanted.guesses["fezerwehr"]] == ["Feierwehr", "Feuerwehr"]
    assert finding.confirmed(wanted, found) == {"fezerwehr": ["Feuerwehr"]}


def test_known_words_are_not_second_guessed(open_round: Round) -> None:
    factories.NewsFactory(title="Bauhof Bauhöfe Bauhaf")
    indexing.rebuild()

    assert finding.read("Bauhöfe Bauhofs").guesses == {}


def test_what_words_may_mean_is_asked_again_when_one_is_new(
    open_round: Round, django_assert_num_queries: Queries
) -> None:
    factories.NewsFactory(title="Feuerwehr")
    indexing.rebuild()

    def meant() -> list[str]:
        numbers = Edition.objects.every()
        with django_assert_num_queries(1):
            found = finding.read_again("Fezerwehr", clock.now(), numbers)
        with django_assert_num_queries(0):
            assert finding.read_again("Fezerwehr", clock.now(), numbers) is found
        return [word.typed for word in found.guesses["fezerwehr"]]

    before = meant()
    indexing.learn({"feierwehr": "Feierwehr"})

    assert (before, meant()) == (["Feuerwehr"], ["Feierwehr", "Feuerwehr"])


@pytest.mark.postgresql  # SQLite has no such index
def test_condition_is_answered_by_the_index(directory: dict[int, str]) -> None:
    found = finding.documents(finding.read("Feuerwehr Soest"), clock.now())

    assert "portal_document_words" in found.explain()
    assert Document.objects.count() == 6


def test_an_item_is_found_from_its_moment_on(open_round: Round, at: Callable[..., None]) -> None:
    item = factories.NewsFactory(title="Feuerwehr", planned=True)
    wanted = finding.read("Feuerwehr")
    moment = item.published_at
    found = []

    for now in (moment - timedelta(seconds=1), moment, moment + timedelta(seconds=1)):
        at(now)
        found.append(finding.documents(wanted, clock.now()).count())

    assert found == [0, 1, 1]


def test_a_project_changes_what_finds_it(directory: dict[int, str]) -> None:
    project = Project.objects.get(title="Schulbus")
    project.title = "Bürgerbus"
    projects.save(project)

    assert list(finding.matching(Project.objects.all(), "Bürgerbus")) == [project]
    assert list(finding.matching(Project.objects.all(), "Schulbus")) == []
