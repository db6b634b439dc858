"""The demo's page: log in as anybody, read every mail, move the clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from post_office.models import STATUS, Attachment, Email

from accounts import demo, entrance, second_factor
from accounts.models import Membership, User
from jury import sight
from jury.models import Juror
from landespreis import clock, files, wording
from submissions.models import Round

STEPS = {"stunde": timedelta(hours=1), "tag": timedelta(days=1), "woche": timedelta(days=7)}
JUMPS = {
    "stunde": "1 Stunde weiter",
    "tag": "1 Tag weiter",
    "woche": "1 Woche weiter",
    "eroeffnung": "Zur Eröffnung",
    "kurz-vor-schluss": "10 Minuten vor Einreichungsschluss",
    "schluss": "Zum Einreichungsschluss",
    "preisverleihung": "Zur Preisverleihung",
}
FARTHEST = timedelta(days=366)
"""How far the clock moves at once: a mistyped year would take the demo where no calendar reaches."""
MAILS = 200
"""How many of the latest mails the page lists."""
ROLES = ("Einreichende", "Jury", "Geschäftsstelle", "Redaktion", "Administration")
SIGNS = {Membership.Status.CONFIRMED: "done", Membership.Status.REFUSED: "error", Membership.Status.PENDING: "running"}
STATES = {STATUS.sent: ("done", "verschickt"), STATUS.failed: ("error", "nicht zustellbar")}
HTML_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""Lets the HTML of a mail bring its own styles and nothing else: no script, no address, no origin of ours."""


class ClockForm(forms.Form):
    moment = forms.DateTimeField(
        label="Datum und Uhrzeit",
        help_text="Ortszeit in Nordrhein-Westfalen. Die Uhr geht nur vorwärts, höchstens ein Jahr auf einmal.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        error_messages={
            "required": "Nennen Sie Datum und Uhrzeit.",
            "invalid": "Nennen Sie Datum und Uhrzeit, zum Beispiel 2026-02-09T23:50.",
        },
    )

    def clean_moment(self) -> datetime:
        moment: datetime = self.cleaned_data["moment"]
        now = clock.now()
        if moment <= now:
            raise ValidationError("Dieser Zeitpunkt ist vorbei. Wählen Sie einen späteren.", code="past")
        if moment > now + FARTHEST:
            raise ValidationError("Das ist mehr als ein Jahr voraus. Wählen Sie einen früheren Zeitpunkt.", code="far")
        return moment


@dataclass(frozen=True)
class Person:
    """Somebody to log in as; `places` are label, sign and word of each membership, `sort` the key of the first."""

    user: User
    role: str
    places: list[tuple[str, str, str]]
    sort: str


@dataclass(frozen=True)
class Group:
    """People of one role; `more` are those whom the page folds away."""

    role: str
    people: list[Person]
    more: list[Person]


@dataclass(frozen=True)
class Letter:
    """An outgoing mail as the page shows it; `at` is the demo's moment at which it was written."""

    row: Email
    at: datetime
    to: str
    kind: str
    state: str
    attachments: list[Attachment]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show people, clock and mails."""
    return _page(request, ClockForm(initial={"moment": clock.now()}))


@require_POST
def login(request: HttpRequest, pk: int) -> HttpResponse:
    """Log in as a demo person, second factor included."""
    user = get_object_or_404(User, pk=pk, is_active=True, email__endswith=".example")
    auth.logout(request)
    entrance.log_in(request, user, how="demo", backend=settings.AUTHENTICATION_BACKENDS[0])
    second_factor.remember_shown(request, user)
    messages.success(request, f"Sie sind jetzt {user.name}.")
    return redirect(_home(user))


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the clock of web, worker and beat forward: by a step, to a named moment, or to a typed one."""
    now, name = clock.now(), request.POST.get("auf")
    if name is None:
        form = ClockForm(request.POST)
        if not form.is_valid():
            return _page(request, form, status=422)
        moment: datetime | None = form.cleaned_data["moment"]
    else:
        moment = _moments(now).get(name)
    if moment is None or moment <= now:
        messages.warning(request, "Dieser Zeitpunkt ist vorbei. Die Uhr geht unverändert weiter.")
    else:
        clock.set_now(moment)
        messages.success(request, f"Die Uhr steht jetzt auf {wording.moment(moment)}.")
    return redirect("demo:index")


