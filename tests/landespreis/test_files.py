"""Private files on a folder and on a bucket, their names, and how they are served."""

import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.migrations.writer import MigrationWriter
from django.http import FileResponse
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from landespreis import files
from landespreis.middleware import response_headers
from landespreis.refusal import Unavailable

KEY, SECRET, BUCKET = "test-key", "test-secret-0123", "private"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_URL = f"file://{tmp_path}/private%20files"
    return tmp_path / "private files"


@pytest.fixture(scope="module")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real S3 server on a local port."""
    root = tmp_path_factory.mktemp("s3")
    (root / BUCKET).mkdir()
    port = free_port()
    rclone = shutil.which("rclone", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert rclone, "rclone is missing: install the dev packages"
    server = subprocess.Popen(
        [rclone, "serve", "s3", str(root), "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}"],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "RCLONE_CONFIG": os.devnull},
    )
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"s3://{KEY}:{SECRET}@127.0.0.1:{port}/{BUCKET}?region=us-east-1&secure=0"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(params=["folder", "bucket"])
def storage_address(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> str:
    if request.param == "folder":
        settings.FILES_URL = f"file://{tmp_path}/files"
    else:
        settings.FILES_URL = request.getfixturevalue("s3_address")
    return str(settings.FILES_URL)


# Storing -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("storage_address")
def test_store_keeps_the_bytes_that_are_read_and_deleted_again() -> None:
    data = os.urandom(3 * 1024 * 1024)

    path = files.store("entries/7/beschluss.pdf", [data[:1_000_000], data[1_000_000:]])

    with default_storage.open(path) as file:
        assert file.read() == data
    assert default_storage.size(path) == len(data)
    assert default_storage.get_modified_time(path) is not None
    assert "7" in default_storage.listdir("entries")[0]
    default_storage.delete(path)
    assert not default_storage.exists(path)
    with pytest.raises(FileNotFoundError):
        default_storage.open(path)


@pytest.mark.usefixtures("storage_address")
def test_store_never_overwrites_another_file() -> None:
    first = files.store("same/name.pdf", [b"first"])

    second = files.store("same/name.pdf", [b"second"])

    assert first != second
    with default_storage.open(first) as file:
        assert file.read() == b"first"
    with default_storage.open(second) as file:
        assert file.read() == b"second"


@pytest.mark.usefixtures("storage_address")
def test_url_of_a_private_file_does_not_exist() -> None:
    path = files.store("a.pdf", [b"x"])

    with pytest.raises(NotImplementedError):
        default_storage.url(path)


def test_store_in_a_folder_gives_nobody_else_access(folder: Path) -> None:
    previous = os.umask(0)
    try:
        path = files.store("entries/7/a.pdf", [b"x"])
    finally:
        os.umask(previous)

    assert stat.S_IMODE((folder / path).stat().st_mode) == 0o600
    for parent in (folder, folder / "entries", folder / "entries/7"):
        assert stat.S_IMODE(parent.stat().st_mode) == 0o700


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's always full device")
def test_store_on_a_full_disk_is_unavailable_and_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = os.open

    def full_device(path: Any, flags: int, mode: int = 0o777, **rest: Any) -> int:
        if str(path).startswith(str(folder)):
            os.close(real_open(path, flags, mode, **rest))
            return real_open("/dev/full", os.O_WRONLY)
        return real_open(path, flags, mode, **rest)

    monkeypatch.setattr(os, "open", full_device)

    with pytest.raises(Unavailable) as refusal:
        files.store("a.pdf", [b"x" * 100_000])

    assert "nicht gespeichert" in refusal.value.message
    assert "ist sicher" in refusal.value.message
    assert list(folder.rglob("*")) == []


def test_store_below_something_that_is_no_folder_is_unavailable(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file, not a folder")
    settings.FILES_URL = f"file://{tmp_path}/occupied"

    with pytest.raises(Unavailable):
        files.store("a.pdf", [b"x"])


def test_store_keeps_nothing_when_the_upload_breaks_off(folder: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(Unavailable):
        files.store("a.pdf", chunks())

    assert not folder.exists()


def test_every_use_of_an_unreachable_bucket_is_unavailable(settings: Any) -> None:
    settings.FILES_URL = f"s3://{KEY}:{SECRET}@127.0.0.1:{free_port()}/{BUCKET}?secure=0"
    started = time.monotonic()

    for use in (
        lambda: files.store("a.pdf", [b"x"]),
        lambda: default_storage.open("a.pdf"),
        lambda: default_storage.delete("a.pdf"),
        lambda: default_storage.exists("a.pdf"),
        lambda: default_storage.size("a.pdf"),
        lambda: default_storage.listdir("a"),
        lambda: default_storage.get_modified_time("a.pdf"),
    ):
        with pytest.raises(Unavailable):
            use()

    assert time.monotonic() - started < 30


def test_a_bucket_that_does_not_know_the_key_is_unavailable(settings: Any, s3_address: str) -> None:
    settings.FILES_URL = s3_address.replace(SECRET, "another-secret-9")

    with pytest.raises(Unavailable) as refusal:
        files.store("a.pdf", [b"x"])

    assert isinstance(refusal.value.__cause__, ClientError)


def test_a_bucket_hands_nothing_to_those_who_do_not_sign(settings: Any, s3_address: str) -> None:
    settings.FILES_URL = s3_address
    path = files.store("a.pdf", [b"x"])
    unsigned = s3_address.replace(f"{KEY}:{SECRET}", "nobody:nobody-at-all")

    settings.FILES_URL = unsigned

    with pytest.raises(Unavailable):
        default_storage.open(path)


@pytest.mark.parametrize("address", ["", "files", "file://relative/folder", "ftp://host/x", "s3://key:secret@host/"])
def test_an_address_that_names_no_storage_is_refused(settings: Any, address: str) -> None:
    settings.FILES_URL = address

    with pytest.raises(ImproperlyConfigured, match="FILES_URL"):
        default_storage.exists("a.pdf")


def test_the_storage_can_stand_in_a_migration() -> None:
    written, imports = MigrationWriter.serialize(files.PrivateStorage())

    assert written == "landespreis.files.PrivateStorage()"
    assert imports == {"import landespreis.files"}


# Serving -------------------------------------------------------------------------------------------


def served(response: FileResponse) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[arg-type]


@pytest.mark.django_db  # the end of a response closes old connections
@pytest.mark.usefixtures("storage_address")
def test_serve_streams_a_download_no_browser_shows_or_keeps(rf: RequestFactory) -> None:
    path = files.store("a.pdf", [b"%PDF-1.7 private"])

    response = files.serve(default_storage.open(path), name="Beschluss.pdf", content_type="application/pdf")

    sent = response_headers(lambda _: response)(rf.get("/"))
    assert served(response) == b"%PDF-1.7 private"
    response.close()
    assert sent["Content-Type"] == "application/pdf"
    assert sent["Content-Length"] == "16"
    assert sent["Content-Disposition"] == 'attachment; filename="Beschluss.pdf"'
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert sent["Cache-Control"] == "private, no-store"
    assert sent["Cross-Origin-Resource-Policy"] == "same-origin"


def test_serve_never_says_html_is_shown() -> None:
    response = files.serve(BytesIO(b"<script>"), name="x.html", content_type="text/html")

    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Übersicht 1.pdf", "attachment; filename*=utf-8''%C3%9Cbersicht%201.pdf"),
        ('a"b.pdf', 'attachment; filename="a\\"b.pdf"'),
        ("a\r\nSet-Cookie: x=1.pdf", 'attachment; filename="aSet-Cookie: x=1.pdf"'),
        ("broken \ud800.pdf", 'attachment; filename="broken .pdf"'),
        ("😀.pdf", "attachment; filename*=utf-8''%F0%9F%98%80.pdf"),
    ],
)
def test_serve_names_the_download_safely(name: str, header: str) -> None:
    response = files.serve(BytesIO(b"x"), name=name, content_type="application/pdf")

    assert response["Content-Disposition"] == header


# Names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Beschluss.pdf", "Beschluss.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\Beschluss.pdf", "Beschluss.pdf"),
        ("folder/", "folder"),
        ("", "Datei"),
        ("..", "Datei"),
        ("///", "Datei"),
        ("\x00\x01", "Datei"),
        (" . ", "Datei"),
        (".htaccess", "htaccess"),
        ("a\x00b\x1f.pdf", "ab.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\u2066b\u2069\u200b\ufeff.pdf", "ab.pdf"),
        ("a\u2028b\tc.pdf", "a bc.pdf"),
        ("u\u0308ber.pdf", "über.pdf"),
        ("Straße_Öl.pdf", "Straße_Öl.pdf"),
        ("👩‍👩‍👧 Team.jpg", "👩‍👩‍👧 Team.jpg"),
        ("\ud800.pdf", "pdf"),
        ("a\uffff.pdf", "a.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
        ("a." + "x" * 300, "a." + "x" * 118),
    ],
)
def test_clean_name_keeps_what_people_need(raw: str, name: str) -> None:
    assert files.clean_name(raw) == name


@given(st.text(max_size=400))
def test_clean_name_is_always_usable(raw: str) -> None:
    name = files.clean_name(raw)

    assert 0 < len(name) <= files.NAME_LENGTH
    assert not set(name) & set("/\\\r\n\0\u202e")
    assert name == files.clean_name(name)
    name.encode()
    ContentFile(b"", name=name)
