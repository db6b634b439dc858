"""The search over everything staff may see: which words somebody typed, and what each app finds for them.

An app says it in a module `lookup` with `find(user, words, limit)`; what the person may not see is not in it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from typing import Any, Protocol

from django.contrib.auth.models import PermissionsMixin
from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from post_office.models import Email

from landespreis import clock, wording

APPS = ("submissions", "accounts", "jury", "portal")
"""In the order in which they are shown; what the ground itself finds comes last."""
LIMIT = 8
"""Hits of one kind; the list of that kind shows the others."""
FEWEST = 2
"""Characters, unless it is a number."""
MOST_WORDS = 6
TOGETHER = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))


@dataclass(frozen=True)
class Hit:
    """A row: what it is called, its page in the admin, and what tells it from others of that name."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Group:
    """The hits of one kind; `more` says that there are others, `url` is the list with the same search."""

    title: str
    hits: Sequence[Hit]
    more: bool
    url: str


class Lookup(Protocol):
    def find(self, user: PermissionsMixin, words: Sequence[str], limit: int) -> Iterable[Group]: ...


def words(text: str) -> list[str]:
    """Return what is looked for: the words of `text`, each of which has to stand in what is found."""
    return text.replace('"', " ").replace("\0", " ").split()[:MOST_WORDS]


def is_enough(text: str) -> bool:
    """Whether `text` is worth a search; one letter stands nearly everywhere."""
    found = words(text)
    return any(len(word) >= FEWEST or word.isdecimal() for word in found)


def find(user: PermissionsMixin, text: str, limit: int = LIMIT) -> list[Group]:
    """Return what the person finds, without kinds of which there is nothing.

    One query or two for each kind that they may see, however much there is.
    """
    if not is_enough(text):
        return []
    wanted = words(text)
    parts = (_app(app).find(user, wanted, limit) for app in APPS if find_spec(f"{app}.lookup"))
    return [group for group in (*chain.from_iterable(parts), *_mails(user, wanted, limit)) if group.hits]


def may_see(user: PermissionsMixin, model: type[Model]) -> bool:
    """Whether the admin shows the person rows of `model`."""
    name = f"{model._meta.app_label}.%s_{model._meta.model_name}"
    return user.has_perm(name % "view") or user.has_perm(name % "change")


def group(
    rows: "QuerySet[Any]", fields: Sequence[str], wanted: Sequence[str], limit: int, hit: Callable[[Any], Hit]
) -> Group:
    """Return the first `limit` of `rows` in whose `fields` all words stand."""
    return listed(narrowed(rows, fields, wanted), wanted, limit, hit)


def listed(rows: "QuerySet[Any]", wanted: Sequence[str], limit: int, hit: Callable[[Any], Hit]) -> Group:
    """Return the first `limit` of `rows`, which have been found already."""
    found = list(rows[: limit + 1])
    meta = rows.model._meta
    url = f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{urlencode({'q': ' '.join(wanted)})}"
    return Group(str(meta.verbose_name_plural), [hit(row) for row in found[:limit]], len(found) > limit, url)


def narrowed(rows: "QuerySet[Any]", fields: Sequence[str], wanted: Sequence[str]) -> "QuerySet[Any]":
    """Return those of `rows` in which every word stands somewhere in `fields`, each row once."""
    condition = Q()
    for word in wanted:
        somewhere = Q()
        for field in fields:
            for spelling in spellings(word):
                somewhere |= Q((f"{field}__icontains", spelling))
        condition &= somewhere
    return rows.filter(pk__in=rows.model._default_manager.filter(condition).order_by().values("pk"))


def spellings(word: str) -> list[str]:
    """Return how a word may be written: «Muenster» also means «Münster», and the other way round.

    SQLite folds the case of ASCII only, so there other letters are asked for in both.
    """
    small = word.lower()
    apart = together = small
    for one, two in TOGETHER:
        apart, together = apart.replace(one, two), together.replace(two, one)
    found = [word, apart.replace("ß", "ss"), together, together.replace("ss", "ß")]
    if connection.vendor == "sqlite":
        found += [form for one in found if not one.isascii() for form in (one.lower(), one.upper(), one.title())]
    return list(dict.fromkeys(found))


def change_url(row: Model) -> str:
    """Return the page of a row in the admin."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def told(*parts: object) -> str:
    """Return what is known of a row in one line."""
    return " · ".join(str(part) for part in parts if part)


def _app(app: str) -> Lookup:
    module: Lookup = import_module(f"{app}.lookup")
    return module


def _mails(user: PermissionsMixin, wanted: Sequence[str], limit: int) -> Iterator[Group]:
    """Mail by its recipient only: its subject may hold a code."""
    if may_see(user, Email):
        rows = Email.objects.defer("message", "html_message").order_by("-created", "-pk")
        yield group(rows, ("to",), wanted, limit, _mail)


def _mail(row: Email) -> Hit:
    return Hit(", ".join(row.to), change_url(row), wording.moment_short(clock.told(row.created)))
