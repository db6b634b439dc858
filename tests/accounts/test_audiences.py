"""People whose membership waits, as a group."""

from django.urls import reverse

from accounts.models import Membership, User
from landespreis import audiences
from tests.accounts.factories import MembershipFactory, UserFactory, staff
from tests.conftest import MIDWAY
from tests.landespreis import circulars


def test_waiting_are_those_nobody_decided_about(db: None) -> None:
    office = staff()
    waiting, decided = MembershipFactory(), MembershipFactory()
    MembershipFactory(user=UserFactory(is_active=False))
    Membership.objects.filter(pk=decided.pk).update(
        status=Membership.Status.CONFIRMED, decided_by=office, decided_at=MIDWAY
    )

    (one,) = audiences.members(circulars.audience("zugehoerigkeit", office), {})

    assert (one.address, one.about, one.label) == (
        waiting.user.email, f"accounts:{waiting.pk}", waiting.municipality.label,
    )  # fmt: skip
    assert (one.filled["kommune"], one.filled["fachbereich"]) == (waiting.municipality.label, "Fachbereich Digitales")
    assert one.filled["link"].endswith(reverse("accounts:profile"))


def test_person_with_two_waiting_memberships_gets_a_mail_for_each(db: None) -> None:
    user: User = MembershipFactory().user
    MembershipFactory(user=user)

    found = audiences.members(circulars.audience("zugehoerigkeit", staff()), {})

    assert [one.address for one in found] == [user.email] * 2
