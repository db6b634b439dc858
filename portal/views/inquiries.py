"""Writing to the Geschäftsstelle and reporting a barrier: without an account, a cookie or JavaScript."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from landespreis import throttle
from portal import caching
from portal.actions import inquiries
from portal.forms.inquiries import BarrierForm, ContactForm
from portal.forms.robots import PersonForm
from portal.models import Inquiry, Page

BUSY = (
    "Von hier kamen in der letzten Stunde sehr viele Nachrichten. Ihr Text ist noch da. Eilt es, schreiben Sie "
    "uns eine E-Mail."
)
HEADINGS = {Inquiry.Kind.CONTACT: "Nachricht schreiben", Inquiry.Kind.BARRIER: "Meldung schreiben"}


@csrf_exempt  # see portal/forms/robots.py: no cookie, and nothing to gain
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST if request.method == "POST" else None)
    return _answer(request, form, Inquiry.Kind.CONTACT, "kontakt")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def barrier(request: HttpRequest) -> HttpResponse:
    form = BarrierForm(request.POST if request.method == "POST" else None, initial={"page": _came_from(request)})
    return _answer(request, form, Inquiry.Kind.BARRIER, "barriere-melden")


@require_safe
@caching.public("pages")
def received(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "portal/received.html", {"page": get_object_or_404(Page, slug=slug)})


def _answer(request: HttpRequest, form: PersonForm, kind: Inquiry.Kind, slug: str) -> HttpResponse:
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid() and throttle.holds_back(
            request, form, "inquiry", BUSY, key=form.cleaned_data.get("email", "")
        ):
            status = 429
        elif form.is_valid():
            values = {name: value for name, value in form.cleaned_data.items() if name not in {"website", "begun"}}
            inquiries.receive(kind, values, form=form.number)
            return redirect(f"{request.path}danke/")
    page = get_object_or_404(Page, slug=slug)
    context = {
        "page": page,
        "form": form,
        "heading": HEADINGS[kind],
        "is_contact": kind == Inquiry.Kind.CONTACT,
        "kept_days": settings.INQUIRY_DAYS,
    }
    response = render(request, "portal/inquiry.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _came_from(request: HttpRequest) -> str:
    """Return the address of the page of ours that led here, else nothing."""
    try:
        parts = urlsplit(request.headers.get("Referer", "")[:500])
    except ValueError:  # no address at all
        return ""
    return parts.path if parts.netloc == request.get_host() and parts.path != request.path else ""
