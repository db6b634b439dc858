"""What belongs to what is kept: each app says it in a module `retention`, and here it is put together.

Such a module has `KINDS` of its own, and four functions that answer for any kind and subject, also with nothing:
`lots` (what goes), `documents` and `shared` (what the archive gets), `figures` (what stays as numbers). `KEPT` names
the columns that point at an entry and stay, with the reason. The dry run and the deletion both come from `lots`: the
one asks for many subjects at once, the other for one.
"""

import hashlib
import json
from collections import Counter, defaultdict
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


Pairs = Iterable[tuple[str, Any]]
"""Subject and primary key of a row that goes with it."""


@dataclass(frozen=True)
class Lot:
    """Rows of one table that go with the subjects asked for, `of` whom each is, and the `files` of a row.

    `act` does it to the rows with these keys where deleting is not it; `is_kept` for rows that only the purge door lets
    go.
    """

    key: str
    label: str
    rows: "QuerySet[Any]"
    of: "Callable[[QuerySet[Any]], Pairs]"
    fate: Fate = Fate.DELETED
    files: Callable[[Any], Sequence[Stored]] | None = None
    act: Callable[[Sequence[Any]], object] | None = None
    is_kept: bool = False


def along(path: str, named: Callable[[Any], str] = str) -> "Callable[[QuerySet[Any]], Pairs]":
    """Return how rows tell their subject by a column, from which `named` makes the subject's key."""
    return lambda rows: ((named(value), pk) for value, pk in rows.order_by().values_list(path, "pk"))


def all_of(subject: str) -> "Callable[[QuerySet[Any]], Pairs]":
    """Return how rows tell their subject which are all of the same."""
    return lambda rows: ((subject, pk) for pk in rows.order_by().values_list("pk", flat=True))


def known(pairs: Sequence[tuple[str, Any]]) -> "Callable[[QuerySet[Any]], Pairs]":
    """Return how rows tell their subject of which it is known already; a row may be of several."""
    return lambda rows: pairs


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

    def lots(self, kind: str, subjects: Sequence[str], before: datetime) -> Sequence[Lot]: ...
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


def lots(kind: str, subjects: Sequence[str], before: datetime) -> list[Lot]:
    """Return what goes with some subjects, in the order in which it can go; as many queries for few as for many."""
    return [lot for lots in _offered("lots") for lot in lots(kind, subjects, before)]


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


def listed(found: Iterable[Lot]) -> Mapping[str, list[dict[str, Any]]]:
    """Return by subject the lots as they are written down: what, how many, which rows, which files; no empty ones."""
    whole: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for lot in found:
        mine: dict[str, list[Any]] = defaultdict(list)
        for subject, pk in lot.of(lot.rows):
            mine[subject].append(pk)
        files = {row.pk: lot.files(row) for row in lot.rows} if lot.files and mine else {}
        for subject, pks in mine.items():
            stored = [file._asdict() for pk in pks for file in files.get(pk, ())]
            whole[subject].append(
                {
                    "key": lot.key,
                    "label": lot.label,
                    "fate": lot.fate.value,
                    "ids": sorted(map(str, pks)),
                    "files": sorted(stored, key=lambda file: str(file["path"])),
                }
            )
    return whole


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
