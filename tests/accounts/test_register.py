"""What a person types and which rows of the register it means."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import register
from accounts.models import Municipality
from tests.accounts.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db
Kind = Municipality.Kind


@pytest.fixture(autouse=True)
def _rows() -> None:
    for ags, name, kind in [
        ("05974040", "Soest, Stadt", Kind.TOWN),
        ("05974000", "Kreis Soest", Kind.DISTRICT),
        ("05315000", "Köln, Stadt", Kind.INDEPENDENT),
        ("05974008", "Bad Sassendorf", Kind.COMMUNE),
        ("05554020", "Gescher, Glockenstadt", Kind.TOWN),
        ("05974056", "Wickede (Ruhr)", Kind.COMMUNE),
        ("05978012", "Fröndenberg/Ruhr, Stadt", Kind.TOWN),
        ("05334000", "Städteregion Aachen", Kind.DISTRICT),
        ("05154036", "Straelen-Weiße, Stadt", Kind.TOWN),
        (None, "Landschaftsverband Rheinland (LVR)", Kind.ASSOCIATION),
    ]:
        MunicipalityFactory(ags=ags, name=name, kind=kind)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Stadt Soest (05974040)", ["Stadt Soest"]),
        ("Soest (05974040)", ["Stadt Soest"]),
        ("05974040", ["Stadt Soest"]),
        ("5974040", ["Stadt Soest"]),
        (" 05974040 ", ["Stadt Soest"]),
        ("Soest, Stadt", ["Stadt Soest"]),
        ("soest stadt", ["Stadt Soest"]),
        ("STADT SOEST", ["Stadt Soest"]),
        ("Kreis Soest", ["Kreis Soest"]),
        ("Soest", ["Kreis Soest", "Stadt Soest"]),
        ("Köln", ["Stadt Köln"]),
        ("koeln", ["Stadt Köln"]),
        ("Koln", ["Stadt Köln"]),
        ("Ko\u0308ln", ["Stadt Köln"]),
        ("straelen weisse", ["Stadt Straelen-Weiße"]),
        ("Gescher", ["Stadt Gescher"]),
        ("Gescher, Glockenstadt", ["Stadt Gescher"]),
        ("Wickede", ["Gemeinde Wickede (Ruhr)"]),
        ("Fröndenberg", ["Stadt Fröndenberg/Ruhr"]),
        ("Aachen", ["Städteregion Aachen"]),
        ("LVR", ["Landschaftsverband Rheinland (LVR)"]),
        ("Sassendorf", ["Gemeinde Bad Sassendorf"]),
        ("Rheinl", ["Landschaftsverband Rheinland (LVR)"]),
        ("Köln (05974040)", []),
        ("99999999", []),
        ("Atlantis", []),
        ("So", []),
        ("", []),
        ("–", []),
        ("٠٥٩٧٤٠٤٠", []),
    ],
)
def test_find_understands(text: str, labels: list[str]) -> None:
    found = register.find(text)

    assert [row.label for row in found] == labels


def test_options_are_sorted_the_german_way() -> None:
    MunicipalityFactory(ags="05566076", name="Ölde, Stadt")
    MunicipalityFactory(ags="05566072", name="Olfen, Stadt")

    offered = register.options()

    assert offered.index("Stadt Ölde (05566076)") == offered.index("Stadt Olfen (05566072)") - 1
    assert offered.index("Landschaftsverband Rheinland (LVR)") < offered.index("Stadt Soest (05974040)")


def test_options_are_offered_without_redis(client: Client, no_redis: None) -> None:
    page = client.get(reverse("account_signup"))

    assert page.status_code == 200
    assert "Stadt Soest (05974040)" in page.content.decode()
    register.forget_options()


def test_options_know_a_new_row_once_told_to_forget() -> None:
    register.options()
    Municipality.objects.filter(ags="05974040").update(label="Hansestadt Soest")

    register.forget_options()

    assert "Hansestadt Soest (05974040)" in register.options()


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("Soest, Stadt", Kind.TOWN, "Stadt Soest"),
        ("Düsseldorf, Stadt", Kind.INDEPENDENT, "Stadt Düsseldorf"),
        ("Gescher, Glockenstadt", Kind.TOWN, "Stadt Gescher"),
        ("Roetgen, Tor zur Eifel", Kind.COMMUNE, "Gemeinde Roetgen"),
        ("Kreis Soest", Kind.DISTRICT, "Kreis Soest"),
        ("Landschaftsverband Rheinland (LVR)", Kind.ASSOCIATION, "Landschaftsverband Rheinland (LVR)"),
    ],
)
def test_label_names_the_kind(name: str, kind: str, expected: str) -> None:
    assert register.label(name, kind) == expected
