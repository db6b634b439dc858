"""Who may write, see and decide about proposals: role by role."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission

from accounts.models import Membership, User
from portal import permissions
from portal.models import Proposal
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.portal import proposing

pytestmark = pytest.mark.django_db

ROLES = {
    "owner": (True, True),
    "owner, refused": (True, False),
    "owner, confirmed": (True, True),
    "owner without membership": (True, False),
    "colleague, confirmed": (True, True),
    "colleague, pending": (False, False),
    "colleague, refused": (False, False),
    "somebody elsewhere, confirmed": (False, False),
    "editor": (False, False),
}
"""Role → whether that person sees the proposal, and whether they write in it."""


def somebody(role: str, proposal: Proposal) -> User:
    if role == "editor":
        return proposing.editor()
    elsewhere = "elsewhere" in role
    user = proposal.owner if role.startswith("owner") else UserFactory()
    if role == "owner without membership":
        user.memberships.all().delete()
        return user
    town = MunicipalityFactory() if elsewhere else proposal.lead
    row = Membership.objects.filter(user=user, municipality=town).first() or MembershipFactory(
        user=user, municipality=town
    )
    if "confirmed" in role:
        proposing.confirm(row)
    elif "refused" in role:
        proposing.refuse(row)
    return user


@pytest.mark.parametrize("role", ROLES)
def test_sees_and_writes(role: str) -> None:
    proposal = proposing.draft()
    user = somebody(role, proposal)

    sees = Proposal.objects.visible_to(user).filter(pk=proposal.pk).exists()

    assert (sees, permissions.may_write(user, proposal)) == ROLES[role]


def test_nobody_sees_anything_without_logging_in() -> None:
    proposing.draft()

    assert not Proposal.objects.visible_to(AnonymousUser()).exists()


@pytest.mark.parametrize(("status", "may"), [("pending", True), ("confirmed", True), ("refused", False)])
def test_starts_who_works_there(status: str, may: bool) -> None:
    row = MembershipFactory()
    {"pending": lambda row: None, "confirmed": proposing.confirm, "refused": proposing.refuse}[status](row)

    assert permissions.membership(row.user, row.municipality_id) == (row if may else None)
    assert permissions.membership(row.user, MunicipalityFactory().pk) is None
    assert permissions.is_confirmed(row.user, row.municipality_id) is (status == "confirmed")


def test_decides_staff_with_the_permission_only() -> None:
    permission = Permission.objects.get(content_type__app_label="portal", codename="change_proposal")
    nobody, plain, holder = proposing.person(), StaffFactory(), UserFactory()
    holder.user_permissions.add(permission)

    assert [permissions.may_decide(user) for user in (nobody, plain, holder)] == [False, False, False]
    assert permissions.may_decide(proposing.editor())
    assert permissions.may_decide(StaffFactory(superuser=True))


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("", True), ("jury.change_seat", False), ("submissions.view_submission", False), ("portal.add_project", False),
     ("portal.add_news", False)],
)  # fmt: skip
def test_may_announce_needs_every_right_and_a_place_in_the_office(missing: str, expected: bool) -> None:
    wanted = {"jury.change_seat", "submissions.view_submission", "portal.add_project", "portal.add_news"} - {missing}
    for user in (StaffFactory(), UserFactory()):
        for name in wanted:
            app, _, codename = name.partition(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        fresh = User.objects.get(pk=user.pk)

        assert permissions.may_announce(fresh) is (expected and fresh.is_staff)
