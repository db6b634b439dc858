"""The form field by which a municipality is chosen."""

import pytest
from django import forms

from accounts.fields import MunicipalityField
from tests.accounts.factories import MunicipalityFactory

pytestmark = pytest.mark.django_db


class OneForm(forms.Form):
    municipality = MunicipalityField()


class TwoForm(forms.Form):
    first = MunicipalityField()
    second = MunicipalityField(offers_register=False, required=False)


@pytest.fixture(autouse=True)
def _rows() -> None:
    MunicipalityFactory(ags="05974040", name="Soest, Stadt", kind="stadt")
    MunicipalityFactory(ags="05974000", name="Kreis Soest", kind="kreis")


def test_field_gives_the_row() -> None:
    form = OneForm({"municipality": "soest, stadt"})

    assert form.is_valid()
    assert form.cleaned_data["municipality"].ags == "05974040"


def test_field_names_the_candidates_and_offers_them_first() -> None:
    MunicipalityFactory(ags="05974004", name="Anröchte", kind="gemeinde")

    form = OneForm({"municipality": "Soest"})

    assert form.errors["municipality"] == [
        "Mehrere Einträge passen: Kreis Soest (05974000), Stadt Soest (05974040). Bitte wählen Sie einen aus der Liste."
    ]
    offered = str(form["municipality"])
    assert offered.index("Kreis Soest") < offered.index("Stadt Soest") < offered.index("Gemeinde Anröchte")
    assert offered.count("Kreis Soest") == 1
    assert "Kreis" not in str(OneForm()["municipality"]).split("Anröchte")[0]


def test_field_counts_the_candidates_it_does_not_name() -> None:
    for number in range(8):
        MunicipalityFactory(ags=f"0597500{number}", name=f"Seedorf {number}", kind="gemeinde")

    form = OneForm({"municipality": "Seedorf"})

    assert form.errors["municipality"][0].endswith("(05975005) und 2 weitere. Bitte wählen Sie einen aus der Liste.")


@pytest.mark.parametrize("text", ["Atlantis", "99999999", "<script>"])
def test_field_refuses_what_is_not_in_the_register(text: str) -> None:
    form = OneForm({"municipality": text})

    assert form.errors["municipality"][0].startswith(f"„{text}“ steht nicht im Verzeichnis.")


@pytest.mark.parametrize("text", ["Soest\x00", "x" * 161, ""])
def test_field_refuses_malformed_text_in_german(text: str) -> None:
    form = OneForm({"municipality": text})

    (message,) = form.errors["municipality"]
    assert any(word in message for word in ("Nullzeichen", "höchstens 160", "Wählen Sie eine Kommune"))


def test_field_not_required_may_stay_empty() -> None:
    form = TwoForm({"first": "05974040", "second": ""})

    assert form.is_valid()
    assert form.cleaned_data["second"] is None


def test_field_shows_what_was_chosen_before() -> None:
    row = MunicipalityFactory(ags="05974004", name="Anröchte", kind="gemeinde")

    form = OneForm({"municipality": "Gemeinde Anröchte (05974004)"}, initial={"municipality": row})

    assert 'value="Gemeinde Anröchte (05974004)"' in str(OneForm(initial={"municipality": row})["municipality"])
    assert not form.has_changed()


def test_register_is_written_once_per_page() -> None:
    page = TwoForm().as_p()

    assert page.count("<datalist") == 1
    assert page.count('list="register"') == 2


def test_field_without_register_still_offers_candidates() -> None:
    page = str(TwoForm({"first": "05974040", "second": "Soest"})["second"])

    assert 'list="id_second_candidates"' in page
    assert '<datalist id="id_second_candidates">' in page
    assert page.count("<option") == 2
