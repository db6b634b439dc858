"""What is printed for the ceremony: every certificate and every letter, bound in order, for the office alone."""

import io
import zipfile

import pytest

from accounts.models import User
from jury import letter as letters
from jury import parcels
from jury.actions import papers
from jury.models import Letter, Paper
from landespreis import clock, packing
from landespreis.models import Parcel
from landespreis.refusal import NotAllowed
from submissions.models import Round, Submission
from tests.accounts.factories import StaffFactory
from tests.jury import decided, factories


@pytest.fixture
def office(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


@pytest.fixture
def two(open_round: Round) -> list[Submission]:
    """Two entries of a decided category; the second has won."""
    rows = [factories.admitted(open_round, title=title) for title in ("Notstrom im Ring", "Pegel gemeinsam lesen")]
    session = decided.opened(open_round.categories.get(key="krisen"))
    decided.decide(session, factories.panel(open_round)[0], rows[1])
    papers.owe_decided(session)
    return rows


def owed(round: Round, by: User) -> Parcel:
    return packing.owe(parcels.KIND, title="Druck", params={"round": round.pk}, by=by)


def packed(round: Round, by: User) -> zipfile.ZipFile:
    parcel = owed(round, by)
    assert packing.fulfil(parcel), Parcel.objects.get(pk=parcel.pk).error
    parcel.refresh_from_db()
    with parcel.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_certificates_and_letters_are_one_pdf_each_the_winner_first(
    two: list[Submission], open_round: Round, office: User
) -> None:
    papers.fulfil_all()
    Letter.objects.filter(submission=two[1]).update(text="Von Hand geschrieben")

    made = packed(open_round, office)

    assert made.namelist() == ["Urkunden.pdf", "Briefe.pdf", "manifest.json"]
    certificates, printed = made.read("Urkunden.pdf"), made.read("Briefe.pdf")
    assert (decided.pages(certificates), decided.pages(printed)) == (2, 2)
    told = decided.text(printed)
    assert told.index("Von Hand geschrieben") < told.index("Dank für Ihre Teilnahme")
    words = decided.text(certificates)
    assert words.index("Pegel gemeinsam lesen") < words.index("Notstrom im Ring")
    assert decided.failures(certificates) == []
    assert decided.failures(printed) == []


def test_print_while_a_certificate_is_missing_is_refused_with_words(
    two: list[Submission], open_round: Round, office: User
) -> None:
    parcel = owed(open_round, office)

    assert not packing.fulfil(parcel)
    parcel.refresh_from_db()
    assert (parcel.state, parcel.error) == ("failed", parcels.MISSING.format(2))


def test_print_of_a_round_with_nothing_decided(open_round: Round, office: User) -> None:
    parcel = owed(open_round, office)
    packing.fulfil(parcel)

    parcel.refresh_from_db()
    assert parcel.error == parcels.NOTHING


def test_print_is_for_the_office(two: list[Submission], open_round: Round, office: User) -> None:
    with pytest.raises(NotAllowed):
        owed(open_round, StaffFactory())

    assert [offer.params for offer in parcels.offers(office)] == [{"round": open_round.pk}]
    assert list(parcels.offers(StaffFactory())) == []


def test_offers_are_none_before_something_is_decided(open_round: Round, office: User) -> None:
    assert list(parcels.offers(office)) == []


def test_letter_on_paper_is_addressed_to_the_lead(two: list[Submission]) -> None:
    row = Letter.objects.select_related("submission__round", "submission__current").get(submission=two[1])

    content = letters.render(row, clock.now())

    told = decided.text(content)
    assert two[1].submitted_lead
    for words in (two[1].submitted_lead.label, "Fachbereich Feuerwehr", "Meike Brandhorst", "20. Januar 2026"):
        assert words in told
    assert decided.failures(content) == []
    assert Paper.objects.filter(kind=Paper.Kind.CERTIFICATE).count() == 2
