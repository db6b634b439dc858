"""The demo's portal: in every phase something is out, one item waits, and every link leads somewhere."""

import json
import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import resolve

from landespreis import clock, mapping
from landespreis.demo import stage
from portal import demo
from portal.models import (
    Block,
    Delivery,
    Download,
    FaqEntry,
    Inquiry,
    News,
    Newsletter,
    Page,
    Project,
    ProjectCategory,
    ProjectFacet,
    Subscriber,
)
from submissions.models import Round
from tests.accounts.factories import StaffFactory

pytestmark = pytest.mark.embedded
Kind = ProjectFacet.Kind
KINDS = (Kind.DISTRICT, Kind.REGION, Kind.CATEGORY, Kind.TOPIC)


@pytest.fixture
def phase(settings: Any, tmp_path: Any, round: Round) -> Any:
    call_command("load_municipalities", stdout=StringIO())
    settings.DEMO, settings.CLOCK_FILE, settings.NOW_ORIGIN = True, tmp_path / "clock.json", None

    def fill(name: str) -> None:
        clock.set_now(stage.PHASES[name])
        demo.fill(name)
        clock.set_now(stage.PHASES[name])

    return fill


@pytest.mark.parametrize(("name", "out", "projects", "newest"), [
    ("announced", 4, 37, "Gewerbesteuer richtig prüfen: fünf Städte, ein Team"),
    ("open", 8, 39, "Ein Meister für fünf Kläranlagen"),
    ("lastday", 9, 39, "Ein Meister für fünf Kläranlagen"),
    ("jury", 11, 40, "Feuerwehrschule Hönnetal: ausgebildet wird an einem Ort"),
    ("session", 12, 40, "Feuerwehrschule Hönnetal: ausgebildet wird an einem Ort"),
    ("published", 14, 40, "Feuerwehrschule Hönnetal: ausgebildet wird an einem Ort"),
])  # fmt: skip
def test_phase_has_what_is_out_and_news_to_come(
    phase: Any, client: Client, name: str, out: int, projects: int, newest: str
) -> None:
    phase(name)

    now = clock.now()
    assert News.objects.published(now).count() == out
    assert News.objects.filter(published_at__gt=now).count() == 1
    assert Project.objects.published(now).count() == projects
    first = Project.objects.published(now).first()
    assert first
    assert str(first) == newest
    for rows in (News.objects.all(), Project.objects.all()):
        assert all(row.changed_at <= now + timedelta(minutes=1) for row in rows)
    assert str(first) in client.get("/").content.decode()
    shapes = {shape["ags"] for shape in json.loads(mapping.SHIPPED.read_text())["kreise"]}
    districts = ProjectFacet.objects.filter(kind=Kind.DISTRICT, project__in=Project.objects.published(now))
    assert set(districts.values_list("value", flat=True)) == shapes, "spread over the land"


def test_phase_has_questions_downloads_pages_and_messages(phase: Any, client: Client) -> None:
    phase("open")

    assert (Page.objects.count(), FaqEntry.objects.count()) == (7, 19)
    talks = Download.objects.published(clock.now())
    assert talks.count() == 4
    assert [talk.name for talk in talks if not 100_000 < talk.size < 1_000_000] == []
    assert sorted(Inquiry.objects.values_list("kind", flat=True)) == ["barriere", "kontakt"]


def test_directory_is_spread_over_land_origins_and_prizes(phase: Any) -> None:
    phase("published")

    shapes = {shape["ags"] for shape in json.loads(mapping.SHIPPED.read_text())["kreise"]}
    facets = {kind: set(ProjectFacet.objects.filter(kind=kind).values_list("value", flat=True)) for kind in KINDS}
    assert facets[Kind.DISTRICT] == shapes
    assert len(facets[Kind.REGION]) == 5
    assert facets[Kind.CATEGORY] == set(ProjectCategory.objects.values_list("key", flat=True))
    assert len(facets[Kind.TOPIC]) >= 14
    by_origin = [Project.objects.filter(origin=origin, submission=None).count() for origin in Project.Origin.values]
    assert by_origin == [19, 9, 12]
    first = Project.objects.filter(prize_year=2022)
    assert sorted(first.values_list("category__key", flat=True)) == [
        "austausch",
        "krisen",
        "pflichtaufgaben",
        "umwelt",
        "wirtschaft",
    ]
    assert set(first.values_list("edition", flat=True)) == {"1. Landespreis 2021/22"}


def test_projects_are_believable(phase: Any) -> None:
    phase("published")
    rows = list(Project.objects.filter(submission=None))

    words = {row.title: len(re.findall(r"\w+", f"{row.abstract} {row.body}")) for row in rows}
    assert {title: count for title, count in words.items() if not 120 <= count <= 250} == {}
    assert len({row.abstract for row in rows}) == len({row.body for row in rows}) == len(rows)
    assert [row for row in rows if row.body_html.count("<h2>") not in {2, 3}] == []
    assert [
        row for row in rows if len(row.abstract) > 800 or not row.partners.exists() or not row.topics.exists()
    ] == []
    told = [row for row in rows if row.contact_email or row.website]
    assert [row for row in told if not re.search(r"[.]example/?$", row.contact_email or row.website)] == []
    assert {resolve(row.get_absolute_url()).url_name for row in rows} == {"project"}


def test_links_in_texts_lead_somewhere(phase: Any, client: Client) -> None:
    StaffFactory()
    phase("published")
    texts = [row.body_html for model in (News, Page, Project) for row in model._default_manager.all()]
    texts += [entry.answer_html for entry in FaqEntry.objects.all()]
    texts += [block.body_html for block in Block.objects.all()]
    links = {link for text in texts for link in re.findall(r'href="(/[^"#]*)', text)}

    assert len(links) > 5
    assert {client.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize(("name", "out", "readers"), [("announced", 4, 22), ("published", 7, 24)])
def test_phase_has_issues_of_the_newsletter_and_one_being_written(
    phase: Any, client: Client, name: str, out: int, readers: int
) -> None:
    StaffFactory()
    phase(name)

    issues = list(Newsletter.objects.published(clock.now()).order_by("released_at"))
    assert [issue.label for issue in issues[:4]] == ["I/2025", "II/2025", "III/2025", "IV/2025"]
    assert (len(issues), Newsletter.objects.filter(status="draft").count()) == (out, 1)
    assert {issue.status for issue in issues} == {"sent"}
    assert Subscriber.objects.active().count() == readers
    assert not Delivery.objects.exclude(status__in=("sent", "failed")).exists()
    assert {client.get(issue.get_absolute_url()).status_code for issue in issues} == {200}
    assert all(issue.blocks.count() >= 2 for issue in issues)
