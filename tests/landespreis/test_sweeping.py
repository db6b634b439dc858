"""The sweep: what no row names goes once it is old, everything else stays, and doubt removes nothing."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from landespreis import belonging, clock, files, storages, sweeping, tasks
from landespreis.models import Parcel, RetentionItem, RetentionRun
from landespreis.refusal import Refused, Unavailable
from landespreis.watching import figures
from portal.actions.exchange import parking
from portal.models import Picture, pictures
from rehearsal.bucket import Bucket
from rehearsal.installation import settled_surroundings
from rehearsal.machines import free_port
from submissions.actions import files as entry_files
from submissions.models import Attachment, Round, Submission
from tests.accounts.factories import StaffFactory
from tests.portal import factories as content
from tests.submissions import factories

pytestmark = pytest.mark.django_db
OLD = timedelta(hours=25)
ORPHAN = "einreichungen/1/verwaist.pdf"


@pytest.fixture(params=["folder", "bucket"], autouse=True)
def place(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Where the files lie, whatever way leads there."""
    place = tmp_path / "place"
    place.mkdir()
    if request.param == "folder":
        settings.FILES_URL = f"file://{place}"
        yield place
        return
    bucket = Bucket(free_port(), place)
    bucket.open()
    settings.FILES_URL = bucket.url
    yield place
    bucket.close()


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.complete(open_round)


@pytest.fixture
def attachment(entry: Submission) -> Attachment:
    return kept(factories.attachment(entry))


def kept(attachment: Attachment) -> Attachment:
    """Let the bytes of an attachment lie in the storage."""
    default_storage.delete(str(attachment.file.name))
    default_storage.save(str(attachment.file.name), ContentFile(factories.PDF))
    return attachment


def aged(place: Path, since: timedelta = OLD) -> None:
    """Let everything in the storage have been stored so long ago."""
    then = (timezone.now() - since).timestamp()
    for path in place.rglob("*"):
        os.utime(path, (then, then))


def orphan(name: str = ORPHAN) -> str:
    return default_storage.save(name, ContentFile(factories.PDF))


def lying() -> set[str]:
    return {kept.name for folder in sweeping.FOLDERS for kept in files.everything_in(folder)}


# What goes, and what stays -----------------------------------------------------------------------------
def test_old_file_without_a_row_goes_and_no_other(place: Path, attachment: Attachment) -> None:
    name = orphan()
    aged(place)

    found = sweeping.sweep()

    assert lying() == {attachment.file.name}
    assert (found.unnamed, found.removed, found.missing) == ([name], 1, [])
    assert found.counts == {"lying": 2, "young": 0, "unnamed": 0, "missing": 0, "removed": 1}


def test_every_kind_of_file_that_a_row_names_stays(place: Path, attachment: Attachment) -> None:
    content.download()
    picture = content.picture()
    aged(place)
    before = lying()

    found = sweeping.sweep()

    assert lying() == before
    assert {str(picture.file.name), *picture.beside_file} < before
    assert (found.removed, found.missing) == (0, [])


def test_file_of_a_process_that_was_killed_before_its_row_goes(
    place: Path, entry: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: object, **fields: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry_files, "_keep", killed)
    pdf = content.pdf()
    with pytest.raises(KeyboardInterrupt):
        entry_files.add(entry, BytesIO(pdf), name="a.pdf", size=len(pdf), kind=Attachment.Kind.ANNEX, by=entry.owner)
    assert len(lying()) == 1

    assert sweeping.sweep().removed == 0
    aged(place)
    assert sweeping.sweep().removed == 1

    assert lying() == set()


@pytest.mark.parametrize(("hours", "removed"), [(23.9, 0), (24.1, 1)])
def test_young_file_waits_for_its_row(place: Path, hours: float, removed: int) -> None:
    orphan()
    aged(place, timedelta(hours=hours))

    found = sweeping.sweep()

    assert (found.removed, found.young) == (removed, 1 - removed)


