"""The partners page: adding from the register and by name, removing, and who may."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from submissions.models import Event, Partner, Round, Submission
from tests.accounts.factories import MunicipalityFactory, UserFactory
from tests.conftest import CLOSES, SECOND
from tests.submissions import factories

NAMED = {"name": "Gemeente Venlo", "kind": "kommune", "country": "NL"}


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.draft(open_round)


@pytest.fixture
def owner(client: Client, entry: Submission) -> Client:
    client.force_login(entry.owner)
    return client


def page(entry: Submission) -> str:
    return reverse("submissions:partners", args=[entry.pk])


def removal(partner: Partner, entry: Submission | None = None) -> str:
    return reverse("submissions:partner_remove", args=[(entry or partner.submission).pk, partner.pk])


def test_partners_shows_the_lead_first(owner: Client, entry: Submission) -> None:
    Partner.objects.create(submission=entry, municipality=MunicipalityFactory(name="Welver", kind="gemeinde"))

    html = owner.get(page(entry)).content.decode()

    assert html.index(str(entry.lead)) < html.index("federführend") < html.index("Gemeinde Welver")
    assert 'aria-label="Entfernen: Gemeinde Welver"' in html
    assert "Abschnitt 3 von 12" in html


def test_partners_without_lead_links_to_it(client: Client, open_round: Round) -> None:
    entry = factories.draft(open_round, lead=None)
    client.force_login(entry.owner)

    html = client.get(page(entry)).content.decode()

    assert "Noch keine federführende Kommune" in html
    assert reverse("submissions:section", args=[entry.pk, "kommune"]) in html


@pytest.mark.parametrize("typed", ["Stadt Soest (05974040)", "Soest", "05974040"])
def test_partners_adds_from_the_register(owner: Client, entry: Submission, typed: str) -> None:
    soest = MunicipalityFactory(ags="05974040", name="Soest, Stadt")

    response = owner.post(page(entry), {"partner": typed})

    assert (response.status_code, response.headers["Location"]) == (302, f"{page(entry)}#stand")
    assert [partner.municipality for partner in entry.partners.all()] == [soest]
    assert "Stadt Soest ist aufgenommen." in owner.get(page(entry)).content.decode()
    assert Event.objects.get().verb == Event.Verb.PARTNER_ADDED


def test_partners_adds_a_named_one(owner: Client, entry: Submission) -> None:
    response = owner.post(page(entry), NAMED | {"name": "  Gemeente   Venlo "})

    partner = entry.partners.get()
    assert response.status_code == 302
    assert (partner.name, partner.kind, partner.country) == ("Gemeente Venlo", "kommune", "NL")
    assert "Kommune außerhalb von Nordrhein-Westfalen · Niederlande" in owner.get(page(entry)).content.decode()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Nennen Sie die Kommune"),
        ("Entenhausen", "„Entenhausen“ steht nicht im Verzeichnis."),
        ("99999999", "„99999999“ steht nicht im Verzeichnis."),
        ("Nor\x00d", "Nullzeichen"),
        ("Soe", "Mehrere Einträge passen: Kreis Soest (05974), Stadt Soest (05974040)"),
    ],
)
def test_partners_explains_and_keeps_what_was_typed(owner: Client, entry: Submission, typed: str, message: str) -> None:
    MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    MunicipalityFactory(ags="05974", name="Kreis Soest", kind="kreis")

    response = owner.post(page(entry), {"partner": typed})

    html = response.content.decode()
    assert response.status_code == 422
    assert message in " ".join(response.context["chosen"].errors["partner"])
    assert response.context["chosen"]["partner"].value() == typed
    assert "<title>Fehler: Partner" in html
    assert 'href="#id_partner"' in html
    assert not entry.partners.exists()


def test_partners_offers_what_an_ambiguous_name_can_mean(owner: Client, entry: Submission) -> None:
    town = MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    MunicipalityFactory(ags="05974000", name="Kreis Soest", kind="kreis")

    html = owner.post(page(entry), {"partner": "Soe"}).content.decode()

    assert f'name="partner" value="{town.choice}">' in html
    assert owner.post(page(entry), {"partner": town.choice}).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "Schreiben Sie den Namen des Partners."),
        ({"name": "x" * 151}, "name", "Kürzen Sie den Namen auf höchstens 150 Zeichen; es sind 151."),
        ({"name": "Venlo\nBcc"}, "name", "nur in eine Zeile"),
        ({"kind": ""}, "kind", "Wählen Sie die Art des Partners."),
        ({"kind": "nrw"}, "kind", "Wählen Sie eine der Arten."),
        ({"country": "ZZ"}, "country", "Wählen Sie ein Land aus der Liste."),
    ],
)
def test_partners_explains_a_bad_named_one(
    owner: Client, entry: Submission, changes: dict[str, str], field: str, message: str
) -> None:
    response = owner.post(page(entry), NAMED | changes)

    assert response.status_code == 422
    assert list(response.context["named"].errors) == [field]
    assert message in " ".join(response.context["named"].errors[field])
    assert "<details" in response.content.decode().partition("nicht im Verzeichnis steht")[0].rpartition(" open")[0]
    assert not entry.partners.exists()


def test_partners_refuses_the_lead_and_doubles(owner: Client, entry: Submission) -> None:
    owner.post(page(entry), NAMED)

    lead = owner.post(page(entry), {"partner": str(entry.lead and entry.lead.ags)})
    twice = owner.post(page(entry), NAMED | {"name": "gemeente venlo"})

    assert (lead.status_code, twice.status_code) == (409, 409)
    assert "ist schon federführend" in lead.context["chosen"].errors["partner"][0]
    assert "steht schon in der Liste" in twice.context["named"].errors["name"][0]
    assert twice.context["named"]["name"].value() == "gemeente venlo"
    assert entry.partners.count() == 1


def test_partner_remove_takes_one_off(owner: Client, entry: Submission) -> None:
    kept, gone = (Partner.objects.create(submission=entry, municipality=MunicipalityFactory()) for _ in range(2))

    response = owner.post(removal(gone))

    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert list(entry.partners.all()) == [kept]
    assert f"{gone.label} ist entfernt." in owner.get(page(entry)).content.decode()


def test_partner_remove_knows_only_partners_of_the_entry(owner: Client, entry: Submission) -> None:
    foreign = Partner.objects.create(submission=factories.draft(entry.round), municipality=MunicipalityFactory())

    assert owner.post(removal(foreign)).status_code == 404
    assert owner.post(removal(foreign, entry)).status_code == 404
    assert owner.post(reverse("submissions:partner_remove", args=[entry.pk, 999_999])).status_code == 404
    assert owner.get(removal(foreign, entry)).status_code == 405
    assert Partner.objects.filter(pk=foreign.pk).exists()


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("owner", 200, 302), ("submit", 200, 302), ("edit", 200, 302), ("read", 200, 403), ("stranger", 404, 404)],
)
def test_partners_by_role(
    login: Callable[[Any], Client], entry: Submission, role: str, reads: int, writes: int
) -> None:
    partner = Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
    person = {"owner": entry.owner, "stranger": UserFactory()}.get(role) or factories.editor(entry, role)
    client = login(person)

    shown = client.get(page(entry))

    assert shown.status_code == reads
    if reads == 200:
        assert ("Partner aufnehmen" in shown.content.decode()) == (writes == 302)
        assert ("Entfernen" in shown.content.decode()) == (writes == 302)
    assert client.post(page(entry), NAMED).status_code == writes
    assert client.post(page(entry), {}).status_code == (422 if writes == 302 else writes)
    assert client.post(removal(partner)).status_code == writes


def test_partners_asks_anonymous_to_log_in(client: Client, entry: Submission) -> None:
    partner = Partner.objects.create(submission=entry, municipality=MunicipalityFactory())

    for response in (client.get(page(entry)), client.post(page(entry), NAMED), client.post(removal(partner))):
        assert response.headers["Location"].startswith(reverse("account_login"))
    assert entry.partners.count() == 1


def test_partners_after_the_deadline_is_a_list(owner: Client, entry: Submission, at: Callable[[Any], None]) -> None:
    partner = Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
    at(CLOSES - SECOND)
    owner.force_login(entry.owner)
    opened = owner.get(page(entry)).content.decode()
    at(CLOSES)

    html = owner.get(page(entry)).content.decode()

    assert ("<form" in opened.partition("<main")[2], "<form" in html.partition("<main")[2]) == (True, False)
    assert partner.label in html
    assert owner.post(page(entry), NAMED).status_code == 409
    assert owner.post(removal(partner)).status_code == 409
    assert entry.partners.get() == partner


def test_partners_needs_the_same_queries_for_three(owner: Client, entry: Submission) -> None:
    owner.get(page(entry))
    counted = []
    for more in (1, 2):
        for _ in range(more):
            Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
        owner.get(page(entry))
        with CaptureQueriesContext(connection) as queries:
            owner.get(page(entry))
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 16
