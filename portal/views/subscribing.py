"""Getting the newsletter and leaving it: without an account, a cookie or JavaScript.

Nothing here needs a CSRF token: who asks gets a mail, and who confirms or leaves shows a key out of their mailbox. Mail
scanners follow links, so a link alone changes nothing; the button on its page does.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from landespreis import throttle
from portal import caching
from portal.actions import subscribing
from portal.forms.subscribing import SubscribeForm
from portal.models import Subscriber

BUSY = (
    "Für diese Adresse oder von Ihrem Anschluss kamen in der letzten Stunde sehr viele Anmeldungen. Sehen Sie "
    "in Ihrem Postfach nach."
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form. What it answers is the same for every address."""
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid() and throttle.holds_back(request, form, "subscribe", BUSY, key=form.cleaned_data["email"]):
            status = 429
        elif form.is_valid():
            subscribing.ask(form.cleaned_data["email"])
            return redirect("portal:newsletter_asked")
    return _private(render(request, "portal/newsletter_ask.html", {"form": form}, status=status))


@require_safe
@caching.public()
def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/newsletter_asked.html", {})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, consent: str) -> HttpResponse:
    """Where the link of the confirmation mail leads: a button, which subscribes."""
    try:
        if request.method == "POST":
            subscribing.confirm(consent)
            return redirect("portal:newsletter_confirmed")
        subscriber = subscribing.asking(consent)
    except subscribing.LinkIsOver:
        return _private(render(request, "portal/newsletter_over.html", {}, status=404))
    return _private(render(request, "portal/newsletter_confirm.html", {"email": subscriber.email}))


@require_safe
@caching.public()
def confirmed(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/newsletter_confirmed.html", {})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, subscription: str) -> HttpResponse:
    """A button that unsubscribes; mail providers send its POST themselves (RFC 8058) and may not be redirected."""
    subscriber = subscribing.by_key(subscription)
    if subscriber and request.method == "POST":
        subscriber = subscribing.leave(subscriber)
    context = {
        "is_known": subscriber is not None,
        "email": subscriber.email if subscriber else "",
        "has_left": bool(subscriber and subscriber.status == Subscriber.Status.LEFT),
    }
    return _private(render(request, "portal/newsletter_leave.html", context, status=200 if subscriber else 404))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
