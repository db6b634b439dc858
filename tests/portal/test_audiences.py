"""People who registered for a date, as a group; subscribers of the newsletter are in none."""

import pytest

from accounts.models import User
from landespreis import audiences
from portal.models import Registration
from tests.accounts.factories import staff
from tests.landespreis import circulars
from tests.portal import factories


@pytest.fixture
def office(db: None) -> User:
    return staff()


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("alle", {"anna", "bernd"}),
        ("platz", {"anna"}),
        ("warteliste", {"bernd"}),
    ],
)
def test_registered_are_those_who_confirmed(office: User, who: str, expected: set[str]) -> None:
    event, other = factories.EventFactory(), factories.EventFactory()
    for name in ("anna", "bernd", "carla", "dora"):
        factories.registration(event, name)
    factories.registration(other, "emil")
    rows = Registration.objects.filter(event=event)
    rows.filter(email__startswith="bernd").update(status="waiting", seated_at=None)
    rows.filter(email__startswith="carla").update(status="cancelled")
    rows.filter(email__startswith="dora").update(status="pending", confirmed_at=None, seated_at=None)

    found = audiences.members(circulars.audience("termin", office), {"termin": str(event.pk), "wer": who})

    assert {one.address.split("@")[0] for one in found} == expected
    assert {one.filled["termin"] for one in found} == {event.title}


def test_registration_is_what_the_mail_is_about(office: User) -> None:
    row = factories.registration(factories.EventFactory(), "anna")

    (one,) = audiences.members(circulars.audience("termin", office), {"termin": str(row.event_id)})

    assert (one.about, one.label) == (f"portal:{row.pk}", "angemeldet")
    assert one.filled["link"].endswith(row.get_absolute_url())


def test_invented_date_has_nobody(office: User) -> None:
    factories.registration(factories.EventFactory(), "anna")

    assert audiences.members(circulars.audience("termin", office), {"termin": "x"}) == []


def test_subscribers_are_no_group(office: User) -> None:
    subscriber = factories.SubscriberFactory()

    groups = audiences.groups(office)

    assert "Termine" not in groups  # without registrations there is nobody to choose
    everybody = {one.address for rows in groups.values() for group in rows for one in audiences.members(group, {})}
    assert subscriber.email not in everybody
