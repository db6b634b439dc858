"""The categories and topics that come with the portal, and that what staff have changed outlives them."""

from io import StringIO

import pytest
from django.core.management import call_command

from portal.models import ProjectCategory, Topic
from submissions.models import Round

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_directory", stdout=out)
    return out.getvalue()


def test_load_directory_puts_the_categories_of_the_round_in_place(round: Round) -> None:
    said = load()

    loaded = ProjectCategory.objects.values_list("key", "name", "short_name", "position")
    assert list(loaded) == list(round.categories.values_list("key", "name", "short_name", "position"))
    assert list(ProjectCategory.objects.values_list("hue", flat=True)) == [
        "blau", "hellblau", "violett", "tuerkis", "orange", "grau",
    ]  # fmt: skip
    assert said == f"Neu im Verzeichnis: 6 Kategorien, {Topic.objects.count()} Themen.\n"


def test_load_directory_sorts_its_topics_by_name() -> None:
    load()

    names = list(Topic.objects.values_list("name", flat=True))
    assert names == sorted(names)
    assert 12 <= len(names) <= 18


def test_load_directory_twice_changes_nothing() -> None:
    load()
    before = list(ProjectCategory.objects.values()) + list(Topic.objects.values())

    assert load() == "Neu im Verzeichnis: 0 Kategorien, 0 Themen.\n"
    assert list(ProjectCategory.objects.values()) + list(Topic.objects.values()) == before


def test_load_directory_keeps_what_staff_have_changed() -> None:
    load()
    ProjectCategory.objects.filter(key="krisen").update(name="Krise", hue="grau")
    ProjectCategory.objects.filter(key="umwelt").update(key="umwelt-und-planung")
    Topic.objects.filter(slug="digitalisierung").delete()

    load()

    assert ProjectCategory.objects.get(key="krisen").hue == "grau"
    assert ProjectCategory.objects.count() == 6
    assert not Topic.objects.filter(slug="digitalisierung").exists()
