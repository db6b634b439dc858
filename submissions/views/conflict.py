"""The page where two versions of a section meet: the one saved first, and the one kept for the second person."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from landespreis import wording
from landespreis.refusal import Refused
from landespreis.textdiff import Segment, paragraphs, segments
from submissions.actions import entries
from submissions.forms import sections as forms
from submissions.forms.conflict import ChoiceForm
from submissions.forms.text import count_line
from submissions.models import Variant
from submissions.views import frame
from submissions.views.frame import Frame, SignedIn
from submissions.views.sections import require_spec, stored

DECIDED = {
    ChoiceForm.SAVED: "Die gespeicherte Fassung gilt weiter, Ihre bleibt im Verlauf.",
    ChoiceForm.OWN: "Ihre Fassung ist gespeichert, die andere bleibt im Verlauf.",
    ChoiceForm.NEW: "Der zusammengeführte Text ist gespeichert, beide Fassungen bleiben im Verlauf.",
}
Row = tuple[str, list[list[Segment]], list[list[Segment]]]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def conflict(request: SignedIn, pk: uuid.UUID, key: str) -> HttpResponse:
    """Show both versions side by side and let the person decide; without a kept version, lead to the section."""
    page = frame.build(request.user, frame.find(request.user, pk), key)
    spec = require_spec(page.draft, key)
    variant = Variant.objects.filter(submission=pk, key=key, user=request.user).first()
    if variant is None:
        return redirect("submissions:section", pk, key)
    own = forms.revived(page.entry, spec, variant.values)
    mine = forms.opened(page.entry, spec, own, 0)
    choice = ChoiceForm(mine, own, page.draft.sections_saved[key].revision, request.POST or None)
    if request.method == "POST" and choice.is_valid():
        return _decide(request, page, variant, mine, choice)
    return _page(request, page, variant, mine, choice)


def _decide(
    request: SignedIn, page: Frame, variant: Variant, mine: forms.SectionForm, choice: ChoiceForm
) -> HttpResponse:
    """Save the decision; a refusal shows what is saved now beside what was to be saved."""
    entry, key, revision = page.entry, variant.key, choice.compared_with
    try:
        entries.decide_variant(entry, key, choice.values, by=request.user, revision=revision, sitting=uuid.uuid4().hex)
    except Refused as refusal:
        page = frame.build(request.user, frame.find(request.user, entry.pk), key)
        revision = page.draft.sections_saved[key].revision
        again = ChoiceForm(mine, choice.own, revision, text=choice.cleaned_data.get("text"))
        return _page(request, page, variant, mine, again, refusal)
    messages.success(request, DECIDED[choice.cleaned_data["wahl"]])
    return redirect("submissions:section", entry.pk, key)


def _page(
    request: SignedIn,
    page: Frame,
    variant: Variant,
    mine: forms.SectionForm,
    choice: ChoiceForm,
    refusal: Refused | None = None,
) -> HttpResponse:
    saved = page.draft.sections_saved[variant.key]
    values = stored(page.draft, mine.spec)
    own = {**values, **choice.own}
    context: dict[str, Any] = {
        "frame": page,
        "entry": page.entry,
        "spec": mine.spec,
        "choice": choice,
        "text": choice["text"] if mine.is_text else None,
        "count": choice.count,
        "rows": _compared(mine.answers(values), mine.answers(own)),
        "counts": [count_line(side[mine.name], mine.limit) for side in (values, own)]
        if isinstance(mine, forms.TextForm)
        else ["", ""],
        "saved_by": "Ihnen aus einem anderen Fenster" if saved.saved_by_id == request.user.pk else saved.saved_by,
        "saved_when": wording.recently(saved.saved_at, page.now),
        "sent_when": wording.recently(variant.sent_at, page.now),
        "refusal": refusal,
    }
    return render(request, "submissions/conflict.html", context, status=refusal.status if refusal else 200)


def _compared(theirs: list[tuple[str, str]], mine: list[tuple[str, str]]) -> list[Row]:
    """Return label and both sides of every field, with what differs marked."""
    rows: list[Row] = []
    for (label, one), (_, other) in zip(theirs, mine, strict=True):
        left, right = segments(one, other)
        rows.append((label, paragraphs(left), paragraphs(right)))
    return rows
