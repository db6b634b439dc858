"""Who is behind a session: what changed in the account holds for the next request."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.backend import Backend
from accounts.models import User
from tests.accounts.factories import UserFactory


def test_get_user_is_what_django_reads(db: None) -> None:
    UserFactory()
    user = UserFactory()

    found = Backend().get_user(user.pk)

    assert found is not None
    assert found.get_deferred_fields() == set()
    fields = [field.attname for field in User._meta.concrete_fields]
    fresh = User.objects.get(pk=user.pk)
    assert [getattr(found, name) for name in fields] == [getattr(fresh, name) for name in fields]


def test_get_user_closed_or_unknown_is_nobody(db: None) -> None:
    user = UserFactory(is_active=False)

    assert (Backend().get_user(user.pk), Backend().get_user(user.pk + 1)) == (None, None)


def test_closed_account_and_new_password_end_the_session(db: None, login: Callable[[User], Client]) -> None:
    page = reverse("accounts:profile")
    for change in ({"is_active": False}, {"password": "anders"}):
        user = UserFactory()
        browser = login(user)
        before = browser.get(page).status_code
        User.objects.filter(pk=user.pk).update(**change)

        assert (before, browser.get(page).status_code) == (200, 302)
