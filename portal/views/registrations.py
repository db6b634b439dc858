"""Registering for a date without an account: the form, and the page that only the mail's link leads to.

No page sets a cookie: whoever has the link may confirm, ask and withdraw, and nobody else can send that form.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from landespreis import clock, throttle
from portal import caching, calendars
from portal.actions import registrations as verbs
from portal.forms.registrations import QuestionForm, RegistrationForm
from portal.models import Event, Registration
from portal.seating import Door, door
from portal.views import events

BUSY = "Von hier oder für diese Adresse kamen in der letzten Stunde sehr viele Anmeldungen."
Status = Registration.Status


@csrf_exempt  # see portal/forms/robots.py: no cookie, and nothing to gain
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, event: str) -> HttpResponse:
    """The form, or why nobody can register."""
    found = events.find(request, event, "portal:registration_new")
    if isinstance(found, HttpResponse):
        return found
    form = RegistrationForm(request.POST if request.method == "POST" else None, asks_questions=found.asks_questions)
    seating = events.seatings([found], clock.now())[0]
    status = 200
    if form.is_bound:
        status = 422 if seating.is_open else 409
        if seating.is_open and form.is_valid():
            if _register(request, found, form):
                return redirect("portal:registration_sent", found.slug)
            status = 429
    context = {"event": found, "seating": seating, "form": form}
    return _private(render(request, "portal/registration_new.html", context, status=status))


@require_safe
@caching.public("events")
def sent(request: HttpRequest, event: str) -> HttpResponse:
    """What to do next; the same for everybody, whatever the address is known for."""
    found = events.find(request, event, "portal:registration_sent")
    if isinstance(found, HttpResponse):
        return found
    return render(request, "portal/registration_sent.html", {"event": found})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, registration: UUID) -> HttpResponse:
    """The registration as it stands. A button confirms it: programs that look into mails only follow links."""
    found = _mine(registration)
    if found is None:
        return _gone(request)
    if "confirm" in request.POST:
        verbs.confirm(found)
        return redirect(found)
    form = QuestionForm(request.POST or None, initial={"question": found.question})
    if request.POST and form.is_valid():
        verbs.ask(found, form.cleaned_data["question"])
        return redirect(f"{found.get_absolute_url()}?frage=gespeichert")
    context = _context(found) | {
        "form": form,
        "is_saved": request.GET.get("frage") == "gespeichert" and not request.POST,
    }
    return _private(render(request, "portal/registration.html", context, status=422 if form.errors else 200))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, registration: UUID) -> HttpResponse:
    """Ask once more, then take the person off the date."""
    found = _mine(registration)
    if found is None:
        return _gone(request)
    if request.method == "POST":
        verbs.withdraw(found)
        return redirect(found)
    return _private(render(request, "portal/registration_withdraw.html", _context(found)))


@require_safe
def file(request: HttpRequest, registration: UUID) -> HttpResponse:
    """The calendar file, with the joining link for somebody who has a place."""
    found = _mine(registration)
    if found is None:
        return _gone(request)
    link = found.event.joining_link if found.status == Status.CONFIRMED and not found.event.cancelled_at else ""
    return _private(events.as_file(found.event, calendars.single(found.event, joining_link=link)))


def _register(request: HttpRequest, event: Event, form: RegistrationForm) -> bool:
    """Register unless too many come from here."""
    if throttle.holds_back(request, form, "registration", BUSY, key=form.values["email"]):
        return False
    verbs.register(event, form.values)
    return True


def _mine(key: UUID) -> Registration | None:
    return Registration.objects.select_related("event").filter(key=key).first()


def _context(registration: Registration) -> dict[str, object]:
    """Return what the page of a registration shows; the joining link only to somebody with a place.

    `again` leads to the form while the door is open; a full date has its waiting list.
    """
    now, event = clock.now(), registration.event
    is_ahead = not event.cancelled_at and now < event.starts_at
    has_place = registration.status == Status.CONFIRMED
    is_told = has_place or registration.status == Status.WAITING
    return {
        "event": event,
        "registration": registration,
        "is_pending": registration.status == Status.PENDING,
        "is_valid": registration.is_pending(now) and is_ahead,
        "has_place": has_place,
        "is_waiting": registration.status == Status.WAITING,
        "is_withdrawn": registration.status == Status.CANCELLED,
        "is_over": event.ends_at <= now,
        "may_withdraw": is_told and is_ahead,
        "may_ask": is_told and is_ahead and event.asks_questions,
        "joining_link": event.joining_link if has_place and not event.cancelled_at and now < event.ends_at else "",
        "again": reverse("portal:registration_new", args=[event.slug]) if door(event, 0, now) == Door.OPEN else "",
    }


def _gone(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "portal/registration_gone.html", status=404))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
