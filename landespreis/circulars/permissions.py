"""Who may write to groups and keep texts; one sentence each."""

from django.contrib.auth.models import PermissionsMixin


def may_write(user: object) -> bool:
    """Geschäftsstelle: staff with the right to write messages."""
    return _has(user, "landespreis.change_circular")


def may_word(user: object) -> bool:
    """Geschäftsstelle: staff with the right to change texts."""
    return _has(user, "landespreis.change_wording")


def _has(user: object, right: str) -> bool:
    return isinstance(user, PermissionsMixin) and bool(getattr(user, "is_staff", False)) and user.has_perm(right)
