"""Numbers that no column holds are the keys of no row, one by one and in lists."""

import pytest
from django import forms

from accounts.models import User
from tests.accounts.factories import UserFactory

TOO_LONG = 10**30


@pytest.mark.django_db
@pytest.mark.parametrize("number", [TOO_LONG, -TOO_LONG, 2**63, -(2**63) - 1])
def test_in_leaves_out_what_no_column_holds(number: int) -> None:
    user = UserFactory()

    found = User.objects.filter(pk__in=[user.pk, number])

    assert list(found) == [user]
    assert not User.objects.filter(pk__in=[number]).exists()
    assert User.objects.exclude(pk__in=[number]).count() == 1


@pytest.mark.django_db
def test_in_takes_queries_as_before() -> None:
    user = UserFactory()

    assert list(User.objects.filter(pk__in=User.objects.values("pk"))) == [user]


@pytest.mark.django_db
def test_choose_several_refuses_what_no_column_holds() -> None:
    field = forms.ModelMultipleChoiceField(User.objects.order_by("pk"))

    with pytest.raises(forms.ValidationError) as refused:
        field.clean([str(TOO_LONG)])

    assert refused.value.code == "invalid_choice"
