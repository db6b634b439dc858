"""The one thing that allauth tells by signal alone: a wrong code of a second factor. Its adapters tell the rest.

Connected once in `AccountsConfig.ready`. Signals of others only; nothing of ours is told by signals.
"""

from typing import Any

from allauth.mfa.signals import authentication_failed

from accounts.entrance import called
from accounts.models import User
from landespreis import journal


def connect() -> None:
    authentication_failed.connect(note_wrong_code, dispatch_uid="accounts.traces")


def note_wrong_code(user: User, reauthentication: bool = False, **told: Any) -> None:
    """Write down for which account a code was wrong; `by` is who was already logged in and was asked again."""
    by = user if reauthentication else None
    journal.note(journal.Verb.CODE_FAILED, by=by, about=called(user.pk), account=user.pk)
