"""A sheet that is revised, or handed in late, while the Session is open."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jury.actions import gate, sessions
from jury.forms import sheet as sheets
from jury.forms.session import ReviseForm
from jury.models import Assessment
from jury.sight import Sight
from jury.views.frame import JurorRequest, category_or_404, entry_or_404, juror_page
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Category, Criterion, Submission

DONE = "Ihre Bewertung ist gespeichert und zählt."
"""Without the number: it can wait in another window and be shown after a recusal."""


@juror_page
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: JurorRequest, slug: str, number: str) -> HttpResponse:
    """The sheet of the seat as it counts; a change needs a reason."""
    category, entry = _find(request.sight, slug, number)
    if category.pk not in request.sight.opened or category.decided_at or not request.sight.may_read(entry):
        return redirect("jury:session", category.key)  # it says what is possible instead
    if request.method == "POST":
        return _revise(request, category, entry)
    return _page(request, category, entry, _opened(request.sight, category, entry))


def _find(sight: Sight, slug: str, number: str) -> tuple[Category, Submission]:
    category, entry = category_or_404(sight, slug), entry_or_404(sight, number)
    if entry.submitted_category_id != category.pk:
        raise Http404("of another category")
    return category, entry


def _revise(request: JurorRequest, category: Category, entry: Submission) -> HttpResponse:
    form = ReviseForm(*_scheme(category), request.POST)
    if not form.is_valid():
        return _page(request, category, entry, form, status=422)
    values = form.values
    given = sessions.Points(values["points"], values["comments"], values["comment"])
    try:
        sessions.revise(
            entry, by=request.user, given=given, reason=form.cleaned_data["reason"], seen=values["revision"]
        )
    except NotAllowed:
        raise
    except Refused as refusal:
        request.sight = gate.sight_of(request.user)
        if not request.sight.readable().filter(pk=entry.pk).exists():
            raise  # without a word of the entry: a recusal came in between
        return _page(request, category, entry, form, refusal=refusal, status=refusal.status)
    messages.success(request, DONE)
    return redirect("jury:session", category.key)


def _scheme(category: Category) -> tuple[list[Criterion], range]:
    round = category.round
    return list(Criterion.objects.filter(round=round)), range(round.scale_min, round.scale_max + 1)


def _opened(sight: Sight, category: Category, entry: Submission) -> ReviseForm:
    sheet = _sheet(sight, entry)
    criteria, scale = _scheme(category)
    plain = sheets.opened(criteria, scale, sheet, list(sheet.scores.all()) if sheet else [])
    return ReviseForm(criteria, scale, initial=plain.initial)


def _sheet(sight: Sight, entry: Submission) -> Assessment | None:
    return sight.sheets().filter(seat=sight.seat, submission=entry).first()


def _page(
    request: JurorRequest,
    category: Category,
    entry: Submission,
    form: ReviseForm,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    sheet = _sheet(request.sight, entry)
    context = {
        "category": category,
        "entry": entry,
        "form": form,
        "refusal": refusal,
        "counts": sheet is not None and sheet.status == Assessment.Status.FINAL,
    }
    return render(request, "jury/session/revise.html", context, status=status)
