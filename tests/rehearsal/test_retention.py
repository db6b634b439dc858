"""What is left of segregated entries, and what is missing of that which must stay, is found."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from landespreis.models import RetentionFigures
from rehearsal.acts import keeping
from rehearsal.invariants import retention
from rehearsal.ledger import SEGREGATED
from rehearsal.stage import Stage
from submissions.models import Partner, Round, Submission
from tests.accounts.factories import MunicipalityFactory
from tests.landespreis.records import office
from tests.rehearsal.told import broken
from tests.submissions import factories

WHO = "meike@soest.example"


@pytest.fixture
def kept(stage: Stage, open_round: Round, at: Callable[[datetime], None]) -> list[Submission]:
    """A round six years on, its drafts and entries segregated; and everything as it must be."""
    factories.draft(open_round)
    office.filled(open_round, at)
    one, other = office.person(), office.person()
    stage.props |= {"before_years": keeping.figures(stage), "files_before": 3}
    for kind in ("drafts", "entries"):
        office.carried_out(kind, one, other, open_round)
        stage.ledger.note(other.email, SEGREGATED, kind, entries=[])
    checksum = hashlib.sha256(b"PK").hexdigest()
    stage.props |= {"package": (checksum, checksum), "disclosed": (WHO, disclosure(WHO))}
    return list(Submission.objects.filter(number__isnull=False))


def disclosure(address: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as file:
        file.writestr("auskunft.json", f'{{"e_mail": "{address}"}}')
    return out.getvalue()


def found(stage: Stage) -> list[str]:
    return [name for check in retention.LATER for name in broken(stage, check)]


def test_everything_as_it_must_be_holds(stage: Stage, kept: list[Submission]) -> None:
    assert found(stage) == []


def test_row_that_is_left_is_found(stage: Stage, kept: list[Submission]) -> None:
    Partner.objects.create(submission=kept[0], municipality=MunicipalityFactory())

    assert found(stage) == ["Ausgesondertes ist gelöscht"]


def test_person_that_is_left_is_found(stage: Stage, kept: list[Submission]) -> None:
    Submission.objects.filter(pk=kept[0].pk).update(contact_name="Meike Brandhorst")

    assert found(stage) == ["Texte und Personen der Beiträge sind gelöscht"]


def test_file_that_is_left_is_found(stage: Stage, kept: list[Submission]) -> None:
    folder: Path = stage.installation.var / "files" / "einreichungen"
    folder.mkdir(parents=True)
    (folder / "anlage.pdf").write_bytes(b"%PDF-")

    assert found(stage) == ["Dateien der Beiträge sind gelöscht"]


def test_title_that_changed_is_found(stage: Stage, kept: list[Submission]) -> None:
    Submission.objects.filter(pk=kept[0].pk).update(submitted_title="anders")

    assert found(stage) == ["Öffentliche Angaben der Beiträge bleiben"]


def test_missing_statistics_are_found(stage: Stage, kept: list[Submission]) -> None:
    RetentionFigures.objects.all().delete()

    assert found(stage) == ["Statistik zählt alle Beiträge"]


def test_run_that_was_not_carried_out_is_found(stage: Stage, kept: list[Submission]) -> None:
    stage.ledger.lines.clear()

    assert found(stage) == ["Aussonderungen vollzogen"]


def test_other_package_and_other_person_are_found(stage: Stage, kept: list[Submission]) -> None:
    stage.props |= {"package": ("0" * 64, "1" * 64), "disclosed": (WHO, disclosure("bernd@hamm.example"))}

    assert found(stage) == ["Archivpaket mit notierter Prüfsumme", "Auskunft nennt die Person"]
