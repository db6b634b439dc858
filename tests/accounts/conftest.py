"""What every test of this app starts from: nobody has tried a password yet, nothing is kept from another test."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from landespreis import sessions
from landespreis.watching import standing
from tests.accounts.factories import StaffFactory


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Nobody has tried anything yet; how the portal stands is known, as in every test."""
    cache.clear()
    cache.set(standing.KEY, (), None)
    yield
    cache.clear()


@pytest.fixture
def staff(db: None) -> User:
    return StaffFactory(superuser=True)


@pytest.fixture
def as_staff(client: Client, staff: User) -> Client:
    """A client logged in as the Administration, with the second factor shown."""
    show_factor(client, staff)
    return client


def show_factor(client: Client, user: User) -> None:
    """Log `user` in, as after a login with the second factor and a first page behind it."""
    client.force_login(user)
    session = client.session
    session["accounts_second_factor_shown_by"] = user.pk
    session[sessions.GUARDED] = True
    session.save()
