"""The jury and the Verwaltung kept apart, and the header's way to the jury."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from jury.actions import seats as verbs
from jury.models import Juror
from landespreis import clock
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import PASSWORD, StaffFactory, UserFactory
from tests.jury import factories

LINK = '<a href="/jury/">Jury</a>'
PUBLIC = "/landespreis/"


@pytest.fixture
def juror(open_round: Round) -> Juror:
    return factories.juror(factories.seats(open_round)[1])


def log_in(client: Client, user: User) -> None:
    """Log in by the form, and with the second factor where there is one."""
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def has_link(client: Client) -> bool:
    return LINK in client.get(PUBLIC).content.decode()


# One role --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/jury/seat/", "/jury/", "/einreichungen/"])
def test_staff_who_fill_a_seat_are_kept_out_everywhere(client: Client, juror: Juror, path: str) -> None:
    assert juror.user
    User.objects.filter(pk=juror.user.pk).update(is_staff=True, is_superuser=True)
    show_factor(client, juror.user)

    answer = client.get(path)

    assert answer.status_code == 403
    assert "Ein Konto kann nicht beides sein" in answer.content.decode()
    assert client.get(PUBLIC).status_code == 200


@pytest.mark.parametrize("path", ["/admin/", "/einreichungen/"])
def test_staff_whose_service_ended_come_in_again(client: Client, juror: Juror, path: str) -> None:
    assert juror.user
    User.objects.filter(pk=juror.user.pk).update(is_staff=True, is_superuser=True)
    Juror.objects.update(until=clock.now())
    show_factor(client, juror.user)

    assert client.get(path).status_code == 200


def test_juror_without_staff_uses_their_own_pages(client: Client, juror: Juror) -> None:
    assert juror.user
    show_factor(client, juror.user)

    assert [client.get(path).status_code for path in ("/jury/", "/einreichungen/", "/admin/")] == [200, 200, 404]


# The header ------------------------------------------------------------------------------------------


def seated(round: Round, user: User) -> Juror:
    """Put `user`, who has no second factor, on a seat."""
    seat, now = factories.seats(round)[1], clock.now()
    return Juror.objects.create(
        seat=seat, user=user, name=user.name, email=user.email, since=now.date(), invited_at=now, confirmed_at=now
    )


def test_header_leads_a_juror_to_the_jury_after_logging_in(client: Client, open_round: Round) -> None:
    user = UserFactory()
    seated(open_round, user)

    log_in(client, user)

    assert has_link(client)


def test_header_leads_nobody_else(client: Client, juror: Juror) -> None:
    assert not has_link(client)
    log_in(client, UserFactory())
    assert not has_link(client)


def test_header_link_goes_with_the_seat(client: Client, open_round: Round) -> None:
    user = UserFactory()
    juror = seated(open_round, user)
    log_in(client, user)

    verbs.end(juror, by=StaffFactory(superuser=True))

    assert not has_link(client)


def test_header_link_comes_with_accepting(client: Client, open_round: Round) -> None:
    office = StaffFactory(superuser=True)
    user = UserFactory()
    log_in(client, user)
    seat = factories.seats(open_round)[1]
    juror = verbs.name(seat, name=user.name, email=user.email, since=clock.now().date(), by=office)
    juror = verbs.invite(juror, by=office)
    before = has_link(client)

    client.post(reverse("jury:invitation", args=[verbs.token(juror)]))

    assert (before, has_link(client)) == (False, True)


def test_header_of_the_next_person_in_the_same_browser_has_no_link(client: Client, open_round: Round) -> None:
    user = UserFactory()
    seated(open_round, user)
    log_in(client, user)
    client.post(reverse("account_logout"))

    log_in(client, UserFactory())

    assert not has_link(client)


def test_header_on_pages_of_the_jury_has_the_link_always(client: Client, juror: Juror) -> None:
    assert juror.user
    show_factor(client, juror.user)  # a session without the note of a login

    assert 'href="/jury/" aria-current="page">Jury' in client.get("/jury/").content.decode()


def test_header_asks_the_database_for_jurors_only(
    client: Client, open_round: Round, login: Callable[[User], Client]
) -> None:
    login(UserFactory())
    client.get(PUBLIC)

    with CaptureQueriesContext(connection) as queries:
        client.get(PUBLIC)

    assert [query["sql"] for query in queries if "jury_juror" in query["sql"]] == []
