"""Who may do what: every predicate × every relation to an entry."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from submissions import permissions
from submissions.models import Editor, Proposal, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory
from tests.submissions import factories

MATRIX = {
    #            read   edit   submit invite hand_over
    "owner": (True, True, True, True, True),
    "submit": (True, True, True, True, False),
    "edit": (True, True, False, False, False),
    "read": (True, False, False, False, False),
    "invited": (False, False, False, False, False),
    "stranger": (False, False, False, False, False),
}
PREDICATES = (
    permissions.may_read,
    permissions.may_edit,
    permissions.may_submit,
    permissions.may_invite,
    permissions.may_hand_over,
)


def person(entry: Submission, relation: str) -> User:
    if relation == "owner":
        return entry.owner
    if relation in Editor.Role.values:
        return factories.editor(entry, relation)
    user: User = UserFactory()
    if relation == "invited":
        Editor.objects.create(
            submission=entry, email=user.email, role="submit", invited_by=entry.owner, invited_at=entry.created_at
        )
    return user


@pytest.mark.parametrize("relation", MATRIX)
def test_predicates_for_every_relation(open_round: Round, relation: str) -> None:
    entry = factories.draft(open_round)
    user = person(entry, relation)

    assert tuple(may(user, entry) for may in PREDICATES) == MATRIX[relation]


@pytest.mark.parametrize("relation", MATRIX)
def test_visible_to_agrees_with_may_read(open_round: Round, relation: str) -> None:
    entry = factories.draft(open_round)
    user = person(entry, relation)

    assert Submission.objects.visible_to(user).filter(pk=entry.pk).exists() is MATRIX[relation][0]


@pytest.mark.parametrize("superuser", [True, False])
def test_may_confirm_is_for_the_office_but_for_who_proposed(db: None, superuser: bool) -> None:
    right = Permission.objects.get(codename="change_submission")
    people = [StaffFactory(superuser=superuser), StaffFactory(), StaffFactory(), UserFactory()]
    for person in (people[0], people[1], people[3]):
        person.user_permissions.add(right)

    proposal = Proposal(proposed_by=people[0])

    assert [permissions.may_check(user) for user in people] == [True, True, False, False]
    assert [permissions.may_confirm(user, proposal) for user in people] == [False, True, False, False]


def test_may_extend_needs_staff_with_the_right(db: None) -> None:
    right = Permission.objects.get(codename="add_extension")
    office, editor, outsider = StaffFactory(), StaffFactory(), UserFactory()
    office.user_permissions.add(right)
    outsider.user_permissions.add(right)

    assert [permissions.may_extend(user) for user in (office, editor, outsider)] == [True, False, False]


def test_may_prepare_needs_staff_with_both_rights(db: None) -> None:
    add, change = (Permission.objects.get(codename=f"{verb}_round") for verb in ("add", "change"))
    office, half, outsider = StaffFactory(), StaffFactory(), UserFactory()
    office.user_permissions.add(add, change)
    half.user_permissions.add(change)
    outsider.user_permissions.add(add, change)

    assert [permissions.may_prepare(user) for user in (office, half, outsider)] == [True, False, False]
