"""Receiving uploaded files: spooled to disk, and a disk that is full is remembered instead of breaking the request."""

import logging
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.http import HttpRequest

log = logging.getLogger(__name__)
_FAILED = "_upload_failed"


def failed(request: HttpRequest) -> bool:
    """Tell whether a file of this request was lost because it could not be spooled; reads the body."""
    _ = request.FILES
    return bool(getattr(request, _FAILED, False))


class SpoolingUploadHandler(TemporaryFileUploadHandler):
    """Drops a file that cannot be written; the other fields of the form arrive all the same."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            raise self._drop(error) from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            raise self._drop(error) from error

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        try:
            return super().file_complete(file_size)
        except OSError as error:  # what was still buffered did not fit
            self._drop(error)
            return None

    def _drop(self, error: OSError) -> SkipFile:
        log.error("upload not spooled: %s", error)
        setattr(self.request, _FAILED, True)
        if hasattr(self, "file"):
            with suppress(OSError):
                self.file.close()
            del self.file
        return SkipFile()
