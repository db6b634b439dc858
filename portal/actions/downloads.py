"""Verbs on downloads: save one, with a new file or without."""

import io
from pathlib import PurePosixPath
from uuid import uuid4

from django.db import transaction

from landespreis import clock, files, scanner
from landespreis.inspection import Examined
from landespreis.refusal import Refused, Unavailable
from portal import slugs
from portal.actions import indexing
from portal.models import Download

MOST = 80


def save(download: Download, *, examined: Examined | None = None, name: str = "") -> Download:
    """Store a download; `examined` is its new file, called `name` by whoever brings it.

    The bytes are stored before the transaction and deleted again if the row cannot be written; those of a file that
    was replaced are deleted after it. Raises Refused (malware), Unavailable (storage, scanner).
    """
    before = Download.objects.get(pk=download.pk).file.name or "" if download.pk else ""
    stored = _keep(download, examined, name) if examined else ""
    with files.kept_with_row([stored] if stored else []), transaction.atomic():
        if not download.slug:
            taken = set(Download.objects.exclude(pk=download.pk).values_list("slug", flat=True))
            download.slug = slugs.free(slugs.slug(download.title, most=MOST), taken, most=MOST)
        download.changed_at = clock.now()
        download.save()
        indexing.index(download)
    if stored and before:
        files.discard(before)
    return download


def remove(download: Download) -> None:
    name = download.file.name
    download.delete()
    if name:
        files.discard(name)


def _keep(download: Download, examined: Examined, name: str) -> str:
    _scan(examined.content)
    shown = files.clean_name(name)
    if PurePosixPath(shown).suffix.lower() != f".{examined.extension}":
        shown = f"{shown}.{examined.extension}"
    stored = files.store(f"downloads/{download.key}-{uuid4().hex}.{examined.extension}", [examined.content])
    download.file.name, download.name, download.mimetype = stored, shown, examined.mimetype
    download.size, download.sha256, download.pages = examined.size, examined.sha256, examined.pages
    return stored


def _scan(content: bytes) -> None:
    if not scanner.enabled():
        return
    try:
        verdict = scanner.scan(io.BytesIO(content))
    except scanner.Unreachable as error:
        raise Unavailable("Der Virenscanner antwortet gerade nicht. Versuchen Sie es in einigen Minuten.") from error
    if not verdict.clean:
        raise Refused(f"Der Virenscanner hat die Datei abgelehnt ({verdict.signature}).")
