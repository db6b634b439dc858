"""Whom the office can write to as a group: each app says in a module `audiences` which groups it knows.

`PART` there is what staff call the app, `KINDS` the kinds of groups with the placeholders each has, `audiences(user)`
returns the groups that the person may write to, `SUBJECT`, where there is one, is the model of the rows that messages
are about, and `written(…)` hears of those rows. The ground knows none of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib.auth.models import PermissionsMixin
from django.db.models import Model

from landespreis.circulars.placeholders import Placeholder

APPS = ("submissions", "jury", "accounts", "portal")
"""In the order in which they are shown."""
COMMON = (
    Placeholder("anrede", "„Guten Tag“ mit dem Namen, wo er bekannt ist, ohne Komma"),
    Placeholder("name", "Vor- und Nachname"),
    Placeholder("link", "die Adresse der Seite, um die es geht"),
)
"""What every group has."""
Params = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """Groups whose mails tell of the same things; `reason` ends each mail: why this person gets it."""

    key: str
    label: str
    reason: str
    own: tuple[Placeholder, ...] = ()

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return (*COMMON, *self.own)


GENERAL = Kind("", "alle Gruppen", "Sie erhalten diese Nachricht, weil Sie im Portal des Landespreises mitwirken.")


@dataclass(frozen=True)
class Recipient:
    """Somebody who would get a message: `values` for all placeholders but `anrede` and `name`.

    `about` is app, colon and key of a row (empty: about none), `label` what staff call that row.
    """

    address: str
    name: str
    values: Mapping[str, str]
    about: str = ""
    label: str = ""
    user_id: int | None = None

    @property
    def filled(self) -> dict[str, str]:
        """Return the values of all placeholders; the link is complete."""
        greeting = f"Guten Tag {self.name}" if self.name else "Guten Tag"
        values = {"anrede": greeting, "name": self.name, "link": "/", **self.values}
        return values | {"link": f"{settings.BASE_URL}{values['link']}"}


@dataclass(frozen=True)
class Param:
    """A choice that narrows a group: key of the choice → label; the first is preselected."""

    key: str
    label: str
    choices: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Audience:
    """A group: `recipients` reads it anew each time, narrowed by a value for each of `params`."""

    key: str
    label: str
    what: str
    kind: Kind
    recipients: Callable[[Params], Iterable[Recipient]]
    params: tuple[Param, ...] = field(default=())

    def named(self, params: Params) -> str:
        """Return what the group is called, with what narrows it; «all of them» and an only choice do not."""
        chosen = [
            dict(param.choices).get(params[param.key], "")
            for param in self.params
            if params.get(param.key) and len(param.choices) > 1
        ]
        return ", ".join([self.label, *filter(None, chosen)])[:300]


def groups(user: PermissionsMixin) -> dict[str, list[Audience]]:
    """Return every group that the person may write to, by the name of their part of the portal."""
    found = {str(module.PART): list(module.audiences(user)) for module in _modules()}
    return {part: rows for part, rows in found.items() if rows}


def find(key: str, user: PermissionsMixin) -> Audience | None:
    """Return the group of that key, if there is one and the person may write to it."""
    return next((row for rows in groups(user).values() for row in rows if row.key == key), None)


def kinds() -> dict[str, Kind]:
    """Return every kind of groups by its key; the empty key has what all have in common."""
    own: list[Kind] = [kind for module in _modules() for kind in module.KINDS]
    return {kind.key: kind for kind in (GENERAL, *own)}


def members(audience: Audience, params: Params) -> list[Recipient]:
    """Return who gets a message to the group: each address once, or once for each row it is about."""
    found: dict[tuple[str, str], Recipient] = {}
    for one in audience.recipients(params):
        found.setdefault((one.address.casefold(), one.about), one)
    return list(found.values())


def written(subjects: Mapping[str, str], *, by_id: int | None, at: datetime) -> None:
    """Tell the apps that messages with these subjects were written about their rows (`Recipient.about` → subject).

    Inside the transaction that owes the mails; once for each row and message.
    """
    found: dict[str, dict[str, str]] = {}
    for about, subject in subjects.items():
        app, _, key = about.partition(":")
        found.setdefault(app, {})[key] = subject
    for module in _modules():
        own = found.get(module.__name__.partition(".")[0])
        if own and hasattr(module, "written"):
            module.written(own, by_id=by_id, at=at)


def abouts(model: type[Model], keys: Iterable[Any]) -> list[str]:
    """Return what `Recipient.about` is for rows of `model`; nothing where no message is about such."""
    module = next((one for one in _modules() if getattr(one, "SUBJECT", None) is model), None)
    return [f"{model._meta.app_label}:{key}" for key in keys] if module else []


def _modules() -> Iterator[ModuleType]:
    for app in APPS:
        if find_spec(f"{app}.audiences"):
            yield import_module(f"{app}.audiences")