def test_upload_during_the_sweep_stays(place: Path, entry: Submission, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes after the names were read and before the files are listed, also when its row is not yet written."""
    orphan()
    aged(place)
    names, uploaded = belonging.names, []

    def read() -> Iterator[str]:
        yield from names()
        uploaded.append(str(kept(factories.attachment(entry)).file.name))
        uploaded.append(orphan("einreichungen/1/zeile-folgt.pdf"))

    monkeypatch.setattr(belonging, "names", read)

    found = sweeping.sweep()

    assert (found.removed, found.young, found.missing) == (1, 2, [])
    assert lying() == set(uploaded)


def test_old_file_whose_row_comes_during_the_sweep_stays(
    place: Path, attachment: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the portal does that; a restore might."""
    aged(place)
    monkeypatch.setattr(belonging, "names", lambda: iter(()))

    assert sweeping.sweep().removed == 0
    assert lying() == {attachment.file.name}


def test_what_is_not_the_portals_stays_and_is_named(place: Path) -> None:
    (place / "sicherungen").mkdir()
    (place / "sicherungen" / "2026.tar.age").write_bytes(b"x")
    (place / "lies-mich.txt").write_bytes(b"x")
    aged(place)

    found = sweeping.sweep()

    assert found.foreign == ["lies-mich.txt", "sicherungen"]
    assert (found.lying, found.removed) == (0, 0)


STORED = {
    ("landespreis/health.py", "health"), ("landespreis/records/runs.py", "aussonderung"),
    ("submissions/actions/receipts.py", "bestaetigungen"), ("submissions/actions/files.py", "einreichungen"),
    ("jury/actions/papers.py", "jury"), ("portal/actions/downloads.py", "downloads"),
    ("portal/actions/pictures.py", "{folder(picture)}"),  # bilder
    ("portal/actions/exchange/parking.py", "{FOLDER}"),  # einfuhr
    ("landespreis/packing.py", "path"),  # pakete
    ("landespreis/files.py", "path"), ("landespreis/backup/archive.py", "name"),  # what others say
}  # fmt: skip
"""Who stores, and where; whatever comes to it has to stand in `FOLDERS`, too."""


def test_everything_the_portal_stores_lies_in_a_folder_that_is_swept() -> None:
    found = set()
    for app in ("accounts", "jury", "landespreis", "portal", "submissions"):
        for path in (project.BASE_DIR / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"files.store", "default_storage.save"}:
                    begin = ast.unparse(node.args[0]).removeprefix("f").strip("'").partition("/")[0]
                    found.add((path.relative_to(project.BASE_DIR).as_posix(), begin))

    assert found == STORED
    assert {begin for _, begin in STORED if begin.isalpha()} - {"path", "name"} < set(sweeping.FOLDERS)
    assert {parking.FOLDER, pictures.folder(Picture()).partition("/")[0], "pakete"} < set(sweeping.FOLDERS)


def test_every_column_of_files_leads_to_a_folder_that_is_swept() -> None:
    """Also those of packages."""
    begins = set()
    for model, column in belonging._columns():
        upload_to = model._meta.get_field(column).upload_to  # type: ignore[union-attr]
        path = upload_to(model(), "a.pdf") if callable(upload_to) else upload_to
        begins.add(path.partition("/")[0])

    assert begins < set(sweeping.FOLDERS)


# Doubt -------------------------------------------------------------------------------------------------
def many(number: int, place: Path, folder: str = "jury") -> None:
    (place / folder).mkdir(exist_ok=True)
    for one in range(number):
        (place / folder / f"{one:05}.pdf").write_bytes(b"x")
    aged(place)


@pytest.mark.parametrize(("number", "removed"), [(sweeping.FEW, sweeping.FEW), (sweeping.FEW + 1, None)])
def test_suspiciously_many_are_not_removed(place: Path, number: int, removed: int | None) -> None:
    many(number, place)

    if removed is None:
        with pytest.raises(Refused, match=f"{number} von {number} Dateien gehören zu keiner Zeile"):
            sweeping.sweep()
        assert len(lying()) == number
    else:
        assert sweeping.sweep().removed == removed


def test_copies_that_go_with_mails_are_never_too_many(place: Path) -> None:
    many(30, place, "post_office_attachments")
    many(sweeping.FEW, place)

    assert sweeping.sweep().removed == 30 + sweeping.FEW


def test_files_a_retention_run_could_not_delete_are_never_too_many(place: Path) -> None:
    many(30, place)
    now = clock.now()
    run = RetentionRun.objects.create(
        kind="drafts", is_archived=False, before=now, proposed_at=now, proposed_by=StaffFactory()
    )
    names = [f"jury/{one:05}.pdf" for one in range(30)]
    RetentionItem.objects.create(run=run, subject="x", state=RetentionItem.State.DONE, files=names)

    assert sweeping.sweep().removed == 30


def test_operator_may_say_how_many_are_right(place: Path) -> None:
    many(30, place)

    with pytest.raises(Refused):
        sweeping.sweep(most=29)
    assert sweeping.sweep(most=30).removed == 30


def test_task_fails_where_the_sweep_refuses(place: Path) -> None:
    many(30, place)

    with pytest.raises(Refused):
        tasks.sweep_files()


# Rows without files ------------------------------------------------------------------------------------
def test_row_without_its_file_is_told(place: Path, attachment: Attachment) -> None:
    picture = content.picture()
    default_storage.delete(str(attachment.file.name))
    default_storage.delete(picture.beside_file[0])

    found = sweeping.sweep()

    assert found.missing == sorted([str(attachment.file.name), picture.beside_file[0]])


def test_parcel_that_is_being_packed_is_not_missing(place: Path) -> None:
    parcel = Parcel.objects.create(kind="probe", title="Probe", asked_by=StaffFactory(), file="pakete/1-a.zip")
    assert sweeping.look().missing == []

    Parcel.objects.update(finished_at=timezone.now(), expires_at=timezone.now() + OLD)

    assert sweeping.look().missing == [str(parcel.file.name)]


# A storage that fails ----------------------------------------------------------------------------------
def test_storage_that_fails_while_it_is_listed_loses_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many(5, place)
    everything = files.everything_in

    def fails(folder: str) -> Iterator[storages.Kept]:
        yield from list(everything(folder))[:3]
        if folder == "jury":
            raise Unavailable(files.NOT_READ)

    monkeypatch.setattr(files, "everything_in", fails)

    with pytest.raises(Unavailable):
        sweeping.sweep()
    monkeypatch.undo()
    assert len(list((place / "jury").iterdir())) == 5


def test_storage_that_fails_while_files_are_removed_goes_on_next_time(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(5, place)
    delete, deleted = files.PrivateStorage.delete, []

    def twice(self: files.PrivateStorage, name: str) -> None:
        if len(deleted) == 2:
            raise Unavailable(files.NOT_DELETED)
        deleted.append(name)
        delete(self, name)

    monkeypatch.setattr(files.PrivateStorage, "delete", twice)
    with pytest.raises(Unavailable):
        sweeping.sweep()
    told = sweeping.last()
    assert told
    assert (told.counts["removed"], told.counts["unnamed"]) == (2, 3)

    deleted.clear()
    monkeypatch.setattr(files.PrivateStorage, "delete", delete)
    assert sweeping.sweep().removed == 3


@pytest.mark.parametrize(("stuck", "removed", "asked"), [(1, 8, 9), (9, 0, 5)])
def test_file_that_the_storage_keeps_holds_up_no_other(
    place: Path, monkeypatch: pytest.MonkeyPatch, stuck: int, removed: int, asked: int
) -> None:
    """Where it lets none go it is the storage that fails, and is not asked for hours."""
    many(9, place)
    delete, tried = files.PrivateStorage.delete, []

    def keeps_some(self: files.PrivateStorage, name: str) -> None:
        tried.append(name)
        if len(tried) <= stuck:
            raise Unavailable(files.NOT_DELETED)
        delete(self, name)

    monkeypatch.setattr(files.PrivateStorage, "delete", keeps_some)
    with pytest.raises(Unavailable):
        sweeping.sweep()

    told = sweeping.last()
    assert told
    assert (told.counts["removed"], len(tried)) == (removed, asked)


def test_huge_storage_costs_few_questions(place: Path) -> None:
    """One for each column and batch of names that are doubtful, and a few whatever lies there."""

    def asked(number: int) -> int:
        many(number, place)
        with CaptureQueriesContext(connection) as queries:
            assert len(sweeping.look().unnamed) == number
        return len(queries)

    one, two, five = (asked(number * sweeping.BATCH) for number in (1, 2, 5))

    assert (two - one, five - two) == (len(belonging._columns()), 3 * len(belonging._columns()))


# What is told ------------------------------------------------------------------------------------------
def command(*options: str) -> str:
    out = StringIO()
    call_command("sweep_files", *options, stdout=out)
    return out.getvalue()


def test_command_names_and_removes_only_when_told(place: Path) -> None:
    name = orphan()
    aged(place)

    assert command().splitlines() == [
        "1 Dateien, davon 1 ohne Zeile. Jünger als 24 Stunden und darum noch geduldet: 0.",
        f"Ohne Zeile: {name}",
    ]
    assert lying() == {name}
    assert "Gelöscht: 1." in command("--delete")
    assert lying() == set()


def test_command_ends_with_an_error_where_files_are_missing_or_too_many_lie_there(
    place: Path, attachment: Attachment
) -> None:
    default_storage.delete(str(attachment.file.name))
    with pytest.raises(CommandError, match="1 Dateien fehlen in der Ablage"):
        command()

    many(30, place)
    Attachment.objects.all().delete()
    with pytest.raises(CommandError, match="verdächtig viele"):
        command()
    with pytest.raises(CommandError, match="verdächtig viele"):
        command("--delete")
    assert "Gelöscht: 30." in command("--delete", "--most", "30")


def test_figures_tell_of_the_last_sweep(place: Path, attachment: Attachment) -> None:
    assert list(figures._of_storage()) == []
    default_storage.delete(str(attachment.file.name))
    orphan()

    found = sweeping.sweep()

    counts, looked = figures._of_storage()
    assert counts.values == {
        ("lying",): 1, ("young",): 1, ("unnamed",): 0, ("missing",): 1, ("removed",): 0,
    }  # fmt: skip
    assert looked.values == {(): found.at.timestamp()}


def test_log_tells_numbers_and_shouts_about_what_is_lost(
    place: Path, attachment: Attachment, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "landespreis.sweeping")
    default_storage.delete(str(attachment.file.name))

    sweeping.sweep()

    assert [(record.levelname, record.getMessage().partition(",")[0]) for record in caplog.records] == [
        ("INFO", "storage swept: 0 lying"), ("ERROR", "1 private files are missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(("hours", "said"), [("0.5", "ORPHAN_HOURS ist zu klein"), ("1", "")])
def test_no_portal_in_earnest_removes_what_is_being_uploaded(hours: str, said: str) -> None:
    surroundings = {"SECRET_KEY": "x" * 50, "SMTP_URL": "smtp://mail.example", "ORPHAN_HOURS": hours}
    command = [sys.executable, "-c", "import landespreis.settings"]
    done = subprocess.run(
        command, env=settled_surroundings() | surroundings, cwd=project.BASE_DIR, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert (said in done.stderr, done.returncode) == (True, int(bool(said))), done.stderr
