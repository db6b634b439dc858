"""The roles of the ministry and their rights."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.management.commands import load_roles
from tests.accounts.factories import StaffFactory

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_roles", stdout=out)
    return out.getvalue()


def test_load_roles_twice_changes_nothing() -> None:
    load()
    before = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}

    load()

    after = {group.name: set(group.permissions.values_list("pk", flat=True)) for group in Group.objects.all()}
    assert after == before
    assert set(after) == {"Geschäftsstelle", "Redaktion"}


@pytest.mark.parametrize(
    ("role", "right", "expected"),
    [
        ("Geschäftsstelle", "accounts.change_membership", True),
        ("Geschäftsstelle", "accounts.view_user", True),
        ("Geschäftsstelle", "submissions.change_round", True),
        ("Geschäftsstelle", "submissions.view_event", True),
        ("Geschäftsstelle", "submissions.change_event", False),
        ("Geschäftsstelle", "submissions.delete_submission", False),
        ("Geschäftsstelle", "accounts.delete_user", False),
        ("Geschäftsstelle", "auth.change_group", False),
        ("Geschäftsstelle", "post_office.view_email", True),
        ("Geschäftsstelle", "post_office.change_email", False),
        ("Geschäftsstelle", "jury.change_seat", True),
        ("Geschäftsstelle", "jury.view_recusal", True),
        ("Geschäftsstelle", "jury.view_assessment", False),
        ("Geschäftsstelle", "jury.change_score", False),
        ("Geschäftsstelle", "jury.change_decision", False),
        ("Redaktion", "jury.view_seat", False),
        ("Redaktion", "accounts.change_membership", False),
        ("Redaktion", "submissions.view_submission", False),
    ],
)
def test_role_has_right(role: str, right: str, expected: bool) -> None:
    load()
    person = StaffFactory()
    person.groups.add(Group.objects.get(name=role))

    assert person.has_perm(right) is expected


def test_load_roles_finds_every_right_of_the_jury() -> None:
    assert "jury." not in load()


def test_load_roles_gives_nobody_a_right_over_points() -> None:
    load()
    given = Group.objects.filter(permissions__content_type__app_label="jury").values_list(
        "permissions__codename", flat=True
    )

    assert [name for name in given if name.endswith(("_score", "_assessment"))] == []


def test_load_roles_names_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_roles, "ROLES", {"Redaktion": {"portal": ["fliegen_*"]}})

    assert "portal.fliegen_* gibt es noch nicht." in load()
