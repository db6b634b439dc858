"""The Session of a category: ranking, picture and decision, kept up to date for everybody in the room."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jury.actions import deciding
from jury.forms.session import ConfirmForm, DecisionForm
from jury.models import Decision
from jury.views import room
from jury.views.frame import JurorRequest, category_or_404, juror_page
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Category


@juror_page
@require_safe
def session(request: JurorRequest, slug: str) -> HttpResponse:
    """When it will be, what must be declared first, or the Session itself."""
    return _page(request, category_or_404(request.sight, slug))


@juror_page
@require_safe
def session_state(request: JurorRequest, slug: str) -> HttpResponse:
    """What an open page asks for again and again: nothing (204), or the parts that can be read, as they are now."""
    shown = room.enter(request.sight, category_or_404(request.sight, slug))
    if shown.session is None:
        raise Http404("no Session yet")
    if request.GET.get("stand") == shown.token:
        return HttpResponse(status=204)
    writing = request.GET.get("formular") == "1"
    context = {"room": shown, "writing": writing, "stale": writing or shown.presides}
    response = render(request, "jury/session/_state.html", context)
    response.headers["HX-Reswap"] = "outerHTML"  # by this the script tells it from a login page
    return response


@juror_page
@require_POST
def record(request: JurorRequest, slug: str) -> HttpResponse:
    """Record the decision; what was written stays on the page when it is refused."""
    category = category_or_404(request.sight, slug)
    shown = room.enter(request.sight, category)
    if shown.session is None or not shown.presides:
        raise NotAllowed("Den Beschluss hält fest, wer die Sitzung dieser Kategorie leitet.")
    form = shown.form(request.POST)
    if not form.is_valid():
        return _page(request, category, form=form, status=422)
    try:
        deciding.record(shown.session, by=request.user, outcome=form.outcome, seen=form.cleaned_data["seen"])
    except Refused as refusal:
        return _page(request, category, form=form, refusal=refusal, status=refusal.status)
    messages.success(
        request, "Der Beschluss ist festgehalten. Gesperrt ist er, sobald Vorsitz und Geschäftsstelle bestätigt haben."
    )
    return redirect(_decision_url(category))


@juror_page
@require_POST
def confirm(request: JurorRequest, slug: str) -> HttpResponse:
    """Confirm the decision as the one who presides."""
    category = category_or_404(request.sight, slug)
    shown = room.enter(request.sight, category)
    form = ConfirmForm(request.POST)
    if shown.decision is None or not shown.presides or not form.is_valid():
        raise NotAllowed("Den Beschluss bestätigt, wer die Sitzung dieser Kategorie leitet.")
    try:
        decision = deciding.confirm_as_chair(shown.decision, by=request.user, revision=form.cleaned_data["revision"])
    except Refused as refusal:
        return _page(request, category, refusal=refusal, status=refusal.status)
    messages.success(request, _confirmed(decision))
    return redirect(_decision_url(category))


def _page(
    request: JurorRequest,
    category: Category,
    *,
    form: DecisionForm | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = room.enter(request.sight, category)
    if shown.session is None:
        return render(request, "jury/session/waiting.html", {"room": shown})
    context: dict[str, Any] = {
        "room": shown,
        "form": form or (shown.form() if shown.presides else None),
        "refusal": refusal,
        "writing": shown.presides,
    }
    return render(request, "jury/session/session.html", context, status=status)


def _decision_url(category: Category) -> str:
    return reverse("jury:session", args=[category.key]) + "#beschluss"


def _confirmed(decision: Decision) -> str:
    if decision.locked_at:
        return "Der Beschluss ist von beiden Seiten bestätigt und damit gesperrt."
    return "Sie haben den Beschluss bestätigt. Gesperrt ist er, sobald auch die Geschäftsstelle bestätigt hat."
