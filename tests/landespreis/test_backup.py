"""Backups: what is in one, that a changed byte is found, what a restore refuses, files that come and go meanwhile."""

import io
import tarfile
from collections.abc import Callable
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from landespreis import belonging
from landespreis.backup import archive, databases
from landespreis.models import Trace
from submissions.models import Attachment, Round
from tests.accounts.factories import UserFactory
from tests.portal.factories import picture
from tests.submissions import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(round: Round) -> Attachment:
    """An attachment with its bytes in the storage."""
    attachment = factories.attachment(factories.draft(round))
    if not default_storage.exists(attachment.file.name):
        attachment.file.name = default_storage.save(attachment.file.name, ContentFile(b"%PDF-1.7 bytes"))
        attachment.save(update_fields=["file"])
    return attachment


@pytest.fixture
def backup(stored: Attachment, tmp_path: Path) -> Path:
    target = tmp_path / "sicherung.tar"
    call_command("backup", str(target), stdout=StringIO())
    return target


def restore(file: Path, *options: str) -> str:
    out = StringIO()
    call_command("restore", str(file), *options, stdout=out)
    return out.getvalue()


def test_backup_stands_in_the_journal(backup: Path) -> None:
    line = Trace.objects.get(verb=Trace.Verb.BACKED_UP)

    assert (line.by, line.about) == (None, "sicherung.tar")
    assert line.detail == {"files": len(list(belonging.names())), "missing": 0, "sealed": False}


def test_backup_holds_database_files_and_manifest(backup: Path, stored: Attachment, tmp_path: Path) -> None:
    with backup.open("rb") as source:
        manifest = archive.unpack(source, tmp_path / "unpacked")

    assert manifest.files == sorted(belonging.names())
    assert stored.file.name in manifest.files
    assert (manifest.missing, manifest.vendor) == ([], connection.vendor)
    assert any(name.startswith("submissions.0001") for name in manifest.migrations)
    assert (backup.stat().st_mode & 0o777) == 0o600


def test_restore_brings_back_rows_and_files(backup: Path, stored: Attachment) -> None:
    people = set(User.objects.values_list("email", flat=True))
    with stored.file.open("rb") as file:
        content = file.read()
    UserFactory(email="danach@kommune.example")
    default_storage.delete(stored.file.name)

    said = restore(backup, "--replace")

    assert "Eingespielt und verglichen" in said
    assert set(User.objects.values_list("email", flat=True)) == people
    with default_storage.open(stored.file.name) as file:
        assert file.read() == content


def test_restore_refuses_a_database_with_accounts(backup: Path) -> None:
    UserFactory(email="danach@kommune.example")

    with pytest.raises(CommandError, match="--replace"):
        restore(backup)

    assert User.objects.filter(email="danach@kommune.example").exists()


def test_restore_of_another_database_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "oracle")

    with pytest.raises(CommandError, match="stammt aus"):
        restore(backup, "--replace")


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_check_finds_a_changed_byte(backup: Path, place: float) -> None:
    content = bytearray(backup.read_bytes())
    content[int(len(content) * place)] ^= 0xFF
    backup.write_bytes(content)

    with pytest.raises(CommandError, match=r"stimmen nicht|lässt sich nicht lesen|unlesbar|gehört in keine"):
        restore(backup, "--check")


def test_check_finds_a_backup_that_was_cut_off(backup: Path) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: len(content) // 2])

    with pytest.raises(CommandError, match=r"nicht zu Ende|lässt sich nicht lesen|stimmen nicht"):
        restore(backup, "--check")


@pytest.mark.parametrize("name", ["../oben", "/etc/passwd", "files/../../oben", "anderes"])
def test_unpack_refuses_parts_that_lead_out(name: str, tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    file.seek(0)

    with pytest.raises(archive.Damaged, match="gehört in keine Sicherung"):
        archive.unpack(file, tmp_path / "unpacked")


def test_backup_never_replaces_another(backup: Path) -> None:
    before = backup.read_bytes()

    with pytest.raises(CommandError, match="gibt es schon"):
        call_command("backup", str(backup))

    assert backup.read_bytes() == before


def test_backup_is_encrypted_to_the_keys(stored: Attachment, tmp_path: Path, settings: Any) -> None:
    key, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    settings.BACKUP_KEYS = [str(key.to_public())]
    target, right, wrong = (tmp_path / name for name in ("sicherung.tar.age", "key", "other"))
    right.write_text(f"# created by hand\n{key}\n")
    wrong.write_text(str(other))

    call_command("backup", str(target), stdout=StringIO())

    assert stored.file.name.encode() not in target.read_bytes()
    assert "ist heil" in restore(target, "--check", "--key", str(right))
    with pytest.raises(CommandError, match="mit diesem Schlüssel nicht"):
        restore(target, "--check", "--key", str(wrong))
    with pytest.raises(CommandError, match="verschlüsselt"):
        restore(target, "--check")


@pytest.mark.parametrize(("keys", "said"), [(["age1nonsense"], "kein öffentlicher Schlüssel")])
def test_backup_with_a_bad_key_leaves_nothing(
    stored: Attachment, tmp_path: Path, settings: Any, keys: list[str], said: str
) -> None:
    settings.BACKUP_KEYS = keys

    with pytest.raises(CommandError, match=said):
        call_command("backup", str(tmp_path / "sicherung.tar"))

    assert list(tmp_path.glob("sicherung*")) == []


def test_backup_holds_the_copies_of_a_picture(round: Round, tmp_path: Path) -> None:
    shown = picture()

    call_command("backup", str(tmp_path / "sicherung.tar"), stdout=StringIO())

    with (tmp_path / "sicherung.tar").open("rb") as source:
        held = archive.unpack(source, tmp_path / "unpacked").files
    assert len(shown.beside_file) >= 3
    assert set(shown.beside_file) <= set(held)


def test_file_missing_in_the_storage_is_named(stored: Attachment, tmp_path: Path) -> None:
    default_storage.delete(stored.file.name)
    target = tmp_path / "sicherung.tar"

    with pytest.raises(CommandError, match="fehlen schon in der Ablage"):
        call_command("backup", str(target), stdout=StringIO())

    assert target.exists()


def test_file_that_comes_and_goes_while_it_is_copied(
    stored: Attachment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was stored after the first look and removed after the snapshot is not missing: a new one is taken."""
    late = factories.attachment(stored.submission)
    late.file.name = default_storage.save("einreichungen/spaet.pdf", ContentFile(b"late"))
    late.save(update_fields=["file"])
    look, taken = belonging.names, databases.snapshot
    looks: list[Callable[[], set[str]]] = [lambda: set(look()) - {late.file.name}]
    monkeypatch.setattr(belonging, "names", lambda: looks.pop()() if looks else look())
    snapshots: list[str] = []

    @contextmanager
    def snapshot(target: Path) -> Any:
        with taken(target):
            yield
        if not snapshots:
            late.delete()
            default_storage.delete(late.file.name)
        snapshots.append("taken")

    monkeypatch.setattr(databases, "snapshot", snapshot)
    file = io.BytesIO()

    manifest = archive.write(file)

    assert (manifest.missing, len(snapshots)) == ([], 2)
    assert late.file.name not in manifest.files
