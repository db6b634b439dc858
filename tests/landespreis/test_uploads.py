"""Uploads that find no room on the disk."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadhandler import SkipFile
from django.http import HttpRequest
from django.test import RequestFactory

from landespreis import uploads
from landespreis.uploads import SpoolingUploadHandler


@pytest.fixture
def request_() -> HttpRequest:
    return RequestFactory().post("/", {})


@pytest.fixture
def handler(request_: HttpRequest) -> SpoolingUploadHandler:
    handler = SpoolingUploadHandler(request_)
    handler.new_file("datei", "plan.pdf", "application/pdf", None)
    return handler


def fill_disk(handler: SpoolingUploadHandler) -> None:
    """Let the spool lie on a device that is always full."""
    handler.file.close()
    handler.file.file = Path("/dev/full").open("wb")  # noqa: SIM115 — the handler closes it


def test_upload_is_spooled(handler: SpoolingUploadHandler, request_: HttpRequest) -> None:
    handler.receive_data_chunk(b"%PDF", 0)

    file = handler.file_complete(4)

    assert file
    assert (file.read(), file.size) == (b"%PDF", 4)
    assert not uploads.failed(request_)
    file.close()


def test_upload_that_fills_the_disk_is_skipped(handler: SpoolingUploadHandler, request_: HttpRequest) -> None:
    fill_disk(handler)

    with pytest.raises(SkipFile):
        handler.receive_data_chunk(b"x" * 65536, 0)

    assert uploads.failed(request_)
    assert not hasattr(handler, "file")


def test_upload_whose_last_bytes_do_not_fit_is_dropped(handler: SpoolingUploadHandler, request_: HttpRequest) -> None:
    fill_disk(handler)
    handler.receive_data_chunk(b"x", 0)

    assert handler.file_complete(1) is None
    assert uploads.failed(request_)


def test_upload_without_a_folder_for_it_is_skipped(request_: HttpRequest, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "missing")

    with pytest.raises(SkipFile):
        SpoolingUploadHandler(request_).new_file("datei", "plan.pdf", "application/pdf", None)

    assert uploads.failed(request_)
