"""Who may do what in the jury: every predicate with who may and who may not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import User
from jury import permissions
from jury.models import Juror
from landespreis import clock
from submissions.models import Round
from tests.accounts.factories import StaffFactory, UserFactory
from tests.jury import factories

pytestmark = pytest.mark.django_db


def in_group(name: str, **fields: Any) -> User:
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory(**fields)
    user.groups.add(Group.objects.get(name=name))
    return user


PEOPLE: dict[str, Callable[[], User]] = {
    "author": UserFactory,
    "closed account": lambda: UserFactory(is_active=False),
    "staff without role": StaffFactory,
    "Redaktion": lambda: in_group("Redaktion"),
    "Geschäftsstelle": lambda: in_group("Geschäftsstelle"),
    "no longer staff": lambda: in_group("Geschäftsstelle", is_staff=False),
    "Administration": lambda: StaffFactory(superuser=True),
    "superuser without staff": lambda: UserFactory(is_superuser=True),
}
RUN = {"Geschäftsstelle", "Administration"}
LOOK = {"Administration", "superuser without staff"}
FILL = {"author", "no longer staff"}


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may(who: str) -> None:
    user = PEOPLE[who]()

    assert permissions.may_run(user) is (who in RUN)
    assert permissions.may_see_points_early(user) is (who in LOOK)
    assert permissions.may_fill_seat(user) is (who in FILL)


def test_serves_is_the_person_of_the_seat_as_long_as_they_serve(round: Round) -> None:
    juror, other = [factories.juror(seat) for seat in factories.seats(round)[:2]]
    assert juror.user
    assert other.user

    assert permissions.serves(juror.user, juror) is True
    assert permissions.serves(other.user, juror) is False
    Juror.objects.filter(pk=juror.pk).update(until=clock.now())
    juror.refresh_from_db()
    assert permissions.serves(juror.user, juror) is False
