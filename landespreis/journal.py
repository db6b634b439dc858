"""Writes the portal's own journal; call it inside the transaction of what it tells about."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from landespreis import clock
from landespreis.models import Trace

Verb = Trace.Verb


def note(verb: Trace.Verb, *, by: AbstractBaseUser | None, about: str = "", **detail: Any) -> Trace:
    """Write that `by` (None: the portal itself, or somebody without an account) did `verb` to what `about` names.

    `detail` is JSON and tells only what somebody who reads the journal may know: no password, code or text of a draft.
    """
    row = _line(verb, by, about, detail)
    row.save()
    return row


def note_each(verb: Trace.Verb, told: Iterable[tuple[str, Mapping[str, Any]]], *, by: AbstractBaseUser | None) -> None:
    """Write a line as `note` does for each of `told`, what it is about and its detail, in one statement."""
    Trace.objects.bulk_create(_line(verb, by, about, detail) for about, detail in told)


def _line(verb: Trace.Verb, by: AbstractBaseUser | None, about: str, detail: Mapping[str, Any]) -> Trace:
    return Trace(at=clock.now(), by_id=by.pk if by else None, verb=verb, about=about[:200], detail=dict(detail))
