"""Every file in the storage belongs to a row and every row to a file; what was uploaded is what lies there."""

import hashlib
from collections.abc import Iterator

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField, Model

from portal.models import Picture
from rehearsal import ledger
from rehearsal.invariants import Check, Finding, none, none_lost
from rehearsal.stage import Stage
from submissions.models import Attachment

COPIES = ("avif", "webp", "jpg")
"""Forms of the smaller copies of a picture."""


def belongings(stage: Stage) -> Iterator[Finding]:
    """The two lists are the same, for all models with files and the whole storage, once the portal has swept it."""
    named = set(_named())
    lying = set(_lying(""))
    yield from swept(stage)
    yield none("Keine Datei ohne Zeile", sorted(lying - named), len(lying))
    yield none_lost("Keine Zeile ohne Datei", sorted(named - lying), len(named))


def swept(stage: Stage) -> Iterator[Finding]:
    """The last sweep did its work: it says how many it removed that a kill had left."""
    code, said = stage.props.get("swept", (None, "nicht gelaufen"))
    yield Finding("Durchsicht der Ablage gelang", code == 0, said)


def contents(stage: Stage) -> Iterator[Finding]:
    """The bytes of every attachment have the checksum of its row, and those that people got again are among them."""
    rows = list(Attachment.objects.filter(submission__round=stage.round).order_by("pk"))
    wrong = [str(row.pk) for row in rows if not _is_whole(row)]
    yield none_lost("Jede hochgeladene Datei ist unversehrt", wrong, len(rows))
    held = {(str(row.submission_id), row.name, row.sha256) for row in rows}
    entries = {pk for pk, _, _ in held}
    told = stage.ledger.told(ledger.UPLOADED)
    lost = [
        (line.about, line.detail["name"])
        for line in told
        if line.about in entries and (line.about, line.detail["name"], line.detail["sha256"]) not in held
    ]
    yield none_lost("Jede Datei, die wieder herausgegeben wurde, liegt vor", lost, len(told))


def _is_whole(row: Attachment) -> bool:
    name = str(row.file.name)
    if not default_storage.exists(name):
        return False
    with default_storage.open(name) as file:
        return hashlib.sha256(file.read()).hexdigest() == row.sha256


def _named() -> Iterator[str]:
    """Yield the path of every file that a row of any model names, and of the smaller copies of every picture."""
    for model in apps.get_models():
        for field in _file_fields(model):
            values = model._default_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
            yield from filter(None, values)
    for picture in Picture.objects.all():
        folder = str(picture.file.name).rpartition("/")[0]
        yield from (f"{folder}/{width}.{form}" for width in picture.widths for form in COPIES)


def _file_fields(model: type[Model]) -> list["FileField"]:
    return [field for field in model._meta.concrete_fields if isinstance(field, FileField)]


def _lying(folder: str) -> Iterator[str]:
    folders, files = default_storage.listdir(folder)
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _lying(f"{folder}{name}/")


CHECKS: tuple[Check, ...] = (belongings, contents)
LATER: tuple[Check, ...] = (belongings,)
