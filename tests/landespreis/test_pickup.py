"""The pages of parcels: who asks, who fetches, how far it is, and what is said when it is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from landespreis import packing, parcels
from landespreis.models import Parcel, Trace
from landespreis.package import Package
from landespreis.parcels import Builder, Offer, Progress
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory


def build(parcel: Parcel, package: Package, progress: Progress) -> None:
    progress(0, 1)
    package.add("eins.txt", "x")
    progress(1, 1)


@pytest.fixture
def staff(db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    may: Any = lambda user, params: user.is_staff and user.name != "Abgezogen"  # noqa: E731
    offer = Offer("probe-1", "probe", "Krisen/Recht, Runde", "drei Teile", {"name": "A"})
    monkeypatch.setattr(parcels, "builders", lambda: {"probe": Builder(build, may)})
    monkeypatch.setattr(parcels, "offers", lambda user: {"probe-1": offer} if user.is_staff else {})
    user: User = StaffFactory()
    return user


@pytest.fixture
def office(client: Client, staff: User) -> Client:
    show_factor(client, staff)
    return client


@pytest.fixture
def owed(office: Client) -> Parcel:
    office.post(reverse("admin:parcel_ask", args=["probe-1"]))
    return Parcel.objects.get()


@pytest.fixture
def ready(owed: Parcel) -> Parcel:
    assert packing.fulfil(owed)
    owed.refresh_from_db()
    return owed


def file_url(parcel: Parcel) -> str:
    return reverse("admin:parcel_file", args=[parcel.pk])


def other(staff: User) -> Client:
    client = Client()
    show_factor(client, StaffFactory())
    return client


def test_asking_leads_to_the_page_that_tells_how_far_it_is(office: Client, staff: User) -> None:
    assert reverse("admin:parcel_ask", args=["probe-1"]) in office.get(reverse("admin:exports")).content.decode()

    answer = office.post(reverse("admin:parcel_ask", args=["probe-1"]), follow=True)

    parcel = Parcel.objects.get()
    assert (parcel.asked_by, parcel.params) == (staff, {"name": "A"})
    assert answer.redirect_chain == [(parcel.get_absolute_url(), 302)]
    html = answer.content.decode()
    assert "Wird gleich gepackt." in html
    assert f'data-hx-get="{parcel.get_absolute_url()}"' in html
    assert f'<a href="{parcel.get_absolute_url()}">Seite neu laden</a>' in html


def test_asking_is_for_post_and_for_what_is_offered(office: Client) -> None:
    assert office.get(reverse("admin:parcel_ask", args=["probe-1"])).status_code == 405
    assert office.post(reverse("admin:parcel_ask", args=["erfunden"])).status_code == 404
    assert not Trace.objects.exclude(verb=Trace.Verb.ACCESS_REFUSED).exists()


def test_page_shows_progress_in_a_part_that_htmx_fetches(office: Client, owed: Parcel) -> None:
    Parcel.objects.update(done=3, total=75, claimed_at=timezone.now())

    html = office.get(owed.get_absolute_url(), HTTP_HX_REQUEST="true").content.decode()

    assert "Wird gepackt, 3 von 75." in html
    assert '<progress class="lp-adm-progress" max="75" value="3"' in html
    assert "<html" not in html


def test_page_of_a_finished_one_offers_the_file_and_asks_no_more(office: Client, ready: Parcel) -> None:
    html = office.get(ready.get_absolute_url()).content.decode()

    assert file_url(ready) in html
    assert ready.sha256 in html
    assert "data-hx-get" not in html


def test_page_of_one_that_failed_says_why_and_lets_ask_again(office: Client, owed: Parcel) -> None:
    Parcel.objects.update(failed_at=timezone.now(), error="Hier ist nichts.")

    assert "Grund: Hier ist nichts." in office.get(owed.get_absolute_url()).content.decode()

    office.post(reverse("admin:parcel_again", args=[owed.pk]))
    assert Parcel.objects.filter(failed_at=None).count() == 1


def test_file_goes_to_the_one_who_asked(office: Client, ready: Parcel) -> None:
    answer = office.get(file_url(ready))

    assert answer.status_code == 200
    assert answer.streaming
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Krisen-Recht, Runde.zip"'
    assert b"".join(answer).startswith(b"PK")  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["parcel", "parcel_file", "parcel_again"])
def test_others_do_not_find_it(ready: Parcel, staff: User, name: str) -> None:
    url = reverse(f"admin:{name}", args=[ready.pk])
    method = "post" if name == "parcel_again" else "get"

    assert getattr(other(staff), method)(url).status_code == 404
    assert other(staff).get(reverse("admin:parcels")).content.decode().count("Krisen/Recht") == 0


def test_people_who_are_not_staff_do_not_find_it(ready: Parcel) -> None:
    client = Client()
    show_factor(client, UserFactory())

    assert client.get(file_url(ready)).status_code == 404


def test_file_of_somebody_who_lost_the_right_stays(office: Client, ready: Parcel, staff: User) -> None:
    User.objects.filter(pk=staff.pk).update(name="Abgezogen")

    answer = office.get(file_url(ready), follow=True)

    assert answer.redirect_chain == [(ready.get_absolute_url(), 302)]
    assert "nicht mehr herunterladen" in answer.content.decode()


def test_file_after_its_time(office: Client, ready: Parcel) -> None:
    Parcel.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    answer = office.get(file_url(ready), follow=True)  # not deleted yet: the moment counts, not the sweep

    html = answer.content.decode()
    assert default_storage.exists(ready.file.name)
    assert "Frist zum Herunterladen ist abgelaufen" in html
    assert reverse("admin:parcel_again", args=[ready.pk]) in html


def test_file_that_is_not_there_yet(office: Client, owed: Parcel) -> None:
    assert "noch nicht fertig" in office.get(file_url(owed), follow=True).content.decode()


def test_list_takes_the_same_queries_for_many(office: Client, ready: Parcel, staff: User) -> None:
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            html = office.get(reverse("admin:parcels")).content.decode()
        counts.append(len(queries))
        for _ in range(2):
            packing.owe("probe", title="Noch eins", params={"name": f"{number}{_}"}, by=staff)

    assert counts[0] == counts[1]
    assert "fertig, " in html
