"""What is always true, whatever the code above does."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Membership, User
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_email_is_unique_whatever_its_case() -> None:
    UserFactory(email="meike@soest.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="Meike@Soest.example", name="Meike")


def test_email_is_the_login_whatever_its_case() -> None:
    person = User.objects.create_user("Meike@Soest.example", name="Meike Brandhorst")

    assert person.email == "meike@soest.example"
    assert not person.has_usable_password()
    assert User.objects.get_by_natural_key("MEIKE@soest.example") == person


def test_superuser_is_staff() -> None:
    person = User.objects.create_superuser("admin@land.example", name="Administration")

    assert (person.is_staff, person.is_superuser) == (True, True)


def test_membership_exists_once_per_municipality() -> None:
    membership = MembershipFactory()
    again = Membership(user=membership.user, municipality=membership.municipality, department="Anderes")

    with pytest.raises(ValidationError, match="Diese Kommune steht schon in Ihrem Konto"):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


@pytest.mark.parametrize("status", Membership.Status)
@pytest.mark.parametrize("by", [True, False])
@pytest.mark.parametrize("at", [True, False])
def test_membership_decision_has_who_and_when(status: Membership.Status, by: bool, at: bool) -> None:
    membership = MembershipFactory()
    membership.status = status
    membership.decided_by = UserFactory() if by else None
    membership.decided_at = timezone.now() if at else None
    decided = status != Membership.Status.PENDING

    if by == at == decided:
        membership.save()
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            membership.save()


def test_municipality_with_people_cannot_be_deleted() -> None:
    membership = MembershipFactory()

    with pytest.raises(ProtectedError):
        membership.municipality.delete()


def test_municipality_choice_names_the_ags_where_there_is_one() -> None:
    town = MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    association = MunicipalityFactory(ags=None, name="Landschaftsverband Rheinland (LVR)", kind="verband")

    assert [row.choice for row in (town, association)] == [
        "Stadt Soest (05974040)",
        "Landschaftsverband Rheinland (LVR)",
    ]
