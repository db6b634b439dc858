"""The verbs on access: roles, lock and unlock, end sessions, reset a second factor."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts import access, actions
from accounts.entrance import called
from accounts.models import User
from landespreis.models import Trace
from landespreis.refusal import NotAllowed, Refused
from tests.accounts.factories import PASSWORD, StaffFactory, UserFactory, staff
from tests.landespreis.circulars import undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> User:
    return staff()


@pytest.fixture
def admin(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


def assign(user: User, by: User, *names: str, is_administration: bool = False, reason: str = "neu im Haus") -> User:
    roles = list(Group.objects.filter(name__in=names))
    assert len(roles) == len(names)
    return access.assign_roles(user, by=by, roles=roles, is_administration=is_administration, reason=reason)


def test_assign_roles_opens_the_verwaltung_and_says_why(office: User, admin: User) -> None:
    person = UserFactory()

    assign(person, admin, "Redaktion")
    assign(person, admin, "Geschäftsstelle", is_administration=True)

    fresh = User.objects.get(pk=person.pk)
    assert (fresh.roles, fresh.is_staff) == (["Administration", "Geschäftsstelle"], True)
    first, second = Trace.objects.order_by("pk")
    assert (first.verb, first.by, first.about) == ("roles_changed", admin, called(person.pk))
    assert first.detail == {"account": person.pk, "given": ["Redaktion"], "taken": [], "reason": "neu im Haus"}
    assert (second.detail["given"], second.detail["taken"]) == (["Administration", "Geschäftsstelle"], ["Redaktion"])


def test_assign_no_role_closes_the_verwaltung(office: User, admin: User) -> None:
    assign(office, admin)

    fresh = User.objects.get(pk=office.pk)
    assert (fresh.roles, fresh.is_staff) == ([], False)


def test_assign_roles_is_for_the_administration_only(office: User) -> None:
    with pytest.raises(NotAllowed):
        assign(office, office, "Geschäftsstelle", is_administration=True)

    assert not User.objects.get(pk=office.pk).is_superuser


def test_assign_roles_refuses_what_changes_nothing_or_leaves_nobody(office: User, admin: User) -> None:
    gone = actions.delete_account(UserFactory(), by=admin)
    for user, names, expected in (
        (office, ["Geschäftsstelle"], "schon"),
        (admin, [], "einzige Administration"),
        (gone, ["Redaktion"], "gelöscht"),
    ):
        with pytest.raises(Refused, match=expected):
            assign(user, admin, *names)
    with pytest.raises(Refused, match="Grund"):
        assign(office, admin, "Redaktion", reason=" ")

    assert not Trace.objects.filter(verb="roles_changed").exists()


def test_lock_logs_out_and_unlock_lets_in_again(client: Client, office: User) -> None:
    person = UserFactory()
    credentials = {"login": person.email, "password": PASSWORD}
    client.post(reverse("account_login"), credentials)

    access.lock(person, by=office, reason="Passwort bekannt")
    outside = (
        client.get("/konto/").status_code,
        Client().post(reverse("account_login"), credentials).headers["Location"],
    )
    access.unlock(person, by=office, reason="neues Passwort")
    assert client.get("/konto/").status_code == 302
    client.post(reverse("account_login"), credentials)

    assert outside == (302, reverse("account_inactive"))
    assert client.get("/konto/").status_code == 200
    lines = Trace.objects.filter(verb__startswith="account_").order_by("pk")
    assert [(line.verb, line.by, line.detail["reason"]) for line in lines] == [
        ("account_locked", office, "Passwort bekannt"),
        ("account_unlocked", office, "neues Passwort"),
    ]
    assert {line.detail["account"] for line in lines} == {person.pk}


@pytest.mark.parametrize("verb", [access.lock, access.unlock])
def test_locking_is_for_those_above_and_never_for_oneself(office: User, admin: User, verb: Any) -> None:
    for by, user in ((office, staff()), (office, office), (admin, admin), (staff("Redaktion"), UserFactory())):
        with pytest.raises(NotAllowed):
            verb(user, by=by, reason="x")

    assert not Trace.objects.exists()


def test_lock_refuses_what_makes_no_sense(office: User, admin: User) -> None:
    person = UserFactory()
    gone = actions.delete_account(UserFactory(), by=admin)
    for verb, user, reason, expected in (
        (access.lock, person, " ", "Grund"),
        (access.unlock, person, "x", "nicht gesperrt"),
        (access.unlock, gone, "x", "gelöscht"),
    ):
        with pytest.raises(Refused, match=expected):
            verb(user, by=office, reason=reason)
    access.lock(person, by=office, reason="x")
    with pytest.raises(Refused, match="schon gesperrt"):
        access.lock(person, by=office, reason="x")


def test_lock_of_the_only_administration_that_gets_in_is_refused(admin: User) -> None:
    other = StaffFactory(superuser=True)
    access.lock(other, by=admin, reason="x")
    User.objects.filter(pk=admin.pk).update(is_active=False)

    with pytest.raises(Refused, match="einzige Administration"):
        access.require_another_administration(other)


def test_verbs_rolled_back_leave_nothing(office: User, admin: User) -> None:
    person = UserFactory(totp=True)
    for verb in (
        lambda: access.lock(person, by=admin, reason="x"),
        lambda: assign(person, admin, "Redaktion"),
        lambda: access.reset_second_factors([person], by=admin, reason="x"),
    ):
        undone(verb)

    assert User.objects.get(pk=person.pk).is_active
    assert Authenticator.objects.filter(user=person).exists()
    assert not Trace.objects.exists()
    assert not Email.objects.exists()


def test_reset_second_factor_ends_sessions(client: Client) -> None:
    person, admin = UserFactory(), StaffFactory(superuser=True)

    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    access.reset_second_factors([person], by=admin, reason=" Telefon verloren ")

    assert list(Authenticator.objects.values_list("user", flat=True)) == [admin.pk]
    assert Email.objects.get().to == [person.email]
    assert client.get("/konto/").status_code == 302
    assert Trace.objects.get(verb="factor_reset").detail == {"account": person.pk, "reason": "Telefon verloren"}


def test_reset_of_several_second_factors_takes_the_queries_of_one() -> None:
    admin, people = StaffFactory(superuser=True), StaffFactory.create_batch(4)

    def queries(some: list[User]) -> int:
        with CaptureQueriesContext(connection) as asked:
            access.reset_second_factors(some, by=admin, reason="x")
        return len(asked)

    assert queries(people[:1]) == queries(people[1:])
    assert Trace.objects.filter(verb="factor_reset").count() == Email.objects.count() == 4


def test_end_sessions_logs_out_everywhere_and_says_why(client: Client) -> None:
    person, admin, other = UserFactory(), StaffFactory(superuser=True, totp=False), Client()
    for browser, who in ((client, person), (other, admin)):
        browser.post(reverse("account_login"), {"login": who.email, "password": PASSWORD})
    elsewhere = Client()
    elsewhere.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    number = access.end_sessions(person, by=admin, reason=" Laptop im Zug vergessen ")

    assert number == 2
    assert [browser.get("/konto/").status_code for browser in (client, elsewhere, other)] == [302, 302, 200]
    trace = Trace.objects.get(verb="sessions_ended")
    assert (trace.by, trace.about) == (admin, called(person.pk))
    assert trace.detail == {"account": person.pk, "number": 2, "reason": "Laptop im Zug vergessen"}


@pytest.mark.parametrize("reason", ["", " "])
def test_end_sessions_needs_a_reason(client: Client, reason: str) -> None:
    person = UserFactory()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})

    with pytest.raises(Refused, match="Grund"):
        access.end_sessions(person, by=StaffFactory(superuser=True), reason=reason)

    assert client.get("/konto/").status_code == 200


def test_end_sessions_is_for_the_administration_only(office: User) -> None:
    with pytest.raises(NotAllowed):
        access.end_sessions(office, by=office, reason="Neugier")


def test_reset_second_factor_is_for_the_administration_only(office: User) -> None:
    with pytest.raises(NotAllowed):
        access.reset_second_factors([office], by=office, reason="x")

    assert Authenticator.objects.filter(user=office).exists()
