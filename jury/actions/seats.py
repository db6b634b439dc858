"""Verbs on who sits in the jury: name, invite, accept, the notice, end; and taking a recusal back."""

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from jury import permissions
from jury.actions import gate
from jury.models import Juror, JuryEvent, Recusal, Seat
from jury.workflow import Act
from landespreis import clock, mail
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Round

PAUSE = timedelta(minutes=1)
"""Within it the same invitation again is a double click: no second mail, and the first link stays good."""
VALID = timedelta(days=30)
"""How long the link of an invitation is good."""
SALT = "jury.invitation"
NOTICE = "2026-1"
"""Which wording of the notice jurors accept; change it with the text in templates/jury/_notice.html."""

STAFF = (
    "Dieses Konto hat Zugang zur Verwaltung des Portals. Dort stehen auch Einreichungen, bei denen ein Jurymitglied "
    "befangen sein kann. Für die Jury braucht die Person deshalb ein eigenes Konto mit einer anderen Adresse."
)
LOCKED = "Dieses Konto ist gesperrt. Die Administration kann es wieder freigeben."


def token(juror: Juror) -> str:
    """Return the signed text of the invitation link; it dies with every new invitation and when the service ends."""
    assert juror.invited_at
    return signing.dumps({"juror": juror.pk, "email": juror.email, "at": juror.invited_at.timestamp()}, salt=SALT)


def invited(text: str) -> Juror | None:
    """Return the serving juror a link stands for, also when it is used or too old; None for any other link."""
    try:
        content = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    rows = Juror.objects.serving().filter(pk=content["juror"], email=content["email"], invited_at__isnull=False)
    juror = rows.select_related("seat__round", "invited_by", "user").first()
    return juror if juror and juror.invited_at and juror.invited_at.timestamp() == content["at"] else None


def is_expired(juror: Juror, now: datetime) -> bool:
    """Whether an open invitation is older than its link is good."""
    return juror.user_id is None and juror.invited_at is not None and now >= juror.invited_at + VALID


def account_of(address: str) -> User | None:
    """Return the account that logs in with `address`, or that has confirmed it."""
    confirmed = EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")
    return User.objects.filter(Q(email__iexact=address) | Q(pk__in=confirmed)).first()


@transaction.atomic
def name(seat: Seat, *, name: str, email: str, since: date, by: User) -> Juror:
    """Put a person on `seat`; whoever served there until now stops at this moment and gets a mail.

    A successor takes over the sheets of the seat, never the declarations of the person. Journals. Raises NotAllowed,
    Refused for an address that serves in this jury already or belongs to staff.
    """
    gate.require_office(by)
    now = _lock(seat.round)
    email = email.strip().lower()
    other = Juror.objects.serving().filter(seat__round=seat.round, email__iexact=email).select_related("seat").first()
    if other:
        raise Refused(f"Unter dieser Adresse ist schon jemand benannt: {other}.", title="Schon in der Jury")
    if account := account_of(email):
        _require_fit(account)
    if before := seat.jurors.serving().select_related("seat__round").first():
        _end(before, now, by)
    juror = Juror.objects.create(seat=seat, name=name.strip(), email=email, since=since)
    gate.record(seat.round, JuryEvent.Verb.NAMED, at=now, by=by, juror=juror, name=juror.name, email=email)
    return juror


@transaction.atomic
def invite(juror: Juror, *, by: User) -> Juror:
    """Send the mail with the link; again, it sends a new link and the old one dies.

    Journals, and owes the mail. Raises NotAllowed, Refused once the person has confirmed or no longer serves.
    """
    gate.require_office(by)
    juror, now = _enter(juror)
    if juror.user_id:
        raise Refused(f"{juror.name} hat schon zugesagt.", title="Schon zugesagt")
    if juror.invited_at and juror.invited_at > now - PAUSE:
        return juror
    juror.invited_at, juror.invited_by = now, by
    juror.save(update_fields=["invited_at", "invited_by"])
    gate.record(juror.seat.round, JuryEvent.Verb.INVITED, at=now, by=by, juror=juror, email=juror.email)
    mail.owe(
        "jury_invitation",
        juror.email,
        {
            "name": juror.name,
            "by": by.name,
            "seat": juror.seat.institution,
            "round": juror.seat.round.name,
            "until": now + VALID,
            "path": reverse("jury:invitation", args=[token(juror)]),
        },
    )
    return juror


@transaction.atomic
def accept(juror: Juror, *, by: User) -> Juror:
    """Take the seat with an existing account, which must have the invited address; again, it changes nothing.

    Journals. Raises NotAllowed for staff and other addresses, Refused for a link that was used or replaced.
    """
    link = juror.invited_at
    juror, now = _enter(juror)
    if juror.user_id == by.pk:
        return juror
    _require_open(juror, link, now)
    if not owns(by, juror.email):
        raise NotAllowed(
            f"Die Einladung ging an {juror.email}, angemeldet sind Sie als {by.email}. Melden Sie sich ab und öffnen "
            "Sie den Link dann noch einmal.",
            title="Die Einladung gilt einer anderen Adresse",
        )
    _require_fit(by)
    return _confirm(juror, by, now)


def join(juror: Juror, *, name: str, password: str) -> Juror:
    """Take the seat with a new account: the link has proved the mailbox, so its address counts as confirmed.

    Journals. Raises Refused for a link that was used or replaced, or when the address has an account already.
    """
    link = juror.invited_at
    try:
        with transaction.atomic():
            juror, now = _enter(juror)
            _require_open(juror, link, now)
            if account_of(juror.email):
                raise Refused("Zu dieser Adresse gibt es schon ein Konto. Melden Sie sich damit an.")
            user = User.objects.create_user(juror.email, password, name=name.strip())
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            return _confirm(juror, user, now)
    except IntegrityError as error:
        raise Refused("Zu dieser Adresse ist gerade ein Konto entstanden. Melden Sie sich damit an.") from error


