"""Whether a round can be announced: the seats of its jury; and what of them goes over into the next round."""

from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.urls import reverse

from jury.models import Juror, Seat
from landespreis import wording
from landespreis.readiness import Point, State, judged
from submissions.models import Round


def points(round: Round, user: PermissionsMixin, now: datetime) -> list[Point]:
    seats = list(Seat.objects.filter(round=round))
    taken = Juror.objects.serving().filter(seat__round=round).count()
    url = f"{reverse('admin:jury_seat_changelist')}?round__id__exact={round.pk}"
    url = url if user.has_perm("jury.view_seat") else ""
    reason = ""
    if not seats:
        reason = "Legen Sie die Sitze der Jury an: Sie stehen auf der öffentlichen Seite."
    elif round.quorum > len(seats):
        number = "einem Sitz" if len(seats) == 1 else f"{wording.counted(len(seats))} Sitzen"
        reason = f"Das Quorum von {round.quorum} ist mit {number} nie erreicht."
    found = [judged("Sitze der Jury", reason, url, fine=f"{len(seats)}, Quorum {round.quorum}.")]
    if seats:
        chair = next((seat for seat in seats if seat.is_chair), None)
        lacking = "" if chair else "Kein Sitz hat den Vorsitz."
        found.append(judged("Vorsitz der Jury", lacking, url, fine=f"{chair}."))
        told = f"Besetzt: {taken} von {len(seats)}. Das kann auch nach der Bekanntmachung geschehen."
        complete = taken == len(seats)
        found.append(
            judged("Personen der Jury", "" if complete else told, url, fine=f"{taken} benannt.", otherwise=State.NOTE)
        )
    return found


def carry_over(old: Round, new: Round) -> None:
    """Copy the seats; nobody sits on them yet."""
    Seat.objects.bulk_create(
        Seat(
            round=new,
            key=seat.key,
            institution=seat.institution,
            short_name=seat.short_name,
            position=seat.position,
            is_chair=seat.is_chair,
        )
        for seat in Seat.objects.filter(round=old)
    )
