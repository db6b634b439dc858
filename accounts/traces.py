"""The one thing that allauth tells by signal alone: a wrong code of a second factor. Its adapters tell the rest.

Connected once in `AccountsConfig.ready`. Signals of others only; nothing of ours is told by signals.
"""

from typing import Any

from allauth.mfa.signals import authentication_failed

from accounts import entrance
from accounts.models import User


def connect() -> None:
    authentication_failed.connect(note_wrong_code, dispatch_uid="accounts.traces")


def note_wrong_code(user: User, reauthentication: bool = False, **told: Any) -> None:
    entrance.note_wrong_factor(user, by=user if reauthentication else None)
