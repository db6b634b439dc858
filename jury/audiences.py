"""Whom the office can write to about the jury; a mail says of entries no more than the juror's own count."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.contrib.auth.models import PermissionsMixin
from django.urls import reverse

from accounts.models import User
from jury import permissions
from jury import sight as sights
from jury.actions import reminders
from jury.models import Juror
from landespreis import clock, wording
from landespreis.audiences import Audience, Kind, Params, Recipient
from landespreis.circulars.placeholders import Placeholder
from submissions.models import Round

PART = "Jury"
JURY = Kind(
    "jury",
    "Jury",
    "Sie erhalten diese Nachricht, weil Sie in der Jury des Landespreises sitzen.",
    (
        Placeholder("sitz", "die Institution, für die jemand in der Jury sitzt"),
        Placeholder("offene_boegen", "wie viele Bewertungen für diese Person noch offen sind"),
        Placeholder("frist", "der Bewertungsschluss, mit Uhrzeit"),
        Placeholder("restzeit", "wie lange das noch ist, sonst „keine Zeit mehr“"),
    ),
)
KINDS = (JURY,)
NONE = "noch nicht festgelegt"
Wanted = Callable[[Juror, int], bool]


def audiences(user: PermissionsMixin) -> Iterable[Audience]:
    if not isinstance(user, User) or not permissions.may_run(user):
        return
    for key, label, what, wanted in (
        ("jury", "Alle Jurymitglieder", "wer zugesagt hat und im Amt ist", lambda juror, left: True),
        (
            "jury-offen",
            "Jurymitglieder mit offenen Bewertungen",
            "in mindestens einer Kategorie fehlt etwas; Befangenheiten zählen nicht mit",
            lambda juror, left: left > 0,
        ),
        (
            "jury-hinweise",
            "Jurymitglieder ohne angenommene Hinweise",
            "sie haben zugesagt, aber Vertraulichkeit und Befangenheit noch nicht bestätigt",
            lambda juror, left: juror.notice_accepted_at is None,
        ),
    ):
        yield Audience(key, label, what, JURY, partial(_jurors, wanted))


def _jurors(wanted: Wanted, params: Params) -> Iterator[Recipient]:
    """Yield jurors of the current round; the count is what each may see, so it tells of no recused entry."""
    round, now = Round.objects.current(), clock.now()
    if round is None:
        return
    closes = round.scoring_closes_at
    rows = Juror.objects.confirmed().filter(seat__round=round).select_related("seat__round", "user")
    for juror in rows.order_by("seat__position"):
        if juror.user is None or not sights.permissible(juror.user):
            continue
        left = sum(row.open for row in reminders.left(sights.of_juror(juror)))
        if not wanted(juror, left):
            continue
        values = {
            "sitz": juror.seat.institution,
            "offene_boegen": str(left),
            "frist": wording.deadline(closes) if closes else NONE,
            "restzeit": (wording.remaining(closes - now) or "keine Zeit mehr") if closes else NONE,
            "link": reverse("jury:index"),
        }
        yield Recipient(juror.user.email, juror.name, values, label=juror.seat.short_name, user_id=juror.user_id)
