"""What the search finds of the jury: seats with who fills or filled them, and letters; never anything of a sheet."""

from collections.abc import Iterator, Sequence

from django.contrib.auth.models import PermissionsMixin

from accounts.models import User
from jury import permissions
from jury.admin.papers import LetterAdmin
from jury.admin.seats import SeatAdmin
from jury.models import Letter, Seat
from landespreis import lookup
from landespreis.lookup import Group, Hit
from submissions.admin.readonly import numbered


def find(user: PermissionsMixin, words: Sequence[str], limit: int) -> Iterator[Group]:
    if lookup.may_see(user, Seat):
        seats = Seat.objects.select_related("round").prefetch_related("jurors").order_by("-round__opens_at", "position")
        yield lookup.group(seats, SeatAdmin.search_fields, words, limit, _seat)
    if lookup.may_see(user, Letter) and isinstance(user, User) and permissions.may_run(user):
        rows = Letter.objects.select_related("submission__round")
        found = numbered(rows, " ".join(words), "submission__")
        if found is None:
            found = lookup.narrowed(rows, LetterAdmin.search_fields, words)
        yield lookup.listed(found, words, limit, _letter)


def _seat(row: Seat) -> Hit:
    people = [f"{juror.name}{' (ausgeschieden)' if juror.until else ''}" for juror in row.jurors.all()]
    return Hit(row.institution, lookup.change_url(row), lookup.told(", ".join(people), row.round))


def _letter(row: Letter) -> Hit:
    title = f"{row.submission.label} {row.submission.submitted_title}"
    released = "freigegeben" if row.released_at else "noch nicht freigegeben"
    return Hit(title, lookup.change_url(row), lookup.told(row.get_kind_display(), released))
