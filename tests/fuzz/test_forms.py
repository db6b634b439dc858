"""Every form and every query string of the portal, found by walking through it, filled with what nobody should send."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http import QueryDict
from django.utils.functional import cached_property

from submissions.models import Round, Submission
from tests.accounts.factories import MunicipalityFactory
from tests.conftest import MIDWAY
from tests.fuzz import measure, values
from tests.fuzz.browsing import Walk, walk
from tests.fuzz.pages import Form
from tests.fuzz.sending import Guard, name_of, post, read, require_fit, require_german, undone
from tests.fuzz.stages import OFFICE, PEOPLE, Clock, Stage, Visitor, names

FEW = 3 if connection.vendor == "postgresql" else 1
"""Examples per form and address in the suite: most on the database that operators run, which also refuses more."""
EVERYWHERE = [
    "q",
    "seite",
    "page",
    "p",
    "o",
    "all",
    "e",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "next",
    "sort",
    "format",
]
"""Parameters that Django reads, or that somebody might try."""
UNREACHED: dict[str, str] = {
    "mfa_edit_webauthn": "needs a key that answers a challenge: tests/accounts",
    "mfa_remove_webauthn": "the same",
    "mfa_download_recovery_codes": "a page of ours stands before it",
    "mfa_view_recovery_codes": "the same",
    "admin:autocomplete": "no form of the admin uses it",
    "admin:jsi18n": "words of Django's own scripts, without parameters",
    "admin:jury_session_change": "the list shows categories, which lead to pages of their own",
    "admin:jury_session_delete": "the same",
    "admin:jury_session_history": "the same",
    "admin:landespreis_retentionrun_hold": "the run of this stage has no rows",
    "admin:login": "never reached, see accounts/middleware.py",
    "admin:parcel": "no parcel is made in this stage",
    "admin:parcel_file": "the same",
    "admin:password_change_done": "who changes the password does it under their account",
    "admin:submissions_help_file": "the draft of this stage has no file",
}
"""Addresses that nobody is led to in the stages, and why."""


class Asked(QueryDict):
    """A query string that notes what is read of it."""

    names: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)

    def getlist(self, key: str, default: Any = None) -> Any:
        self.names.add(key)
        return super().getlist(key, default)

    def __contains__(self, key: object) -> bool:
        self.names.add(str(key))
        return super().__contains__(key)


def _asked(request: WSGIRequest) -> Asked:
    raw = request.environ.get("QUERY_STRING", "").encode("iso-8859-1")
    return Asked(raw, encoding=request.encoding)


@pytest.fixture(autouse=True)
def _reads_are_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    noting = cached_property(_asked)
    noting.__set_name__(WSGIRequest, "GET")
    monkeypatch.setattr(WSGIRequest, "GET", noting)
    Asked.names.clear()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Every refusal would be a line of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Drive:
    """Drives what visitors find, and collects what went wrong; what is sent is taken back each time."""

    def __init__(self) -> None:
        self.place = MunicipalityFactory().label
        self.wrong: list[str] = []
        self.reached: set[str] = set()
        self.driven: set[tuple[object, ...]] = set()

    def all_of(self, visitor: Visitor) -> None:
        strangers = [str(pk).encode() for pk in Submission.objects.order_by("pk").values_list("pk", flat=True)[:3]]
        strangers += [b"1", b"2", b"999999999"]
        found = walk(visitor.client, visitor.start, within=visitor.within)
        self.reached |= {*found.pages, *found.without, *found.refused, *(name_of(form.action) for form in found.forms)}
        for form in [*found.forms, *_formless(found)]:
            kind = (name_of(form.action), *sorted(form.fields), *sorted(form.buttons))
            if form.method == "post" and self.is_new(visitor, kind):
                self.form(visitor, form, strangers)
        parameters = sorted({*EVERYWHERE, *found.parameters, *Asked.names})
        for name, (path, *_) in found.pages.items():
            if self.is_new(visitor, ("GET", name)):
                self.address(visitor, path, parameters)

    def is_new(self, visitor: Visitor, kind: tuple[object, ...]) -> bool:
        kind = (visitor.who, *kind) if measure.EXAMPLES else kind
        if kind in self.driven or measure.ONLY not in str(kind):
            return False
        self.driven.add(kind)
        return True

    def form(self, visitor: Visitor, form: Form, strangers: list[bytes]) -> None:
        before = visitor.client.get(form.page)
        shown = read(before).decode(errors="replace") if before.status_code == 200 else ""

        def send(pairs: values.Pairs) -> None:
            guard = Guard()
            answer = post(visitor.client, form.action, pairs, multipart=form.is_multipart)
            require_fit(answer)
            require_german(answer, shown, pairs)
            guard.check(form.action)
            if answer.status_code == 302:
                require_fit(visitor.client.get(answer.headers["Location"]))
                require_fit(visitor.client.get(form.page))

        name = f"{visitor.who} POST {form.action} from {form.page} {sorted(form.fields)}"
        self.tried(visitor, name, values.filled(form, self.place, strangers), send)

    def address(self, visitor: Visitor, path: str, parameters: list[str]) -> None:
        def ask(query: bytes) -> None:
            require_fit(visitor.client.get(urlsplit(path).path, QUERY_STRING=query.decode("ascii")))

        def miss(other: bytes) -> None:
            require_fit(visitor.client.get(other.decode("ascii")))

        self.tried(visitor, f"{visitor.who} GET {path}", values.asked(parameters), ask)
        self.tried(visitor, f"{visitor.who} GET like {path}", values.mistaken(urlsplit(path).path), miss)

    def tried(self, visitor: Visitor, name: str, strategy: Any, test: Callable[[Any], None]) -> None:
        cookies = visitor.client.cookies

        def once(example: Any) -> None:
            visitor.client.cookies = cookies.copy()
            with undone():
                test(example)

        try:
            measure.tried(name, strategy, once, few=FEW)
        except Exception as error:
            self.wrong.append(f"{name}\n{told(error)}")
            if measure.EXAMPLES:
                print(self.wrong[-1], flush=True)  # noqa: T201
        finally:
            visitor.client.cookies = cookies


def _formless(found: Walk) -> Iterator[Form]:
    """Yield an empty form to each address to which no form was found."""
    own = {name_of(form.action) for form in found.forms if form.method == "post"}
    for name, path in (found.without | {name: paths[0] for name, paths in found.pages.items()}).items():
        if name not in own:
            yield Form("/", path, "post")


def told(error: BaseException) -> str:
    """Return what failed with which example, in a few lines."""
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(told(one) for one in error.exceptions)
    rows = [f"{row.filename}:{row.lineno}" for row in traceback.extract_tb(error.__traceback__)]
    where = "\n  ".join(row for row in rows if "hypothesis" not in row)
    notes = "\n".join(getattr(error, "__notes__", []))
    return f"{type(error).__name__}: {error!s:.500}\n{notes:.1500}\n  {where}"


@contextmanager
def _set(stage: Stage, round: Round, at: Clock) -> Iterator[list[Visitor]]:
    with undone():
        yield stage(round, at)
    at(MIDWAY)


@pytest.mark.parametrize("half", ["people", "office"])
def test_portal_takes_anything(half: str, open_round: Round, at: Clock, settings: Any) -> None:
    settings.FORM_SECONDS = -1  # nobody is too quick
    drive = Drive()

    for stage in (PEOPLE if half == "people" else OFFICE).values():
        with _set(stage, open_round, at) as visitors:
            for visitor in visitors:
                drive.all_of(visitor)

    mine = {name for name in names() if name.startswith("admin:") is (half == "office")}
    if drive.wrong:
        pytest.fail("\n\n".join(drive.wrong), pytrace=False)
    if not measure.ONLY:
        assert sorted(mine - drive.reached) == sorted(mine & set(UNREACHED))
