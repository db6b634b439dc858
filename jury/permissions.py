"""Who may do what in the jury; one sentence each. What a juror may see stands in `sight.py`."""

from accounts.models import User
from jury.models import Juror


def may_run(user: User) -> bool:
    """Geschäftsstelle: seats, invitations, Sessions, attendance, taking a recusal back, confirming, letters."""
    return user.is_staff and user.has_perm("jury.change_seat")


def may_see_points_early(user: User) -> bool:
    """The Administration only; every look before the decision is locked is journalled."""
    return user.is_superuser


def may_fill_seat(user: User) -> bool:
    """Nobody who works in the Verwaltung of the portal: the admin shows what a recused juror must not see."""
    return user.is_active and not (user.is_staff or user.is_superuser)


def serves(user: User, juror: Juror) -> bool:
    """The person of that seat, as long as they serve."""
    return juror.user_id == user.pk and juror.until is None
