"""The portal's journal in the admin: found by verb, person and day, in German, and never to be changed."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from landespreis import chaining, journal, purging
from landespreis.clock import BERLIN
from landespreis.models import Link, Purge, Trace
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory
from tests.landespreis.chained import NIGHT, three_days

LIST = reverse("admin:landespreis_trace_changelist")
Verb = journal.Verb


@pytest.fixture
def user(db: None) -> User:
    person: User = StaffFactory(superuser=True, name="Arne Peukert")
    return person


@pytest.fixture
def office(client: Client, user: User) -> Client:
    show_factor(client, user)
    return client


def rows(office: Client, **query: Any) -> list[str]:
    """Return what the listed lines are about."""
    found = office.get(LIST, query)
    assert found.status_code == 200
    return [trace.about for trace in found.context["cl"].result_list]


def test_list_speaks_german(office: Client) -> None:
    person = UserFactory(name="Meike Brandhorst")
    journal.note(Verb.LOGGED_IN, by=person, how=["password", "totp"])
    journal.note(Verb.ADMIN_CHANGED, by=person, about="Person 5", fields=["Name", "aktiv"], model="accounts.user")

    page = office.get(LIST).content.decode()

    assert "Verlauf des Portals" in page
    for words in ("angemeldet", "in der Verwaltung geändert", "mit Passwort, Authenticator-App", "Felder Name, aktiv"):
        assert words in page
    assert f'<a href="?person={person.pk}">Meike Brandhorst</a>' in page


def test_filters_find_verb_person_and_day(office: Client, user: User, at: Any) -> None:
    person = UserFactory()
    at(datetime(2026, 1, 17, 9, 0, tzinfo=BERLIN))
    journal.note(Verb.LOGGED_IN, by=person, about="eins")
    at(datetime(2026, 1, 18, 9, 0, tzinfo=BERLIN))
    journal.note(Verb.LOGIN_FAILED, by=None, about="zwei")
    journal.note(Verb.EXPORTED, by=user, about="drei")

    assert rows(office) == ["drei", "zwei", "eins"]
    assert rows(office, vorgang="login_failed") == ["zwei"]
    assert rows(office, person=user.pk) == ["drei"]
    assert rows(office, person=person.pk) == ["eins"]
    assert rows(office, person=0) == ["zwei"]
    assert rows(office, person="niemand") == ["drei", "zwei", "eins"]
    assert rows(office, at__year=2026, at__month=1, at__day=18) == ["drei", "zwei"]
    assert rows(office, q="ei") == ["drei", "zwei", "eins"]
    assert rows(office, q=person.email) == ["eins"]


def test_filter_names_whoever_was_clicked(office: Client) -> None:
    person = UserFactory(name="Nicht Verwaltung")

    page = office.get(LIST, {"person": person.pk}).content.decode()

    assert "Nicht Verwaltung" in page


@pytest.mark.parametrize("count", [1, 3])
def test_list_needs_the_same_queries_for_any_number(office: Client, count: int, django_assert_num_queries: Any) -> None:
    for person in UserFactory.create_batch(count):
        journal.note(Verb.LOGGED_IN, by=person)
    office.get(LIST)

    with django_assert_num_queries(9):
        office.get(LIST)


def test_line_leads_to_the_account_it_is_about(office: Client) -> None:
    person = UserFactory(name="Okan Demirel")
    trace = journal.note(Verb.LOGIN_FAILED, by=None, about=f"Konto {person.pk}", account=person.pk)

    page = office.get(reverse("admin:landespreis_trace_change", args=[trace.pk])).content.decode()

    assert f'<a href="/admin/accounts/user/{person.pk}/change/">Okan Demirel</a>' in page


def test_line_shows_everything_it_tells(office: Client) -> None:
    trace = journal.note(Verb.LOGIN_FAILED, by=None, about="Adresse ohne Konto", mark="<b>0af1</b>")

    page = office.get(reverse("admin:landespreis_trace_change", args=[trace.pk])).content.decode()

    assert "&lt;b&gt;0af1&lt;/b&gt;" in page
    assert "Anmeldung gescheitert" in page


@pytest.mark.parametrize("name", ["trace", "link", "purge"])
def test_nothing_can_be_added_changed_or_deleted(office: Client, user: User, at: Any, name: str) -> None:
    three_days(at)
    with purging.opened(["landespreis_trace"], reason="Frist", by=user, second=StaffFactory()):
        Trace.objects.filter(pk=Trace.objects.earliest("pk").pk).delete()
    model = {"trace": Trace, "link": Link, "purge": Purge}[name]
    row = model._default_manager.latest("pk")  # type: ignore[attr-defined]
    pages = {page: reverse(f"admin:landespreis_{name}_{page}", args=[row.pk]) for page in ("change", "delete")}
    pages["add"] = reverse(f"admin:landespreis_{name}_add")

    assert office.get(reverse(f"admin:landespreis_{name}_changelist")).status_code == 200
    assert office.get(pages["change"]).status_code == 200
    answers = {page: office.post(path, {"about": "anders"}).status_code for page, path in pages.items()}

    assert answers == {"change": 403, "delete": 403, "add": 403}


def test_purge_tells_what_went(office: Client, user: User, at: Any) -> None:
    three_days(at)
    with purging.opened(["landespreis_trace"], reason="Frist um", by=user, second=StaffFactory()) as purge:
        Trace.objects.filter(pk=Trace.objects.earliest("pk").pk).delete()

    page = office.get(reverse("admin:landespreis_purge_change", args=[purge.pk])).content.decode()

    assert "landespreis_trace: 1" in page
    assert "Frist um" in page


@pytest.mark.parametrize(("role", "status"), [("Geschäftsstelle", 200), ("Redaktion", 403)])
def test_who_may_read_the_journal(client: Client, role: str, status: int, db: None) -> None:
    call_command("load_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name=role))
    show_factor(client, person)

    assert client.get(LIST).status_code == status


@pytest.mark.usefixtures("lasting_sessions")
def test_overview_tells_until_when_the_journal_is_chained(office: Client, at: Any) -> None:
    three_days(at)
    assert "verkettet bis 19. Januar 2026" in office.get(reverse("admin:index")).content.decode()

    at(datetime(2026, 1, 23, 4, 0, tzinfo=BERLIN))
    page = office.get(reverse("admin:index")).content.decode()

    assert "<b>3</b> Tage im Verlauf nicht verkettet" in page
    assert chaining.link_days(NIGHT) == 0