@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one outgoing mail: who gets it, its text, and what comes with it."""
    row = get_object_or_404(Email.objects.prefetch_related("attachments"), pk=pk)
    return render(request, "demo/mail.html", {"mail": _letter(row)})


@require_safe
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the HTML part of a mail by itself, as a mailbox would: with its styles, outside our origin."""
    row = get_object_or_404(Email.objects.exclude(html_message=""), pk=pk)
    response = HttpResponse(row.html_message)
    response["Content-Security-Policy"] = HTML_POLICY  # the middleware keeps a policy already there
    return response


@require_safe
def attachment(request: HttpRequest, pk: int, attachment: int) -> FileResponse:
    """Hand out an attachment of a mail."""
    row = Attachment.objects.filter(pk=attachment, emails__pk=pk).first()
    if row is None:
        raise Http404("no such attachment")
    return files.serve(row.file, name=row.name, content_type=row.mimetype or "application/octet-stream")


def _page(request: HttpRequest, form: ClockForm, status: int = 200) -> HttpResponse:
    now = clock.now()
    found = list(Email.objects.order_by("-pk").prefetch_related("attachments")[: MAILS + 1])
    context: dict[str, Any] = {
        "form": form,
        "now": now,
        "shown": wording.moment(now).rsplit(", ", 1),
        "groups": [_group(role, list(people)) for role, people in groupby(_people(), key=lambda person: person.role)],
        "jumps": _jumps(now),
        "mails": [_letter(row) for row in found[:MAILS]],
        "more_mails": len(found) > MAILS,
    }
    return render(request, "demo/index.html", context, status=status)


def _letter(row: Email) -> Letter:
    kind, state = STATES.get(row.status, ("running", "wird verschickt"))
    return Letter(
        row=row,
        at=clock.told(row.created),
        to=", ".join([*row.to, *row.cc, *row.bcc]),
        kind=kind,
        state=state,
        attachments=list(row.attachments.all()),
    )


def _jumps(now: datetime) -> list[tuple[str, str]]:
    """Return name and label of the buttons that lead forward from `now`."""
    moments = _moments(now)
    return [(name, label) for name, label in JUMPS.items() if name in moments and moments[name] > now]


def _moments(now: datetime) -> dict[str, datetime]:
    steps = {name: now + step for name, step in STEPS.items()}
    round = Round.objects.current()
    if round is None:
        return steps
    return steps | {
        "eroeffnung": round.opens_at,
        "kurz-vor-schluss": round.closes_at - timedelta(minutes=10),
        "schluss": round.closes_at,
        "preisverleihung": round.embargo_until,
    }


def _people() -> list[Person]:
    """Return everybody one can log in as, by role, in the order in which the accounts were made."""
    users = User.objects.filter(is_active=True, email__endswith=".example")
    rows = users.prefetch_related("memberships__municipality", "groups", _serving()).order_by("pk")
    return sorted((_person(user) for user in rows), key=lambda person: ROLES.index(person.role))


def _person(user: Any) -> Person:
    sort = next((row.municipality.sort_key for row in user.memberships.all()), "")
    return Person(user, _role(user), _places(user), sort)


def _group(role: str, people: list[Person]) -> Group:
    """Fold away, by municipality, who hands in and is neither told of by the demo nor somebody one has been yet."""
    if role != ROLES[0]:
        return Group(role, people, [])
    told = {person.email for person in demo.PEOPLE}
    shown = [person for person in people if person.user.email in told or person.user.last_login]
    more = sorted((person for person in people if person not in shown), key=lambda person: person.sort)
    return Group(role, shown, more)


def _serving() -> "Prefetch[str]":
    return Prefetch("jury_service", Juror.objects.confirmed().filter(seat__round=Round.objects.current()), "seats")


def _role(user: Any) -> str:
    """Return the role of somebody whose seats are prefetched."""
    if user.is_superuser:
        return "Administration"
    if user.seats:
        return "Jury"
    return next((group.name for group in user.groups.all() if group.name in ROLES), "Einreichende")


def _places(user: User) -> list[tuple[str, str, str]]:
    return [
        (f"{row.municipality.label}, {row.department}", SIGNS[Membership.Status(row.status)], row.get_status_display())
        for row in user.memberships.all()
    ]


def _home(user: User) -> str:
    if user.is_staff:
        return reverse("admin:index")
    return reverse("jury:index") if sight.of(user) else reverse("submissions:index")
