"""The list, the beginning and the overview of entries, through the client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from landespreis import clock
from submissions.actions import entries, handing_in
from submissions.models import Editor, Partner, Round, Section, Submission, Variant
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, UserFactory
from tests.conftest import CLOSES, MIDWAY, OPENS, SECOND
from tests.submissions import factories

Login = Callable[[User], Client]
At = Callable[[Any], None]
INDEX, START = reverse("submissions:index"), reverse("submissions:start")


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def begin(client: Client) -> Any:
    return client.post(START, {"schluessel": client.get(START).context["offered"]})


@pytest.mark.parametrize("url", [INDEX, START])
def test_pages_lead_strangers_to_the_login(client: Client, db: None, url: str) -> None:
    response = client.get(url)

    assert response.headers["Location"] == f"{reverse('account_login')}?next={url}"


def test_index_lists_own_and_joined_entries_only(open_round: Round, login: Login) -> None:
    own = factories.draft(open_round, title="Eigenes")
    joined = factories.draft(open_round, title="Gemeinsames")
    factories.draft(open_round, title="Fremdes")
    Editor.objects.create(
        submission=joined, user=own.owner, email=own.owner.email, role="edit", invited_by=joined.owner,
        invited_at=clock.now(), accepted_at=clock.now(),
    )  # fmt: skip

    response = login(own.owner).get(INDEX)

    assert {row.entry.title for row in response.context["rows"]} == {"Eigenes", "Gemeinsames"}
    assert "Gemeinsames</a>" in page(response)
    assert "Sie schreiben mit" in page(response)


def test_index_without_entries_offers_to_begin(open_round: Round, login: Login) -> None:
    response = login(MembershipFactory().user).get(INDEX)

    assert f'href="{START}"' in page(response)
    assert "Sie haben noch nichts begonnen" in page(response)


def test_index_without_municipality_leads_to_the_account(open_round: Round, login: Login) -> None:
    response = login(UserFactory()).get(INDEX)

    assert reverse("accounts:add_membership") in page(response)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (OPENS - SECOND, 'ab <time datetime="2025-12-01T00:00+01:00">Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)'),
        (OPENS, "offen bis <time"),
        (CLOSES - SECOND, "offen bis <time"),
        (CLOSES, "Einreichungsschluss war <time"),
    ],
)
def test_index_says_where_the_round_stands(round: Round, login: Login, at: At, moment: Any, said: str) -> None:
    at(moment)

    response = login(MembershipFactory().user).get(INDEX)

    assert said in page(response)


def test_index_without_round_says_so(db: None, login: Login) -> None:
    assert "Zurzeit läuft keine Runde" in page(login(UserFactory()).get(INDEX))


def test_index_asks_the_same_number_of_queries_for_one_and_three(open_round: Round, login: Login) -> None:
    owner = factories.complete(open_round).owner
    client = login(owner)
    client.get(INDEX)
    with CaptureQueriesContext(connection) as one:
        client.get(INDEX)
    factories.complete(open_round, owner=owner)
    factories.complete(open_round, owner=owner)

    with CaptureQueriesContext(connection) as three:
        client.get(INDEX)

    assert len(three) == len(one)


def test_start_begins_an_entry_and_opens_its_first_section(open_round: Round, login: Login) -> None:
    person = MembershipFactory().user

    response = begin(login(person))

    entry = Submission.objects.get(owner=person)
    assert response.headers["Location"] == reverse("submissions:section", args=[entry.pk, "titel"])


def test_start_pressed_twice_begins_one_entry(open_round: Round, login: Login) -> None:
    client = login(MembershipFactory().user)
    offered = client.get(START).context["offered"]

    first, second = (client.post(START, {"schluessel": offered}) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("key", ["", "kein Schlüssel", "6f1c2a52-0000-4000-8000-000000000001"])
def test_start_with_any_key_begins_an_entry(open_round: Round, login: Login, key: str) -> None:
    login(MembershipFactory().user).post(START, {"schluessel": key})

    assert Submission.objects.count() == 1


def test_start_with_the_key_of_a_foreign_entry_begins_an_own_one(open_round: Round, login: Login) -> None:
    foreign = factories.draft(open_round)
    person = MembershipFactory().user

    response = login(person).post(START, {"schluessel": str(foreign.pk)})

    entry = Submission.objects.get(owner=person)
    assert str(entry.pk) in response.headers["Location"]
    assert entry.pk != foreign.pk


@pytest.mark.parametrize(
    ("moment", "status", "count"),
    [(OPENS - SECOND, 409, 0), (OPENS, 302, 1), (CLOSES - SECOND, 302, 1), (CLOSES, 409, 0), (CLOSES + SECOND, 409, 0)],
)
def test_start_keeps_the_window(round: Round, login: Login, at: At, moment: Any, status: int, count: int) -> None:
    at(moment)

    response = login(MembershipFactory().user).post(START)

    assert (response.status_code, Submission.objects.count()) == (status, count)


def test_start_opened_before_closing_and_sent_after_is_refused(round: Round, login: Login, at: At) -> None:
    at(CLOSES - SECOND)
    client = login(MembershipFactory().user)
    offered = client.get(START).context["offered"]
    at(CLOSES)

    response = client.post(START, {"schluessel": offered})

    assert (response.status_code, Submission.objects.count()) == (409, 0)


def test_start_before_opening_says_when(round: Round, login: Login, at: At) -> None:
    at(OPENS - SECOND)

    response = login(MembershipFactory().user).get(START)

    assert "Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)" in page(response)
    assert '<form method="post" action="/einreichungen/neu/"' not in page(response)


def test_start_after_closing_points_to_the_office(round: Round, login: Login, at: At) -> None:
    at(CLOSES)

    assert "Geschäftsstelle erreichen" in page(login(MembershipFactory().user).get(START))


def test_start_without_municipality_leads_to_the_account(open_round: Round, login: Login) -> None:
    client = login(UserFactory())

    assert reverse("accounts:add_membership") in page(client.get(START))
    assert client.post(START).status_code == 403


def test_overview_of_a_foreign_entry_is_not_found(open_round: Round, login: Login) -> None:
    entry = factories.draft(open_round)

    assert login(UserFactory()).get(entry.get_absolute_url()).status_code == 404


def test_overview_links_what_is_missing_to_its_field(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round, agreed_on=None)

    response = login(entry.owner).get(entry.get_absolute_url())

    url = reverse("submissions:section", args=[entry.pk, "rechtsform"])
    assert "Es fehlt noch eine Angabe" in page(response)
    assert response.context["missing"] == [("Datum der Vereinbarung eintragen", f"{url}#id_agreed_on")]


def test_overview_counts_what_is_missing_in_words(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round, agreed_on=None, state="", abstract="", title="", department="")

    assert "Es fehlen noch fünf Angaben" in page(login(entry.owner).get(entry.get_absolute_url()))


def test_overview_of_a_complete_draft_asks_for_the_last_step(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)

    response = page(login(entry.owner).get(entry.get_absolute_url()))

    assert "Entwurf – noch nicht eingereicht" in response
    assert "Alles ist ausgefüllt" in response


def test_overview_of_a_withdrawn_entry_asks_for_nothing(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    handing_in.withdraw(entry, by=entry.owner)

    response = page(login(entry.owner).get(entry.get_absolute_url()))

    assert "Zurückgezogen – nimmt nicht mehr teil" in response
    assert "Es fehlt der letzte Schritt" not in response


def test_overview_of_a_withdrawn_entry_offers_its_return_to_those_who_may(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    colleague = factories.editor(entry, Editor.Role.EDIT)
    handing_in.withdraw(entry, by=entry.owner)

    offers = ["wieder einreichen" in page(login(who).get(entry.get_absolute_url())) for who in (entry.owner, colleague)]

    assert offers == [True, False]


def test_overview_says_who_saved_last(open_round: Round, login: Login, at: At) -> None:
    entry = factories.draft(open_round)
    entries.save_section(entry, "titel", {"title": "Pegel"}, by=entry.owner, revision=0, sitting="a")
    at(MIDWAY + timedelta(days=1))
    colleague = factories.editor(entry, "edit", name="Tarek Yildirim")

    assert "gestern um 10:30 Uhr von Ihnen" in page(login(entry.owner).get(entry.get_absolute_url()))
    assert f"gestern um 10:30 Uhr von {entry.owner.name}" in page(login(colleague).get(entry.get_absolute_url()))


def test_overview_of_a_submitted_entry_shows_number_version_and_changes(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    revision = Section.objects.filter(submission=entry, key="gewinn").count()
    entries.save_section(entry, "gewinn", {"text": "Kurz."}, by=entry.owner, revision=revision, sitting="a")

    response = page(login(entry.owner).get(entry.get_absolute_url()))

    assert "Eingereicht – Version 1 gilt" in response
    assert "IKZ-2026-0001" in response
    assert "Ihr Entwurf weicht von Version 1 ab" in response
    assert "Zeichen weniger" in response


def test_overview_of_a_withdrawn_entry_offers_the_way_back(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    handing_in.withdraw(entry, by=entry.owner)

    response = page(login(entry.owner).get(entry.get_absolute_url()))

    assert "Zurückgezogen – nimmt nicht mehr teil" in response
    assert "Prüfen und wieder einreichen" in response


def test_overview_names_versions_that_wait_for_a_decision(open_round: Round, login: Login) -> None:
    entry = factories.draft(open_round)
    Variant.objects.create(
        submission=entry, key="gewinn", user=entry.owner, values={"text": "Meins"}, sent_at=clock.now()
    )

    response = page(login(entry.owner).get(entry.get_absolute_url()))

    assert "Zwei Fassungen warten auf Ihre Entscheidung" in response
    assert (
        f'<a href="{reverse("submissions:conflict", args=[entry.pk, "gewinn"])}">Gewinn der Kooperation</a>' in response
    )


def test_overview_after_the_deadline_is_readable_and_says_what_to_do(open_round: Round, login: Login, at: At) -> None:
    entry = factories.draft(open_round, title="Zu spät")
    at(CLOSES)

    response = page(login(entry.owner).get(entry.get_absolute_url()))

    assert "Entwurf – nicht eingereicht" in response
    assert "Geschäftsstelle erreichen" in response
    assert "Jemanden einladen" not in response


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_overview_takes_no_other_method(open_round: Round, login: Login, method: str) -> None:
    entry = factories.draft(open_round)

    assert getattr(login(entry.owner), method)(entry.get_absolute_url()).status_code == 405


def test_overview_asks_the_same_number_of_queries_for_one_and_three(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    client = login(entry.owner)
    fill(entry, 1)
    client.get(entry.get_absolute_url())
    with CaptureQueriesContext(connection) as one:
        client.get(entry.get_absolute_url())
    fill(entry, 2)

    with CaptureQueriesContext(connection) as three:
        client.get(entry.get_absolute_url())

    assert len(three) == len(one)


def fill(entry: Submission, times: int) -> None:
    for _ in range(times):
        Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
        factories.attachment(entry)
        person = factories.editor(entry, "edit")
        Variant.objects.create(
            submission=entry, key="gewinn", user=person, values={"text": "Meins"}, sent_at=clock.now()
        )
        factories.submit(Submission.objects.get(pk=entry.pk))
