"""What staff take out as tables: each app offers its own in a module `exports`, and every one taken is written down.

An app says what it has with a function `datasets(user)`; what the person may not have is not in it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.http import FileResponse, StreamingHttpResponse

from landespreis import journal, tables
from landespreis.tables import Row

APPS = ("submissions", "jury", "portal")
FORMS = {"csv": "CSV", "xlsx": "XLSX", "json": "JSON"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Dataset:
    """A table: `key` names it in addresses and files, `head` are its columns' keys, which stay as they are for good.

    `rows` begins to read when the first row is asked for.
    """

    key: str
    title: str
    what: str
    head: Sequence[str]
    rows: Callable[[], Iterable[Row]]


class Exports(Protocol):
    def datasets(self, user: PermissionsMixin) -> Iterable[Dataset]: ...


def datasets(user: PermissionsMixin) -> dict[str, Dataset]:
    """Return every table that the person may take, by its key."""
    return {dataset.key: dataset for dataset in _offered(user)}


def answer(dataset: Dataset, form: str) -> StreamingHttpResponse:
    """Return a table in one of `FORMS`, sent while it is read."""
    name = f"{dataset.key}.{form}"
    if form == "xlsx":
        file = tables.xlsx(dataset.head, dataset.rows(), title=dataset.title)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    lines, mimetype = {
        "csv": (tables.csv_lines, "text/csv; charset=utf-8"),
        "json": (tables.json_lines, "application/json"),
    }[form]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines(dataset.head, dataset.rows()), content_type=mimetype, headers=headers)


def note(dataset: Dataset, form: str, *, by: AbstractBaseUser) -> None:
    """Write down that somebody takes a table."""
    journal.note(journal.Verb.EXPORTED, by=by, about=f"{dataset.title} ({FORMS[form]})", key=dataset.key, form=form)


def _offered(user: PermissionsMixin) -> Iterator[Dataset]:
    for app in APPS:
        if find_spec(f"{app}.exports"):
            module: Exports = import_module(f"{app}.exports")
            yield from module.datasets(user)