@transaction.atomic
def accept_notice(juror: Juror, *, by: User) -> Juror:
    """Note that the juror accepts confidentiality and the rules on bias; again, it changes nothing.

    Journals which wording. Raises NotAllowed for anybody else, Refused when they no longer serve.
    """
    juror, now = _enter(juror)
    if not permissions.serves(by, juror):
        raise NotAllowed("Die Hinweise kann nur annehmen, wer auf diesem Sitz sitzt.")
    if juror.notice_accepted_at:
        return juror
    juror.notice_accepted_at = now
    juror.save(update_fields=["notice_accepted_at"])
    gate.record(juror.seat.round, JuryEvent.Verb.NOTICE_ACCEPTED, at=now, by=by, juror=juror, wording=NOTICE)
    return juror


@transaction.atomic
def end(juror: Juror, *, by: User) -> Juror:
    """End somebody's service, or withdraw an open invitation; the seat is empty until somebody is named.

    Journals, and owes a mail to whoever had been invited. Raises NotAllowed, Refused when it has ended already.
    """
    gate.require_office(by)
    juror, now = _enter(juror)
    return _end(juror, now, by)


@transaction.atomic
def take_back_recusal(recusal: Recusal, *, by: User, reason: str) -> Recusal:
    """Let a juror judge an entry again from which they had been recused; their void sheet stays void.

    Journals, and owes the juror a mail, if they serve. Raises NotAllowed, Refused without a reason, when it was taken
    back already, or outside the stages that allow it.
    """
    gate.require_office(by)
    category = recusal.submission.submitted_category
    assert category  # only handed-in entries can be recused from
    room = gate.enter(category, Act.TAKE_BACK)
    rows = Recusal.objects.standing().select_related("juror__seat", "juror__user", "submission")
    fresh = rows.filter(pk=recusal.pk).first()
    if fresh is None:
        raise Refused("Diese Befangenheit ist schon aufgehoben.")
    if not reason.strip():
        raise Refused("Bitte nennen Sie den Grund.")
    fresh.taken_back_at, fresh.taken_back_by, fresh.taken_back_reason = room.now, by, reason.strip()
    fresh.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    gate.record(
        room.round,
        JuryEvent.Verb.RECUSAL_TAKEN_BACK,
        at=room.now,
        by=by,
        juror=fresh.juror,
        category=room.category,
        entry=fresh.submission,
        reason=fresh.taken_back_reason,
    )
    if room.session:
        gate.touch(room.session)
    if fresh.juror.user and permissions.serves(fresh.juror.user, fresh.juror):
        context = {"name": fresh.juror.name, "category": room.category.name, "reason": fresh.taken_back_reason}
        mail.owe("jury_recusal_taken_back", fresh.juror.user.email, context | {"path": reverse("jury:index")})
    return fresh


def owns(user: User, address: str) -> bool:
    """Whether `user` logs in with `address` or has confirmed it."""
    account = account_of(address)
    return account is not None and account.pk == user.pk


def _lock(round: Round) -> datetime:
    """Lock the jury of a round, read the clock after that: who sits on which seat is decided one after the other."""
    Round.objects.select_for_update(no_key=True).values_list("pk").get(pk=round.pk)
    return clock.now()


def _enter(juror: Juror) -> tuple[Juror, datetime]:
    now = _lock(juror.seat.round)
    fresh = Juror.objects.serving().select_related("seat__round", "user").filter(pk=juror.pk).first()
    if fresh is None:
        raise Refused("Diese Person ist nicht mehr in der Jury.", title="Amt beendet")
    return fresh, now


def _require_open(juror: Juror, link: datetime | None, now: datetime) -> None:
    if juror.user_id:
        raise Refused("Diese Einladung wurde schon angenommen.", title="Einladung schon verwendet")
    if juror.invited_at is None or juror.invited_at != link:
        raise Refused("Öffnen Sie den Link aus der neuesten Einladung.", title="Dieser Link wurde ersetzt")
    if is_expired(juror, now):
        raise Refused("Bitten Sie die Geschäftsstelle um eine neue Einladung.", title="Dieser Link ist abgelaufen")


def _require_fit(user: User) -> None:
    if not user.is_active:
        raise NotAllowed(LOCKED, title="Das Konto ist gesperrt")
    if not permissions.may_fill_seat(user):
        raise NotAllowed(STAFF, title="Ein Konto kann nicht beides sein")


def _confirm(juror: Juror, user: User, now: datetime) -> Juror:
    if Juror.objects.confirmed().filter(user=user, seat__round=juror.seat.round).exists():
        raise Refused("Mit diesem Konto sitzen Sie schon auf einem anderen Sitz.", title="Schon in der Jury")
    juror.user, juror.confirmed_at = user, now
    juror.save(update_fields=["user", "confirmed_at"])
    gate.record(juror.seat.round, JuryEvent.Verb.CONFIRMED, at=now, by=user, juror=juror)
    return juror


def _end(juror: Juror, now: datetime, by: User) -> Juror:
    juror.until = now
    juror.save(update_fields=["until"])
    gate.record(juror.seat.round, JuryEvent.Verb.ENDED, at=now, by=by, juror=juror, name=juror.name)
    if juror.invited_at:
        to = juror.user.email if juror.user else juror.email
        context = {"name": juror.name, "seat": juror.seat.institution, "confirmed": juror.user_id is not None}
        mail.owe("jury_ended", to, context | {"by": by.name})
    return juror
