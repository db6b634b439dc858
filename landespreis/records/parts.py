"""What belongs to what is kept: each app says it in a module `retention`, and here it is put together.

Such a module has `KINDS` of its own, and four functions that answer for any kind and subject, also with nothing:
`lots` (what goes), `documents` and `shared` (what the archive gets), `figures` (what stays as numbers). `KEPT` names
the columns that point at an entry and stay, with the reason. The dry run and the deletion both come from `lots`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol

from django.core.files.storage import default_storage
from django.db.models import ManyToOneRel, Model, QuerySet
from django.db.models.fields.files import FieldFile

APPS = ("portal", "jury", "submissions", "accounts", "landespreis.records")
"""Whoever points at the rows of another comes before it: in this order everything goes."""
CHUNK = 64 * 1024
FILES, BYTES = "#files", "#bytes"
"""What counts beside rows."""


class Fate(StrEnum):
    DELETED = "gelöscht"
    BLANKED = "anonymisiert"


class Stored(NamedTuple):
    """A private file that goes with its row: how people know it, where it lies, how many bytes it has."""

    name: str
    path: str
    size: int


@dataclass(frozen=True)
class Scope:
    """What one run is about, a round for instance; its period begins `since`, without that each row has its own."""

    key: str
    name: str
    since: datetime | None


@dataclass(frozen=True)
class Subject:
    """What goes or stays as a whole: an entry, an account, a year of the journal."""

    key: str
    label: str
    about: str = ""


@dataclass(frozen=True)
class Lot:
    """Rows of one table that go with a subject, and their files.

    `act` does it where deleting is not it; `is_kept` for rows that only the purge door lets go.
    """

    key: str
    label: str
    rows: "QuerySet[Any]"
    fate: Fate = Fate.DELETED
    files: Sequence[Stored] = ()
    act: Callable[[], object] | None = None
    is_kept: bool = False


@dataclass(frozen=True)
class Document:
    """A file for the archive; without `content` it was lost, which the index of the package says."""

    name: str
    title: str
    content: str | Iterable[bytes] | Mapping[str, Any] | list[Any] | None


@dataclass(frozen=True)
class Kind:
    """A kind of record with a period of its own; `subjects` returns what of a scope is older than the moment."""

    key: str
    title: str
    what: str
    since: str
    months: int
    is_archived: bool
    scopes: Callable[[], Sequence[Scope]]
    subjects: Callable[[Scope, datetime], Iterable[Subject]]


class Retention(Protocol):
    """What a module `retention` of an app may have; what it has nothing to say to, it leaves out."""

    KINDS: Sequence[Kind]
    KEPT: Mapping[str, str]

    def lots(self, kind: str, subject: str, before: datetime) -> Sequence[Lot]: ...
    def documents(self, kind: str, subject: str) -> Iterator[Document]: ...
    def shared(self, kind: str, scope: str) -> Iterator[Document]: ...
    def figures(self, kind: str, subjects: Sequence[str]) -> Mapping[str, Mapping[str, Any]]: ...


def kinds() -> dict[str, Kind]:
    """Return every kind by its key, those of the award first."""
    order = ("submissions", "jury", "accounts", "portal", "landespreis.records")
    modules = dict(_modules())
    found = [kind for app in order if app in modules for kind in getattr(modules[app], "KINDS", ())]
    return {kind.key: kind for kind in found}


def scope_of(kind: Kind, key: str) -> Scope | None:
    return next((scope for scope in kind.scopes() if scope.key == key), None)


def lots(kind: str, subject: str, before: datetime) -> list[Lot]:
    """Return what goes with a subject, in the order in which it can go."""
    return [lot for lots in _offered("lots") for lot in lots(kind, subject, before)]


def documents(kind: str, subject: str) -> Iterator[Document]:
    for documents in _offered("documents"):
        yield from documents(kind, subject)


def shared(kind: str, scope: str) -> Iterator[Document]:
    """Yield what the archive gets once for the whole run."""
    for shared in _offered("shared"):
        yield from shared(kind, scope)


def figures(kind: str, subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the numbers that stay, by category; no person can be told from them."""
    whole: dict[str, dict[str, Any]] = {}
    for figures in reversed(_offered("figures")):
        for category, numbers in figures(kind, subjects).items():
            whole.setdefault(category, {}).update(numbers)
    return whole


def kept() -> dict[str, str]:
    """Return the columns that point at an entry and stay, each with its reason."""
    return {column: reason for _, module in _modules() for column, reason in getattr(module, "KEPT", {}).items()}


def listed(found: Iterable[Lot]) -> list[dict[str, Any]]:
    """Return lots as they are written down: what, how many, which rows, which files. Empty ones are left out."""
    rows = (
        {
            "key": lot.key,
            "label": lot.label,
            "fate": lot.fate.value,
            "ids": sorted(map(str, lot.rows.order_by().values_list("pk", flat=True))),
            "files": sorted([file._asdict() for file in lot.files], key=lambda file: str(file["path"])),
        }
        for lot in found
    )
    return [row for row in rows if row["ids"]]


def counts(written: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many rows of each label go, and how many files and bytes."""
    found: Counter[str] = Counter()
    for lot in written:
        found[lot["label"]] += len(lot["ids"])
    files = [file for lot in written for file in lot["files"]]
    return {**found, FILES: len(files), BYTES: sum(file["size"] for file in files)}


def digest(written: Sequence[Mapping[str, Any]]) -> str:
    """Return the checksum of lots that are written down: package and release name what goes by it."""
    text = json.dumps(written, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def pointing(model: type[Model]) -> list[ManyToOneRel]:
    """Return every foreign key of any table that points at `model`, also those without a way back."""
    fields = model._meta.get_fields(include_hidden=True)
    return [field for field in fields if isinstance(field, ManyToOneRel) and not field.concrete]


def stored(name: str, file: FieldFile, size: int) -> list[Stored]:
    """Return a row's file, if it has one."""
    return [Stored(name, file.name, size)] if file and file.name else []


def stored_chunks(path: str | None) -> Iterable[bytes] | None:
    """Return the bytes of a private file, read while they are asked for; None when there is no such file."""
    if not path or not default_storage.exists(path):
        return None
    return _chunks(path)


def _chunks(path: str) -> Iterator[bytes]:
    with default_storage.open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _offered(name: str) -> list[Callable[..., Any]]:
    """Return the functions of that name of all apps that have one."""
    return [getattr(module, name) for _, module in _modules() if hasattr(module, name)]


def _modules() -> list[tuple[str, Retention]]:
    return [(app, import_module(f"{app}.retention")) for app in APPS if find_spec(f"{app}.retention")]
