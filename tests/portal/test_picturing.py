"""The pictures that the portal draws: what they show, at which address, to whom."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Municipality, User
from landespreis import mapping
from portal import picturing, tessellation
from portal.actions import projects
from portal.models import Hue, Project, ProjectPartner
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories

Queries = Callable[..., Any]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    cache.clear()


def parts(content: bytes) -> list[tuple[str, str]]:
    root = ElementTree.fromstring(content)  # noqa: S314 - our own
    return [(part.tag.removeprefix(SVG), part.get("class", "")) for part in root.iter()]


def town(latitude: float, longitude: float, **fields: Any) -> Municipality:
    found: Municipality = MunicipalityFactory(latitude=latitude, longitude=longitude, **fields)
    return found


def soest() -> Municipality:
    return town(51.5733, 8.1065, district_ags="05974")


def rheinland() -> Municipality:
    return town(
        50.93333, 6.95, ags=None, name="Landschaftsverband Rheinland (LVR)", label="Landschaftsverband Rheinland",
        district_ags="", region="Düsseldorf, Köln", kind=Municipality.Kind.ASSOCIATION,
    )  # fmt: skip


def fresh(project: Project) -> Project:
    return Project.objects.with_all().get(pk=project.pk)


# What is drawn -----------------------------------------------------------------------------------------


def test_picture_ties_partners_of_the_register_to_the_lead(db: None) -> None:
    project = factories.ProjectFactory(lead=soest(), partners=[town(51.55, 7.91), town(51.66, 8.0), "Wasserverband"])

    drawn = parts(picturing.draw(project).content)

    assert drawn.count(("circle", "a")) == 1
    assert drawn.count(("circle", "d")) == 2
    assert drawn.count(("path", "o")) == 1
    assert drawn.count(("path", "")) == 2 * 2  # each tie twice: a broad line below a slim one


def test_picture_of_a_lead_that_is_named_as_partner_too_shows_it_once(db: None) -> None:
    lead = soest()
    project = factories.ProjectFactory(lead=lead, partners=[lead])

    assert ("circle", "d") not in parts(picturing.draw(project).content)


def test_picture_of_a_landschaftsverband_shows_its_whole_area(db: None) -> None:
    project = factories.ProjectFactory(lead=rheinland())

    drawn = parts(picturing.draw(project).content)

    mine = [shape for shape in mapping.shapes() if shape.region in {"051", "053"}]
    assert drawn.count(("path", "o")) == len(mine)
    assert drawn.count(("circle", "a")) == 1


def test_picture_of_a_draft_without_lead_and_category_is_the_country(db: None) -> None:
    project = factories.ProjectFactory(lead=None, category=None, draft=True)

    drawn = parts(picturing.draw(project).content)

    assert drawn.count(("path", "l")) == 53
    assert ("circle", "a") not in drawn


def test_picture_with_300_partners_shows_each(db: None) -> None:
    rows = [town(50.5 + n % 20 / 10, 6.2 + n / 100, district_ags="05974") for n in range(300)]
    project = factories.ProjectFactory(lead=soest(), partners=rows)

    content = picturing.draw(project).content

    assert parts(content).count(("circle", "d")) == 300
    assert len(content) < 120_000


def test_picture_has_the_hue_of_its_category_by_day_and_night(db: None) -> None:
    colours = set()
    for hue in Hue.values:
        project = factories.ProjectFactory(category=factories.ProjectCategoryFactory(hue=hue))
        style = re.findall(rb"<style>(.*)</style>", picturing.draw(project).content)[0]
        assert b"@media (prefers-color-scheme:dark)" in style
        colours.add(re.findall(rb"\.o\{fill:(#\w+)", style)[0])

    assert len(colours) == 6


def test_picture_is_drawn_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    project = factories.ProjectFactory()
    first = picturing.draw(project)
    monkeypatch.delattr(mapping, "scene")

    assert picturing.draw(fresh(project)) == first


# Its address -------------------------------------------------------------------------------------------


def test_address_asks_nothing_of_a_list(db: None, django_assert_num_queries: Queries) -> None:
    for _ in range(3):
        factories.ProjectFactory(partners=[MunicipalityFactory(), "Wasserverband"])

    with django_assert_num_queries(2):
        addresses = [picturing.address(project) for project in Project.objects.with_all()]

    assert len(set(addresses)) == 3


def test_address_is_the_same_for_the_same_picture(db: None) -> None:
    project = factories.ProjectFactory(partners=[MunicipalityFactory()])
    before = picturing.address(project)
    project.abstract = "Anderer Text."
    projects.save(project)

    assert picturing.address(fresh(project)) == before


@pytest.mark.parametrize("what", ["hue", "lead", "partner", "place"])
def test_address_changes_with_the_picture(db: None, what: str) -> None:
    project = factories.ProjectFactory(partners=[MunicipalityFactory()])
    before = picturing.address(fresh(project))
    if what == "hue":
        project.category.hue = Hue.ORANGE
        project.category.save()
    elif what == "lead":
        project.lead = soest()
        projects.save(project)
    elif what == "partner":
        projects.save(project, partners=[ProjectPartner(municipality=town(51.9, 7.6))])
    else:
        Municipality.objects.filter(pk=project.lead.pk).update(latitude=51.9)

    assert picturing.address(fresh(project)) != before


# How it is answered ------------------------------------------------------------------------------------


def test_picture_is_kept_for_good_and_lets_nothing_run(client: Client, db: None) -> None:
    project = factories.ProjectFactory(partners=[MunicipalityFactory()])

    response = client.get(picturing.address(project))
    again = client.get(picturing.address(project), headers={"If-None-Match": response.headers["ETag"]})

    style = re.findall(rb"<style>(.*)</style>", response.content)[0]
    allowed = base64.b64encode(hashlib.sha256(style).digest()).decode()
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    policy = response.headers["Content-Security-Policy"]
    assert policy == f"default-src 'none'; style-src 'sha256-{allowed}'; sandbox"
    assert "Vary" not in response.headers
    assert not response.cookies
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == response.headers["Cache-Control"]


def test_picture_of_before_leads_to_the_present_one_for_now(client: Client, db: None) -> None:
    project = factories.ProjectFactory()
    old = picturing.address(project)
    project.slug = "neue-adresse"
    projects.save(project)
    project.category.hue = Hue.VIOLET
    project.category.save()

    response = client.get(old)

    assert response.status_code == 302  # not for good: the picture may become again what it was
    assert response.headers["Location"] == picturing.address(fresh(project))
    assert "max-age" not in response.headers.get("Cache-Control", "")


@pytest.mark.parametrize("trait", ["planned", "draft"])
def test_picture_of_what_is_not_out_is_for_editors(client: Client, db: None, trait: str) -> None:
    project = factories.ProjectFactory(**{trait: True})
    assert client.get(picturing.address(project)).status_code == 404
    editor: User = StaffFactory(superuser=True)
    client.force_login(editor)

    response = client.get(picturing.address(project))

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", [
    "/projekte/bild/erfunden-0123456789ab.svg", "/projekte/bild/-.svg", "/projekte/bild/x.svg",
    "/projekte/bild/%00-1.svg", "/projekte/bild/" + "x" * 3000 + "-1.svg",
    "/projekte/bild/..%2f..-1.svg", "/projekte/muster/rot-3-1.svg",
    "/projekte/muster/blau-1-1.svg", "/projekte/muster/blau-10-1.svg", "/projekte/muster/blau-3-64.svg",
    "/projekte/muster/blau-3-" + "9" * 400 + ".svg", "/projekte/muster/blau--3-1.svg",
])  # fmt: skip
def test_there_are_no_other_pictures(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_hostile_version_leads_to_the_present_picture(client: Client, db: None) -> None:
    project = factories.ProjectFactory()

    for version in ("x" * 2000, "%00", "'; DROP", "%3Cscript%3E"):
        response = client.get(f"/projekte/bild/{project.slug}-{version}.svg")
        assert response.headers["Location"] == picturing.address(project)


def test_picture_asks_the_database_a_fixed_number_of_times(
    client: Client, db: None, django_assert_num_queries: Queries
) -> None:
    project = factories.ProjectFactory(partners=MunicipalityFactory.create_batch(3))
    path = picturing.address(project)

    with django_assert_num_queries(2):
        client.get(path)


# The pattern that stands for a photo -------------------------------------------------------------------


@pytest.mark.parametrize("count", range(tessellation.FEWEST, tessellation.MOST + 1))
def test_pattern_joins_as_many_neighbours_as_take_part(count: int) -> None:
    for seed in range(tessellation.SEEDS):
        fields = list(tessellation.fields(count, seed))
        joined = {(int(x), int(y)) for tone, d in fields if tone == "d" for x, y in re.findall(r"^M(\d+) (\d+)", d)}
        reached = {min(joined)}
        for _ in joined:
            reached |= {(x, y) for x, y in joined for a, b in reached if abs(x - a) + abs(y - b) == tessellation.SIDE}

        assert len(fields) == tessellation.COLUMNS * tessellation.ROWS
        assert (len(joined), reached) == (count, joined)


def test_pattern_is_the_same_each_time(client: Client, db: None) -> None:
    project = factories.ProjectFactory(partners=[*MunicipalityFactory.create_batch(3), "Wasserverband"])
    path = picturing.pattern_address(project)

    response = client.get(path)
    again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})

    assert re.fullmatch(r"/projekte/muster/grau-5-\d+\.svg", path)
    assert response.content == client.get(path).content
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert again.status_code == 304
