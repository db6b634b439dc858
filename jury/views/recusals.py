"""Before the first look at an entry, and later: «nicht befangen», or a recusal with reason."""

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from jury import workflow
from jury.actions import assessing
from jury.forms.declaration import DeclarationForm
from jury.views import progress
from jury.views.frame import JurorRequest, entry_page
from landespreis.refusal import Refused
from submissions import sheet
from submissions.models import Submission

RECUSED = (
    "Ihre Befangenheit ist erklärt. Von dieser Einreichung sehen Sie ab jetzt nichts mehr, auch nicht in der Sitzung."
)


@entry_page
@require_http_methods(["GET", "HEAD", "POST"])
def recusal(request: JurorRequest, entry: Submission) -> HttpResponseBase:
    """Ask for the declaration; who has stated before not to be biased can still declare a bias."""
    declared = request.sight.may_read(entry)
    form = DeclarationForm(request.POST if request.method == "POST" else None, declared=declared)
    if request.method == "POST" and form.is_valid():
        try:
            return _declare(request, entry, form)
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return _page(request, entry, form, refusal.status)
    return _page(request, entry, form, 422 if form.errors else 200)


def _declare(request: JurorRequest, entry: Submission, form: DeclarationForm) -> HttpResponseBase:
    if not form.is_biased:
        assessing.clear(entry, by=request.user)
        return redirect("jury:entry", entry.label)
    data = form.cleaned_data
    assessing.recuse(entry, by=request.user, reason=data["grund"], text=data["erlaeuterung"])
    messages.success(request, RECUSED)
    assert entry.submitted_category
    return redirect("jury:category", entry.submitted_category.key)


def _page(request: JurorRequest, entry: Submission, form: DeclarationForm, status: int) -> HttpResponseBase:
    """Show number, title and municipalities, nothing else of the entry."""
    category = entry.submitted_category
    assert entry.current
    assert category
    content = entry.current.payload
    stage = progress.stage_of(request.sight, category)
    context = {
        "entry": entry,
        "category": category,
        "form": form,
        "declared": request.sight.may_read(entry),
        "possible": workflow.Act.RECUSE in workflow.ALLOWED[stage],
        "title": content["title"],
        "lead": content["lead"]["label"],
        "partners": ", ".join(sheet.partner(row) for row in content["partners"]),
        "in_session": stage == workflow.Stage.SESSION,
    }
    return render(request, "jury/recusal.html", context, status=status)
