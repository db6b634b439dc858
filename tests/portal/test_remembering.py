"""What is remembered holds for its editions and its time, one value a key, so many of them; and no change is missed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Municipality
from landespreis import clock
from portal import keeping, remembering
from portal.actions import projects
from portal.models import Edition, Project, ProjectCategory, ProjectPartner, Topic
from portal.remembering import Memory
from submissions.models import Round
from tests.accounts.factories import MunicipalityFactory
from tests.conftest import MIDWAY
from tests.portal import factories

MINUTE = timedelta(minutes=1)
ONE = {"texts": 1, "words": 7}
Clock = Callable[[datetime], None]


@pytest.fixture
def memory() -> Memory[int]:
    return Memory("texts", "names", most=2)


def made(memory: Memory[int], numbers: dict[str, int] = ONE, now: datetime = MIDWAY, **more: Any) -> bool:
    """Say whether it was made anew."""
    calls: list[int] = []
    memory.get(numbers, now, lambda: calls.append(1) or 5, **more)  # type: ignore[func-returns-value]
    return bool(calls)


# Memory ----------------------------------------------------------------------------------------------


def test_value_is_made_once_and_returned(memory: Memory[int]) -> None:
    values = [memory.get(ONE, MIDWAY, partial(int, n)) for n in (3, 4)]

    assert values == [3, 3]


@pytest.mark.parametrize(
    ("numbers", "again"),
    [
        ({"texts": 2}, True),
        ({"texts": 0}, True),
        ({"texts": 1, "names": 1}, True),
        ({"texts": 1, "words": 8}, False),
        ({}, True),
    ],
)
def test_value_holds_for_the_editions_of_its_topics(memory: Memory[int], numbers: dict[str, int], again: bool) -> None:
    made(memory)

    assert made(memory, numbers) == again


@pytest.mark.parametrize(
    ("passed", "again"), [(-MINUTE, True), (0 * MINUTE, False), (MINUTE, False), (2 * MINUTE, True), (3 * MINUTE, True)]
)
def test_value_holds_from_its_making_until_its_end(memory: Memory[int], passed: timedelta, again: bool) -> None:
    made(memory, until=lambda _: MIDWAY + 2 * MINUTE)

    assert made(memory, now=MIDWAY + passed) == again


def test_what_was_not_used_longest_makes_room(memory: Memory[int]) -> None:
    for key in (1, 2, 1, 3):
        made(memory, key=key)

    assert [made(memory, key=key) for key in (1, 3, 2)] == [False, False, True]


def test_forgetting_pages_forgets_what_they_are_made_of(memory: Memory[int]) -> None:
    made(memory)
    keeping.forget()

    assert made(memory)


def test_a_failure_is_not_remembered(memory: Memory[int]) -> None:
    with pytest.raises(ZeroDivisionError):
        memory.get(ONE, MIDWAY, lambda: 1 // 0)

    assert made(memory)


# Pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def project(open_round: Round) -> Project:
    """A project with all that pages remember, and another one like it."""
    category = factories.ProjectCategoryFactory(name="Umwelt", key="umwelt", short_name="Umwelt")
    topic = factories.TopicFactory(name="Wasser", slug="wasser")
    lead = MunicipalityFactory(name="Soest, Stadt", ags="05974040", region="Arnsberg", district_ags="05974")
    shared = {"category": category, "topics": [topic], "lead": lead}
    factories.ProjectFactory(title="Das andere", slug="anderes", **shared)
    made: Project = factories.ProjectFactory(title="Das eine", slug="eines", partners=["Wasserverband"], **shared)
    return made


PATHS = ("/projekte/", "/projekte/?thema=wasser", "/projekte/?q=andere", "/projekte/karte/", "/projekte/eines/", "/")
CHANGES: dict[str, Callable[[Project], Any]] = {
    "a text": lambda p: projects.save(_with(p, abstract="Ein ganz neuer Text.")),
    "a title": lambda p: projects.save(_with(p, title="Etwas ganz anderes")),
    "taken back": lambda p: Project.objects.filter(slug="anderes").update(published_at=None),
    "put off": lambda p: Project.objects.filter(slug="anderes").update(published_at=clock.now() + MINUTE),
    "deleted": lambda p: Project.objects.filter(slug="anderes").delete(),
    "published": lambda p: factories.ProjectFactory(title="Ein drittes", topics=list(p.topics.all())),
    "category": lambda p: ProjectCategory.objects.update(short_name="Natur"),
    "topic": lambda p: Topic.objects.update(name="Gewässer"),
    "town": lambda p: Municipality.objects.filter(pk=p.lead_id).update(
        name="Neu-Soest, Stadt", label="Stadt Neu-Soest"
    ),
    "partner": lambda p: p.partners.update(name="Verband am Bach"),
    "funded": lambda p: projects.save(_with(p, is_funded=True)),
    "contest": lambda p: projects.save(_with(p, edition="3. Landespreis 2027")),
}


def _with(project: Project, **fields: Any) -> Project:
    for name, value in fields.items():
        setattr(project, name, value)
    return project


def body(path: str) -> str:
    return Client().get(path).content.decode()


@pytest.mark.parametrize("what", CHANGES)
def test_pages_show_a_change_as_if_nothing_was_remembered(project: Project, what: str) -> None:
    before = {path: body(path) for path in PATHS}

    CHANGES[what](project)
    after = {path: body(path) for path in PATHS}
    keeping.forget()

    assert after == {path: body(path) for path in PATHS}
    assert any(after[path] != before[path] for path in PATHS)


def test_pages_change_with_time_and_back(project: Project, at: Clock) -> None:
    Project.objects.filter(slug="anderes").update(published_at=clock.now() + MINUTE)
    moments = [clock.now() + step * MINUTE for step in (0, 1, 0, 1)]

    shown = []
    for moment in moments:
        at(moment)
        shown.append(["Das andere" in body(path) for path in PATHS if "q=" not in path and "karte" not in path])

    assert shown == [[False] * 4, [True] * 4] * 2


def test_rollback_leaves_what_was_remembered(project: Project) -> None:
    before = [body(path) for path in PATHS]

    with transaction.atomic():
        CHANGES["topic"](project)
        transaction.set_rollback(True)

    assert [body(path) for path in PATHS] == before


@pytest.mark.parametrize(
    ("path", "most", "most_of_postgresql"),
    [("/projekte/", 3, 2), ("/projekte/karte/", 1, 1), ("/projekte/eines/", 6, 3), ("/", 3, 2)],
)
def test_page_after_another_text_asks_for_little(
    project: Project, path: str, most: int, most_of_postgresql: int
) -> None:
    body(path)
    projects.save(_with(project, abstract="Ein ganz neuer Text."), partners=list(project.partners.all()), topics=None)

    with CaptureQueriesContext(connection) as asked:
        page = body(path)

    assert len(asked) <= (most_of_postgresql if connection.vendor == "postgresql" else most)
    assert ("ganz neuer Text" in page) == (path != "/projekte/karte/")


def test_saving_a_text_leaves_the_catalogue_as_it_is(project: Project) -> None:
    def catalogue() -> int:
        return Edition.objects.numbers(["catalogue"])["catalogue"]

    before, keys = catalogue(), set(project.facets.values_list("pk", flat=True))
    partners = list(project.partners.all())

    projects.save(_with(project, abstract="Neu."), partners=partners, topics=project.topics.all())
    same = catalogue()
    projects.save(project, partners=[ProjectPartner(name="Anderer Verband", kind="zweckverband")])

    assert (same, set(project.facets.values_list("pk", flat=True))) == (before, keys)
    assert [row.name for row in project.partners.all()] == ["Anderer Verband"]
    assert catalogue() > before


def test_forget_clears_every_memory(memory: Memory[int]) -> None:
    made(memory)

    remembering.forget()

    assert made(memory)
