"""Writes the portal's own journal; call it inside the transaction of what it tells about."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from landespreis import clock
from landespreis.models import Trace

Verb = Trace.Verb


def note(verb: Trace.Verb, *, by: AbstractBaseUser | None, about: str = "", **detail: Any) -> Trace:
    """Write that `by` (None: the portal itself, or somebody without an account) did `verb` to what `about` names.

    `detail` is JSON and tells only what somebody who reads the journal may know: no password, code or text of a draft.
    """
    return Trace.objects.create(
        at=clock.now(), by_id=by.pk if by else None, verb=verb, about=about[:200], detail=detail
    )
