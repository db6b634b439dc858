"""One section of the form: show it to write or to read, save it from a button or by itself."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.models import User
from landespreis import parking, wording
from landespreis.refusal import Refused
from landespreis.textdiff import Segment, paragraphs
from submissions import draft as drafts
from submissions import reading as reads
from submissions.actions import entries
from submissions.forms import sections as forms
from submissions.models import Section, Submission
from submissions.sections import SectionSpec
from submissions.views import frame
from submissions.views.frame import Frame, SignedIn

KEPT = "Ihr Text von vorhin ist noch da. Bitte prüfen und speichern Sie ihn."
STILL_SAVED = "Ihr Text ist trotzdem als Entwurf gespeichert. Sie können ihn später kürzen."
REST_SAVED = "Alle anderen Angaben dieses Abschnitts sind gespeichert."
NOTHING_SAVED = "Gespeichert ist weiterhin der Stand von vorher."


@parking.keeps_text
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: SignedIn, pk: uuid.UUID, key: str) -> HttpResponse:
    """Show a section to write in, or to read; POST saves it, from a button or by itself."""
    entry = frame.find(request.user, pk)
    if request.method == "POST":
        return _save(request, drafts.load(entry), key)
    page = frame.build(request.user, entry, key)
    spec = require_spec(page.draft, key)
    if kept := parking.kept(request):
        form = forms.sent(entry, spec, kept)
        if page.writable:
            return _page(request, page, form, notice=KEPT)
        form.is_valid()  # what came too late stands there to be copied
        return _page(request, page, form, lost=_lost(page, form))
    return _page(request, page, opened(page, spec), note=STILL_SAVED)


def require_spec(draft: drafts.Draft, key: str) -> SectionSpec:
    """Return the section of facts or text with this key; raises Http404 for any other."""
    spec = draft.section(key)
    if spec is None or not (spec.fields or spec.question):
        raise Http404("Diesen Abschnitt gibt es in dieser Runde nicht.")
    return spec


def stored(draft: drafts.Draft, spec: SectionSpec) -> dict[str, Any]:
    """Return what a section of a loaded draft holds, in the shape `entries.save_section` takes."""
    if spec.question:
        return {"text": draft.answers.get(spec.key, "")}
    return {name: getattr(draft.entry, name) for name in spec.fields}


def opened(page: Frame, spec: SectionSpec) -> forms.SectionForm:
    saved = page.draft.sections_saved.get(spec.key)
    return forms.opened(page.entry, spec, stored(page.draft, spec), saved.revision if saved else 0)


def _save(request: SignedIn, draft: drafts.Draft, key: str) -> HttpResponse:
    entry, spec = draft.entry, require_spec(draft, key)
    background = parking.is_background(request)
    if request.POST.get("ziel") == "verwerfen":
        parking.forget(request)
        return redirect(request.path)
    form = forms.sent(entry, spec, request.POST)
    try:
        saved = _write(request, entry, form)
    except entries.Conflict as conflict:
        parking.forget(request)
        return _conflict_line(conflict) if background else redirect("submissions:conflict", entry.pk, spec.key)
    except Refused as refusal:
        return _refused_line(refusal) if background else _refused(request, form, refusal)
    return _saved_line(form, saved) if background else _after(request, draft, form, saved)


def _write(request: SignedIn, entry: Submission, form: forms.SectionForm) -> Section | None:
    """Save the fields without errors; None when there is none."""
    form.is_valid()
    if not form.values:
        return None
    return entries.save_section(
        entry,
        form.spec.key,
        form.values,
        by=request.user,
        revision=form.opened_revision,
        sitting=form.opened_sitting,
    )


def _after(request: SignedIn, draft: drafts.Draft, form: forms.SectionForm, saved: Section | None) -> HttpResponse:
    """Go on to the next section or the overview; stay where something is to be mended."""
    entry, spec = draft.entry, form.spec
    if saved is None or form.errors:
        page = frame.build(request.user, frame.find(request.user, entry.pk), spec.key)
        return _page(request, page, form, note=REST_SAVED if saved else NOTHING_SAVED)
    parking.forget(request)
    home = request.POST.get("ziel") == "uebersicht"
    if isinstance(form, forms.TextForm) and form.excess and not home:
        return redirect(request.path)
    messages.success(request, f"„{spec.title}“ gespeichert um {wording.clocktime(saved.saved_at)} Uhr")
    if home:
        return redirect(entry)
    following = draft.sections[draft.sections.index(spec) + 1]
    return redirect(frame.section_url(entry, following.key))


def _refused(request: SignedIn, form: forms.SectionForm, refusal: Refused) -> HttpResponse:
    """Show why nothing was saved, and what was sent, so that it can be copied."""
    page = frame.build(request.user, frame.find(request.user, form.entry.pk), form.spec.key)
    return _page(request, page, form, refusal=refusal, lost=_lost(page, form))


def _lost(page: Frame, form: forms.SectionForm) -> list[tuple[str, str]]:
    """Return label and text of what was sent and is not what is saved."""
    before = dict(form.answers(stored(page.draft, form.spec)))
    return [(label, value) for label, value in form.answers(form.values) if value and value != before[label]]


def _page(
    request: SignedIn,
    page: Frame,
    form: forms.SectionForm,
    *,
    notice: str = "",
    note: str = "",
    refusal: Refused | None = None,
    lost: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    spec = form.spec
    saved = page.draft.sections_saved.get(spec.key)
    context = {
        "frame": page,
        "entry": page.entry,
        "spec": spec,
        "form": form,
        "criterion": spec.question.criterion if spec.question else None,
        "example": spec.question.example if spec.question else "",
        "saved_line": f"gespeichert {told(saved, request.user, page)}" if saved else "",
        "notice": notice,
        "note": note,
        "waiting": spec.key in reads.variants(page.entry, request.user),
        "refusal": refusal,
        "lost": lost or [],
        "reading": [] if page.writable else reading(form, stored(page.draft, spec)),
    }
    return render(request, "submissions/section.html", context, status=refusal.status if refusal else 200)


def reading(form: forms.SectionForm, values: dict[str, Any]) -> list[tuple[str, list[list[Segment]]]]:
    """Return label and paragraphs of every field of a section, for reading."""
    return [(label, paragraphs([Segment(shown, changed=False)])) for label, shown in form.answers(values)]


def told(saved: Section, user: User, page: Frame) -> str:
    """Return when and by whom: «heute um 14:32 Uhr», «gestern um 17:20 Uhr von Tarek Yildirim»."""
    when = wording.recently(saved.saved_at, page.now)
    return when if saved.saved_by_id == user.pk else f"{when} von {saved.saved_by}"


def _saved_line(form: forms.SectionForm, saved: Section | None) -> HttpResponse:
    faulty = ", ".join(f"„{form[name].label}“" for name in form.errors if name in form.fields)
    if saved is None:
        return _line(f"Nicht gespeichert: {next(iter(form.errors.values()))[0]}", 422)
    line = f"gespeichert um {wording.clocktime(saved.saved_at)} Uhr"
    revision = format_html(
        '<input type="hidden" name="revision" value="{}" id="id_revision" hx-swap-oob="true">', saved.revision
    )
    return _line(f"{line}, außer {faulty}" if faulty else line, revision=revision)


def _refused_line(refusal: Refused) -> HttpResponse:
    return _line(f"Nicht gespeichert: {refusal.message}", refusal.status)


def _conflict_line(conflict: entries.Conflict) -> HttpResponse:
    url = reverse("submissions:conflict", args=[conflict.section.submission_id, conflict.section.key])
    line = "Nicht gespeichert: {} hat diesen Abschnitt inzwischen gespeichert. Ihr Text ist aufbewahrt."
    return _line(
        format_html(line + ' <a href="{}">Beide Fassungen vergleichen</a>', conflict.section.saved_by, url), 409
    )


def _line(line: str, status: int = 200, *, revision: str = "") -> HttpResponse:
    """Answer the page that saves by itself: what its status line shows, and the new revision."""
    content = format_html("{}{}", line, revision)
    return HttpResponse(content, status=status, headers={"HX-Reswap": "innerHTML"})
