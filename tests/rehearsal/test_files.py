"""A file without a row, a row without a file and bytes that are not those of the row are found."""

import hashlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from rehearsal import ledger
from rehearsal.invariants import files
from rehearsal.ledger import Outage
from rehearsal.stage import Stage
from submissions.models import Attachment, Round, Submission
from tests.portal import factories as content
from tests.rehearsal.told import broken
from tests.submissions import factories

SWEPT, NO_ROW, NO_FILE = "Durchsicht der Ablage gelang", "Keine Datei ohne Zeile", "Keine Zeile ohne Datei"
WHOLE, HELD = "Jede hochgeladene Datei ist unversehrt", "Jede Datei, die wieder herausgegeben wurde, liegt vor"
SHA256 = hashlib.sha256(factories.PDF).hexdigest()


@pytest.fixture(autouse=True)
def _swept(stage: Stage) -> None:
    stage.props["swept"] = (0, "Gelöscht: 0.")


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.complete(open_round)


@pytest.fixture
def attachment(entry: Submission) -> Attachment:
    attachment = factories.attachment(entry)
    Attachment.objects.update(sha256=SHA256)
    return attachment


def test_belongings_hold_when_both_lists_are_the_same(stage: Stage, attachment: Attachment) -> None:
    assert broken(stage, files.belongings) == []


def test_belongings_find_a_file_that_no_row_names(stage: Stage, attachment: Attachment) -> None:
    default_storage.save("einreichungen/verloren.pdf", ContentFile(factories.PDF))

    assert broken(stage, files.belongings) == [NO_ROW]


def test_belongings_know_the_copies_of_a_picture(stage: Stage, db: None) -> None:
    picture = content.picture()

    assert broken(stage, files.belongings) == []

    default_storage.delete(str(picture.file.name).replace("original", str(picture.widths[0])))

    assert broken(stage, files.belongings) == [NO_FILE]


def test_belongings_excuse_no_file_by_an_outage(stage: Stage, attachment: Attachment) -> None:
    name = default_storage.save("einreichungen/verloren.pdf", ContentFile(factories.PDF))
    stored = default_storage.get_modified_time(name)
    stage.ledger.outages.append(Outage("worker", "kill-worker", stored, stored))

    assert broken(stage, files.belongings) == [NO_ROW]


@pytest.mark.parametrize("swept", [{}, {"swept": (1, "Das sind verdächtig viele ohne Zeile.")}])
def test_belongings_ask_for_a_sweep_that_did_its_work(
    stage: Stage, attachment: Attachment, swept: dict[str, object]
) -> None:
    stage.props = swept

    assert broken(stage, files.belongings) == [SWEPT]


def test_belongings_and_contents_find_a_row_whose_file_is_gone(stage: Stage, attachment: Attachment) -> None:
    default_storage.delete(str(attachment.file.name))

    assert broken(stage, files.belongings) == [NO_FILE]
    assert broken(stage, files.contents) == [WHOLE]


def test_contents_find_other_bytes(stage: Stage, attachment: Attachment) -> None:
    with default_storage.open(str(attachment.file.name), "wb") as file:
        file.write(b"other")

    assert broken(stage, files.contents) == [WHOLE]


@pytest.mark.parametrize(("sha256", "found"), [(SHA256, []), ("1" * 64, [HELD])])
def test_contents_compare_with_what_people_got(
    stage: Stage, attachment: Attachment, sha256: str, found: list[str]
) -> None:
    about = str(attachment.submission_id)
    stage.ledger.note("a@stadt.example", ledger.UPLOADED, about, name=attachment.name, sha256=sha256)

    assert broken(stage, files.contents) == found
