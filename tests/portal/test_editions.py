"""Every write to what public pages show makes a new edition of its topic, by whatever way it is written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, Model

from landespreis import clock
from portal.actions.indexing import learn
from portal.models import Block, Edition, NewsCategory, Newsletter, Project
from submissions.models import Round
from tests.portal import factories

WATCHED = {
    "submissions.Round": "round",
    "submissions.Category": "round",
    "submissions.Criterion": "round",
    "jury.Seat": "round",
    "portal.News": "news",
    "portal.NewsCategory": "news",
    "portal.FormerAddress": "news",
    "portal.Picture": "news",
    "portal.Page": "pages",
    "portal.FaqSection": "faq",
    "portal.FaqEntry": "faq",
    "portal.Download": "downloads",
    "portal.ProjectCategory": "projects",
    "portal.Topic": "projects",
    "portal.Project": "projects",
    "portal.Project_topics": "projects",
    "portal.ProjectPartner": "projects",
    "portal.FormerProjectAddress": "projects",
    "portal.Event": "events",
    "portal.Event_downloads": "events",
    "portal.FormerEventAddress": "events",
    "portal.Registration": "events",
    "portal.Newsletter": "newsletters",
    "portal.Block": "newsletters",
    "portal.Document": "search",
    "portal.Spelling": "spellings",
}


@pytest.fixture
def content(round: Round) -> None:
    """A row of everything that is watched."""
    round.seats.create(key="bank", institution="NRW.BANK", short_name="NRW.BANK", position=1)
    item = factories.NewsFactory(picture=factories.picture())
    item.former_addresses.create(slug="frueher")
    factories.page()
    factories.faq_entry()
    learn({"feuerwehr": "Feuerwehr"})
    talk = factories.download()
    project = factories.ProjectFactory(partners=["Wasserverband"], topics=[factories.TopicFactory()])
    project.former_addresses.create(slug="frueher")
    event = factories.EventFactory()
    event.former_addresses.create(slug="frueher")
    event.downloads.add(talk)
    event.registrations.create(name="Ada Muster", email="ada@stadt.example", created_at=clock.now())
    issue = Newsletter.objects.create(subject="Der Start", changed_at=clock.now())
    issue.blocks.create(kind=Block.Kind.TEXT, body="Guten Tag.")


def number(topic: str) -> int:
    return Edition.objects.numbers([topic])[topic]


def counts(topic: str, write: Callable[[], Any]) -> bool:
    before = number(topic)
    write()
    return number(topic) > before


@pytest.mark.parametrize(("label", "topic"), WATCHED.items())
def test_update_of_a_watched_table_counts(content: None, label: str, topic: str) -> None:
    model: type[Model] = apps.get_model(label)
    column = model._meta.fields[1].name

    assert counts(topic, lambda: model._default_manager.order_by().update(**{column: F(column)}))


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("portal.ProjectFacet", "value"), ("portal.ProjectCategory", "short_name"), ("portal.Topic", "name"),
        ("accounts.Municipality", "name"), ("portal.Project", "published_at"), ("portal.Project", "edition"),
        ("portal.Project", "sort_key"), ("portal.ProjectPartner", "country"), ("portal.ProjectPartner", "kind"),
    ],
)  # fmt: skip
def test_catalogue_counts_what_it_tells(content: None, label: str, column: str) -> None:
    model: type[Model] = apps.get_model(label)
    other = {"country": "NL", "kind": "andere", "published_at": clock.now()}.get(column, "anders")
    rows = model._default_manager.filter(pk=model._default_manager.order_by("pk").values("pk")[:1])

    assert counts("catalogue", lambda: rows.update(**{column: other}))


def test_catalogue_leaves_out_texts_and_what_stays_the_same(content: None) -> None:
    project = Project.objects.get()

    assert not counts("catalogue", lambda: Project.objects.update(abstract="Neu", published_at=F("published_at")))
    assert not counts("catalogue", project.save)
    assert counts("catalogue", project.delete)


def test_insert_and_delete_count(db: None) -> None:
    assert counts("news", lambda: NewsCategory.objects.create(name="Neu", slug="neu"))
    assert counts("news", lambda: NewsCategory.objects.all().delete())


def test_rollback_takes_the_edition_along(db: None) -> None:
    before = number("pages")

    with transaction.atomic():
        factories.page()
        assert number("pages") > before
        transaction.set_rollback(True)

    assert number("pages") == before


def test_numbers_knows_topics_that_never_changed(db: None) -> None:
    assert Edition.objects.numbers(["unbekannt"]) == {"unbekannt": 0}


def test_a_number_given_to_an_entry_makes_no_edition(round: Round) -> None:
    assert not counts("round", lambda: Round.objects.update(last_number=F("last_number") + 1))


@pytest.mark.postgresql  # a file does not go away
@pytest.mark.django_db(transaction=True)
def test_numbers_are_asked_again_where_a_kept_connection_has_died() -> None:
    factories.page()
    connection.ensure_connection()
    connection.connection.close()

    assert number("pages") > 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_kept_connection_that_was_ended_is_opened_anew() -> None:
    before = Edition.objects.every()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()

    assert Edition.objects.every() == before
