"""The pages of the own account."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, User
from tests.accounts.factories import PASSWORD, MembershipFactory, MunicipalityFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGES = ["profile", "add_membership", "export", "delete"]


@pytest.fixture
def person(client: Client) -> User:
    person = UserFactory(name="Meike Brandhorst")
    client.force_login(person)
    return person


@pytest.mark.parametrize("page", PAGES)
def test_page_needs_a_login(client: Client, page: str) -> None:
    path = reverse(f"accounts:{page}")

    assert client.get(path).headers["Location"] == f"/konto/login/?next={path}"


@pytest.mark.parametrize("page", PAGES)
def test_page_refuses_other_methods(client: Client, person: User, page: str) -> None:
    path = reverse(f"accounts:{page}")

    assert client.put(path).status_code == client.delete(path).status_code == 405


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "wartet auf Bestätigung"),
        ({"status": "confirmed"}, "bestätigt"),
        ({"status": "refused"}, "abgelehnt"),
    ],
)
def test_profile_says_how_a_membership_stands(
    client: Client, person: User, changes: dict[str, Any], words: str
) -> None:
    membership = MembershipFactory(user=person)
    if changes:
        Membership.objects.update(decided_by=person, decided_at=membership.created_at, **changes)

    page = client.get(reverse("accounts:profile")).content.decode()

    assert membership.municipality.label in page
    assert f"<span>{words}</span>" in page


def test_profile_without_membership_says_what_to_do(client: Client, person: User) -> None:
    page = client.get(reverse("accounts:profile")).content.decode()

    assert "Ihr Konto gehört noch zu keiner Kommune." in page


@pytest.mark.parametrize("count", [1, 3])
def test_profile_needs_the_same_queries_for_any_number(
    client: Client, person: User, count: int, django_assert_num_queries: Any
) -> None:
    MembershipFactory.create_batch(count, user=person)

    with django_assert_num_queries(5):
        client.get(reverse("accounts:profile"))


def test_profile_saves_the_name(client: Client, person: User) -> None:
    response = client.post(reverse("accounts:profile"), {"name": "Meike Brandhorst-Öz", "is_superuser": "on"})

    assert response.headers["Location"] == reverse("accounts:profile")
    person.refresh_from_db()
    assert (person.name, person.is_superuser) == ("Meike Brandhorst-Öz", False)


def test_profile_with_a_bad_name_keeps_the_old_one(client: Client, person: User) -> None:
    page = client.post(reverse("accounts:profile"), {"name": "\x00"}).content.decode()

    assert "Fehler:" in page
    assert f"Sie sind angemeldet als {person.email}." in page
    person.refresh_from_db()
    assert person.name == "Meike Brandhorst"


def test_add_membership_waits(client: Client, person: User) -> None:
    town = MunicipalityFactory(ags="05974040", name="Soest, Stadt")

    response = client.post(
        reverse("accounts:add_membership"), {"municipality": "Stadt Soest (05974040)", "department": "Bauamt"}
    )

    assert response.headers["Location"] == reverse("accounts:profile")
    membership = Membership.objects.get()
    assert (membership.user, membership.municipality, membership.status) == (person, town, "pending")


@pytest.mark.parametrize(
    ("municipality", "message"),
    [
        ("99999999", "steht nicht im Verzeichnis"),
        ("05974040", "steht schon in Ihrem Konto"),
        ("", "Wählen Sie eine Kommune"),
    ],
)
def test_add_membership_explains_what_is_wrong(client: Client, person: User, municipality: str, message: str) -> None:
    MembershipFactory(user=person, municipality__ags="05974040", municipality__name="Soest, Stadt")

    response = client.post(reverse("accounts:add_membership"), {"municipality": municipality, "department": "Bauamt"})

    assert message in response.content.decode()
    assert Membership.objects.count() == 1


def test_export_is_a_file(client: Client, person: User) -> None:
    response = client.get(reverse("accounts:export"))

    assert response.headers["Content-Disposition"] == 'attachment; filename="landespreis-konto.json"'
    assert response.json()["konto"]["name"] == "Meike Brandhorst"


def test_delete_asks_first(client: Client, person: User) -> None:
    client.get(reverse("accounts:delete"))
    page = client.post(reverse("accounts:delete"), {}).content.decode()

    assert "Setzen Sie den Haken" in page
    person.refresh_from_db()
    assert person.is_active


def test_delete_ends_the_session(client: Client, person: User) -> None:
    response = client.post(reverse("accounts:delete"), {"sure": "on"}, follow=True)

    assert response.redirect_chain[-1][0] == "/"
    assert "_auth_user_id" not in client.session
    assert "Ihr Konto ist gelöscht." in response.content.decode()
    assert User.objects.get().name == "Gelöschtes Konto"


def test_sessions_name_the_device_as_people_would(client: Client) -> None:
    """Asked for with the agent of the login, which the session keeps."""
    person = UserFactory()
    agent = {"user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; rv:145.0) Gecko/20100101 Firefox/145.0"}
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD}, headers=agent)

    page = client.get(reverse("usersessions_list"), headers=agent).content.decode()

    assert "Firefox unter Windows, dieses Gerät" in page
    assert "Mozilla" not in page


def test_sessions_say_when_none_is_kept(client: Client, person: User) -> None:
    page = client.get(reverse("usersessions_list")).content.decode()

    assert "Für diese Anmeldung ist kein Gerät verzeichnet." in page
